"""Frozen dataclasses by inheritance: what they compare, hash and show."""

from __future__ import annotations

from dataclasses import field, replace

from mapping_engine.frozen import Frozen


class Point(Frozen):
    """Where something is."""

    x: int
    y: int = 0
    note: str = field(default="", compare=False, repr=False)


class Corner(Point):
    """A point, but another thing."""

    sharp: bool = True


class Nothing(Frozen):
    """Without fields."""


def test_equal_fields_are_equal_and_hash_alike() -> None:
    assert Point(1, 2) == Point(1, 2, "seen")
    assert hash(Point(1, 2)) == hash(Point(1, 2, "seen"))
    assert Point(1, 2) != Point(1, 3)
    assert Nothing() == Nothing()
    assert hash(Nothing()) == hash(Nothing())


def test_another_class_is_never_equal() -> None:
    assert Corner(1, 2) != Point(1, 2)
    assert Corner(1) != Corner(1, sharp=False)
    assert Point(1, 2) != (1, 2)


def test_the_fields_are_shown_but_for_those_that_say_no() -> None:
    assert repr(Corner(1, note="seen")) == "Corner(x=1, y=0, sharp=True)"


def test_a_changed_copy_is_another_one() -> None:
    point = Point(1, 2, "seen")
    assert replace(point, y=3) == Point(1, 3)
    assert replace(point, y=3).note == "seen"
    assert point.y == 2
