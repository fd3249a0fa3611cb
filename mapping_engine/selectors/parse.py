"""Selector texts to selectors."""

from __future__ import annotations

import re
from dataclasses import field
from functools import lru_cache

from mapping_engine.frozen import Frozen
from mapping_engine.selectors.function_calls import wrong_call
from mapping_engine.selectors.mistakes import explained, masked, zero_step
from mapping_engine.selectors.problem import SelectorProblem
from mapping_engine.selectors.tree import Tree, copied, tree_of
from mapping_engine.source.json_text import is_sound, levels

MAX_LENGTH = 4_000
MAX_NESTING = 64
MAX_TREE = 2 * MAX_NESTING + 2
"""Levels of the tree: a bracket makes up to two, and long chains make some without brackets."""
_CONTAINERS_PER_LEVEL = 2
_SPLIT = "split it into several selectors"


class Selector(Frozen):
    """A JMESPath expression that parses and calls its functions rightly.

    Two selectors are equal when their texts are; the tree is rebuilt when one is unpickled.
    """

    text: str
    tree: Tree = field(compare=False, repr=False)

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuilt, (self.text,))


_PLACE = re.compile(r"\.([0-9]+)(?![A-Za-z0-9_])")


def with_places(text: str) -> str:
    """The selector with ``a.0.b`` written as JMESPath has it: ``a[0].b``."""
    if _PLACE.search(text) is None:
        return text
    made, end = [], 0
    for found in _PLACE.finditer(masked(text)):
        made += [text[end : found.start()], f"[{found[1]}]"]
        end = found.end()
    return "".join(made) + text[end:]


@lru_cache(maxsize=4096)
def parse_selector(text: str) -> Selector | SelectorProblem:
    """The selector, or what is wrong with the text: SE01 syntax, SE02 function, SE03 arguments."""
    if len(text) > MAX_LENGTH:
        return _too_large(text, f"the selector is longer than {MAX_LENGTH} characters")
    too_deep = "the selector is nested too deeply"
    if _brackets_deep(text) > MAX_NESTING:
        return _too_large(text, too_deep)
    try:
        parsed = tree_of(text)
    except RecursionError:
        return _too_large(text, too_deep)
    except ValueError as error:
        return explained(text, error)
    if levels(parsed) > _CONTAINERS_PER_LEVEL * MAX_TREE:
        return _too_large(text, too_deep)
    tree = copied(parsed)
    if _holds_no_json(tree):
        return _too_large(text, "a literal holds a number of more than 64 bits, or no Unicode")
    return zero_step(text) or wrong_call(text, tree) or Selector(text, tree)


def _holds_no_json(tree: Tree) -> bool:
    if tree["type"] == "literal":
        return not is_sound((tree["value"],))
    return any(_holds_no_json(each) for each in tree["children"] if isinstance(each, dict))


def _too_large(text: str, message: str) -> SelectorProblem:
    return SelectorProblem("SE01", message, _SPLIT, 0, len(text))


def _brackets_deep(text: str) -> int:
    if sum(map(text.count, "([{")) <= MAX_NESTING:
        return 0
    level = deepest = 0
    for character in masked(text):
        level += (character in "([{") - (character in ")]}")
        deepest = max(deepest, level)
    return deepest


def _rebuilt(text: str) -> Selector:
    return Selector(text, copied(tree_of(text)))
