"""The syntax trees of the jmespath package: nested dicts with ``type``, ``value``, ``children``."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

Tree: TypeAlias = dict[str, Any]
OPENING = frozenset({"lparen", "lbracket", "lbrace", "filter"})
CLOSING = frozenset({"rparen", "rbracket", "rbrace"})
_WHITESPACE = " \t\n\r"
_IN_A_ROW = frozenset({"subexpression", "index_expression", "pipe", "key_val_pair"})
_IN_SOURCE_ORDER = {"filter_projection": (0, 2, 1)}


class SelectorToken(NamedTuple):
    """One token of a selector and where it stands."""

    kind: str
    text: str
    start: int
    end: int


def tree_of(text: str) -> Tree:
    """The syntax tree of ``text``; raises what the jmespath package raises."""
    from jmespath.parser import Parser  # for start-up time

    if "`" not in text:
        return dict(Parser().parse(text).parsed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        return dict(Parser().parse(text).parsed)


def tokens_of(text: str) -> list[SelectorToken]:
    """The tokens of a text whose quotes and characters are sound, without the end marker.

    The package's own ends are relative to the token for some kinds and one short for others, so
    only its starts are used.
    """
    from jmespath.lexer import Lexer  # for start-up time

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        raw = list(Lexer().tokenize(text))
    tokens = []
    for token, following in pairwise(raw):
        start = token["start"]
        written = text[start : following["start"]].rstrip(_WHITESPACE)
        tokens.append(SelectorToken(token["type"], written, start, start + len(written)))
    return tokens


def copied(value: Any) -> Any:
    """A copy of JSON data that shares no container with the original."""
    if type(value) is dict:
        return {key: copied(inner) for key, inner in value.items()}
    if type(value) is list:
        return [copied(inner) for inner in value]
    return value


def walk(tree: Tree, parent: Tree | None = None) -> Iterator[tuple[Tree, Tree | None]]:
    """Every node with its parent, in the order in which they are written."""
    yield tree, parent
    children = tree["children"]
    if tree["type"] == "slice":
        return
    for position in _IN_SOURCE_ORDER.get(tree["type"], range(len(children))):
        yield from walk(children[position], tree)


def stages(tree: Tree) -> list[Tree]:
    """The nodes a value passes through one after another; ``a.b | c`` has three."""
    kind = tree["type"]
    if kind in ("identity", "current"):
        return []
    if kind in _IN_A_ROW:
        return [stage for child in tree["children"] for stage in stages(child)]
    return [tree]
