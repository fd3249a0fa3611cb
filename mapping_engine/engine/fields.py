"""The fields of a payload: what is left out, what is refused, what is warned about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mapping_engine.core.model import Model
from mapping_engine.core.walk import copied
from mapping_engine.engine.lower import Names
from mapping_engine.engine.run import Evaluate, Note, Run, fresh, present
from mapping_engine.engine.values import ValueLowering, arm_label
from mapping_engine.errors import ErrorCode, InstrumentationError
from mapping_engine.expression import (
    Chain,
    Expression,
    Literal,
    Pipeline,
    Reference,
    print_expression,
)
from mapping_engine.file.shapes import Named
from mapping_engine.file.values import FieldBlock, ValueBlock


@dataclass(frozen=True)
class Field:
    """A field ready to be made; ``shared`` when every request of an event has the same."""

    name: str
    evaluate: Evaluate
    shared: bool


@dataclass(frozen=True)
class Payloads:
    """What makes the payloads of an event.

    ``names`` are those of all fields, in order; ``first`` makes the payload of the first request,
    ``own`` what each later request has of its own.
    """

    names: tuple[str, ...]
    first: Callable[[Run], dict[str, Any]]
    own: tuple[tuple[str, Evaluate], ...]


class FieldLowering(ValueLowering):
    """Lowers fields with their policies."""

    def observed_field(self, path: str, block: FieldBlock, evaluate: Evaluate) -> Evaluate:
        """``evaluate`` itself; tracing wraps it."""
        return evaluate

    def payloads(self, names: Names) -> Payloads:
        """What makes the payloads of an event."""
        given = [field for field in self.model.file.fields if field.value is not None]
        fields = [self.field(field, names, field.name) for field in given]
        own = tuple((field.name, field.evaluate) for field in fields if not field.shared)
        return Payloads(tuple(field.name for field in fields), _filled(fields), own)

    def fields(self, block: ValueBlock, names: Names, path: str) -> Evaluate:
        """The object that the fields of a block make; None when it would be empty."""
        made = [self.field(field, names, f"{path}.{field.name}") for field in block.fields or ()]
        fill = _filled(made)
        return lambda run: present(fill(run))

    def field(self, field: Named[FieldBlock], names: Names, path: str) -> Field:
        """One field under its path in the payload."""
        block = field.value
        assert block is not None
        evaluate = self._with_policy(block, self.value(block, names, path), names, path)
        shared = not self.uses.of_block(block)
        return Field(field.name, self.observed_field(path, block, evaluate), shared)

    def _with_policy(
        self, block: FieldBlock, evaluate: Evaluate, names: Names, path: str
    ) -> Evaluate:
        default = self.default(block, names)
        absent = Absence(self.model, block, path, default)
        always = copied(block) is not None or block.positions is not None
        applies = self.condition(block.when, names) if block.when is not None else None

        def made(run: Run) -> Any:
            mark = len(run.notes)
            if applies is not None and not applies(run):
                return None
            value = evaluate(run)
            if value is None:
                value = absent(run, run.notes[mark:])
            elif always:
                warn_left_out(run, path, run.notes[mark:], "it is left out")
            del run.notes[mark:]
            return fresh(value)

        return made

    def default(self, block: FieldBlock, names: Names) -> Evaluate | None:
        """What evaluates the default of a field: a value that is written out goes as it stands."""
        if block.default is None:
            return None
        if isinstance(block.default, Literal):
            value = block.default.value
            return lambda run: value
        return self.lower(block.default, names)


def _filled(fields: list[Field]) -> Callable[[Run], dict[str, Any]]:
    """What makes an object of fields, without those that have no value."""

    def fill(run: Run) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for field in fields:
            value = field.evaluate(run)
            if value is not None:
                found[field.name] = value
        return found

    return fill


class Absence:
    """What happens when a field has no value."""

    def __init__(
        self, model: Model, block: FieldBlock, path: str, default: Evaluate | None
    ) -> None:
        self.path = path
        self._span = block.span
        self._default = default
        self._invalid = block.invalid or "warn"
        self.is_required = bool(block.required)
        self._sources = tried(block, model)
        self.only_warns = default is None and not self.is_required and self._invalid == "warn"

    def __call__(self, run: Run, notes: list[Note]) -> Any:
        """The default, or None; raises InstrumentationError where the event is refused."""
        if notes and self._invalid == "error":
            raise self._refused(notes[0])
        value = self._default(run) if self._default else None
        if notes and self._invalid == "warn":
            then = "it is left out" if value is None else "the default is used"
            warn_left_out(run, self.path, notes, then)
        if value is None and self.is_required:
            raise self._missing(notes)
        return value

    def _refused(self, note: Note) -> InstrumentationError:
        return InstrumentationError(
            ErrorCode.FIELD_INVALID,
            f"`{self.path}` cannot be made: {note.path} {note.reason}",
            path=note.path,
            span=note.span,
            help="send a value of the expected form, or none",
        )

    def _missing(self, notes: list[Note]) -> InstrumentationError:
        sources = ", ".join(self._sources)
        unusable = "".join(f"; {note.path} {note.reason}" for note in notes)
        return InstrumentationError(
            ErrorCode.FIELD_REQUIRED,
            f"`{self.path}` is required, and none of its sources has a value: {sources}{unusable}",
            path=self.path,
            span=self._span,
            help="send one of the sources",
        )


def warn_left_out(run: Run, path: str, notes: list[Note], then: str) -> None:
    """Warn about values that could not be used; ``then`` says what became of the field."""
    if notes:
        run.warnings.left_out(path, notes, then)


def tried(block: ValueBlock, model: Model) -> list[str]:
    """The sources of a value in order, with the arms of plain definitions in place of names."""
    found: list[str] = []
    _tried(block, model, found)
    return list(dict.fromkeys(found))


def _tried(block: ValueBlock, model: Model, found: list[str]) -> None:
    for arm in block.first_of or ():
        node = arm.value
        if isinstance(node, Reference) and node.name in model.definitions:
            _tried(model.definitions[node.name], model, found)
        else:
            found.append(arm_label(arm))
    for row in block.decide or ():
        found.append(row.name)
    if block.value is not None:
        found.extend(_sources(_leaves(block.value), model))


def _sources(nodes: list[Expression], model: Model) -> list[str]:
    found: list[str] = []
    for node in nodes:
        if isinstance(node, Reference) and node.name in model.definitions:
            _tried(model.definitions[node.name], model, found)
        else:
            found.append(print_expression(node))
    return found


def _leaves(node: Expression) -> list[Expression]:
    if isinstance(node, Pipeline):
        return _leaves(node.source)
    if isinstance(node, Chain):
        return [leaf for arm in node.arms for leaf in _leaves(arm)]
    return [node]
