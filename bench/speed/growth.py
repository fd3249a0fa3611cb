"""What an event costs as rule files grow: more fields, longer chains, more requests.

The packs are made up, and written to a temporary folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from bench.speed.timing import Timed, repeated, rotate
from bench.speed.variants import read_anew
from mapping_engine import Destination

FIELDS = (10, 30, 100, 300, 1000)
CHAINS = (1, 2, 4, 8, 16, 32, 64)
REQUESTS = (1, 2, 4, 8, 16, 32)
SOME = 20
"""How many fields the packs have whose chains or requests grow."""

_HEAD = """\
mapping: 1
event: ./vocabulary.yaml
settings: settings.schema.json
payload: payload.schema.json
api: {base: "https://api.example"}
"""
_FAN_OUT = "fan_out: {each: {tag: tags}}\n"


def write_pack(
    folder: Path, fields: dict[str, str], paths: list[str], *, fans_out: bool = False
) -> Path:
    """A pack with these fields (name and value) that reads these paths below `part`."""
    folder.mkdir(parents=True)
    types = ", ".join(f"{path}: text" for path in paths)
    url = "{$api.base}/{$tag}" if fans_out else "{$api.base}/events"
    (folder / "vocabulary.yaml").write_text(
        "vocabulary: 1\nevent: {tags: list of text, part: part}\n"
        f"objects: {{part: {{{types}}}}}\nopen: [part]\npersonal: {{names: {{email: [email]}}}}\n"
    )
    (folder / "rules.yaml").write_text(
        f"{_HEAD}{_FAN_OUT if fans_out else ''}"
        f'request: {{url: "{url}", json: {{payload: $payload}}}}\nfields:\n'
        + "".join(f"  {name}: {value}\n" for name, value in fields.items())
    )
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in fields}}
    (folder / "payload.schema.json").write_text(json.dumps(schema))
    (folder / "settings.schema.json").write_text('{"type": "object"}')
    return folder


def growing_fields(folder: Path) -> Iterator[tuple[int, Path, dict[str, Any]]]:
    """Packs with more and more fields, and an event that has a value for each."""
    for count in FIELDS:
        paths = [f"p{place}" for place in range(count)]
        fields = {f"f{place}": f"part.{path} |> text |> trim" for place, path in enumerate(paths)}
        yield count, write_pack(folder / f"fields{count}", fields, paths), _event(paths)


def growing_chains(folder: Path) -> Iterator[tuple[int, Path, dict[str, Any]]]:
    """Packs with longer and longer chains, and an event that has only the last alternative."""
    for count in CHAINS:
        paths = [f"p{place}" for place in range(count)]
        arms = ", ".join(f"part.{path}" for path in paths)
        fields = {f"f{place}": f"{{first_of: [{arms}], as: text |> trim}}" for place in range(SOME)}
        yield count, write_pack(folder / f"chains{count}", fields, paths), _event(paths[-1:])


def growing_requests(folder: Path) -> Iterator[tuple[int, Path, dict[str, Any]]]:
    """A pack that fans out, and events that become more and more requests."""
    paths = [f"p{place}" for place in range(SOME)]
    fields = {f"f{place}": f"part.{path} |> text |> trim" for place, path in enumerate(paths)}
    pack = write_pack(folder / "requests", {**fields, "tag": "$tag"}, paths, fans_out=True)
    for count in REQUESTS:
        yield count, pack, {**_event(paths), "tags": [f"t{place}" for place in range(count)]}


def _event(paths: list[str]) -> dict[str, Any]:
    return {"part": {path: f" value of {path} " for path in paths}}


def _compiled(pack: Path) -> Destination:
    """Read a pack anew, and generate its code."""
    return read_anew(pack).bind({})


def report(title: str, unit: str, grown: Iterator[tuple[int, Path, dict[str, Any]]]) -> list[str]:
    """A table: what an event costs for each size, and what one more of the unit costs."""
    applied: list[tuple[int, Timed]] = []
    loaded: list[Timed] = []
    for count, pack, event in grown:
        loaded.append(Timed("load", [partial(_compiled, pack)]))
        many, times = repeated(partial(_compiled(pack).apply, event))
        applied.append((count, Timed(unit, [many], times)))
    rotate([each for _, each in applied], 7)
    rotate(loaded, 3)
    lines = [
        f"{title:28} {'µs/event':>10} {f'µs/{unit}':>15} {f'µs/{unit} more':>20} {'load, bind':>11}"
    ]
    before: tuple[int, float] | None = None
    for (count, each), pack_loaded in zip(applied, loaded, strict=True):
        more = f"{(each.best - before[1]) / (count - before[0]):20.2f}" if before else f"{'':20}"
        lines.append(
            f"{count:28,} {each.best:10.1f} {each.best / count:15.2f} {more}"
            f" {pack_loaded.best / 1e3:8.0f} ms"
        )
        before = count, each.best
    return lines
