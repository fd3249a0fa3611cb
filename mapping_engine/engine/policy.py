"""Fields without a value: what is left out, refused, or warned about."""

from __future__ import annotations

from mapping_engine.core.choices import sources
from mapping_engine.core.model import Model
from mapping_engine.core.nodes import Copy, Entries, Field, ForEach, Node, Object
from mapping_engine.core.spell import spell
from mapping_engine.engine.run import Issue, Run
from mapping_engine.errors import ErrorCode, InstrumentationError
from mapping_engine.frozen import Frozen
from mapping_engine.types.kinds import Json


class Policy(Frozen):
    """What a field does when it has no value; ``path`` is its place in the payload."""

    model: Model
    field: Field
    path: str

    def settled(self, run: Run, value: Json, issues: list[Issue], default: Json) -> Json:
        """The value, or else the default, or None; what could not be used is told.

        Raises InstrumentationError (EV05, EV06) where the event is refused.
        """
        field = self.field
        if issues and value is None and field.invalid == "error":
            raise self._invalid(issues[0])
        found = default if value is None else value
        if issues and field.invalid != "ignore":
            used = value is None and found is not None
            then = "the default is used" if used else "it is left out"
            run.warnings.left_out(self.path, tuple(issues), then)
        if found is None and field.required and not field.null:
            raise self._missing(issues)
        return found

    def _invalid(self, issue: Issue) -> InstrumentationError:
        return InstrumentationError(
            ErrorCode.FIELD_INVALID,
            f"`{self.path}` cannot be made: {issue.source} {issue.reason}",
            path=issue.source,
            span=issue.span,
            help="send a value of the expected form, or none",
        )

    def _missing(self, issues: list[Issue]) -> InstrumentationError:
        listed = ", ".join(source_texts(self.model, self.field.value))
        invalid = "".join(f"; {each.source} {each.reason}" for each in issues)
        return InstrumentationError(
            ErrorCode.FIELD_REQUIRED,
            f"`{self.path}` is required, and none of its sources has a value: {listed}{invalid}",
            path=self.path,
            span=self.field.span,
            help="send one of the sources",
        )


def refuses(field: Field) -> bool:
    """Whether an event may be refused because of a field."""
    return field.required or field.invalid == "error"


def source_texts(model: Model, node: Node) -> list[str]:
    """The sources of a value in order, as the rules write them; of a decision table, its rows.

    Those of an object are the sources of its fields, and those of a list the list it is made from.
    """
    found: list[str] = []
    for each in sources(model.definitions, node):
        match each:
            case str():
                found.append(each)
            case Object(fields=fields):
                for inner in fields:
                    found += source_texts(model, inner.value)
            case ForEach(source=source) | Copy(source=source) | Entries(source=Node() as source):
                found += source_texts(model, source)
            case _:
                found.append(spell(each))
    return list(dict.fromkeys(found))
