"""Where the fields of a selector are written."""

from __future__ import annotations

from typing import NamedTuple

from mapping_engine.selectors.parse import Selector
from mapping_engine.selectors.tree import CLOSING, OPENING, tokens_of

_NAMES = frozenset({"unquoted_identifier", "quoted_identifier"})


class SelectorPlace(NamedTuple):
    """A stretch of a selector's text, in code points."""

    start: int
    end: int


def field_places(selector: Selector) -> tuple[SelectorPlace, ...]:
    """Where the fields stand that lead to the value, in order; not those inside brackets."""
    found: list[SelectorPlace] = []
    level = 0
    for token in tokens_of(selector.text):
        level += (token.kind in OPENING) - (token.kind in CLOSING)
        if level == 0 and token.kind in _NAMES:
            found.append(SelectorPlace(token.start, token.end))
    return tuple(found)
