"""The operators: every kind of mistake that is planted."""

from mapping_engine.mutants.mutant import Operator
from mapping_engine.mutants.operators.blocks import BLOCKS
from mapping_engine.mutants.operators.chains import CHAINS
from mapping_engine.mutants.operators.conditions import CONDITIONS
from mapping_engine.mutants.operators.names import NAMES
from mapping_engine.mutants.operators.paths import PATHS
from mapping_engine.mutants.operators.syntax import SYNTAX

OPERATORS: tuple[Operator, ...] = (*NAMES, *PATHS, *CHAINS, *CONDITIONS, *BLOCKS, *SYNTAX)
"""All of them, in the order of the report."""

__all__ = ["OPERATORS"]
