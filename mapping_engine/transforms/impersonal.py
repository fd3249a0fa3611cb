"""Texts and URLs without what looks like personal data."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

from mapping_engine.transforms.declare import (
    Example,
    Json,
    Parameter,
    Prepared,
    Rejected,
    transform,
)
from mapping_engine.transforms.patterns import needed_letter, searcher
from mapping_engine.types.kinds import OBJECT
from mapping_engine.types.personal import Personal, personal_of

LOOKS_PERSONAL = Rejected("holds a text that looks like personal data")
_ENCODED = 3
"""So often a text is decoded: what is encoded in a URL may be encoded in another one."""
_TABLE: dict[str, object] = {"names": {"email": "email"}, "patterns": ["@"]}
_NAMES = 1024
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}").fullmatch
_PERSONAL = Parameter(
    "personal",
    OBJECT,
    constant=True,
    doc="What is personal; `$tables.personal` is what the vocabulary says.",
)


class Looks:
    """What personal data looks like: patterns, each with a letter without which none matches.

    ``may`` finds whether a text may look personal, which few do: such a letter, or what one is
    percent-encoded as.
    """

    __slots__ = ("_looks", "may")

    def __init__(self, personal: Personal) -> None:
        self._looks: list[tuple[str, Callable[[str], bool]]] = [
            (needed_letter(pattern) or "", searcher(pattern)) for pattern in personal.patterns
        ]
        self.may = re.compile(
            "|".join(map(_written, sorted({a for a, _ in self._looks}))) or "(?!)"
        ).search

    def match(self, text: str) -> bool:
        """Whether a text looks personal, as it stands or percent-decoded."""
        return self.may(text) is not None and self._matches(text)

    def _matches(self, text: str) -> bool:
        for _ in range(_ENCODED):
            for letter, look in self._looks:
                if letter in text and look(text):
                    return True
            decoded = _decoded(text)
            if decoded == text:
                return False
            text = decoded
        return False


def _written(letter: str) -> str:
    """A pattern of all ways to write a letter, and of what is encoded twice."""
    encoded = "".join(f"%{byte:02x}" for byte in letter.encode()[:1])
    either = "".join(f"[{a}{a.upper()}]" if a.isalpha() else a for a in encoded)
    return f"{re.escape(letter)}|{either}|%25"


def _decoded(text: str) -> str:
    if "%" not in text:
        return text
    from urllib.parse import unquote  # for start-up time

    return unquote(text)


@transform(
    parameters=(_PERSONAL,),
    examples=(
        Example("A-17", "A-17", (_TABLE,)),
        Example("ann@x.example", LOOKS_PERSONAL, (_TABLE,)),
        Example("?by=ann%40x.example", LOOKS_PERSONAL, (_TABLE,)),
    ),
)
@Prepared
def impersonal(personal: dict[str, Json]) -> Callable[[Json], Json]:
    """The text as it is, if nothing in it looks like personal data."""
    looks = Looks(personal_of(personal))

    def judge(value: Json) -> Json:
        text = cast(str, value)
        return LOOKS_PERSONAL if looks.match(text) else text

    return judge


@transform(
    parameters=(_PERSONAL,),
    examples=(
        Example("https://a.example/?x=1&email=ann", "https://a.example/?x=1", (_TABLE,)),
        Example("https://a.example/?E-Mail=1", "https://a.example/", (_TABLE,)),
        Example("https://a.example/?by=ann%40x.example#top", "https://a.example/#top", (_TABLE,)),
        Example("https://a.example/ann@x.example", LOOKS_PERSONAL, (_TABLE,)),
        Example("/page?x=1", "/page?x=1", (_TABLE,)),
    ),
)
@Prepared
def impersonal_url(personal: dict[str, Json]) -> Callable[[Json], Json]:
    """The URL without parameters that name personal data, or whose value looks like it.

    A URL that holds personal data elsewhere is rejected as a whole.
    """
    known = personal_of(personal)
    looks, names = Looks(known), ParameterNames(known)

    def clean(value: Json) -> Json:
        url = cast(str, value)
        head, query, fragment = _url_parts(url)
        query = [each for each in query if not names.match(each)]
        if looks.may(url) is None:
            return _url(head, query, fragment)
        if looks.match(head):
            return LOOKS_PERSONAL
        query = [each for each in query if not looks.match(each)]
        return _url(head, query, "" if looks.match(fragment) else fragment)

    return clean


@transform(
    parameters=(_PERSONAL,),
    examples=(
        Example("https://a.example/?x=1&email=ann", "https://a.example/?x=1", (_TABLE,)),
        Example("https://a.example/?x=1", "https://a.example/?x=1", (_TABLE,)),
    ),
)
@Prepared
def without_personal_parameters(personal: dict[str, Json]) -> Callable[[Json], Json]:
    """The URL without parameters whose names are those of personal data."""
    names = ParameterNames(personal_of(personal))

    def clean(value: Json) -> Json:
        head, query, fragment = _url_parts(cast(str, value))
        return _url(head, [each for each in query if not names.match(each)], fragment)

    return clean


class ParameterNames:
    """The names of parameters of URLs that are those of personal data, or of persons."""

    __slots__ = ("_known", "_personal")

    def __init__(self, personal: Personal) -> None:
        self._personal = personal
        self._known: dict[str, bool] = {}
        """What plain names are; others may be anything, and are not remembered."""

    def match(self, parameter: str) -> bool:
        """Whether a parameter, as it stands in a URL, has such a name."""
        name = parameter.partition("=")[0]
        found = self._known.get(name)
        if found is None:
            key = _decoded(name.replace("+", " "))
            found = self._personal.names_data(key) or self._personal.is_person(key)
            if len(self._known) < _NAMES and _PLAIN(name):
                self._known[name] = found
        return found


def _url_parts(url: str) -> tuple[str, list[str], str]:
    """What stands before the query, its parameters, and the fragment."""
    whole, _, fragment = url.partition("#")
    head, _, query = whole.partition("?")
    return head, query.split("&") if query else [], fragment


def _url(head: str, query: list[str], fragment: str) -> str:
    return head + ("?" + "&".join(query) if query else "") + ("#" + fragment if fragment else "")
