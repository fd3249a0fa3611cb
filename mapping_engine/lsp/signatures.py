"""The transform around a place between brackets, and which of its arguments is written there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mapping_engine.lsp.tokens import Token, Word
from mapping_engine.transforms.listing import TransformRow, listing

_OPEN, _CLOSED = ("(", "["), (")", "]")


class Signature(NamedTuple):
    """A transform, and the number of its parameter at a place; None for the value itself."""

    row: TransformRow
    parameter: int | None


def signature(words: Sequence[Token], *, steps: bool) -> Signature | None:
    """The transform whose brackets are open behind ``words``, those before the place."""
    depth = argument = 0
    for index in range(len(words) - 1, 0, -1):
        text, before = words[index].text, words[index - 1]
        if text in _CLOSED:
            depth += 1
        elif text in _OPEN and depth:
            depth -= 1
        elif text == "(" and before.word is Word.CALL:
            is_first = steps and index == 1
            is_piped = is_first or (index > 1 and words[index - 2].word is Word.PIPE)
            return _of(before.text, argument, is_piped=is_piped)
        elif text in _OPEN:
            argument = 0  # of what is around the list
        elif text == "," and not depth:
            argument += 1
    return None


def _of(name: str, argument: int, *, is_piped: bool) -> Signature | None:
    row = next((each for each in listing() if each.name == name), None)
    if row is None:
        return None
    number = argument if is_piped or "|>" not in row.signature else argument - 1
    return Signature(row, number if 0 <= number < len(row.parameters) else None)
