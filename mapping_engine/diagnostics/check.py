"""What a check declares of itself; its page in `docs/checks` has the reasons and an example."""

from __future__ import annotations

from enum import StrEnum

from mapping_engine.frozen import Frozen


class Severity(StrEnum):
    """How bad a finding is: an error is wrong or will fail, a warning almost surely a mistake."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """Larger is worse."""
        return _RANKS[self]


_RANKS = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


class Check(Frozen):
    """One kind of mistake; those that are ``asked`` for run only when they are selected."""

    title: str
    """Code, name and meaning: ``FB02 duplicate-arm: the same alternative twice``."""
    severity: Severity
    advice: str
    """What to do, where a finding knows no better."""
    asked: bool = False

    @property
    def code(self) -> str:
        """The code that is never given to another, such as ``FB02``."""
        return self.title[:4]

    @property
    def name(self) -> str:
        """The readable name, such as ``duplicate-arm``."""
        return self.title[5:].partition(": ")[0]

    @property
    def meaning(self) -> str:
        """What a finding says is there."""
        return self.title.partition(": ")[2]
