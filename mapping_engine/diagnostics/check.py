"""What a check declares of itself: the commands, the documentation and the tests read only this."""

from __future__ import annotations

from enum import StrEnum

from mapping_engine.frozen import Frozen

NEVER = "Never: the engine refuses to load rules with this mistake."


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
    """One kind of mistake.

    ``wrong`` and ``right`` are sections of a rule file that is completed by a small pack when the
    documentation is made; ``file`` names another file of the pack that they stand for. ``asked``
    checks run only when they are selected.
    """

    title: str
    """Code, name and meaning: ``FB02 duplicate-arm: the same alternative twice``."""
    severity: Severity
    why: str = ""
    fix: str = ""
    ignore: str = NEVER
    wrong: str = ""
    right: str = ""
    file: str = "rules.yaml"
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
    def advice(self) -> str:
        """What to do, where a finding knows no better: the first sentence of ``fix``."""
        sentence = self.fix.partition(". ")[0].removesuffix(".")
        return sentence[:1].lower() + sentence[1:]

    @property
    def meaning(self) -> str:
        """What a finding says is there."""
        return self.title.partition(": ")[2]
