"""Payloads made to fit their schema: what is optional and does not fit is left out, and told.

A value that was copied from the event is converted first, where that is safe: `"7"` where a number
is wanted, `eur` where only upper case is. What the schema or a rule requires is never left out, and
neither is what should be a digest: such a payload is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeAlias

from mapping_engine.core.model import Model
from mapping_engine.core.nodes import Copy, Field, Items, fields_of
from mapping_engine.core.spell import spell
from mapping_engine.diagnostics import Span
from mapping_engine.engine.inspect import shown
from mapping_engine.engine.interpreter import Interpreter
from mapping_engine.engine.policy import refuses, source_texts
from mapping_engine.engine.run import Run
from mapping_engine.engine.schemas import DIGEST_PATTERN
from mapping_engine.engine.violations import (
    deepest,
    expected,
    found_kind,
    missing_keys,
    unknown_keys,
)
from mapping_engine.file.json_types import follow, items_schema, property_schema
from mapping_engine.file.validator import validator_class
from mapping_engine.frozen import Frozen
from mapping_engine.transforms import REGISTRY
from mapping_engine.transforms.declare import Rejected
from mapping_engine.types.kinds import Json, is_missing

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Path: TypeAlias = tuple[str | int, ...]
_ROUNDS = 16
"""So often a payload is looked at again: what is left out may leave something empty behind."""
_CASTS = ("trim", "upper", "lower", "number", "text", "boolean")


class ValueOrigin(Frozen):
    """Where a value of the payload comes from.

    ``field`` is the rule nearest to it. A value that is ``copied`` comes from the copy there, and
    no rule made it.
    """

    field: Field | None
    sources: tuple[str, ...]
    copied: bool = False

    @property
    def source(self) -> str:
        """The sources as one text."""
        return ", ".join(self.sources)


class ValueOrigins(Frozen):
    """Where the values of a payload come from, in the event of a run."""

    model: Model
    run: Run
    _made: dict[int, bool] = field(default_factory=dict)
    """Whether fields that are added to copies have values of their own."""

    def of(self, path: Path) -> ValueOrigin:
        """Where the value at a path comes from."""
        rule: Field | None = None
        fields = self.model.fields.fields
        for place, name in enumerate(path):
            if isinstance(name, int):
                continue
            below = next((each for each in fields if each.name == name), None)
            copy = rule.value if rule is not None else None
            if isinstance(copy, Copy) and (below is None or not self._makes(below)):
                source = f"{spell(copy.source)}.{shown(path[place:])}"
                return ValueOrigin(rule, (source,), copied=True)
            if below is None:
                spreads = [each for each in fields if each.spread]
                if spreads:
                    made = (source_texts(self.model, each.value) for each in spreads)
                    return ValueOrigin(spreads[-1], tuple(t for each in made for t in each), True)
                break
            rule, fields = below, fields_of(below.value)
        sources = source_texts(self.model, rule.value) if rule is not None else []
        return ValueOrigin(rule, tuple(sources))

    def _makes(self, rule: Field) -> bool:
        if id(rule) not in self._made:
            it = Interpreter(self.model, self.run)
            applies = rule.when is None or it.holds(rule.when)
            always = rule.default is not None
            self._made[id(rule)] = applies and (always or it.value(rule.value, []) is not None)
        return self._made[id(rule)]


class Fitting(Frozen):
    """A payload on its way to fit; it is changed in place."""

    model: Model
    schema: dict[str, Any]
    payload: dict[str, Json]
    origins: ValueOrigins

    def fit(self, errors: Callable[[dict[str, Json]], Iterator[ValidationError]]) -> bool:
        """Whether the payload fits now; changes are told as warnings."""
        for _ in range(_ROUNDS):
            found = sorted(errors(self.payload), key=_place, reverse=True)
            if not found:
                return True
            changed: list[Path] = []
            for error in found:
                inner = deepest([error]) or error
                path = tuple(inner.absolute_path)
                is_stale = any(each[: len(path)] == path and each != path for each in changed)
                if not is_stale and self._changed(error, inner, path):
                    changed.append(path)
            if not changed:
                return False
        return next(errors(self.payload), None) is None

    def _changed(self, error: ValidationError, inner: ValidationError, path: Path) -> bool:
        """Whether something was done about an error, whose deepest part is at a path."""
        if inner.validator_value == DIGEST_PATTERN or not self._is_there(path, inner.instance):
            return False
        if inner.validator == "additionalProperties":
            told = "is no key that the schema knows"
            changes = [self._left_out((*path, name), told) for name in unknown_keys(inner)]
            return any(changes)
        if inner.validator == "required":
            return self._left_out(path, f"has no {', '.join(missing_keys(inner))}")
        whole = error if tuple(error.absolute_path) == path else inner
        if path and self._converted(path, whole.instance, whole.schema):
            return True
        found = found_kind(inner.instance)
        return self._left_out(path, f"is {found}, but the schema accepts {expected(inner)}")

    def _is_there(self, path: Path, value: Json) -> bool:
        """Whether a value is where it was: another change may have moved or taken it."""
        try:
            return _at(self.payload, path) is value
        except (KeyError, IndexError, TypeError):
            return False

    def _converted(self, path: Path, value: Json, schema: Any) -> bool:
        """Whether a copied value fits in another form."""
        if type(value) not in (str, int, float) or is_missing(value):
            return False
        if not self.origins.of(path).copied:
            return False
        judge = validator_class()(schema)
        for cast in map(REGISTRY.__getitem__, _CASTS):
            made = cast.function(value) if _kind(value) in cast.accepts.names else None
            if made is not None and type(made) is not Rejected and judge.is_valid(made):
                _holder(self.payload, path)[path[-1]] = made
                return True
        return False

    def _left_out(self, path: Path, reason: str) -> bool:
        """Leave out a value, or the least around it that may be left out; False where none may."""
        for end in range(len(path), 0, -1):
            part = path[:end]
            origin = self.origins.of(part)
            if not self._is_optional(part, origin):
                if _refuses(origin, part):
                    return False
                continue
            value = _holder(self.payload, part)[part[-1]]
            del _holder(self.payload, part)[part[-1]]
            then = "it is left out" if part == path else f"`{shown(part)}` is left out"
            self._tell(path, self.origins.of(path), reason, value, then)
            self._without_empty(part[:-1])
            return True
        return False

    def _is_optional(self, path: Path, origin: ValueOrigin) -> bool:
        """Whether the schema and the rules allow the value at a path to be missing."""
        if _refuses(origin, path):
            return False
        step, rule = path[-1], origin.field
        if isinstance(step, int):
            return not (rule is not None and isinstance(rule.value, Items) and rule.value.fill)
        return step not in self._schema_at(path[:-1]).get("required", ())

    def _without_empty(self, path: Path) -> None:
        """Leave out what nothing is left of."""
        while path and not _at(self.payload, path):
            if not self._is_optional(path, self.origins.of(path)):
                return
            del _holder(self.payload, path)[path[-1]]
            path = path[:-1]

    def _schema_at(self, path: Path) -> dict[str, Any]:
        found: Any = self.schema
        for step in path:
            if isinstance(step, int):
                found = items_schema(self.schema, found)
            else:
                found = property_schema(self.schema, found, step) or {}
        return dict(follow(self.schema, found))

    def _tell(self, path: Path, origin: ValueOrigin, reason: str, value: Json, then: str) -> None:
        rule = origin.field
        if is_missing(value) or (rule is not None and rule.invalid == "ignore"):
            return
        if self.origins.run.warnings.has(shown(path)):  # the rule could not use it either
            return
        span = rule.span if rule is not None else self.model.fields.span
        notes: tuple[tuple[str, str, Span], ...] = ((origin.source, reason, span),)
        self.origins.run.warnings.left_out(shown(path), notes, then)


def _refuses(origin: ValueOrigin, path: Path) -> bool:
    """Whether a rule would rather refuse the event than leave this value out."""
    rule = origin.field
    if rule is None or origin.copied or rule.name != path[-1]:
        return False
    return refuses(rule)


def _place(error: ValidationError) -> list[tuple[bool, int | str]]:
    """The order of errors; of those in one list, by number."""
    return [(isinstance(step, str), step) for step in error.absolute_path]


def _holder(payload: Json, path: Path) -> Any:
    return _at(payload, path[:-1])


def _at(payload: Any, path: Path) -> Any:
    for step in path:
        payload = payload[step]
    return payload


def _kind(value: Json) -> str:
    return "text" if type(value) is str else "number"
