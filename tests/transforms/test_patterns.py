"""Python's own expressions stand in for RE2 only where both say the same, in linear time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine.transforms.patterns import compiled, matches_latin, needed_letter

LETTERS = st.sampled_from(
    ["a", "b", "c", "[ab]", "[^a]", ".", r"\d", r"\s", r"\w", r"\pL", r"\pN", "[^\\pL]", "[.]"]
)
REPEATS = st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,3}", "{2,}"])


@st.composite
def _repeated(draw: st.DrawFn, parts: st.SearchStrategy[str]) -> str:
    inner = "".join(draw(st.lists(parts, min_size=1, max_size=3)))
    return f"{draw(st.sampled_from(['(', '(?:']))}{inner}){draw(REPEATS)}"


PARTS = st.recursive(
    st.builds(lambda letters, repeats: letters + repeats, LETTERS, REPEATS), _repeated, max_leaves=5
)
PATTERNS = st.lists(PARTS, min_size=1, max_size=4).map("".join)
LATIN = st.text(alphabet="abc.1 \n_-é×²ÿ\xa0\x85", max_size=8)
OTHER = st.text(alphabet="ab.1éжﬁ١²", max_size=8)


@given(PATTERNS, st.lists(LATIN, min_size=1, max_size=20))
def test_both_engines_say_the_same(pattern: str, texts: list[str]) -> None:
    match = matches_latin(pattern)
    if match is not None:
        decide = compiled(pattern).fullmatch
        for text in texts:
            assert (match(text) is None) is (decide(text.encode()) is None), (pattern, text)


@given(PATTERNS, st.lists(OTHER, min_size=1, max_size=20))
def test_what_python_matches_of_other_letters_re2_matches(pattern: str, texts: list[str]) -> None:
    match = matches_latin(pattern)
    if match is not None:
        decide = compiled(pattern).fullmatch
        for text in texts:
            assert match(text) is None or decide(text.encode()) is not None, (pattern, text)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a*)*b",  # many ways to divide the letters among the repeats
        "(a?)*b",
        "(a*b*)*c",
        "(a*)+b",
        "(a?){0,}b",
        "(a+)+b",  # the next letter may go on, or begin anew
        "(ab?)*a",
        "a*a*b",
        "[ab]*b",
        "a|b",
        "a*?b",
        "(?i)a",
    ],
)
def test_patterns_that_may_go_several_ways_are_left_to_re2(pattern: str) -> None:
    assert matches_latin(pattern) is None


@pytest.mark.parametrize(
    "pattern", ["(a*b)*", "[a-z]+@[a-z]+([.][a-z]+)+", "[12][0-9]{3}", "[^ @]+@x", r"\w+"]
)
def test_patterns_that_go_one_way_are_matched_by_python(pattern: str) -> None:
    assert matches_latin(pattern) is not None


@pytest.mark.parametrize(
    "pattern",
    ["a)", "(a", "()a", "(?P<x>a)", "a**", "a{2}{3}", "a{0}", "a{3,1}", "[b-a]", r"[a-\d]", "[]",
     r"[^\d\D]", r"\pZ", "é"],
)  # fmt: skip
def test_what_the_engines_may_read_differently_is_left_to_re2(pattern: str) -> None:
    assert matches_latin(pattern) is None


def test_a_letter_that_every_match_holds_is_known() -> None:
    assert needed_letter("[a-z]+@[a-z]+") == "@"
    assert needed_letter("[a-z]*@?") is None
    assert needed_letter("a|b") is None
