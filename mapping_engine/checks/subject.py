"""What a check is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from mapping_engine.checks.logic import Conditions
from mapping_engine.core.facts import Facts
from mapping_engine.core.load import Examined
from mapping_engine.core.model import Model
from mapping_engine.diagnostics import Diagnostics


@dataclass(frozen=True)
class Subject:
    """One pack that could be read, and where the findings go.

    ``texts`` are those of its files, by the names that diagnostics show.
    """

    examined: Examined
    diagnostics: Diagnostics
    texts: Mapping[str, str]
    today: date

    @property
    def model(self) -> Model:
        """The mapping with everything it uses."""
        return self.examined.model

    @property
    def facts(self) -> Facts:
        """The types of its parts."""
        return self.examined.facts

    @cached_property
    def conditions(self) -> Conditions:
        """Its conditions in a normal form."""
        return Conditions(self.model, self.facts)
