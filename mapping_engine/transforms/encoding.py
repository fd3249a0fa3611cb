"""Values in the form that a receiver reads: base64, JSON text, and digests that it asks for."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from functools import partial

from mapping_engine.source.json_text import is_sound, is_unicode
from mapping_engine.transforms.declare import Example, Flow, Json, Parameter, Rejected, transform
from mapping_engine.transforms.json_values import read_json
from mapping_engine.transforms.scalars import MAX_LENGTH, NOT_UNICODE, TOO_LONG
from mapping_engine.types.kinds import ANY, OBJECT, TEXT

_NO_JSON = Rejected("holds what JSON text cannot say")
_ALGORITHMS = ("md5", "sha1", "sha256", "sha512")
_ENCODINGS = ("hex", "base64")


@transform(
    examples=(
        Example("site_7:key_7", "c2l0ZV83OmtleV83"),
        Example("é>?", "w6k+Pw=="),
        Example("\ud800", NOT_UNICODE),
    )
)
def base64(value: str) -> Json:
    """The UTF-8 bytes of the text in base64, with padding."""
    return _encoded(value, b64encode)


@transform(examples=(Example("é>?", "w6k-Pw=="), Example("a", "YQ==")))
def base64_url(value: str) -> Json:
    """The UTF-8 bytes of the text in the base64 of URLs: `-` and `_` for `+` and `/`."""
    return _encoded(value, urlsafe_b64encode)


def _encoded(value: str, encode: Callable[[bytes], bytes]) -> Json:
    if len(value) > MAX_LENGTH // 8:
        return TOO_LONG
    try:
        return encode(value.encode()).decode()
    except UnicodeEncodeError:
        return NOT_UNICODE


@transform(
    accepts=ANY,
    returns=TEXT,
    examples=(
        Example({"a": [1, "é"]}, '{"a":[1,"é"]}'),
        Example("a", '"a"'),
        Example(10, "10"),
        Example(True, "true"),
    ),
)
def json_text(value: Json) -> Json:
    """The value as compact JSON text."""
    try:
        found = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        return _NO_JSON
    return found if is_unicode(found) else _NO_JSON


@transform(
    accepts=OBJECT,
    returns=OBJECT,
    examples=(
        Example(
            {"a": "x", "b": "", "c": None, "d": [1]}, {"a": "x", "b": "", "c": "null", "d": "[1]"}
        ),
        Example({"a": float("inf")}, Rejected("holds what JSON text cannot say")),
    ),
)
def json_texts(value: dict[str, Json]) -> Json:
    """The object with each of its own values as text: a text as it is, all else as compact JSON."""
    found = {k: v if type(v) is str else json_text.function(v) for k, v in value.items()}
    return _NO_JSON if _NO_JSON in found.values() else found


@transform(
    accepts=TEXT,
    returns=ANY,
    examples=(
        Example('{"a": [1]}', {"a": [1]}),
        Example("7", 7),
        Example("null", None),
        Example("{a}", Rejected("is not JSON text")),
        Example("1e999", Rejected("holds what JSON text cannot say")),
    ),
)
def from_json(value: str) -> Json:
    """What a JSON text says."""
    found = read_json(value)
    if isinstance(found, Rejected):
        return found
    return found if is_sound((found,)) else _NO_JSON


_digesting = partial(transform, flow=Flow.HASH)


@_digesting(
    examples=(
        Example("mary", "b8e7be5dfa2ce0714d21dcfc7d72382c"),
        Example("\ud800", NOT_UNICODE),
    )
)
def md5(value: str) -> Json:
    """The MD5 digest of the UTF-8 bytes of the text, in lower-case hex; no protection of data."""
    return _digest("md5", value)


@_digesting(
    examples=(
        Example("mary", "5665331b9b819ac358165f8c38970dc8c7ddb47d"),
        Example("\ud800", NOT_UNICODE),
    )
)
def sha1(value: str) -> Json:
    """The SHA-1 digest of the UTF-8 bytes of the text, in lower-case hex; no protection of data."""
    return _digest("sha1", value)


def _digest(algorithm: str, value: str) -> Json:
    from hashlib import new  # for start-up time

    try:
        return new(algorithm, value.encode(), usedforsecurity=False).hexdigest()
    except UnicodeEncodeError:
        return NOT_UNICODE


def _one_of(words: tuple[str, ...]) -> Callable[[Json], str | None]:
    listed = ", ".join(f"`{word}`" for word in words)
    return lambda given: None if given in words else f"expected one of {listed}"


@_digesting(
    parameters=(
        Parameter("key", TEXT, doc="The key, such as a secret setting."),
        Parameter(
            "algorithm",
            TEXT,
            required=False,
            default="sha256",
            constant=True,
            doc="One of md5, sha1, sha256 and sha512.",
            problem=_one_of(_ALGORITHMS),
        ),
        Parameter(
            "encoding",
            TEXT,
            required=False,
            default="hex",
            constant=True,
            doc="How the bytes are written: hex or base64.",
            problem=_one_of(_ENCODINGS),
        ),
    ),
    examples=(
        Example(
            "a",
            "78da91511e675587f5b9df78bedebaf5560da2abb88162ee875dcdf744951d9e",
            ("k", "sha256", "hex"),
        ),
        Example("a", "QOfUQcrbF7B/BQNBqiOmgg7YHIs=", ("k", "sha1", "base64")),
    ),
)
def hmac(value: str, key: str, algorithm: str, encoding: str) -> Json:
    """The text signed with a key: a keyed digest of its UTF-8 bytes."""
    import hmac as keyed  # for start-up time

    try:
        made = keyed.new(key.encode(), value.encode(), algorithm)
    except UnicodeEncodeError:
        return NOT_UNICODE
    return made.hexdigest() if encoding == "hex" else b64encode(made.digest()).decode()
