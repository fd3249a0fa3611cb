"""Text without what does not belong in it: spaces, punctuation, digits, case."""

from __future__ import annotations

import re
from unicodedata import category

from mapping_engine.transforms.declare import Example, Json, Parameter, Rejected, Speed, transform
from mapping_engine.transforms.forms import nfc as _nfc
from mapping_engine.transforms.scalars import MAX_LENGTH, TOO_LONG
from mapping_engine.types.kinds import TEXT

_DIGITS = re.compile(r"\d+")
_OTHERS = re.compile(r"\D+")
_ASCII = "".join(map(chr, range(128)))
_ASCII_OTHERS = "".join(_OTHERS.findall(_ASCII)).encode()
_ASCII_PUNCTUATION = "".join(c for c in _ASCII if category(c)[0] in "PS").encode()


@transform(
    speed=Speed(solid=True),
    examples=(Example("  Ann \n", "Ann"), Example("a b", "a b"), Example(" \t", None)),
)
def trim(value: str) -> Json:
    """The text without white space at either end."""
    return value.strip()


@transform(total=True, examples=(Example("ANN", "ann"), Example("ÅSE", "åse"), Example("정", "정")))
def lower(value: str) -> Json:
    """The text in lower case."""
    return value.lower()


@transform(total=True, examples=(Example("usd", "USD"), Example("straße", "STRASSE")))
def upper(value: str) -> Json:
    """The text in upper case."""
    return value.upper()


@transform(
    speed=Speed(solid=True),
    examples=(
        Example("Vale\u0301ry", "Val\u00e9ry"),
        Example("Ann", "Ann"),
        Example("a" + "\u0301" * 300, Rejected("has too many combining marks")),
    ),
)
def nfc(value: str) -> Json:
    """The text in Unicode's normal form C, in which an accented letter is one character.

    Digests of equal-looking texts are equal only in one form; `hashed` does this by itself.
    """
    normal = _nfc(value)
    return Rejected("has too many combining marks") if normal is None else normal


@transform(
    examples=(
        Example("+1 (616) 954-78 88", "16169547888"),
        Example("٠١٢", "012"),
        Example("none", None),
    )
)
def digits(value: str) -> Json:
    """The decimal digits of the text, those of any script written as 0 to 9."""
    if value.isascii():
        return value.encode().translate(None, _ASCII_OTHERS).decode()
    return "".join(str(int(digit)) for digit in _OTHERS.sub("", value))


@transform(examples=(Example("Seattle 98121", "Seattle "), Example("٠١٢", None)))
def without_digits(value: str) -> Json:
    """The text without decimal digits of any script."""
    return _DIGITS.sub("", value)


@transform(
    speed=Speed(solid=True),
    examples=(Example(" Menlo\tPark ", "MenloPark"), Example("a\u00a0b\u3000c", "abc")),
)
def without_spaces(value: str) -> Json:
    """The text without any white space, that of other scripts included."""
    return "".join(value.split())


@transform(
    examples=(
        Example("O'Connor-Smith", "OConnorSmith"),
        Example("«¡José!» €", "José "),
        Example("...", None),
    )
)
def without_punctuation(value: str) -> Json:
    """The text without punctuation and symbols (Unicode categories P and S)."""
    if value.isalnum():
        return value
    if value.isascii():
        return value.encode().translate(None, _ASCII_PUNCTUATION).decode()
    return "".join(each for each in value if category(each)[0] not in "PS")


@transform(
    parameters=(Parameter("characters", TEXT, blank=True, doc="The characters to drop."),),
    examples=(
        Example("00161", "161", ("0",)),
        Example("+-7", "7", ("-+",)),
        Example("000", None, ("0",)),
    ),
)
def without_leading(value: str, characters: str) -> Json:
    """The text without any of these characters at its start."""
    return value.lstrip(characters)


@transform(
    parameters=(
        Parameter("old", TEXT, blank=True, doc="The text to look for."),
        Parameter("new", TEXT, required=False, default="", blank=True, doc="What to write."),
    ),
    examples=(
        Example("a_b_c", "a b c", ("_", " ")),
        Example("a_b_c", "abc", ("_", "")),
        Example("abc", "abc", ("", "x")),
    ),
)
def replace(value: str, old: str, new: str) -> Json:
    """The text with every occurrence of one text written as another."""
    if not old:
        return value
    if len(new) > len(old):
        growth = value.count(old) * (len(new) - len(old))
        if len(value) + growth > MAX_LENGTH:
            return TOO_LONG
    return value.replace(old, new)
