"""Unicode normal forms in linear time.

Normalising sorts each run of combining marks, and CPython takes quadratic time for it. Real text
has a few marks in a row; Unicode's own stream-safe format allows 30. Longer runs are refused.
"""

from __future__ import annotations

from typing import Literal
from unicodedata import category, normalize

MAX_MARKS = 30
_SHORT = 256
_ASCII_MARKS = bytes(code for code in range(128) if not chr(code).isalnum())
_MARKS_WHEN_DECOMPOSED = "\uff9e\uff9f"


def nfc(text: str) -> str | None:
    """The text in normal form C; None when it has endless combining marks."""
    return normalize("NFC", text) if len(text) <= _SHORT else _normal("NFC", text)


def folded(text: str) -> str:
    """The text without case, accents, spaces and punctuation, for comparing names."""
    if text.isascii():
        return text.encode().lower().translate(None, _ASCII_MARKS).decode()
    text = _normal("NFKD", text) or ""
    text = normalize("NFKD", text.casefold())
    return "".join(filter(str.isalnum, text.lower()))


def _normal(form: Literal["NFC", "NFKD"], text: str) -> str | None:
    if text.isascii():
        return text
    if len(text) > _SHORT and _has_endless_marks(text):
        return None
    return normalize(form, text)


def _has_endless_marks(text: str) -> bool:
    run = 0
    for character in text:
        if category(character)[0] == "M" or character in _MARKS_WHEN_DECOMPOSED:
            run += 1
            if run > MAX_MARKS:
                return True
        else:
            run = 0
    return False
