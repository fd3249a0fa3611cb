"""What is known about a selector before any event is seen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine.selectors import (
    Selector,
    parse_selector,
    prefixes,
    search,
    steps,
    vocabulary_path,
)


def selector(text: str) -> Selector:
    found = parse_selector(text)
    assert isinstance(found, Selector), found
    return found


def dotted(text: str) -> set[str]:
    return {".".join(path) for path in prefixes(selector(text))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ("a",)),
        ("a.b[0].c[-1]", ("a", "b", 0, "c", -1)),
        ('a."b c"', ("a", "b c")),
        ("@", ()),
        ("@.a", ("a",)),
        ("a | b", ("a", "b")),
        ("[0]", (0,)),
        ("a[]", None),
        ("a[0:1]", None),
        ("a.*", None),
        ("a || b", None),
        ("a[?b]", None),
        ("length(a)", None),
        ("a.[b]", None),
        ("`1`", None),
    ],
)
def test_steps_of_a_pure_path(text: str, expected: tuple[str | int, ...] | None) -> None:
    assert steps(selector(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("properties.items[0].x", {"properties.items"}),
        ("properties.a || b", {"properties.a", "b"}),
        ("properties.items[].x.y", {"properties.items"}),
        ("properties.items[*].x", {"properties.items"}),
        ("properties.*.x", {"properties"}),
        ("a.b[1:2].c", {"a.b"}),
        ("a.b[?c == d].e", {"a.b"}),
        ("a.b[?c == 'x'] | [0].d", {"a.b"}),
        ("a[?b].c || d.e", {"a", "d.e"}),
        ("a.b[].to_string(@)", {"a.b"}),
        ("a.b[?c == d].[e == f]", {"a.b"}),
        ("length(a.b)", {"a.b"}),
        ("contains(a.b, c)", {"a.b", "c"}),
        ("sort_by(a.products, &price)[0].id", {"a.products"}),
        ("a.contains(b, c.d)", {"a.b", "a.c.d"}),
        ("a.{x: b, y: c.d}", {"a.b", "a.c.d"}),
        ("a.[b, c].d", {"a.b", "a.c"}),
        ("a.[`1`]", {"a"}),
        ("a && b.c", {"a", "b.c"}),
        ("(a || b).c", {"a", "a.c", "b.c"}),
        ("!(a.b)", {"a.b"}),
        ("a.b == c[0].d", {"a.b", "c"}),
        ("a | b.c", {"a.b.c"}),
        ("@", {""}),
        ("*", {""}),
        ("keys(@)", {""}),
        ("[?a].b", {""}),
        ("@.a.b", {"a.b"}),
        ("`1`", set()),
        ("{x: `1`}", set()),
    ],
)
def test_prefixes_are_the_fields_read_up_to_the_first_other_step(
    text: str, expected: set[str]
) -> None:
    assert dotted(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("properties.products[].price", "properties products [] price"),
        ("context.externalId[0].id", "context externalId [] id"),
        ("a.b", "a b"),
        ("a[*].b", "a [] b"),
        ("a[1:3].b", "a [] b"),
        ("a[?b == 'x'].c", "a [] c"),
        ("a[?b == 'x'].c | [0]", "a [] c"),
        ("a[?b == 'x'] | [0].c", "a [] c"),
        ("a[]", "a []"),
        ("orders[].items[].sku", "orders [] items [] sku"),
        ("orders[*].items[*].sku", "orders [] items [] sku"),
        ("orders[*].items[*].sku[]", "orders [] items [] sku"),
        ("orders[*].items[0].sku", "orders [] items [] sku"),
        ("a[0][1]", "a [] []"),
        ("a[][0]", "a [] []"),
        ("(a[])[0]", "a []"),
        ("(a[]).b", None),
        ("a.*", None),
        ("a || b", None),
        ("length(a)", None),
        ("a.[b]", None),
        ("@", ""),
    ],
)
def test_the_vocabulary_path_has_one_mark_for_any_element(text: str, expected: str | None) -> None:
    found = vocabulary_path(selector(text))
    assert (None if found is None else " ".join(found)) == expected


READERS = st.sampled_from(
    [
        "a.b",
        "a.b[0].c",
        "a.b[?c == 'x'].d",
        "(a || b).c",
        "a && c",
        "a.[b, c]",
        "a.{x: `1`}",
        "b == a.c",
        "length(a.b || 'x')",
        "a.*.c",
        "(a.b || b) | [0].c",
        "!a",
    ]
)
VALUES = st.recursive(
    st.sampled_from([None, 0, 1, "x", ""]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4)
    ),
    max_leaves=12,
)
EVENTS = st.dictionaries(st.sampled_from("abcd"), VALUES)


def pruned(event: Any, wanted: frozenset[tuple[str, ...]]) -> Any:
    """The event without the fields that no wanted path leads to or through."""
    if () in wanted or not isinstance(event, dict):
        return event
    kept = {}
    for name, value in event.items():
        below = frozenset(path[1:] for path in wanted if path[0] == name)
        if below:
            kept[name] = pruned(value, below)
    return kept


@given(READERS, EVENTS)
def test_a_selector_sees_nothing_outside_its_prefixes(text: str, event: Any) -> None:
    def answer(seen: Any) -> Any:
        try:
            return search(selector(text), seen)
        except Exception as error:
            return str(error)

    assert answer(event) == answer(pruned(event, prefixes(selector(text))))
