"""The one type in which loader, checks and commands report mistakes in rule files."""

from __future__ import annotations

from dataclasses import dataclass, field

from mapping_engine.diagnostics.catalogue import LOADER_CHECKS
from mapping_engine.diagnostics.check import Check, Severity
from mapping_engine.diagnostics.span import Span
from mapping_engine.frozen import Frozen


class Label(Frozen):
    """A further place that matters: the other side of a conflict, say."""

    span: Span
    message: str


class Fix(Frozen):
    """A change of one stretch of text; ``safe`` when what the rules do cannot change.

    With ``whole``, the entry or list item that is written at ``span`` goes as a whole, with its
    key, dash or comma; before a fix is shown or applied, it is turned into a plain change.
    """

    span: Span
    replacement: str
    message: str
    safe: bool
    whole: bool = False
    old: str | None = None
    """The text that is replaced; a fix that would replace another one is not made."""
    group: int | None = None
    """Of the fixes of one group, one is applied at a time: the next depends on what is left."""


class Diagnostic(Frozen):
    """One mistake: a stable code, a place, what is wrong, and what to do.

    The message is lower-case, one sentence, without a final period, and never holds a value of
    an event or of settings.
    """

    check: Check
    message: str
    span: Span
    labels: tuple[Label, ...] = ()
    help: str | None = None
    notes: tuple[str, ...] = ()
    fix: Fix | None = None
    lighter: Severity | None = None
    """The severity of this finding where it is less than that of its check."""

    @property
    def code(self) -> str:
        """The code of the check, such as ``SH01``."""
        return self.check.code

    @property
    def name(self) -> str:
        """The readable name of the check, such as ``unknown-key``."""
        return self.check.name

    @property
    def severity(self) -> Severity:
        """How bad it is: as the check declares it, unless this finding is less than that."""
        return self.lighter or self.check.severity

    @property
    def words(self) -> list[str]:
        """All that it says, line by line: the message, the notes and the help."""
        help = [f"help: {self.help}"] if self.help else []
        return [self.message, *(f"note: {note}" for note in self.notes), *help]

    def to_dict(self) -> dict[str, object]:
        """The diagnostic as JSON-ready data."""
        found: dict[str, object] = {
            "code": self.code,
            "name": self.name,
            "severity": self.severity.value,
            "message": self.message,
            "span": self.span.to_dict(),
        }
        if self.labels:
            found["labels"] = [
                {"span": label.span.to_dict(), "message": label.message} for label in self.labels
            ]
        if self.help:
            found["help"] = self.help
        if self.notes:
            found["notes"] = list(self.notes)
        if self.fix:
            found["fix"] = {
                "span": self.fix.span.to_dict(),
                "replacement": self.fix.replacement,
                "message": self.fix.message,
                "safe": self.fix.safe,
            }
        return found


@dataclass(slots=True)
class Diagnostics:
    """Collects diagnostics while a file is read; reading goes on after each."""

    found: list[Diagnostic] = field(default_factory=list)

    def report(
        self,
        check: Check | str,
        message: str,
        span: Span,
        *,
        help: str | None = None,
        labels: tuple[Label, ...] = (),
        notes: tuple[str, ...] = (),
        fix: Fix | None = None,
        lighter: Severity | None = None,
    ) -> None:
        """Add one diagnostic of a check; those of the loader are named by their codes."""
        declared = LOADER_CHECKS[check] if isinstance(check, str) else check
        help = help or declared.advice or None
        self.found.append(Diagnostic(declared, message, span, labels, help, notes, fix, lighter))

    @property
    def has_errors(self) -> bool:
        """Whether anything found keeps the rules from being used."""
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self.found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """All diagnostics by file, place and code, without repeats."""
        unique = {(d.span, d.code, d.message): d for d in self.found}
        return tuple(unique[key] for key in sorted(unique))
