"""The words that describe a path in a vocabulary file: ``list of product``, ``personal email``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from mapping_engine.types.kinds import ANY, LIST, NAMES, OBJECT, TEXT, kinds
from mapping_engine.types.type import IDENTIFYING, SECRET, Described, personal

PERSONAL = "personal "
TAGGED = {"identifying ": IDENTIFYING, "secret ": SECRET}
LIST_OF = "list of "
OR = " or "


def parse_description(text: str, objects: Collection[str]) -> Described | str:
    """What ``text`` says of a path, or what is wrong with it.

    Accepted: kinds joined by ``or`` (``text or number``), ``any``, the name of an object of the
    vocabulary, ``list of ...`` (at the end of such a row, too), ``identifying ...``,
    ``secret ...`` and ``personal <kind of personal data>``, which is a text unless other kinds
    follow: ``personal zip text or number``.
    """
    words = " ".join(text.split())
    if words.startswith(LIST_OF):
        item = parse_description(words[len(LIST_OF) :], objects)
        return item if isinstance(item, str) else Described(LIST, frozenset(), None, item)
    if words.startswith(PERSONAL):
        kind, _, given = words[len(PERSONAL) :].partition(" ")
        found = _kinds(given) if given else Described(TEXT)
        return found if isinstance(found, str) else replace(found, tags=frozenset({personal(kind)}))
    for word, tag in TAGGED.items():
        if words.startswith(word):
            rest = parse_description(words[len(word) :], objects)
            return rest if isinstance(rest, str) else Described(rest.kinds, frozenset({tag}))
    if words in objects:
        return Described(OBJECT, frozenset(), words)
    first, joined, rest = words.partition(OR)
    if joined and (first in objects or LIST_OF in rest or rest in objects):
        return _either(parse_description(first, objects), parse_description(rest, objects))
    return _kinds(words)


def _either(first: Described | str, other: Described | str) -> Described | str:
    """What is one or the other: an object, a list, a plain value."""
    if isinstance(first, str) or isinstance(other, str):
        return first if isinstance(first, str) else str(other)
    if (first.object and other.object) or (first.item and other.item):
        return "only one object, and one list, may be joined by `or`"
    return Described(
        first.kinds | other.kinds,
        first.tags | other.tags,
        first.object or other.object,
        first.item or other.item,
    )


def _kinds(words: str) -> Described | str:
    if words == "any":
        return Described(ANY)
    names = words.split(OR)
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        return f"`{unknown[0]}` is no kind of value and no object of this vocabulary"
    return Described(kinds(names))
