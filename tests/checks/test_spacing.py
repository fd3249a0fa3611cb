"""Blanks at the ends of lines are found, but for those that are part of a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping_engine.checks import Options, check_all
from tools.check_example import TODAY, completed, write_pack

OPTIONS = Options(TODAY, ("ST01",))


def found(rules: str, folder: Path, *, end: str = "\n") -> list[tuple[int, str]]:
    write_pack(folder / "pack", completed(rules).rstrip("\n") + end)
    checked = check_all([str(folder / "pack")], OPTIONS)
    return [(each.span.line, each.message) for each in checked.diagnostics]


@pytest.mark.parametrize(
    ("rules", "lines"),
    [
        ("fields:\n  x: type  \n", [2]),
        ("fields:\n  x: type\t\n  # note \n", [2, 3]),
        ("fields: {x: {template: >-\n    a  \n\n    b \n    }}\n", []),
        ("fields:\n  x:\n    template: |\n      a  \n      b \n    default: c \n", [6]),
        ('fields:\n  x:\n    template: "a  \n      b"  \n', [3, 4]),
        ("fields:\n  x: {constant: ['a', 'b ']} \n", [2]),
    ],
)
def test_blanks_at_the_end_of_a_line_are_found(
    rules: str, lines: list[int], tmp_path: Path
) -> None:
    told = [line for line, message in found(rules, tmp_path) if "ends in blanks" in message]
    assert told == lines


@pytest.mark.parametrize(("end", "told"), [("", 1), ("\n", 0), ("\r\n", 0), ("\r", 0)])
def test_the_last_line_has_an_end(end: str, told: int, tmp_path: Path) -> None:
    messages = [message for _, message in found("fields:\n  x: type\n", tmp_path, end=end)]
    assert messages == ["the last line has no end"] * told
