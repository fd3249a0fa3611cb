"""Rule tests: cases written as data beside the rules, run by a command and by pytest alike."""

from mapping_engine.testing.cases import Case, collect
from mapping_engine.testing.runner import Result, run_case, run_tests

__all__ = ["Case", "Result", "collect", "run_case", "run_tests"]
