"""The words that describe a path in a vocabulary file: ``list of product``, ``personal email``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from mapping_engine.types.kinds import ANY, LIST, NAMES, OBJECT, TEXT, kinds
from mapping_engine.types.type import IDENTIFYING, Described, personal

PERSONAL = "personal "
IDENTIFIES = "identifying "
LIST_OF = "list of "


def parse_description(text: str, objects: Collection[str]) -> Described | str:
    """What ``text`` says of a path, or what is wrong with it.

    Accepted: kinds joined by ``or`` (``text or number``), ``any``, the name of an object of the
    vocabulary, ``list of ...``, ``identifying ...`` and ``personal <kind of personal data>``, which
    is a text unless other kinds follow: ``personal zip text or number``.
    """
    words = " ".join(text.split())
    if words.startswith(LIST_OF):
        item = parse_description(words[len(LIST_OF) :], objects)
        return item if isinstance(item, str) else Described(LIST, frozenset(), None, item)
    if words.startswith(PERSONAL):
        kind, _, given = words[len(PERSONAL) :].partition(" ")
        found = _kinds(given) if given else Described(TEXT)
        return found if isinstance(found, str) else replace(found, tags=frozenset({personal(kind)}))
    if words.startswith(IDENTIFIES):
        rest = parse_description(words[len(IDENTIFIES) :], objects)
        return rest if isinstance(rest, str) else Described(rest.kinds, frozenset({IDENTIFYING}))
    if words in objects:
        return Described(OBJECT, frozenset(), words)
    return _kinds(words)


def _kinds(words: str) -> Described | str:
    if words == "any":
        return Described(ANY)
    names = words.split(" or ")
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        return f"`{unknown[0]}` is no kind of value and no object of this vocabulary"
    return Described(kinds(names))
