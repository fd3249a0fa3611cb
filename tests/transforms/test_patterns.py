"""Patterns match as RE2 says, whichever of its ways is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine.transforms.finding import group_finder
from mapping_engine.transforms.patterns import compiled, matcher, needed_letter, searcher
from mapping_engine.transforms.portable import portable
from mapping_engine.transforms.portable_find import portable_finder

LETTERS = st.sampled_from(
    [
        "a",
        "b",
        "c",
        "[ab]",
        "[^a]",
        ".",
        r"\d",
        r"\s",
        r"\w",
        r"\pL",
        r"\pN",
        "[^\\pL]",
        "[.]",
        "[0-9a-c_-]",
    ]
)
REPEATS = st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,3}", "{2,}", "*?"])


@st.composite
def _repeated(draw: st.DrawFn, parts: st.SearchStrategy[str]) -> str:
    inner = draw(st.sampled_from(["", "|"])).join(draw(st.lists(parts, min_size=1, max_size=3)))
    return f"{draw(st.sampled_from(['(', '(?:', '(?i:']))}{inner}){draw(REPEATS)}"


PARTS = st.recursive(
    st.builds(lambda letters, repeats: letters + repeats, LETTERS, REPEATS), _repeated, max_leaves=5
)
PATTERNS = st.lists(PARTS, min_size=1, max_size=4).map("".join)
TEXTS = st.text(alphabet="abcA.1 \n_-é×²ÿжﬁ١\xa0\x85", max_size=8)


@given(PATTERNS, st.lists(TEXTS, min_size=1, max_size=20))
def test_a_matcher_says_what_the_pattern_says(pattern: str, texts: list[str]) -> None:
    match, decide = matcher(pattern), compiled(pattern).fullmatch
    for text in texts:
        assert match(text.encode()) is (decide(text.encode()) is not None), (pattern, text)


def test_a_pattern_too_large_for_the_fast_way_is_matched_all_the_same() -> None:
    match = matcher(r"\pL{200}")
    assert match(("é" * 200).encode())
    assert not match(("é" * 199).encode())


@pytest.mark.parametrize(
    ("pattern", "letter"),
    [
        ("[a-z]+@[a-z]+", "@"),
        (r"[^\s@]+\.x", "."),
        ("[a-z]x+", "x"),
        ("[a-z]*@?", None),
        ("a|b", None),
        ("a*?b", None),
        ("(?i)a", None),
        ("a{0}b", None),
        (r"\[@].", "["),
        (r"\+[1-9]([ .-]?[0-9]){7,}", "+"),
        ("[^]x]y", None),
        ("x+{2}y|z", None),
        (r"\bx", None),
        ("[]x]y", None),
        ("^a", None),
        (".", None),
    ],
)
def test_a_letter_that_every_match_holds_is_known(pattern: str, letter: str | None) -> None:
    assert needed_letter(pattern) == letter


@given(PATTERNS, st.lists(TEXTS, min_size=1, max_size=20))
def test_nothing_matches_without_the_needed_letter(pattern: str, texts: list[str]) -> None:
    letter, decide = needed_letter(pattern), compiled(pattern).fullmatch
    for text in texts:
        assert letter is None or letter in text or decide(text.encode()) is None


@given(PATTERNS, st.lists(TEXTS, min_size=1, max_size=20))
def test_without_re2_the_verdicts_are_the_same(pattern: str, texts: list[str]) -> None:
    decide, found = compiled(pattern).fullmatch, searcher(pattern)
    whole, somewhere = portable(pattern, whole=True), portable(pattern, whole=False)
    for text in texts:
        assert whole(text) is (decide(text.encode()) is not None), (pattern, text)
        assert somewhere(text) is found(text), (pattern, text)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\u0041",
        r"\cA",
        r"\kx",
        "a{,3}",
        r"[^\S]",
        r"a{2000}",
        r"(?=a)",
        r"(a)\1",
        "(",
        "[b-a]",
        "\\",
    ],
)
def test_without_re2_what_it_refuses_or_what_differs_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"read|repeat"):
        portable(pattern, whole=True)


@pytest.mark.parametrize(
    "pattern", ["[]a]+", "[^]a]+", "[a&&b]+", "[[:alpha:]]+", r"\bx\b", "[[a]+"]
)
def test_without_re2_classes_are_read_as_re2_does(pattern: str) -> None:
    decide, whole = compiled(pattern).fullmatch, portable(pattern, whole=True)
    for text in ["]", "a", "b", "&", "-", "a]", "x", "éx", "[", "[a", "é", "ab"]:
        assert whole(text) is (decide(text.encode()) is not None), (pattern, text)


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\w", r"\s", "(a|b)", "(ab)", "(?:b|ab)"])
REPEATS = st.sampled_from(["", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?"])
PARTS = st.lists(st.builds("{}{}".format, ATOMS, REPEATS), min_size=1, max_size=4).map("".join)
SEARCHED = PARTS | st.builds("{}|{}".format, PARTS, PARTS) | st.builds("^{}".format, PARTS)


@given(SEARCHED, st.text("ab c_", max_size=8))
def test_our_own_search_finds_what_re2_finds(pattern: str, text: str) -> None:
    assert portable_finder(pattern)(text, 0) == group_finder(pattern)(text, 0)


def test_a_search_takes_a_step_for_each_letter_and_place() -> None:
    assert portable_finder("(a*)*(a|aa)+b")("a" * 2_000, 0) is None
