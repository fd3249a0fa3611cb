"""What a receiver says, in the form in which it may be shown: without what was sent to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_plus

from mapping_engine.engine.request import CONTENT_TYPES, Request
from mapping_engine.source.json_text import every_value
from mapping_engine.types.kinds import Json

LONGEST = 200
_SHORTEST = 3
"""Shorter texts are in every sentence, and name nobody."""
_READ = 2000
_HIDDEN = "…"
_PERSONAL_LOOKS = re.compile(
    r"[^\s@<>\"'=:;,()]+@[^\s@<>\"',;()]+"  # addresses
    r"|\+?[0-9][0-9 ()./-]{5,}[0-9]"  # phone numbers, times, ids
    r"|[0-9]{6,}"
    r"|(?:[0-9]{1,3}\.){3}[0-9]{1,3}"
    r"|(?:[0-9a-fA-F]{1,4}:){3,}[0-9a-fA-F:]*"
    r"|(?<![A-Za-z0-9_=+/-])(?=[A-Za-z0-9_=+/-]*[0-9])[A-Za-z0-9_=+/-]{16,}"  # tokens, digests
)
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_PARTS = re.compile(r"[/?&=#\s]+")


def sent_texts(requests: Iterable[Request]) -> frozenset[str]:
    """Every text and number that was sent: what a receiver might repeat."""
    found: set[str] = set()
    for request in requests:
        found |= set(_leaves(request.body))
        values = (v for v in request.headers.values() if v not in CONTENT_TYPES.values())
        for text in (request.url, *values):
            found |= {unquote_plus(part) for part in _PARTS.split(text)}
    return frozenset(text for text in found if len(text) >= _SHORTEST)


def shown_text(said: Json, sent: frozenset[str]) -> str | None:
    """A text of the receiver in one line, shortened; what was sent, and what looks so, is hidden.

    A word of it that was a value of the request becomes `…`; so does what looks like an address, a
    long number, or a token.
    """
    if isinstance(said, list):
        texts = [text for each in said[:LONGEST] if (text := shown_text(each, sent)) is not None]
        said = "; ".join(dict.fromkeys(texts))
    elif isinstance(said, bool | int | float):
        said = str(said)
    if not isinstance(said, str):
        return None
    text = _SPACES.sub(" ", said[:_READ]).strip()
    lowered = text.lower()
    repeated = sorted((each for each in sent if each.lower() in lowered), key=len, reverse=True)
    for each in repeated:
        text = re.sub(rf"(?i)(?<!\w){re.escape(each)}(?!\w)", _HIDDEN, text)
    text = _PERSONAL_LOOKS.sub(_HIDDEN, text)
    if len(text) > LONGEST:
        text = text[: LONGEST - 1] + _HIDDEN
    return text or None


def _leaves(body: Json) -> Iterator[str]:
    for found in every_value(body):
        if isinstance(found, str):
            yield " ".join(_SPACES.sub(" ", found).split())
        elif isinstance(found, int | float) and not isinstance(found, bool):
            yield str(found)
