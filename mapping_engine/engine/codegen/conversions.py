"""What generated code calls to convert a value, and to say what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mapping_engine.diagnostics import Span
from mapping_engine.engine.codegen.found import FLOATS, classes_of
from mapping_engine.engine.run import Note, note
from mapping_engine.engine.run import present as checked
from mapping_engine.engine.steps import wrong_kind
from mapping_engine.transforms.declare import Rejected, Transform
from mapping_engine.types import is_missing, kind_of


def wrong_told(target: Transform, span: Span) -> Callable[[list[Note], Any, str], None]:
    """What notes that a value is of a kind which a transform does not take."""
    accepted = str(target.accepts)

    def tell(notes: list[Note], value: Any, label: str) -> None:
        notes.append(note((label, wrong_kind(kind_of(value), accepted), span)))

    return tell


def lost_told(target: Transform, span: Span) -> Callable[[list[Note], Any, str], Any]:
    """What judges a result that may be none: rejected, empty, or a list or object after all."""
    emptied = f"has nothing left after `{target.name}`"

    def tell(notes: list[Note], result: Any, label: str) -> Any:
        if type(result) is Rejected:
            notes.append(note((label, result.reason, span)))
            return None
        if result is None:
            return None
        found = checked(result)
        if found is None:
            notes.append(note((label, emptied, span)))
        return found

    return tell


def wholly(
    target: Transform, convert: Callable[[Any], Any], span: Span
) -> Callable[[list[Note], Any, str], Any]:
    """The whole of a transform: what it takes, what it makes of it, and what is left of that."""
    accepted = target.accepts.names
    wrong, lost = wrong_told(target, span), lost_told(target, span)
    usual = classes_of(accepted) - FLOATS

    def converted(notes: list[Note], value: Any, label: str) -> Any:
        if is_missing(value):
            return None
        if value.__class__ not in usual and kind_of(value) not in accepted:
            wrong(notes, value, label)
            return None
        result = convert(value)
        kind = result.__class__
        if kind is str and result and not result.isspace():
            return result
        if kind is int or kind is float:
            return result
        return lost(notes, result, label)

    return converted


def silently(
    target: Transform, convert: Callable[[Any], Any], *, sound: bool
) -> Callable[[Any], Any]:
    """The whole of a transform, of which nobody asks what was lost."""
    accepted = target.accepts.names
    usual = classes_of(accepted) if sound else classes_of(accepted) - FLOATS

    def converted(value: Any) -> Any:
        if value.__class__ not in usual and (sound or kind_of(value) not in accepted):
            return None
        result = convert(value)
        kind = result.__class__
        if kind is str:
            return result if result and not result.isspace() else None
        if kind is int or kind is float:
            return result
        return what_is_left(result)

    return converted


def what_is_left(result: Any) -> Any:
    """What is left of the result of a transform."""
    return None if type(result) is Rejected else checked(result)
