"""The operators: every kind of mistake that is planted."""

from bench.mutations.edit import Operator
from bench.mutations.operators.blocks import BLOCKS
from bench.mutations.operators.chains import CHAINS
from bench.mutations.operators.conditions import CONDITIONS
from bench.mutations.operators.names import NAMES
from bench.mutations.operators.paths import PATHS
from bench.mutations.operators.syntax import SYNTAX

OPERATORS: tuple[Operator, ...] = (*NAMES, *PATHS, *CHAINS, *CONDITIONS, *BLOCKS, *SYNTAX)
"""All of them, in the order of the report."""

__all__ = ["OPERATORS"]
