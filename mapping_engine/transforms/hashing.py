"""SHA-256 digests of personal data."""

from __future__ import annotations

from hashlib import sha256
from string import hexdigits

from mapping_engine.transforms.declare import Example, Flow, Json, Rejected, Speed, transform
from mapping_engine.transforms.forms import nfc
from mapping_engine.transforms.scalars import NOT_UNICODE

_DIGEST_LENGTH = 64
_HEX = frozenset(hexdigits)
OF_NOTHING = sha256(b"").hexdigest()
"""The digest of an empty text: in a payload it is a sure sign of a mistake."""


def is_digest(text: str) -> bool:
    """Whether the text is a SHA-256 digest already: 64 hex digits, of any case."""
    text = text.strip()
    return len(text) == _DIGEST_LENGTH and _HEX.issuperset(text)


def digest(text: str) -> str:
    """The SHA-256 digest, in lower-case hex, of the UTF-8 bytes of the text in normal form C.

    Raises:
        ValueError: the text is not valid Unicode or has endless combining marks.
    """
    normal = nfc(text)
    if normal is None:
        raise ValueError("the text has too many combining marks")
    return sha256(normal.encode()).hexdigest()


@transform(
    flow=Flow.HASH,
    honours_hashing_switch=True,
    speed=Speed(solid=True, costly=True),
    examples=(
        Example("mary", "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec"),
        Example("vale\u0301ry", "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c"),
        Example(f" {'6F' * 32} ", "6f" * 32),
        Example("", None),
        Example("\ud800", NOT_UNICODE),
    ),
)
def hashed(value: str) -> Json:
    """The SHA-256 digest of the text, in lower-case hex.

    What is a digest already is passed on in lower case, and never hashed twice.
    """
    if not value or value.isspace():
        return None
    if len(value) >= _DIGEST_LENGTH and is_digest(value):
        return value.strip().lower()
    if value.isascii():
        return sha256(value.encode()).hexdigest()
    normal = nfc(value)
    if normal is None:
        return Rejected("has too many combining marks")
    try:
        return sha256(normal.encode()).hexdigest()
    except UnicodeEncodeError:
        return NOT_UNICODE
