"""Function calls, left to the interpreter of the jmespath package.

Imported only when a selector calls a function: it is the one room that needs the interpreter.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from jmespath.exceptions import JMESPathTypeError
from jmespath.functions import TYPES_MAP, Functions, signature
from jmespath.visitor import Options, TreeInterpreter

from mapping_engine.selectors.function_calls import in_words
from mapping_engine.selectors.problem import SelectorError
from mapping_engine.selectors.tree import Tree, copied
from mapping_engine.source.json_text import is_sound

_FAILURES = (ValueError, TypeError, ArithmeticError, RecursionError)


class _Functions(Functions):
    """Those of the package, but nothing has no text: what is missing does not become `null`."""

    @signature({"types": []})
    def _func_to_string(self, value: Any) -> str | None:
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value, separators=(",", ":"))


class _Interpreter(TreeInterpreter):
    """Hands out copies of literals, so that no result shares data with the selector."""

    def visit_literal(self, node: Any, value: Any) -> Any:
        return copied(node["value"])


def interpreted(tree: Tree) -> Callable[[object], object]:
    """A closure over the interpreter; it fails only with :class:`SelectorError`."""
    visit = _Interpreter(Options(custom_functions=_Functions())).visit
    node: Any = tree

    def call(value: object) -> object:
        try:
            result: object = visit(node, value)
            if is_sound((result,)):
                return result
            reason = f"`{tree['value']}` makes a number that JSON cannot hold"
        except JMESPathTypeError as error:
            reason = _wrong_type(error)
        except _FAILURES:
            reason = f"`{tree['value']}` cannot be applied to these values"
        # Raised here and not above: the error of the package holds a value of the event.
        raise SelectorError(reason)

    return call


def _wrong_type(error: Any) -> str:
    expected = " or ".join(map(in_words, error.expected_types))
    actual = in_words(TYPES_MAP.get(error.actual_type, error.actual_type))
    is_element = error.actual_type in TYPES_MAP
    found = f"a list with {actual} in it" if is_element else actual
    return f"`{error.function_name}` needs {expected}, not {found}"
