"""JMESPath selectors: read a path of the event, fast where that is easy and exact everywhere.

The jmespath package parses; what its trees mean is lowered to Python closures, and its functions
are left to its own interpreter.
"""

from mapping_engine.selectors.lower import Lowered, lower
from mapping_engine.selectors.parse import Selector, parse_selector
from mapping_engine.selectors.paths import (
    prefixes,
    projections,
    root_fields,
    steps,
    vocabulary_path,
)
from mapping_engine.selectors.problem import SelectorError, SelectorProblem

__all__ = [
    "Lowered",
    "Selector",
    "SelectorError",
    "SelectorProblem",
    "lower",
    "parse_selector",
    "prefixes",
    "projections",
    "root_fields",
    "steps",
    "vocabulary_path",
]
