"""What selectors find, as the jmespath package's own interpreter answers.

Paths of fields and indexes, which nearly all selectors are, generated code reads without it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from mapping_engine.selectors.parse import Selector
from mapping_engine.selectors.problem import SelectorError
from mapping_engine.selectors.tree import copied
from mapping_engine.types.kinds import Json

if TYPE_CHECKING:
    from jmespath.visitor import TreeInterpreter

_FAILURES = (ValueError, TypeError, ArithmeticError, RecursionError)


def search(selector: Selector, value: Json) -> Json:
    """What ``selector`` selects in a value; None when it finds nothing.

    Raises:
        SelectorError: it cannot be applied to this value.
    """
    tree: Any = selector.tree
    if "`" in selector.text:  # no result shares a literal with the selector
        tree = copied(tree)
    try:
        return _interpreter().visit(tree, value)
    except _FAILURES:
        pass
    # Not raised above: the error of the package holds a value of the event.
    raise SelectorError("the selector cannot be applied to this value")


@cache
def _interpreter() -> TreeInterpreter:
    from jmespath.visitor import TreeInterpreter  # for start-up time

    return TreeInterpreter()
