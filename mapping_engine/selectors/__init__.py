"""JMESPath selectors, parsed and interpreted by the jmespath package."""

from mapping_engine.selectors.parse import Selector, parse_selector, with_places
from mapping_engine.selectors.paths import prefixes, projections, steps, vocabulary_path
from mapping_engine.selectors.problem import SelectorError, SelectorProblem
from mapping_engine.selectors.search import search

__all__ = [
    "Selector",
    "SelectorError",
    "SelectorProblem",
    "parse_selector",
    "prefixes",
    "projections",
    "search",
    "steps",
    "vocabulary_path",
    "with_places",
]
