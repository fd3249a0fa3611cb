"""Objects: tidied, and taken apart."""

from __future__ import annotations

from mapping_engine.transforms.declare import Example, Flow, Json, transform
from mapping_engine.transforms.scalars import MAX_LENGTH, TOO_LONG
from mapping_engine.types.kinds import LIST, OBJECT


@transform(
    accepts=OBJECT,
    returns=OBJECT,
    finds=True,
    flow=Flow.KEEP,
    examples=(Example({"a": 1}, {"a": 1}), Example({}, None)),
)
def object_(value: dict[str, Json]) -> Json:
    """The object as it is; what is no object is left out with a warning."""
    return value or None


@transform(
    accepts=OBJECT,
    returns=LIST,
    examples=(Example({"a": 1, "b": None}, [1, None]), Example({}, None)),
)
def values(value: dict[str, Json]) -> Json:
    """The values of an object, in order."""
    return list(value.values())


@transform(
    accepts=OBJECT,
    returns=OBJECT,
    flow=Flow.KEEP,
    examples=(
        Example({"a": None, "b": "", "c": {"d": None}}, {"b": "", "c": {"d": None}}),
        Example({"a": None}, None),
    ),
)
def without_nulls(value: dict[str, Json]) -> Json:
    """The object without its own keys that hold null; what lies deeper stays as it is."""
    return {key: each for key, each in value.items() if each is not None}


@transform(
    accepts=OBJECT | LIST,
    returns=OBJECT,
    examples=(
        Example(
            {"a": {"b": 1, "c": {}}, "d": [{"e": "x"}, None, ""]},
            {"a.b": 1, "d[0].e": "x", "d[2]": ""},
        ),
        Example([1, [2]], {"[0]": 1, "[1][0]": 2}),
        Example({"a": []}, None),
    ),
)
def flattened(value: Json) -> Json:
    """One flat object of all that lies in an object, at any depth: `a.b`, `items[0].id`.

    Null, empty lists and empty objects are left out.
    """
    found: dict[str, Json] = {}
    size = 0
    waiting: list[tuple[str, Json]] = [("", value)]
    while waiting:
        path, each = waiting.pop()
        if type(each) is dict:
            dot = "." if path else ""
            waiting += [(f"{path}{dot}{key}", part) for key, part in reversed(each.items())]
        elif type(each) is list:
            places = reversed(list(enumerate(each)))
            waiting += [(f"{path}[{place}]", part) for place, part in places]
        elif each is not None:
            size += len(path)
            if size > MAX_LENGTH:
                return TOO_LONG
            found[path] = each
    return found
