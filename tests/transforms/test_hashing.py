"""Digests of personal data."""

from __future__ import annotations

from hashlib import sha256
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine.transforms import REGISTRY, Rejected
from mapping_engine.transforms.hashing import digest, is_digest

hashed = REGISTRY["hashed"].function
UTF8 = st.text(st.characters(codec="utf-8"), max_size=40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6f" * 32, True),
        ("6F" * 32, True),
        ("\n" + "6f" * 32 + " ", True),
        ("6f" * 31, False),
        ("6f" * 33, False),
        ("6g" * 32, False),
        ("٦f" * 32, False),
        (" " * 64, False),
        ("", False),
    ],
)
def test_a_digest_is_64_hex_digits(text: str, expected: bool) -> None:
    assert is_digest(text) is expected


@given(UTF8.filter(lambda text: text.strip() and not is_digest(text)))
def test_the_digest_is_of_the_utf8_bytes_in_normal_form_c(text: str) -> None:
    expected = sha256(normalize("NFC", text).encode()).hexdigest()
    assert hashed(text) == digest(text) == expected


@given(UTF8)
def test_composed_and_decomposed_text_have_one_digest(text: str) -> None:
    assert hashed(normalize("NFD", text)) == hashed(normalize("NFC", text))


@given(UTF8.filter(str.strip))
def test_nothing_is_hashed_twice(text: str) -> None:
    once = hashed(text)
    assert isinstance(once, str)
    assert hashed(once) == hashed(once.upper()) == hashed(f" {once}\n") == once


@pytest.mark.parametrize("text", ["", " ", "\u3000\n"])
def test_the_digest_of_nothing_is_never_made(text: str) -> None:
    assert hashed(text) is None


def test_text_without_a_normal_form_has_no_digest() -> None:
    endless = "a" + "\u0315\u0300" * 5000
    assert hashed(endless) == Rejected("has too many combining marks")
    for text in (endless, "\ud800"):
        with pytest.raises(ValueError, match=r"combining|surrogates"):
            digest(text)
