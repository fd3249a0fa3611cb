"""What the checks say of short rules, in the words of `findings.txt`.

The lines of some rules stand there without an indent; below them stands each finding, with what it
marks, and with its help and its fix.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.diagnostics.words import in_words
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
    return "\n".join(in_words(found.diagnostics, found.texts))


@pytest.mark.parametrize("rules", FINDINGS)
def test_what_is_found_in_some_rules(rules: str, tmp_path: Path) -> None:
    found = told(rules, tmp_path)
    if os.environ.get("UPDATE_GOLDEN"):
        head = rules.rstrip("\n")
        old, new = (f"{head}\n{each}".rstrip("\n") for each in (FINDINGS[rules], found))
        FILE.write_text(FILE.read_text("utf-8").replace(old, new), "utf-8")
        return
    assert found == FINDINGS[rules]
