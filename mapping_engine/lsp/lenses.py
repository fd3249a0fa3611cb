"""What is shown above the lines of rules and rule tests: uses, the state of tests, a sample."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mapping_engine.core.load import Examined
from mapping_engine.diagnostics import Span
from mapping_engine.errors import RuleError
from mapping_engine.lsp.cursor import Role, places
from mapping_engine.reference.uses import counted
from mapping_engine.source.folder import Overlay
from mapping_engine.testing.cases import collect

TEST, EXPLAIN, SHOW_USES = (
    "mapping-engine.test",
    "mapping-engine.explain",
    "mapping-engine.showUses",
)
"""The commands: the last is one of the editor, as the protocol has none that shows references."""


class RanTests(NamedTuple):
    """What became of rule tests: in a few words, and the failures in full, if there are any."""

    title: str
    text: str


class Lens(NamedTuple):
    """A title above a place, and the command that a click on it runs: none, if it is empty."""

    span: Span
    title: str
    command: str = ""
    arguments: tuple[str, ...] = ()


def lenses(
    text: str, pack: Path | None, examined: Examined | None, overlay: Overlay, ran: RanTests | None
) -> Iterator[Lens]:
    """What to show in a file; ``ran`` is what became of the rule tests of its pack."""
    uses = counted(examined) if examined else {}
    for place in places(text):
        keys = tuple(level.key for level in place.levels)
        match place.role, keys:
            case Role.KEY, ("mapping" | "tests",) if pack is not None:
                yield Lens(place.scalar.span, _tests(pack, overlay, ran), TEST, (str(pack),))
            case Role.KEY, ("fields",) | ("requests", _, "fields") if pack is not None:
                kind = keys[1] if len(keys) > 1 else ""
                sample = (str(pack), kind, "")
                yield Lens(place.scalar.span, "explain with a sample", EXPLAIN, sample)
            case Role.VALUE, ("cases", "name") if pack is not None:
                sample = (str(pack), "", place.scalar.text)
                yield Lens(place.scalar.span, "explain", EXPLAIN, sample)
            case Role.NAME, ("define" | "override" | "pipelines" as section, name) if examined:
                word = name if section == "pipelines" else f"${name}"
                count = uses.get(word, 0)
                where = "" if pack else f" in {examined.model.name}"
                title = f"{count} use{'' if count == 1 else 's'}{where}"
                yield Lens(place.scalar.span, title, SHOW_USES)


def _tests(pack: Path, overlay: Overlay, ran: RanTests | None) -> str:
    if ran is not None:
        return ran.title
    try:
        count = len(collect(pack, overlay))
    except RuleError:
        return "run the rule tests"
    return f"run the rule tests ({count})"
