"""Reading the rule tests of a pack."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import field
from datetime import datetime
from os import PathLike
from typing import Any

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.engine.loading import find_pack
from mapping_engine.errors import ErrorCode, RuleError
from mapping_engine.file.blocks import read_block
from mapping_engine.frozen import Frozen
from mapping_engine.source.folder import Folder
from mapping_engine.source.node import MappingNode, YamlNode
from mapping_engine.source.yaml_text import decode, read_yaml
from mapping_engine.testing.file import CaseBlock, ExpectBlock, TestsFile

DEFAULT_CLOCK = "2024-01-01T12:00:00Z"
FOLDER = "tests"


class Case(Frozen):
    """One rule test, ready to run."""

    name: str
    file: str
    line: int
    now: float
    settings: Any = field(repr=False)
    event: Any = field(repr=False)
    expect: ExpectBlock = field(repr=False)


def collect(pack: str | PathLike[str]) -> list[Case]:
    """The rule tests in the ``tests`` folder of a pack, in order.

    Raises RuleError with a diagnostic for every mistake in the test files.
    """
    folder, _, _ = find_pack(pack)
    diagnostics = Diagnostics()
    cases: list[Case] = []
    for name in folder.names(FOLDER, ".yaml"):
        cases.extend(read_cases(folder, name, diagnostics))
    if diagnostics.found:
        raise RuleError(
            ErrorCode.RULES_INVALID,
            f"the rule tests of `{pack}` cannot be read",
            diagnostics=diagnostics.sorted(),
        )
    return cases


def read_cases(folder: Folder, name: str, diagnostics: Diagnostics) -> list[Case]:
    """The cases of one test file; mistakes are reported."""
    data = folder.read(name, None, diagnostics)
    source = decode(folder.shown(name), data, diagnostics) if data is not None else None
    node = read_yaml(source, diagnostics) if source else None
    return cases_of(node, diagnostics)


def cases_of(node: YamlNode | None, diagnostics: Diagnostics) -> list[Case]:
    """The cases in the text of one test file; mistakes are reported."""
    if not isinstance(node, MappingNode):
        if node is not None:
            diagnostics.report("TE03", "a test file is a mapping of keys and values", node.span)
        return []
    file = read_block(TestsFile, node, diagnostics)
    if file is None:
        return []
    now = _now(file, diagnostics)
    return [_case(file, block, now) for block in file.cases]


def _now(file: TestsFile, diagnostics: Diagnostics) -> float:
    text = file.clock.text if file.clock else DEFAULT_CLOCK
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        assert file.clock is not None
        diagnostics.report(
            "TE03", "the clock is a time such as 2024-01-01T12:00:00Z", file.clock.span
        )
        return 0.0
    return found.timestamp()


def _case(file: TestsFile, block: CaseBlock, now: float) -> Case:
    event = file.event.value if file.event else {}
    settings = file.settings.value if file.settings else {}
    if block.without:
        event = deepcopy(event)
        for path in block.without:
            _remove(event, path.text.split("."))
    return Case(
        name=block.name.text,
        file=block.span.file,
        line=block.span.line,
        now=now,
        settings=merged(settings, block.settings.value if block.settings else {}),
        event=merged(event, block.event.value if block.event else {}),
        expect=block.expect,
    )


def merged(base: Any, patch: Any) -> Any:
    """A JSON merge patch (RFC 7386): null removes a key, objects merge, the rest replaces."""
    if not isinstance(patch, dict):
        return deepcopy(patch)
    found = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = merged(found.get(key), value)
    return found


def _remove(node: Any, steps: list[str]) -> None:
    for step in steps[:-1]:
        node = node.get(step) if isinstance(node, dict) else None
    if isinstance(node, dict):
        node.pop(steps[-1], None)
