"""Paths from settings, and URLs."""

from __future__ import annotations

import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine.transforms import REGISTRY, Json
from mapping_engine.transforms.at import parse_path
from mapping_engine.transforms.urls import _USUAL, _split

EVENT: dict[str, Json] = {
    "price": 1,
    "properties": {"price": 2, "a b": 3, "rows": [[10, 11], {"id": "x"}], "0": "zero"},
}


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("price", ("price",)),
        (" a.b ", ("a", "b")),
        ("a[0].b", ("a", 0, "b")),
        ("a[0][-1]", ("a", 0, -1)),
        ("a b.c-d.$e", ("a b", "c-d", "$e")),
        ("a.0", ("a", "0")),
        ("", None),
        (".", None),
        (".a", None),
        ("a.", None),
        ("a..b", None),
        ("[0]", None),
        ("a[0]b", None),
        ("a.[0]", None),
        ("a[x]", None),
        ("a[]", None),
        ("a[0", None),
        ("a]", None),
        ("a[9999999999]", None),
        ("a" * 1025, None),
    ],
)
def test_a_path_is_names_with_dots_and_indexes(
    text: str, steps: tuple[str | int, ...] | None
) -> None:
    assert parse_path(text) == steps


@given(
    st.text("ab $-0é", min_size=1).map(str.strip).filter(bool),
    st.lists(st.text("ab$-0é", min_size=1) | st.integers(-99, 99), max_size=5),
)
def test_a_path_that_is_written_is_read_back(first: str, rest: list[str | int]) -> None:
    text = first + "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in rest)
    assert parse_path(text) == (first, *rest)


@pytest.mark.parametrize(
    ("path", "under", "expected"),
    [
        ("price", "", 1),
        ("price", "properties", 2),
        ("properties.price", "properties", 2),
        ("a b", "properties", 3),
        ("properties.rows[0][1]", "", 11),
        ("properties.rows[-1].id", "", "x"),
        ("id", "properties.rows[1]", "x"),
        ("properties.0", "", "zero"),
        ("properties.rows[2]", "", None),
        ("properties[0]", "", None),
        ("properties.rows.id", "", None),
        ("price.amount", "", None),
        ("price", "nowhere", None),
        ("a..b", "properties", None),
    ],
)
def test_the_event_is_read_at_a_path(path: str, under: str, expected: Json) -> None:
    assert REGISTRY["at"].function(EVENT, path, under) == expected


@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip))
def test_a_query_parameter_is_decoded(value: str) -> None:
    read = REGISTRY["query_parameter"].bound("ref")
    assert read(f"https://a.example/p?x=1&ref={quote(value, safe='')}#f") == value
    assert read(f"https://a.example/p?ref={quote_plus(value)}&ref=other") == value


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/?re%66=1",
        "https://a.example/?x=%41&re%66=1&ref=2",
        "https://a.example/?re\tf=1",
        "https://a.example/?re\nf=1",
        "https://a.example/p?%72ef=1#ref=2",
    ],
)
def test_the_name_of_a_query_parameter_may_be_encoded(url: str) -> None:
    assert REGISTRY["query_parameter"].function(url, "ref") == "1"


def test_a_host_of_combining_marks_is_given_up_at_once() -> None:
    start = time.perf_counter()
    assert REGISTRY["url_host"].function("https://a" + "\u0315\u0300" * 30_000) is None
    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a",
        "/p?ref=1",
        "?ref=1",
        "//a.example/?ref=1",
        "https:///p?ref=1",
        "mailto:a?ref=1",
        "https://a.example/#?ref=1",
        "https://a.example/?REF=1",
        "https://a.example/?xref=1",
        "https://[::1?ref=1",
        "https://a\u2100b/?ref=1",
        "https://a.example/" + "x" * 70_000 + "?ref=1",
    ],
    ids=lambda url: url[:40],
)
def test_a_url_without_the_parameter_has_none(url: str) -> None:
    assert REGISTRY["query_parameter"].function(url, "ref") is None


@given(st.text(alphabet="ab.:/?&=#@%+[]<\\ \t;-", max_size=24))
def test_usual_urls_have_the_query_that_the_standard_library_finds(rest: str) -> None:
    url = f"https://{rest}"
    usual, whole = _USUAL.match(url), _split(url)
    assert usual is None or (whole is not None and usual[1] == whole.query)
