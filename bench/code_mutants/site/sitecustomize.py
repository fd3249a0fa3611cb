"""Puts a mutant in the place of its module, in every Python that has this folder on its path.

The environment names the module and the file of its code: ``CODE_MUTANT=a.module=/path``.
"""

from __future__ import annotations

import marshal
import os
import resource
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType


class MutantLoader(SourceFileLoader):
    """Loads a module as ever, but for its code."""

    def get_code(self, fullname: str) -> CodeType:
        """The code of the mutant."""
        with open(os.environ["CODE_MUTANT"].partition("=")[2], "rb") as file:
            code = marshal.load(file)
        assert isinstance(code, CodeType)
        return code


class MutantFinder:
    """Finds the module that has a mutant, and no other."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where the module is, with another loader."""
        if name != os.environ["CODE_MUTANT"].partition("=")[0]:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = MutantLoader(name, spec.origin)
        return spec


_MOST_SECONDS = 60
"""Of the CPU: a process that a test starts may not run for ever. The tests themselves may take
longer, and have limits of their own."""

if "CODE_MUTANT" in os.environ:
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, most))
    sys.meta_path.insert(0, MutantFinder)
