"""JSON files of a pack: what is read, and what is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine.source.json_text import MAX_DEPTH, JsonProblem, levels, read_json

DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(DATA)
def test_what_is_written_is_read(value: object) -> None:
    assert read_json(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        ("", "not a JSON document", (1, 1)),
        ('{\n "a": }', "not a JSON document", (2, 7)),
        ("9" * 5_000, "not a JSON document", None),
        (b"\xff", "not a JSON document", None),
        ("[" * 10_000 + "]" * 10_000, "nested too deeply", None),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "nested too deeply", None),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "nested too deeply", None),
    ],
)
def test_what_cannot_be_used_is_refused(
    text: str | bytes, reason: str, place: tuple[int, int] | None
) -> None:
    with pytest.raises(JsonProblem, match=reason) as caught:
        read_json(text)
    assert caught.value.place == place


def test_brackets_that_are_never_closed_are_refused() -> None:
    with pytest.raises(JsonProblem):  # Python 3.14 gets to the end, others do not
        read_json("[" * 10_000)


@pytest.mark.parametrize(
    ("value", "deep"), [(1, 0), ([], 1), ({"a": []}, 2), ([1, [{}], {"b": [[]]}], 4)]
)
def test_levels_count_lists_and_objects(value: object, deep: int) -> None:
    assert levels(value) == deep


def test_the_deepest_document_is_read() -> None:
    assert levels(read_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)) == MAX_DEPTH
