"""What the rules in an editor make of the events of rule tests."""

from __future__ import annotations

from pathlib import Path

from mapping_engine.engine.loading import read_pack, refused
from mapping_engine.engine.mapping import Mapping
from mapping_engine.errors import MappingError
from mapping_engine.lsp.lenses import RanTests
from mapping_engine.source.folder import Overlay
from mapping_engine.testing import run_case
from mapping_engine.testing.cases import collect
from mapping_engine.testing.runner import StillClock


def tested(pack: Path, overlay: Overlay) -> RanTests:
    """Run the rule tests of a pack. Raises RuleError where rules or tests cannot be read."""
    mapping = _mapping(pack, overlay)
    results = [run_case(mapping, case) for case in collect(pack, overlay)]
    failed = [each.text() for each in results if not each.passed]
    title = f"rule tests: {len(results) - len(failed)} passed, {len(failed)} failed"
    return RanTests(title, "\n".join(failed))


def explained(pack: Path, kind: str, name: str, overlay: Overlay) -> str:
    """Why the event of a rule test becomes what it becomes.

    Without a ``name``, of the first that becomes a request, of a ``kind`` where one is given.
    Raises RuleError where rules or tests cannot be read.
    """
    mapping = _mapping(pack, overlay)
    for case in collect(pack, overlay):
        try:
            bound = mapping.bind(case.settings, secrets=case.secrets, clock=StillClock(case.now))
        except MappingError as error:
            if case.name == name:
                return f"{case.file}:{case.line}: {case.name}\n{error}\n"
            continue
        made = {request.name for request in bound.outcome(case.event).requests} if not name else {}
        if case.name == name or (not name and made and (not kind or kind in made)):
            found = bound.explain(case.event).text()
            return f"{case.file}:{case.line}: {case.name}\n\n{found}"
    return "no rule test has an event that becomes such a request\n"


def _mapping(pack: Path, overlay: Overlay) -> Mapping:
    read = read_pack(pack, overlay)
    if read.model is None:
        raise refused(pack.name, read.diagnostics)
    return Mapping(read.model)
