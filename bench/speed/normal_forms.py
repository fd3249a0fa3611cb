"""The normal forms of personal data, written by hand; None for what has none."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from string import hexdigits
from typing import Any
from unicodedata import category, normalize

import phonenumbers

from bench.speed.values import birth, text

_ISO = Path(__file__).parents[2] / "rules" / "fragments" / "iso"
_ASCII = "".join(map(chr, range(128)))
_MARKS = "".join(c for c in _ASCII if category(c)[0] in "PS" or c.isspace())
_UNMARKED = str.maketrans("", "", _MARKS)
_UNMARKED_UNNUMBERED = str.maketrans("", "", _MARKS + "0123456789")
_HEX = frozenset(hexdigits)
_OF_NOTHING = sha256(b"").hexdigest()
_OF_GENDERS = {sha256(gender).hexdigest() for gender in (b"f", b"m")}
_GENDERS = {
    **dict.fromkeys(("f", "female", "woman", "girl", "lady"), "f"),
    **dict.fromkeys(("m", "male", "man", "boy", "gentleman"), "m"),
}
_UNITED_STATES = {"us", sha256(b"us").hexdigest()}

_EMAIL = re.compile(r'[^\t\n\f\r @()<>\[\],;:"]+@([\w-]+(?:\.[\w-]+)+)').fullmatch
_INTERNATIONAL = re.compile(r"[\s(]*(?:[+\uff0b]|00)").match
_ISO_STATE = re.compile(r"([A-Za-z]{2})-([A-Za-z0-9]{1,3})").fullmatch
_NO_DIGITS = re.compile(r"\D+").sub


def hashed(normal: str) -> str:
    """The digest of a normal form; what is one already stays."""
    if len(normal) == 64 and _HEX.issuperset(normal):
        return normal.lower()
    if not normal.isascii():
        normal = normalize("NFC", normal)
    return sha256(normal.encode()).hexdigest()


def _digest(written: str) -> str | None:
    """The text in lower case when it is a digest, and nothing for the digest of nothing."""
    written = written.strip()
    if len(written) != 64 or not _HEX.issuperset(written):
        return None
    written = written.lower()
    return "" if written == _OF_NOTHING else written


def is_digest(written: str) -> bool:
    """Whether a text is a digest already."""
    return len(written) >= 64 and _digest(written) is not None


def digest(value: Any) -> str | None:
    """A digest in lower case, where nothing else is wanted."""
    return (_digest(value) or None) if type(value) is str else None


def digest_of_gender(value: Any) -> str | None:
    """The digest of `f` or `m`."""
    found = digest(value)
    return found if found in _OF_GENDERS else None


def user_id(value: Any) -> str | None:
    """A text without space around it."""
    written = text(value)
    if written is None:
        return None
    if len(written) >= 64 and (digest := _digest(written)) is not None:
        return digest or None
    return written.strip()


def birth_date(value: Any) -> str | None:
    """Year, month and day in eight digits, in two centuries."""
    if type(value) is str and len(value) >= 64 and (digest := _digest(value)) is not None:
        return digest or None
    found = birth(value)
    return "".join(found) if found is not None and found[0][:2] in ("19", "20") else None


def email(value: Any) -> str | None:
    """An address in lower case."""
    written = text(value)
    if written is None:
        return None
    if len(written) >= 64 and (digest := _digest(written)) is not None:
        return digest or None
    written = written.strip().lower()
    found = _EMAIL(written)
    return written if found and "_" not in found[1] else None


def phone(value: Any, where: str | None) -> str | None:
    """Seven to fifteen digits, with the country's code where the country is known."""
    written = text(value)
    if written is None:
        return None
    if len(written) >= 64 and (digest := _digest(written)) is not None:
        return digest or None
    digits = _NO_DIGITS("", written)
    if not digits.isascii():
        digits = "".join([str(int(digit)) for digit in digits])
    is_whole = where is None or len(where) != 2 or _INTERNATIONAL(written)
    digits = digits.lstrip("0") if is_whole else _completed(digits, str(where).upper())
    return digits if 7 <= len(digits) <= 15 else None


@lru_cache(1024)
def _completed(number: str, region: str) -> str:
    whole, code = number.lstrip("0"), str(phonenumbers.country_code_for_region(region))
    if not number or len(number) > 20 or code == "0":
        return whole
    there = _parsed(f"+{whole}", None) if whole.startswith(code) else None
    if there is not None and whole == number and phonenumbers.is_valid_number(there):
        return whole
    national = _parsed(number, region)
    if national is not None and phonenumbers.is_valid_number(national):
        return _international(national)
    if there is not None and phonenumbers.is_possible_number(there):
        return whole
    if national is not None and phonenumbers.is_possible_number(national):
        return _international(national)
    return whole


def _parsed(number: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None


def _international(number: phonenumbers.PhoneNumber) -> str:
    form = phonenumbers.PhoneNumberFormat.E164
    return phonenumbers.format_number(number, form).removeprefix("+")


def gender(value: Any) -> str | None:
    """`f` or `m`."""
    written = text(value)
    if written is None:
        return None
    if len(written) >= 64 and (digest := _digest(written)) is not None:
        return digest if digest in _OF_GENDERS else None
    return _GENDERS.get(written.strip().lower())


def name(value: Any) -> str | None:
    """Lower case, without spaces and punctuation."""
    written = text(value)
    if written is None:
        return None
    if len(written) >= 64 and (digest := _digest(written)) is not None:
        return digest or None
    return _unmarked(written) or None


def city(value: Any) -> str | None:
    """Lower case, without spaces, punctuation and digits."""
    written = text(value)
    if written is None:
        return None
    if len(written) >= 64 and (digest := _digest(written)) is not None:
        return digest or None
    if written.isascii():
        return written.lower().translate(_UNMARKED_UNNUMBERED) or None
    return "".join([c for c in _unmarked(written) if not c.isdecimal()]) or None


def state(value: Any, where: str | None) -> str | None:
    """Two letters for a state of the United States; any other like a name."""
    written = text(value)
    if written is None:
        return None
    if len(written) >= 64 and (digest := _digest(written)) is not None:
        return digest or None
    iso = _ISO_STATE(written.strip())
    if iso and iso[1].upper() in _CODES:
        written = iso[2]
    in_states = where is None or where in _UNITED_STATES
    return (in_states and _STATES.get(_folded(written))) or _unmarked(written) or None


def country(value: Any) -> str | None:
    """Two letters, from names, codes and aliases."""
    written = text(value)
    if written is None:
        return None
    if len(written) >= 64 and (digest := _digest(written)) is not None:
        return digest or None
    return _COUNTRIES.get(_folded(written))


def zip_code(value: Any, where: str | None) -> str | None:
    """What stands before the dash; five digits in the United States."""
    written = text(value)
    if written is None:
        return None
    if len(written) >= 64 and (digest := _digest(written)) is not None:
        return digest or None
    code = "".join(written.lower().split()).partition("-")[0]
    is_cut = where in _UNITED_STATES or (where is None and len(code) == 9)
    if is_cut and code.isascii() and code.isdigit():
        code = code[:5]
    return code if len(code) >= 2 else None


def device(value: Any) -> str | None:
    """Lower case."""
    written = text(value)
    if written is None:
        return None
    if len(written) >= 64 and (digest := _digest(written)) is not None:
        return digest or None
    written = written.strip().lower()
    return written if written.strip("0-") else None


def _unmarked(written: str) -> str:
    if written.isascii():
        return written.lower().translate(_UNMARKED)
    written = normalize("NFC", written).lower()
    if written.isalpha():
        return written
    return "".join([c for c in written if category(c)[0] not in "PS" and not c.isspace()])


def _folded(written: str) -> str:
    """For comparing names: without case, accents, spaces and punctuation."""
    if not written.isascii():
        written = normalize("NFKD", normalize("NFKD", written).casefold())
    return "".join(filter(str.isalnum, written.lower()))


def _table(*files: str) -> dict[str, str]:
    """Rows by their folded names; the first file that has a name wins."""
    rows: dict[str, str] = {}
    for file in files:
        for key, row in json.loads((_ISO / file).read_text("utf-8")).items():
            rows.setdefault(_folded(key), row)
    return rows


_STATES = _table("us_states.json")
_COUNTRIES = _table("country_aliases.json", "countries.json", "country_names.json")
_CODES = frozenset(json.loads((_ISO / "countries.json").read_text("utf-8")))
