"""docs/architecture.md shows the pack that there is, and names rooms and files that there are."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from mapping_engine.checks import Options, check_all

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
PACK = ROOT / "examples" / "walk"
PACKAGE = ROOT / "mapping_engine"
SERVING = {"diagnostics", "errors"}
"""What serves all rooms, and has no row in the table."""


def rooms() -> list[str]:
    """The rooms in the table, in its order; parts of rooms left out."""
    table = PAGE.partition("## The rooms")[2].partition("## One rule")[0]
    return re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


def named_files() -> list[str]:
    """The files and folders that the page names, from the root of the project."""
    names = re.findall(r"`((?:[\w-]+/)+(?:[\w-]+\.\w+)?)`", PAGE)
    short = [name for name in names if name.split("/")[0] in rooms()]
    return [f"mapping_engine/{name}" if name in short else name for name in names]


def test_the_rules_shown_are_those_of_the_pack() -> None:
    (shown,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    editor, _, rules = (PACK / "rules.yaml").read_text("utf-8").partition("\n")
    assert editor.startswith("# yaml-language-server")
    assert shown == rules


def test_the_pack_has_no_mistakes() -> None:
    assert check_all([str(PACK)], Options()).diagnostics == ()


def test_every_room_has_a_row() -> None:
    folders = {file.parent.name for file in PACKAGE.glob("*/__init__.py")}
    assert set(rooms()) == folders - SERVING


def test_rooms_stand_below_those_they_import_from() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    levels = {
        name.strip().removeprefix("mapping_engine."): level
        for level, names in enumerate(reversed(layers))
        for name in names.split("|")
    }
    order = [levels[room] for room in rooms()]
    assert order == sorted(order)


def test_the_files_it_names_are_there() -> None:
    names = named_files()
    assert len(names) > 50
    assert [name for name in names if not (ROOT / name).exists()] == []
