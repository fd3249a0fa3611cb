"""What the generator knows of a value that the code has at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import NoneType
from typing import TypeAlias

from mapping_engine.engine.codegen.code import Code
from mapping_engine.frozen import Frozen

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
NOTHING: Classes = EMPTIES | {NoneType}
EVERY: Classes = frozenset((str, int, float, bool, list, dict))
TEXT: Classes = frozenset((str,))
LISTS: Classes = frozenset((list,))
OBJECTS: Classes = frozenset((dict,))
FLOATS: Classes = frozenset((float,))
BOOLEANS: Classes = frozenset((bool,))
WHOLE: Classes = frozenset((int,))
NUMBERS: Classes = frozenset((int, float))


class Found(Frozen):
    """A value under the name it has in the code; it is not None, unless it is ``raw``.

    ``classes`` are those it may have. One that is ``raw`` counts as missing where it is None, blank
    or empty; one that is ``solid`` surely is none of these. One that is ``made`` shares no
    container with the event. ``likely`` are texts that it may well be.
    """

    name: str
    classes: Classes = EVERY
    raw: bool = False
    solid: bool = True
    made: bool = False
    likely: frozenset[str] = frozenset()


Then: TypeAlias = Callable[[Found], None]
"""Writes what is done with a value, where there is one; called at most once, but for a tail."""


class Tail(Frozen):
    """The little that is done with a value at last: it may stand behind each alternative.

    It knows no variables but what it is given. Where it ``ends``, the code does not go on behind:
    the function answers, or the loop around all alternatives is left.
    """

    write: Then
    ends: bool = False

    def __call__(self, found: Found) -> None:
        """Write it."""
        self.write(found)


Put: TypeAlias = Callable[[Then], None]
"""Writes a value, and what is done with it."""


def classes_of(kinds: frozenset[str]) -> Classes:
    """The classes of these kinds of JSON value."""
    return frozenset(found for kind in kinds for found in CLASSES[kind])


def is_class(name: str, kind: type) -> str:
    """Tests that a value is of one class."""
    return f"{name}.__class__ is {kind.__name__}"


def among(name: str, classes: Classes, code: Code) -> str:
    """Tests that a value is of one of some classes."""
    if len(classes) == 1:
        return is_class(name, next(iter(classes)))
    return f"{name}.__class__ in {code.shared.held_set(classes)}"


def filled(name: str, classes: Classes, code: Code) -> str | None:
    """Tests that a value is neither None nor blank nor empty; None where only None is missing."""
    text = f"{name} and not {name}.isspace()"
    if classes == TEXT:
        return text
    if not classes & (EMPTIES | TEXT):
        return None
    if classes <= EMPTIES:
        return name
    nothing = code.shared.held_set(NOTHING)
    other = f"({name} or {name}.__class__ not in {nothing})"
    return f"({text} if {is_class(name, str)} else {other})" if str in classes else other


def all_of(*tests: str | None) -> str | None:
    """All of the tests hold; None always holds."""
    return " and ".join(test for test in tests if test is not None) or None


def one_of(name: str, found: Sequence[Found]) -> Found:
    """What is known of a value that is one of these."""
    return Found(
        name,
        frozenset(kind for each in found for kind in each.classes),
        raw=any(each.raw for each in found),
        solid=all(each.solid for each in found),
        made=all(each.made for each in found),
        likely=frozenset(text for each in found for text in each.likely),
    )


def settled(found: Found) -> Found:
    """A raw value that was found to be filled."""
    return replace(found, raw=False, solid=True)


def shares_nothing(found: Found) -> bool:
    """Whether a value surely shares no container with the event."""
    return found.made or not found.classes & EMPTIES


def put_present(code: Code, found: Found, then: Then) -> None:
    """Go on where a value is not None."""
    with code.when(f"{found.name} is not None"):
        then(found)


def put_filled(code: Code, found: Found, then: Then) -> None:
    """Go on where a raw value is neither blank nor empty."""
    if not found.raw:
        then(found)
        return
    full = filled(found.name, found.classes, code)
    with code.when(full or f"{found.name} is not None"):
        then(settled(found))


def value_of(code: Code, put: Put, otherwise: str = "None") -> Found:
    """A value under a name of its own, which is ``otherwise`` where there is no value."""
    result = code.let(otherwise)
    kinds: list[Found] = []

    def keep(found: Found) -> None:
        code.line(f"{result} = {found.name}")
        kinds.append(found)

    put(Tail(keep))
    return one_of(result, kinds or [Found(result)])
