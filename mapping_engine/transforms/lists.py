"""Lists: made, picked from, and tidied."""

from __future__ import annotations

from functools import partial

from mapping_engine.transforms.declare import (
    Boxing,
    Example,
    Flow,
    Json,
    Parameter,
    Rejected,
    Speed,
    always_whole,
    transform,
)
from mapping_engine.transforms.json_values import read_json
from mapping_engine.transforms.scalars import whole, whole_number
from mapping_engine.types.kinds import ANY, LIST, NUMBER, OBJECT, TEXT, is_missing

_of_list = partial(transform, accepts=LIST, flow=Flow.KEEP)


@transform(
    accepts=ANY,
    returns=LIST,
    total=True,
    items=Boxing.WRAP,
    flow=Flow.KEEP,
    speed=Speed(wraps=True),
    examples=(Example("a", ["a"]), Example(["a"], ["a"]), Example(0, [0])),
)
def list_(value: Json) -> Json:
    """A list of the one value; a list stays as it is."""
    return value if type(value) is list else [value]


@transform(
    accepts=ANY,
    returns=LIST,
    finds=True,
    items=Boxing.WRAP,
    flow=Flow.KEEP,
    examples=(
        Example([{"id": 1}, "x", {}, {"id": 2}], [{"id": 1}, {}, {"id": 2}]),
        Example({"id": 1}, [{"id": 1}]),
        Example('[{"id": 1}]', [{"id": 1}]),
        Example('[{"id": 1}', Rejected("is not JSON text")),
        Example("x", None),
    ),
)
def records(value: Json) -> Json:
    """The objects of a list; a single object counts as a list of one, all else is missing.

    A text that begins like a JSON list or object is read as one.
    """
    if type(value) is str:
        value = read_json(value) if value.lstrip()[:1] in ("[", "{") else None
    if isinstance(value, Rejected):
        return value
    if type(value) is dict:
        return [value]
    if type(value) is not list:
        return None
    return [item for item in value if type(item) is dict]


@_of_list(returns=ANY, items=Boxing.UNWRAP, examples=(Example(["a", "b"], "a"), Example([], None)))
def first(value: list[Json]) -> Json:
    """The first item."""
    return value[0] if value else None


@_of_list(returns=ANY, items=Boxing.UNWRAP, examples=(Example(["a", "b"], "b"), Example([], None)))
def last(value: list[Json]) -> Json:
    """The last item."""
    return value[-1] if value else None


@_of_list(
    returns=ANY,
    items=Boxing.UNWRAP_ONE,
    examples=(Example(["a"], "a"), Example(["a", "b"], ["a", "b"]), Example([], None)),
)
def unwrapped(value: list[Json]) -> Json:
    """The only item of a list of one; a longer list stays as it is."""
    return value[0] if len(value) == 1 else value


@_of_list(
    returns=ANY,
    finds=True,
    items=Boxing.UNWRAP,
    parameters=(Parameter("index", NUMBER, doc="The place, from 0; from the end, -1, -2."),),
    examples=(
        Example(["a", "b"], "b", (1,)),
        Example(["a", "b"], "a", (-2,)),
        Example(["a", "b"], None, (2,)),
        Example(["a", "b"], None, (0.5,)),
    ),
)
def item(value: list[Json], index: int | float) -> Json:
    """The item at a place, counted from 0, or from the end when negative."""
    place = whole(index)
    if place is None or not -len(value) <= place < len(value):
        return None
    return value[place]


@_of_list(
    returns=LIST,
    items=Boxing.SAME,
    parameters=(Parameter("count", NUMBER, doc="How many to leave out.", problem=whole_number),),
    examples=(Example([1, 2, 3], [2, 3], (1,)), Example([1], None, (5,)), Example([1], [1], (-1,))),
)
def drop(value: list[Json], count: int | float) -> Json:
    """The list without its first items."""
    return value[max(0, int(count)) :]


@transform(
    accepts=LIST,
    returns=NUMBER,
    total=True,
    whole=always_whole,
    flow=Flow.CLEAR,
    examples=(Example(["a", "a"], 2), Example([None], 1)),
)
def count(value: list[Json]) -> Json:
    """How many items the list has."""
    return len(value)


@_of_list(
    returns=LIST,
    items=Boxing.SAME,
    present=True,
    examples=(Example(["a", None, " ", 0, False, {}], ["a", 0, False]), Example([None], None)),
)
def compact(value: list[Json]) -> Json:
    """The list without items that are missing: null, blank text, empty lists and objects."""
    return [each for each in value if not is_missing(each)]


@_of_list(
    returns=LIST,
    items=Boxing.SAME,
    examples=(
        Example(["b", "a", "b"], ["b", "a"]),
        Example([1, 1.0, True, "1"], [1, True, "1"]),
        Example([{"a": 1, "b": []}, {"b": [], "a": 1}], [{"a": 1, "b": []}]),
    ),
)
def distinct(value: list[Json]) -> Json:
    """The list without repeats; the first of equal items stays."""
    seen: dict[Json, Json] = {}
    try:
        for each in value:
            seen.setdefault(_identity(each), each)
    except RecursionError:
        return Rejected("is nested too deeply")
    return list(seen.values())


@_of_list(
    returns=LIST,
    items=Boxing.FLAT,
    examples=(Example(["a", ["b", "c"]], ["a", "b", "c"]), Example([[1], [], [[2]]], [1, [2]])),
)
def flat(value: list[Json]) -> Json:
    """The list with the items of the lists in it in their place, one level deep."""
    found: list[Json] = []
    for each in value:
        found.extend(each if type(each) is list else [each])
    return found


@_of_list(
    returns=LIST,
    parameters=(
        Parameter(
            "others", LIST, default=[], doc="The items to leave out; none where it is missing."
        ),
    ),
    finds=True,
    items=Boxing.SAME,
    examples=(
        Example(["a", "b", 1], ["a"], (["b", 1],)),
        Example(["a"], None, (["a"],)),
        Example(["a", "b"], ["a", "b"], ([],)),
    ),
)
def excluding(value: list[Json], others: list[Json]) -> Json:
    """The list without what is in another one; missing when nothing is left."""
    if _TEXT.issuperset(map(type, value)) and _TEXT.issuperset(map(type, others)):
        texts = frozenset(others)
        return [each for each in value if each not in texts] or None
    try:
        left_out = {_identity(each) for each in others}
        found = [each for each in value if _identity(each) not in left_out]
    except RecursionError:
        return Rejected("is nested too deeply")
    return found or None


@transform(
    accepts=OBJECT,
    returns=LIST,
    items=TEXT,
    examples=(Example({"a": 1, "b": None}, ["a", "b"]), Example({}, None)),
)
def keys(value: dict[str, Json]) -> Json:
    """The keys of an object, in order."""
    return list(value)


_TEXT = frozenset((str,))


def _identity(value: Json) -> Json:
    """Something that can be hashed and is equal for equal JSON values (and true is not 1)."""
    if isinstance(value, list):
        return "list", tuple(map(_identity, value))
    if isinstance(value, dict):
        return "object", frozenset((key, _identity(each)) for key, each in value.items())
    return type(value) is bool, value
