"""One mistake, one message: what is reported only because of an error that is reported as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mapping_engine.core.model import Model, every_node
from mapping_engine.core.nodes import fields_of
from mapping_engine.diagnostics import Diagnostic, Severity, Span

_UNREAD = ("SH01", "SH02", "SH03", "SY03")
"""With these, a part of a block was not read."""


def without_consequences(
    reports: list[Diagnostic], before: Iterable[Diagnostic], model: Model
) -> list[Diagnostic]:
    """The reports about a model but for those that an error explains, of these or ``before``."""
    errors = [each for each in (*before, *reports) if each.severity is Severity.ERROR]
    if not errors:
        return reports
    fields = _fields(model) if any(each.code in ("OU02", "OU05") for each in reports) else []
    around = {id(each): _smallest(each.span, fields) for each in errors}
    return [each for each in reports if not _follows(each, errors, around, model)]


def _follows(
    report: Diagnostic, errors: list[Diagnostic], around: Mapping[int, Span | None], model: Model
) -> bool:
    """Whether one of the errors, each in the field ``around`` it, explains a report."""
    match report.code:
        case "PI11":
            return not _has_near(report)
        case "OU01":
            drops = (each for each in errors if each.message.endswith("to drop"))
            return any(each.span.file != report.span.file for each in drops)
        case "PI02" if "personal" in model.file.places and model.file.personal is None:
            return True
        case "PI02" if report.message.endswith("a URL"):
            named = {name.span for block in model.clear for name in block.url or ()}
            return any(_has_near(each) and each.span in named for each in errors)
        case "OU05":
            is_absent = report.message.endswith("no rule writes")
            hiding = (*_UNREAD, "OU01")
            others = (each for each in errors if each.code != "OU05")
            causes = [each for each in others if not is_absent or each.code in hiding]
        case "OU02":
            causes = [each for each in errors if each.code in _UNREAD]
        case _:
            return False
    fields = (around[id(each)] for each in causes)
    return any(field is not None and _holds(field, report.span) for field in fields)


def _has_near(report: Diagnostic) -> bool:
    """Whether another name is meant, which is known."""
    return (report.help or "").startswith("did you mean")


def _fields(model: Model) -> list[Span]:
    """Where the fields of all objects stand, with their keys."""
    fields = (field for node in every_node(model) for field in fields_of(node))
    pairs = ((field.key.span, field.span) for field in fields)
    return [key.to(whole) for key, whole in pairs if key.file == whole.file]


def _smallest(span: Span, fields: list[Span]) -> Span | None:
    """The innermost field that a mistake is in."""
    around = (field for field in fields if _holds(field, span))
    return min(around, key=lambda field: field.end_offset - field.offset, default=None)


def _holds(field: Span, span: Span) -> bool:
    is_inside = field.offset <= span.offset and span.end_offset <= field.end_offset
    return field.file == span.file and is_inside
