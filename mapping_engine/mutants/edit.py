"""A small change of a text, and how it reads."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import TypeAlias

from mapping_engine.frozen import Frozen


class Edit(Frozen):
    """One stretch of a text and what is written there instead."""

    start: int
    end: int
    text: str

    def applied(self, text: str) -> str:
        """The text after the change."""
        return text[: self.start] + self.text + text[self.end :]


Edits: TypeAlias = Iterator[Edit]


def change(before: str, after: str) -> str:
    """The lines that differ, as `old -> new`."""
    old, new = before.splitlines(), after.splitlines()
    parts = []
    for tag, i1, i2, j1, j2 in _opcodes(old, new):
        if tag != "equal":
            removed = " ⏎ ".join(line.strip() for line in old[i1:i2])
            added = " ⏎ ".join(line.strip() for line in new[j1:j2])
            if removed == added:
                removed, added = "⏎".join(old[i1:i2]), "⏎".join(new[j1:j2])
            parts.append(f"{removed or '(nothing)'} -> {added or '(nothing)'}")
    return "; ".join(parts)


def _opcodes(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    """The differing lines; equal heads and tails are cut first, which keeps long files quick."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle = difflib.SequenceMatcher(
        None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False
    )
    return [(t, a + head, b + head, c + head, d + head) for t, a, b, c, d in middle.get_opcodes()]
