"""What is wrong with names, paths, calls and copies, in the words of `mistakes.txt`.

A line there is written in addition, under a key of the rules. Below it stand the messages, each
with what it marks, and with its help and its fix.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.core.test_types import RULES, reading
from tests.diagnostics.words import in_words

FILE = Path(__file__).with_name("mistakes.txt")
MISTAKES = {
    each.split("\n")[0]: each
    for each in re.findall(r"^[^ #\n].*\n(?: .*\n)*", FILE.read_text("utf-8"), re.M)
}


def told(written: str, folder: Path) -> str:
    """What is said of a line, as it stands in the file."""
    section, _, entry = written.partition(": ")
    rules = RULES.replace(f"{section}:\n", f"{section}:\n  {entry}\n")
    rest = [f"{section}:\n  {entry}"] if rules == RULES else []
    rest += [] if section == "fields" else ["fields: {z: word}"]
    read = reading(folder, rules, "\n".join(rest))
    return "\n".join([written, *in_words(read.diagnostics, read.texts)]) + "\n"


@pytest.mark.parametrize("written", MISTAKES)
def test_a_mistake_is_told(written: str, tmp_path: Path) -> None:
    found = told(written, tmp_path)
    if os.environ.get("UPDATE_GOLDEN"):
        FILE.write_text(FILE.read_text("utf-8").replace(MISTAKES[written], found), "utf-8")
        return
    assert found == MISTAKES[written]
