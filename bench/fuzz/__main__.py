"""`python -m bench.fuzz --seconds 60`: random events and rule files, each from its own seed."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import click

from bench.fuzz.events import SECRET, differences, event, settings, source
from bench.fuzz.files import mistaken, problems, texts
from bench.speed.events import events as usual_events
from mapping_engine import MappingError, load

RULES = Path(__file__).parents[2] / "rules"
USUAL: dict[str, dict[str, Any]] = {
    "facebook_conversions": {
        "accessToken": SECRET, "datasetId": "1234567", "actionSource": "website",
    },
    "facebook_offline_conversions": {
        "accessToken": SECRET,
        "eventsToStandard": [{"from": "Order Completed", "to": "Purchase"}],
        "eventsToIds": [{"from": "Purchase", "to": "505050505050501"}],
    },
}  # fmt: skip
A_BIND = 200
"""So many events are given to a destination."""


@click.command()
@click.option("--seconds", default=60.0, help="How long, for events and files together.")
@click.option("--seed", default=1, help="Where to begin.")
@click.option("--only", type=click.Choice(["events", "files"]), help="Just one of both.")
def main(seconds: float, seed: int, only: str | None) -> None:
    """Look for events and files that are answered in a wrong way; exit 1 where there are some."""
    parts = [only] if only else ["events", "files"]
    failed = 0
    for part in parts:
        end = time.monotonic() + seconds / len(parts)
        search = _events if part == "events" else _files
        count = 0
        for found in search(seed):
            count += 1
            failed += len(found)
            for problem in found:
                click.echo(f"{part}: {problem}")
            if time.monotonic() > end:
                break
        click.echo(f"{count:,} {part}, {failed} problems so far")
    sys.exit(failed > 0)


def _events(seed: int) -> Iterator[list[str]]:
    """Without end: the problems of one event after the other."""
    sources = {name: source(load(name)) for name in USUAL}
    starts = [json.loads(text) for text in usual_events(seed, 500)]
    while True:
        random = Random(seed)
        name = random.choice(list(USUAL))
        try:
            chosen = settings(sources[name].mapping, USUAL[name], random)
            destination = sources[name].mapping.bind(chosen, clock=lambda: 1_720_000_000.0)
        except MappingError:
            seed += 1
            continue
        for number in range(A_BIND):
            try:
                given = event(sources[name], random.choice(starts), random)
                found = list(differences(destination, given, random))
            except Exception as error:  # whatever it is, it is what is searched for
                found = [f"{type(error).__name__}: {error}"[:300]]
            yield [f"seed {seed}, event {number} of {name}: {each}" for each in found]
        seed += 1


def _files(seed: int) -> Iterator[list[str]]:
    """Without end: the problems of one damaged folder of rules after the other."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "rules"
        shutil.copytree(RULES, folder)
        originals = {path: path.read_text("utf-8") for path in texts(folder)}
        packs = [path.parent for path in originals if path.name == "rules.yaml"]
        while True:
            random = Random(seed)
            path = random.choice(list(originals))
            path.write_text(mistaken(originals[path], list(originals.values()), random), "utf-8")
            own = [pack for pack in packs if pack in path.parents]
            pack = own[0] if own else random.choice(packs)
            found = list(problems(pack, twice=random.random() < 0.05))
            path.write_text(originals[path], "utf-8")
            yield [f"seed {seed}, {path.relative_to(folder)}: {each}" for each in found]
            seed += 1


if __name__ == "__main__":
    main()
