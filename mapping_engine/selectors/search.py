"""What selectors find, as the jmespath package's own interpreter answers.

Paths of fields and indexes, which nearly all selectors are, generated code reads without it.
"""

from __future__ import annotations

from typing import Any

from mapping_engine.selectors.parse import Selector
from mapping_engine.selectors.problem import SelectorError
from mapping_engine.selectors.tree import copied
from mapping_engine.source.json_text import is_sound
from mapping_engine.types.kinds import Json

_FAILURES = (ValueError, TypeError, ArithmeticError, RecursionError)


def search(selector: Selector, value: Json) -> Json:
    """What ``selector`` selects in a value; None when it finds nothing.

    Raises:
        SelectorError: it cannot be applied to this value, or makes what JSON cannot hold.
    """
    from mapping_engine.selectors.interpreter import INTERPRETER  # for start-up time

    tree: Any = selector.tree
    try:
        found: Json = INTERPRETER.visit(tree, value)
        if "`" in selector.text:
            found = copied(found)  # which may be, or hold, a literal of the selector
        if "(" not in selector.text or is_sound((found,)):
            return found
    except _FAILURES:
        pass
    # Not raised above: the error of the package holds a value of the event.
    raise SelectorError("the selector cannot be applied to this value")
