"""What the checks say of short rules, in the words of `findings.txt`.

The lines of some rules stand there without an indent; below them stands each finding, with what it
marks, and with its help and its fix.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.check_example import checked_example

FILE = Path(__file__).with_name("findings.txt")
BLOCKS = [
    re.split(r"^(?= )", each, maxsplit=1, flags=re.M)
    for each in FILE.read_text("utf-8").split("\n\n")
]
FINDINGS = {rules: found[0].strip("\n") if found else "" for rules, *found in BLOCKS}


def told(rules: str, folder: Path) -> str:
    """What is found in some rules, as it stands in the file."""
    found = checked_example(rules, "rules.yaml", folder)
    lines = []
    for each in found.diagnostics:
        text = found.texts[each.span.file]
        marked = text[each.span.offset : each.span.end_offset].replace("\n", " ")
        lines.append(f"    {each.code} {marked}: {each.message}\n")
        lines += [f"        {each.help}\n"] if each.help else []
        if each.fix is not None:
            replaced = text[each.fix.span.offset : each.fix.span.end_offset]
            lines.append(f"        fix: {replaced!r} becomes {each.fix.replacement!r}\n")
    return "".join(lines).rstrip("\n")


@pytest.mark.parametrize("rules", FINDINGS)
def test_what_is_found_in_some_rules(rules: str, tmp_path: Path) -> None:
    assert told(rules, tmp_path) == FINDINGS[rules]
