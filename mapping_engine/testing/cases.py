"""Reading the rule tests of a pack."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import field, replace
from os import PathLike
from typing import Any

from mapping_engine.diagnostics import Diagnostics, Label, Span, did_you_mean
from mapping_engine.engine.clock import is_time, seconds_of
from mapping_engine.engine.loading import find_pack, reading_of
from mapping_engine.errors import ErrorCode, RuleError
from mapping_engine.file.blocks import read_block
from mapping_engine.file.extending import dropped, read_layers
from mapping_engine.file.rule_files import ENTRY, Location
from mapping_engine.frozen import Frozen
from mapping_engine.source.folder import NO_OVERLAY, Folder, Overlay
from mapping_engine.source.node import MappingNode, ScalarNode, YamlNode
from mapping_engine.source.yaml_text import decode, read_yaml
from mapping_engine.testing.expected_paths import taken_out
from mapping_engine.testing.file import AnswerGivenBlock, CaseBlock, ExpectBlock, TestsFile

DEFAULT_CLOCK = "2024-01-01T12:00:00Z"
FOLDER = "tests"


class Case(Frozen):
    """One rule test, ready to run."""

    name: str
    file: str
    line: int
    now: float
    settings: Any = field(repr=False)
    secrets: Any = field(repr=False)
    event: Any = field(repr=False)
    expect: ExpectBlock = field(repr=False)
    events: tuple[Any, ...] = field(default=(), repr=False)
    """The events that are combined: the one of the case, or several."""
    answer: dict[str, Any] | None = field(default=None, repr=False)
    inherited: bool = False
    """Whether it is of a pack that is extended."""


def collect(pack: str | PathLike[str], overlay: Overlay = NO_OVERLAY) -> list[Case]:
    """The rule tests in the ``tests`` folder of a pack, in order, and before them inherited ones.

    ``overlay`` holds unsaved texts by absolute path.
    Raises RuleError with a diagnostic for every mistake in the test files.
    """
    folder, _, entry = find_pack(pack, overlay)
    diagnostics = Diagnostics()
    inherited = inherited_cases(folder, entry, diagnostics)
    cases = _instead(inherited, _cases_below(folder, "", diagnostics))
    if diagnostics.found:
        raise RuleError(
            ErrorCode.RULES_INVALID,
            f"the rule tests of `{pack}` cannot be read",
            diagnostics=diagnostics.sorted(),
        )
    return cases


def inherited_cases(folder: Folder, entry: str, diagnostics: Diagnostics) -> list[Case]:
    """The rule tests of the packs that a pack extends, but for those that it drops."""
    found: list[Case] = []
    for at, node in read_layers(Location(folder, entry), reading_of(folder)):
        for path in dropped(node):
            section, _, name = path.text.partition(".")
            if section == FOLDER:
                found = _without(found, name, path.span, diagnostics)
        if at.folder is not folder:
            above = at.name.removesuffix(ENTRY)
            found = _instead(found, _cases_below(at.folder, above, diagnostics))
    return [replace(each, inherited=True) for each in found]


def _without(cases: list[Case], name: str, place: Span, diagnostics: Diagnostics) -> list[Case]:
    """The cases but for that of a name, or all of a file; all where no name is given."""
    files = {each.file: each.file.rpartition("/")[2] for each in cases}
    kept = [each for each in cases if name and name not in (each.name, files[each.file])]
    if len(kept) == len(cases):
        message = f"no inherited test, and no file of them, is called `{name}`"
        help = did_you_mean(name, [*files.values(), *(each.name for each in cases)])
        diagnostics.report("PR01", message, place, help=help)
    return kept


def _instead(inherited: list[Case], own: list[Case]) -> list[Case]:
    """The cases of a pack after those that it inherits, but for those of the same name."""
    names = {each.name for each in own}
    return [*(each for each in inherited if each.name not in names), *own]


def _cases_below(folder: Folder, above: str, diagnostics: Diagnostics) -> list[Case]:
    """The cases in the folder `tests` of the pack that lies in ``above``."""
    names = folder.names(f"{above}{FOLDER}", ".yaml")
    return [case for name in names for case in read_cases(folder, name, diagnostics)]


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
    _shows_nothing(file, diagnostics)
    now = _time(file.clock, diagnostics)
    return [_case(file, block, now, diagnostics) for block in file.cases]


def _shows_nothing(file: TestsFile, diagnostics: Diagnostics) -> None:
    """Report cases that expect nothing, and those that are called like another."""
    names: dict[str, Span] = {}
    for block in file.cases:
        name, span = block.name.text, block.name.span
        if name in names:
            labels = (Label(names[name], "it is used here first"),)
            help = "say what is another here: a failure is told by its name"
            message = "two cases have this name"
            diagnostics.report("TE03", message, span, help=help, labels=labels)
        names.setdefault(name, span)
        if not block.expect.places:
            message, help = "the case expects nothing, so it cannot fail", "say what is expected"
            diagnostics.report("TE03", message, block.place("expect"), help=help)


def _time(clock: ScalarNode | None, diagnostics: Diagnostics) -> float:
    now = seconds_of(clock.text if clock else DEFAULT_CLOCK)
    if clock is None or is_time(now):
        return now
    message = "the clock is a time such as 2024-01-01T12:00:00Z, or seconds since 1970"
    diagnostics.report("TE03", message, clock.span)
    return 0.0


def _case(file: TestsFile, block: CaseBlock, now: float, diagnostics: Diagnostics) -> Case:
    event = file.event.value if file.event else {}
    settings = file.settings.value if file.settings else {}
    secrets = file.secrets.value if file.secrets else {}
    if block.without:
        event = deepcopy(event)
        for path in block.without:
            help = taken_out(event, path.text)
            if help is not None:
                message = f"the base event has no `{path.text}` to take out"
                diagnostics.report("TE03", message, path.span, help=help)
    _fits_together(block, diagnostics)
    event = merged(event, block.event.value if block.event else {})
    several: Any = block.events.value if block.events else [{}]
    changes = several if isinstance(several, list) else []
    each = tuple(merged(event, each) for each in changes for _ in range(block.repeat or 1))
    has_own = file.event is not None or block.event is not None
    return Case(
        name=block.name.text,
        file=block.span.file,
        line=block.span.line,
        now=_time(block.clock, diagnostics) if block.clock else now,
        settings=merged(settings, block.settings.value if block.settings else {}),
        secrets=merged(secrets, block.secrets.value if block.secrets else {}),
        event=event if has_own or not each else each[0],
        expect=block.expect,
        events=each,
        answer=_given(block.answer),
    )


def _given(block: AnswerGivenBlock | None) -> dict[str, Any] | None:
    if block is None:
        return None
    given = {"headers": block.headers, "body": block.body}
    said = {name: each.value for name, each in given.items() if each is not None}
    return {"status": block.status, **said}


def _fits_together(block: CaseBlock, diagnostics: Diagnostics) -> None:
    """Report an answer of which nothing is expected, and one that is expected but not given."""
    if (block.answer is None) is not (block.expect.answer is None):
        given = block.expect.answer is None
        message = "nothing is expected of the answer" if given else "no `answer` is given"
        place = block.place("answer") if given else block.expect.place("answer")
        diagnostics.report(
            "TE03", message, place, help="write `answer` in the case and in `expect`"
        )
    if block.events is not None and not isinstance(block.events.value, list):
        diagnostics.report("TE03", "`events` is a list of events", block.place("events"))


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
