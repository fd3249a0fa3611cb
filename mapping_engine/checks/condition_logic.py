"""Conditions in a normal form: which can never hold, which always do, which hide others."""

from __future__ import annotations

from functools import reduce
from typing import TypeAlias

from mapping_engine.checks.atoms import About, Atom, Conjunction, contradiction, spelled
from mapping_engine.core.facts import Facts
from mapping_engine.core.inference import constant
from mapping_engine.core.model import Model
from mapping_engine.core.nodes import CONDITIONS, Compare, Const, Logic, Name, Node, Test
from mapping_engine.core.spell import spell
from mapping_engine.types.kinds import is_missing
from mapping_engine.types.type import either

Normal: TypeAlias = list[Conjunction] | None
"""Alternatives, one of which must hold; None for a condition too large to be looked at."""

MOST, LARGEST = 64, 256
"""So many alternatives are looked at, and so many claims in each."""
TRUE: Normal = [frozenset()]
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Conditions:
    """Reads conditions over one model."""

    def __init__(self, model: Model, facts: Facts) -> None:
        self._model = model
        self._facts = facts
        self.subjects: dict[str, About] = {}
        """What is known of the subjects met so far."""
        self._named: dict[tuple[str, bool], Normal] = {}
        for name, node in model.definitions.items():  # each after those that it uses
            if isinstance(node, CONDITIONS):
                for holds in (True, False):
                    self._named[name, holds] = self.normal(node, holds)

    def unsatisfiable(self, normal: Normal) -> str | None:
        """Why no alternative can hold; None where one can."""
        if normal is None:
            return None
        reasons = [contradiction(each, self.subjects) for each in normal]
        if any(reason is None for reason in reasons):
            return None
        return next((reason for reason in reasons if reason), "it is a constant")

    def possible(self, normal: Normal) -> list[Conjunction]:
        """The alternatives that are not known to be impossible."""
        return [c for c in normal or [] if contradiction(c, self.subjects) is None]

    def normal(self, node: Node, holds: bool) -> Normal:
        """The normal form of a condition that holds, or does not."""
        match node:
            case Logic(word="not", operands=(only,)):
                return self.normal(only, not holds)
            case Logic(word=word, operands=operands):
                parts = [self.normal(part, holds) for part in operands]
                return reduce(product, parts, TRUE) if (word == "and") is holds else _any(parts)
            case Const(value=value):
                return TRUE if (value is not False and not is_missing(value)) is holds else []
            case Name(name=name, tail=None) if (name, holds) in self._named:
                return self._named[name, holds]
            case _:
                atom = self._atom(node)
                return [frozenset({atom if holds else atom.negated})]

    # Atoms

    def _atom(self, node: Node) -> Atom:
        match node:
            case Compare():
                return self._compare(node)
            case Test(operand=operand, word=word):
                return Atom(self._subject(operand), "is", word)
            case _:
                return Atom(self._subject(node), "holds", "")

    def _compare(self, node: Compare) -> Atom:
        left, operator, right = node.left, node.operator, node.right
        if isinstance(left, Const) and operator != "in":
            left, right = right, left
            operator = _FLIPPED.get(operator, operator)
        known, value = constant(self._model, right)
        if operator == "in" and known and isinstance(value, list | dict):
            return Atom(self._subject(left), "in", tuple(sorted(spelled(v) for v in value)))
        if isinstance(right, Const):
            if operator in ("==", "!="):
                return Atom(self._subject(left), "==", spelled(value), operator == "==")
            if operator in _FLIPPED and type(value) in (int, float):
                assert isinstance(value, int | float)
                return Atom(self._subject(left), operator, float(value))
        positive = Compare(node.at, "==" if operator == "!=" else operator, left, right)
        return Atom(spell(positive), "holds", "", operator != "!=")

    def _subject(self, node: Node) -> str:
        name, made = spell(node), self._facts.type_of(node)
        known = self.subjects.get(name)
        if known is None or known.type != made:  # another place may have narrowed it
            self.subjects[name] = About(node, made if known is None else either(known.type, made))
        return name


def product(one: Normal, other: Normal) -> Normal:
    """Both conditions at once."""
    if one is None or other is None or len(one) * len(other) > MOST:
        return None
    found = [left | right for left in one for right in other]
    return found if all(len(each) <= LARGEST for each in found) else None


def _any(parts: list[Normal]) -> Normal:
    if any(part is None for part in parts):
        return None
    found = [each for part in parts for each in part or ()]
    return found if len(found) <= MOST else None
