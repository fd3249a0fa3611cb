"""What the generator knows of a value that the code has at hand."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import NoneType
from typing import TypeAlias

from mapping_engine.engine.codegen.code import Code
from mapping_engine.engine.codegen.nodes import (
    attribute,
    both,
    choice,
    compare,
    either,
    load,
    method,
    negated,
    of_class,
)

Classes: TypeAlias = frozenset[type]

CLASSES = {
    "text": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "object": (dict,),
}
EMPTIES: Classes = frozenset((list, dict))
"""What is missing when it is empty, besides texts."""
_NOTHING: Classes = EMPTIES | {NoneType}
EVERY: Classes = frozenset((str, int, float, bool, list, dict))
TEXT: Classes = frozenset((str,))
LISTS: Classes = frozenset((list,))
FLOATS: Classes = frozenset((float,))


@dataclass(frozen=True)
class Found:
    """A value under the name it has in the code; it is not None, unless it is ``raw``.

    ``classes`` are those it may have. One that is ``raw`` counts as missing where it is None, blank
    or empty; one that is ``solid`` surely is none of these. A ``sound`` one is what JSON text can
    hold: valid Unicode, and finite numbers. One that is ``made`` shares no container
    with the event, and holds no number that JSON cannot. ``likely`` are texts that it may well be.
    """

    name: str
    classes: Classes = EVERY
    raw: bool = False
    solid: bool = True
    sound: bool = False
    made: bool = False
    likely: frozenset[str] = frozenset()


Then: TypeAlias = Callable[[Found], None]
"""Writes what is done with a value, where there is one; called at most once, but for a tail."""


@dataclass(frozen=True)
class Tail:
    """The little that is done with a value at last: it may stand behind each alternative.

    It knows no variables but what it is given. Where it ``ends``, the code does not go on behind:
    the function answers, or the loop around all alternatives is left.
    """

    write: Then
    ends: bool = False

    def __call__(self, found: Found) -> None:
        """Write it."""
        self.write(found)

    def after(self, change: Callable[[Found], Found]) -> Tail:
        """The same, of what ``change`` makes of the value."""
        return Tail(lambda found: self.write(change(found)), self.ends)


Put: TypeAlias = Callable[[Then], None]
"""Writes a value, and what is done with it."""


def classes_of(kinds: frozenset[str]) -> Classes:
    """The classes of these kinds of JSON value."""
    return frozenset(found for kind in kinds for found in CLASSES[kind])


def filled(name: str, classes: Classes, code: Code) -> ast.expr | None:
    """Tests that a value is neither None nor blank nor empty; None where only None is missing."""
    text = both(load(name), negated(method(name, "isspace")))
    if classes == TEXT:
        return text
    if not classes & (EMPTIES | TEXT):
        return None
    if classes <= EMPTIES:
        return load(name)
    full = compare(attribute(name, "__class__"), ast.NotIn(), code.held(_NOTHING))
    other = either(load(name), full)
    assert text is not None
    return choice(of_class(name, code.constant(str)), text, other) if str in classes else other


def one_of(name: str, found: Sequence[Found]) -> Found:
    """What is known of a value that is one of these."""
    return Found(
        name,
        frozenset(kind for each in found for kind in each.classes),
        raw=any(each.raw for each in found),
        solid=all(each.solid for each in found),
        sound=all(each.sound for each in found),
        made=all(each.made for each in found),
        likely=frozenset(text for each in found for text in each.likely),
    )


def settled(found: Found) -> Found:
    """A raw value that was found to be filled."""
    return replace(found, raw=False, solid=True)
