"""A planted mistake: a rule file after one edit of an operator."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import TypeAlias

from mapping_engine.frozen import Frozen
from mapping_engine.mutants.children import Child
from mapping_engine.mutants.edit import Edit, Edits, change
from mapping_engine.mutants.page import Page

Children: TypeAlias = Callable[[Page], Iterable[Child]]
"""Finds entries or items in a file."""


class Operator(Frozen):
    """A kind of mistake, and every place where it can be made in a file."""

    name: str
    mistake: str
    edits: Callable[[Page], Edits]


class Mutant(Frozen):
    """A file with one mistake, and the packs that use the file."""

    operator: str
    mistake: str
    file: str
    path: Path
    packs: tuple[str, ...]
    line: int
    change: str
    text: str = field(repr=False)


def mutant(operator: Operator, page: Page, edit: Edit) -> Mutant:
    """The file of ``page`` after ``edit``."""
    text = edit.applied(page.text)
    line = page.text.count("\n", 0, edit.start) + 1
    told = operator.name, operator.mistake
    return Mutant(*told, page.file, page.path, page.packs, line, change(page.text, text), text)


def changed(children: Children, change: Callable[[Child], Edit | None]) -> Callable[[Page], Edits]:
    """What changes each of some entries or items, where that is possible."""
    return lambda page: (edit for child in children(page) if (edit := change(child)) is not None)


cut = partial(changed, change=Child.cut)
swapped = partial(changed, change=Child.swapped)
doubled = partial(changed, change=Child.doubled)
