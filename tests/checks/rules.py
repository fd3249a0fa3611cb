"""Random rule files and events over the vocabulary of the golden pack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from mapping_engine import Destination, MappingError, load
from tools.check_example import completed, write_pack

WORDS = st.sampled_from(["x", "y y", "sold", "Sold", "1", "none"])
NUMBERS = st.integers(-2, 4) | st.sampled_from([0.5, 2.5])
PARTS = st.fixed_dictionaries({}, optional={"a": WORDS, "b": NUMBERS})
EVENTS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "type": WORDS,
        "p": st.fixed_dictionaries(
            {}, optional={"a": WORDS, "b": NUMBERS, "items": st.lists(PARTS, max_size=2)}
        ),
        "person": st.fixed_dictionaries({}, optional={"id": WORDS}),
        "tags": st.lists(WORDS, max_size=2),
        "email": st.just("a@b.test"),
    },
)
"""Events whose values are of the kinds that the vocabulary declares."""

LITERALS = WORDS.map(lambda word: f"'{word}'") | st.integers(-1, 3).map(str) | st.just("true")
PATHS = st.sampled_from(["type", "p.a", "p.b", "person.id", "lower(type)", "p.a ?? type"])


def comparisons() -> st.SearchStrategy[str]:
    operators = st.sampled_from(["==", "!=", "<", ">=", ">"])
    compared = st.tuples(PATHS, operators, LITERALS).map(" ".join)
    listed = st.tuples(PATHS, st.lists(LITERALS, min_size=1, max_size=3)).map(
        lambda found: f"{found[0]} in [{', '.join(found[1])}]"
    )
    tests = st.sampled_from(["present", "missing", "text", "number", "not text", "not missing"])
    tested = st.tuples(PATHS, tests).map(lambda found: f"{found[0]} is {found[1]}")
    return compared | listed | tested | PATHS.filter(lambda path: "??" not in path)


CONDITIONS = st.recursive(
    comparisons(),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda found: f"({found[0]} {found[1]} {found[2]})"
        )
        | inner.map(lambda found: f"(not {found})")
    ),
    max_leaves=4,
)


def quoted(text: str) -> str:
    """An expression as a YAML scalar."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def compiled(text: str, folder: Path) -> Destination:
    """The rules, completed to a pack and compiled."""
    write_pack(folder, completed(text))
    return load(folder).bind({"token": "t"}, clock=lambda: 0.0)


def outcome(destination: Destination, event: dict[str, Any]) -> Any:
    """What an event becomes: requests, or the code of the error."""
    try:
        return [request.to_dict() for request in destination.apply(event)]
    except MappingError as error:
        return str(error.code)
