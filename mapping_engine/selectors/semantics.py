"""Truth, equality and order as the jmespath package has them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from numbers import Number
from typing import Any

from mapping_engine.selectors.problem import SelectorError

ORDERINGS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "lt": ("<", operator.lt),
    "lte": ("<=", operator.le),
    "gt": (">", operator.gt),
    "gte": (">=", operator.ge),
}


def is_false(value: Any) -> bool:
    """Null, false and all that is empty; 0 is true."""
    return not value and (value is None or value is False or value in ("", [], {}))


def equal(left: Any, right: Any) -> bool:
    """Equality in which 0 and 1 are not false and true; inside containers they are."""
    return bool(left == right) and isinstance(left, bool) is isinstance(right, bool)


def ordered(symbol: str, compare: Callable[[Any, Any], bool], left: Any, right: Any) -> Any:
    """Order of two numbers or two texts; null when another kind takes part."""
    if not (_has_order(left) and _has_order(right)):
        return None
    if isinstance(left, str) is not isinstance(right, str):
        raise SelectorError(f"`{symbol}` cannot compare a number with a text")
    return compare(left, right)


def _has_order(value: Any) -> bool:
    return isinstance(value, str | int | float | Number) and not isinstance(value, bool)
