"""A small pack around a few lines of rules: for the pages of the checks, and for golden files."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

from mapping_engine.checks import Checked, Options, check_all

PACK = Path(__file__).parent.parent / "tests" / "golden" / "pack"
TODAY = date(2026, 1, 1)
SECTIONS = {
    "mapping": "mapping: 1",
    "event": "event: ./vocabulary.yaml",
    "settings": "settings: settings.schema.json",
    "payload": "payload: payload.schema.json",
    "api": 'api: {base: "https://x.test"}',
    "request": 'request: {url: "{$api.base}/e", json: {payload: $payload}}',
    "fields": "fields: {x: p.a}",
}
"""What every mapping needs, for those sections that an example leaves out."""


def write_pack(folder: Path, rules: str) -> None:
    """Write a pack with these rules; its settings are those that the rules read."""
    shutil.copytree(PACK, folder)
    (folder / "rules.yaml").write_bytes(rules.encode("utf-8", "surrogateescape"))
    schema = folder / "settings.schema.json"
    found = json.loads(schema.read_text("utf-8"))
    found["properties"] = {
        name: value for name, value in found["properties"].items() if f"$settings.{name}" in rules
    }
    schema.write_text(json.dumps(found, indent=2), "utf-8")


def completed(rules: str) -> str:
    """The rules with the sections that are missing, at the end so that lines keep their numbers."""
    present = set(re.findall(r"^(\w+):", rules, re.MULTILINE))
    present |= {"request"} if "requests" in present else set()
    rest = [text for name, text in SECTIONS.items() if name not in present]
    return "\n".join([rules.rstrip("\n"), *rest, ""])


def _reading(text: str, file: str) -> str:
    """Rules that read every setting of an example of a schema of settings."""
    if file != "settings.schema.json":
        return ""
    headers = ", ".join(f"x-{name}: $settings.{name}" for name in json.loads(text)["properties"])
    request = f'{{url: "{{$api.base}}/e", headers: {{{headers}}}, json: {{payload: $payload}}}}'
    return f"request: {request}\n"


def checked_example(text: str, file: str, folder: Path, select: tuple[str, ...] = ()) -> Checked:
    """What is found in ``text`` as ``file`` of a small pack, made in ``folder``."""
    pack = folder / "pack"
    write_pack(pack, completed(text if file == "rules.yaml" else _reading(text, file)))
    if file != "rules.yaml":
        (pack / file).parent.mkdir(exist_ok=True)
        (pack / file).write_text(text, "utf-8")
    return check_all([str(pack)], Options(TODAY, select))
