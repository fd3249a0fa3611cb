"""Facts that a condition claims of one value, and when such facts contradict each other.

Nothing is guessed: a contradiction is only one that follows from the facts as they are written and
from the types that are known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple, TypeAlias

from mapping_engine.core.nodes import Call, Node
from mapping_engine.frozen import Frozen
from mapping_engine.types.kinds import ANY, kind_of
from mapping_engine.types.type import UNKNOWN, Type

_MIRRORED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_CASED = ("lower", "upper")


class Atom(Frozen):
    """One claim: ``subject relation value``, or that it is not so.

    Relations: ``==``, ``in`` (``value`` is a tuple), ``<`` and its like, ``is`` (a word), and
    ``holds`` for a bare value. Values are JSON texts, so that true and 1 differ.
    """

    subject: str
    relation: str
    value: str | tuple[str, ...] | float
    holds: bool = True

    @property
    def negated(self) -> Atom:
        """The opposite claim."""
        if self.relation == "is" and self.value in ("present", "missing"):
            other = "missing" if self.value == "present" else "present"
            return Atom(self.subject, "is", other)
        return Atom(self.subject, self.relation, self.value, not self.holds)


Conjunction: TypeAlias = frozenset[Atom]


@dataclass
class Claims:
    """All that a conjunction says of one subject."""

    subject: str
    type: Type
    ends_in: str | None
    """The transform the subject ends in, which may settle the case of letters."""
    allowed: set[str] | None = None
    refused: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    excluded: set[str] = field(default_factory=set)
    present: bool = False
    absent: bool = False
    low: tuple[float, bool] = (-inf, False)
    high: tuple[float, bool] = (inf, True)
    number: bool = False
    refused_bounds: list[tuple[str, float]] = field(default_factory=list)
    """Comparisons that do not hold, turned round: they bound what is known to be a number."""
    truth: bool | None = None

    def take(self, atom: Atom) -> None:
        """Add one claim."""
        value = atom.value
        if atom.relation in ("==", "in"):
            values = set(value) if isinstance(value, tuple) else {str(value)}
            if atom.holds:
                self.present = True
                self.allowed = values if self.allowed is None else self.allowed & values
            else:
                self.refused |= values
        elif value in ("present", "missing"):
            self.present = self.present or value == "present"
            self.absent = self.absent or value == "missing"
        elif atom.relation == "is":
            self.present = self.present or atom.holds
            (self.kinds if atom.holds else self.excluded).add(str(value))
        elif atom.relation == "holds":
            self.truth = atom.holds
            self.present = self.present or atom.holds
        elif isinstance(value, float) and atom.holds:
            self._take_bound(atom.relation, value)
        elif isinstance(value, float):
            self.refused_bounds.append((_MIRRORED[atom.relation], value))

    def _take_bound(self, relation: str, value: float) -> None:
        self.present = self.number = True
        if relation in (">", ">="):
            self.low = max(self.low, (value, relation == ">"))
        else:
            self.high = min(self.high, (value, relation != "<"))

    def allows(self, value: object) -> bool:
        """Whether a value (None where it is missing) is as these claims say."""
        if value is None:
            return not self.present and self.truth is not True
        text = spelled(value)
        if self.absent or kind_of(value) in self.excluded or text in self.refused:
            return False
        is_allowed = self.allowed is None or text in self.allowed
        return is_allowed and self._impossible(text, self.subject) is None

    def contradiction(self) -> str | None:
        """Why these claims cannot all be true, in words; None where they can."""
        s = f"`{self.subject}`"
        if self.present and self.absent:
            return f"{s} cannot be both present and missing"
        if self.absent and not self.type.missing:
            return f"{s} is never missing"
        if self.number or self.kinds == {"number"}:
            for relation, value in self.refused_bounds:
                self._take_bound(relation, value)
            self.refused_bounds.clear()
        if len(self.kinds) > 1:
            return f"{s} cannot be of two kinds"
        if self.kinds & self.excluded:
            return f"{s} cannot be {min(self.kinds)} and not be it"
        return self._bounds(s) or self._kinds(s) or self._values(s)

    def _bounds(self, s: str) -> str | None:
        (low, above), (high, including) = self.low, self.high
        if low > high or (low == high and (above or not including)):
            return f"no number is within the bounds set for {s}"
        if self.number and self.kinds and "number" not in self.kinds:
            return f"{s} cannot be {min(self.kinds)} and be compared as a number"
        return None

    def _kinds(self, s: str) -> str | None:
        if self.type.kinds == ANY or not self.type.kinds:
            return None
        strange = [kind for kind in sorted(self.kinds) if kind not in self.type.kinds]
        if strange:
            return f"{s} is {self.type.kinds}, never {strange[0]}"
        if self.number and "number" not in self.type.kinds:
            return f"{s} is {self.type.kinds}, never a number"
        if not self.type.missing and not self.type.kinds.names - self.excluded:
            return f"{s} is always {self.type.kinds}"
        return None

    def _values(self, s: str) -> str | None:
        if self.allowed is None:
            known = () if self.type.missing or self.absent else self.type.values or ()
            is_settled = known and {spelled(value) for value in known} <= self.refused
            return f"{s} has no other value" if is_settled else None
        left = self.allowed - self.refused
        if not left:
            return f"{s} is excluded" if self.allowed else f"{s} cannot have two values at once"
        if any(self._impossible(value, s) is None for value in left):
            return None
        return self._impossible(min(left), s)

    def _impossible(self, value: str, s: str) -> str | None:
        read = json.loads(value)
        kind = kind_of(read)
        if self.kinds and kind not in self.kinds:
            return f"{s} cannot be {min(self.kinds)} and equal {value}"
        if self.truth is False and read is not False:
            return f"{s} does not hold, so it cannot equal {value}"
        if self.truth is True and read is False:
            return f"{s} holds, so it cannot be false"
        if self.number and not (kind == "number" and self._within(float(read))):
            return f"{s} cannot equal {value} within these bounds"
        return self._untyped(value, kind, s) or self._miscased(read, s)

    def _within(self, number: float) -> bool:
        (low, above), (high, including) = self.low, self.high
        over = number > low if above else number >= low
        return over and (number <= high if including else number < high)

    def _untyped(self, value: str, kind: str, s: str) -> str | None:
        if not self.type.kinds:
            return None
        if self.type.kinds != ANY and kind not in self.type.kinds:
            return f"{s} is {self.type.kinds}, never {value}"
        if self.type.values is not None and value not in {spelled(v) for v in self.type.values}:
            return f"{s} never equals {value}"
        return None

    def _miscased(self, read: object, s: str) -> str | None:
        if not isinstance(read, str) or self.ends_in not in _CASED:
            return None
        settled = read.lower() if self.ends_in == "lower" else read.upper()
        return None if settled == read else f"{s} is in {self.ends_in} case, never `{read}`"


class About(NamedTuple):
    """What is known of the subject of an atom."""

    node: Node
    type: Type


def claims(conjunction: Iterable[Atom], known: Mapping[str, About]) -> dict[str, Claims]:
    """What a conjunction says, subject by subject."""
    found: dict[str, Claims] = {}
    for atom in sorted(conjunction, key=lambda a: (a.subject, a.relation, str(a.value), a.holds)):
        name = atom.subject
        if name not in found:
            node, type = known.get(name, (None, UNKNOWN))
            found[name] = Claims(name, type, node.name if isinstance(node, Call) else None)
        found[name].take(atom)
    return found


def contradiction(conjunction: Conjunction, known: Mapping[str, About]) -> str | None:
    """Why a conjunction can never be true; None where it can, or that is not known."""
    for atom in conjunction:
        if Atom(atom.subject, atom.relation, atom.value, not atom.holds) in conjunction:
            return f"`{atom.subject}` cannot be so and not so"
    reasons = (each.contradiction() for each in claims(conjunction, known).values())
    return next((reason for reason in reasons if reason is not None), None)


def spelled(value: object) -> str:
    """A JSON value as a text by which it can be compared."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
