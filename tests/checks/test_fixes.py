"""A fix leaves nothing of its finding, keeps comments and layout, and changes no outcome."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapping_engine.checks import Checked, Options, check_all
from mapping_engine.checks.catalogue import CATALOGUE
from mapping_engine.checks.fixing import apply_fixes
from mapping_engine.cli.fix import fixed_texts
from mapping_engine.diagnostics import Severity
from mapping_engine.errors import RuleError
from tests.checks.rules import CONDITIONS, EVENTS, compiled, outcome, quoted
from tools.check_example import TODAY, checked_example, completed, write_pack

OPTIONS = Options(TODAY)
PLAIN = ["type", "p.a", "p", "person.id", "'none'", "$chain", "p.b |> text"]
NESTED = ["p.a ?? type", "p.b ?? 'none' ?? type", "$outer |> lower"]
NAMED = ["$guarded", "$settled", "$same"]
ARMS = st.sampled_from([*PLAIN, *NESTED, *NAMED])
STEPS = st.sampled_from(["text", "text |> lower", "lower|>trim"])


@st.composite
def arms(draw: st.DrawFn) -> str:
    value = draw(ARMS)
    if draw(st.booleans()):
        return quoted(value)
    if draw(st.booleans()):
        return f"{{value: {quoted(value)}, when: {quoted(draw(CONDITIONS))}}}"
    return f"{{value: {quoted(value)}, as: {draw(STEPS)}}}"


@st.composite
def chains(draw: st.DrawFn) -> list[str]:
    """A field with a chain as a list on lines of its own, with comments, or in brackets."""
    found = draw(st.lists(arms(), min_size=1, max_size=4))
    if draw(st.booleans()):
        return [f"first_of: [{', '.join(found)}] # in a row"]
    lines = [f"  - {arm} # arm {place}" for place, arm in enumerate(found)]
    return ["first_of:", *lines]


@st.composite
def tables(draw: st.DrawFn) -> list[str]:
    lines = ["decide:"]
    for place in range(draw(st.integers(1, 4))):
        when = draw(st.none() | CONDITIONS)
        condition = f", when: {quoted(when)}" if when else ""
        value = draw(st.sampled_from(["{constant: a%s}", "{value: type%s}", "{value: p.a%s}"]))
        lines += [f"  # row {place}", f"  row {place}: {value % condition}"]
    return lines


@st.composite
def fields(draw: st.DrawFn) -> str:
    lines = draw(chains() | tables())
    if draw(st.booleans()):
        lines.append("required: true # needed")
    if draw(st.booleans()):
        lines.append("default: instead")
    return "".join(f"    {line}\n" for line in lines)


@st.composite
def rule_files(draw: st.DrawFn) -> str:
    """Rules with mistakes that have fixes: unreachable, repeated, unused and badly spaced parts."""
    text = "# the rules of a test\n"
    if draw(st.booleans()):
        text += "tables: # lists\n  words: [a, b]\n"
    names = draw(st.lists(st.sampled_from(["one", "two", "three"]), unique=True))
    text += "define:\n  chain: [type, p.a] # a chain\n"
    text += "  guarded: {first_of: [type, p.a], when: p.b > 1}\n"
    text += "  same: {value: \"p.a ?? 'none'\", default: none}\n"
    text += "  settled: {first_of: $chain, default: x}\n  outer: [$guarded, p.a, $chain]\n"
    text += "".join(f"  {name}: p.a??type # {name}\n" for name in names)
    text += "fields:\n"
    for name in draw(st.lists(st.sampled_from(["x", "y2", "text"]), unique=True, min_size=1)):
        text += f"  {name}: # field {name}\n{draw(fields())}"
    return text


def fixed(folder: Path, *, unsafe: bool = False) -> tuple[str, Checked]:
    """The rule file after its fixes, and what is found then."""
    changed, _ = fixed_texts([str(folder)], OPTIONS, unsafe=unsafe)
    for file, (_, new) in changed.items():
        Path(file).write_text(new, "utf-8")
    text = (folder / "rules.yaml").read_text("utf-8")
    return text, check_all([str(folder)], OPTIONS)


def comments(text: str) -> list[str]:
    return [line.partition("# ")[2] for line in text.splitlines() if "# " in line]


@pytest.mark.unmeasured
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(rule_files(), st.lists(EVENTS, min_size=3, max_size=6))
def test_safe_fixes_leave_no_finding_with_a_safe_fix_and_the_same_outcomes(
    rules: str, events: list[dict[str, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        try:
            before = compiled(rules, Path(place) / "before")
        except RuleError:
            return
        folder = Path(place) / "after"
        write_pack(folder, completed(rules))
        text, left = fixed(folder)
        safe = [d for d in left.diagnostics if d.fix is not None and d.fix.safe]
        assert safe == []
        assert not [d for d in left.diagnostics if d.severity is Severity.ERROR]
        after = compiled(text, Path(place) / "again")
        for event in events:
            assert outcome(after, event) == outcome(before, event), text


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(rule_files())
def test_fixes_only_take_away_lines_or_parts_of_them(rules: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "pack"
        write_pack(folder, completed(rules))
        text, _ = fixed(folder)
        remaining = iter(comments(completed(rules)))
        assert all(comment in remaining for comment in comments(text)), text


FIXABLE = (
    "SY04",
    "SY06",
    "SH01",
    "ST01",
    "SU01",
    "SE06",
    "SE07",
    "SE08",
    "SE10",
    "FB01",
    "FB02",
    "FB06",
    "PR05",
    "TX01",
    "PR01",
    "PR03",
    "FO03",
    "PI03",
    "PI04",
    "OU01",
)
"""The checks whose example has a fix."""


def test_these_checks_have_fixes(tmp_path: Path) -> None:
    found = set()
    for code, check in CATALOGUE.items():
        if check.file == "rules.yaml":
            example = checked_example(check.wrong, check.file, tmp_path / code)
            found |= {d.code for d in example.diagnostics if d.code == code and d.fix}
    assert found == set(FIXABLE)


@pytest.mark.parametrize("code", FIXABLE)
def test_a_fix_of_an_example_leaves_none_of_its_findings(code: str, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    write_pack(folder, completed(CATALOGUE[code].wrong))
    found = check_all([str(folder)], OPTIONS)
    _, left = fixed(folder, unsafe=True)
    assert code not in {d.code for d in left.diagnostics if d.fix is not None}
    assert len(left.diagnostics) <= len(found.diagnostics)


def test_a_fix_is_not_applied_where_the_text_is_another(tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    write_pack(folder, completed('fields:\n  x: "p.a ?? \\u0027none\\u0027 ?? type"\n'))
    found = check_all([str(folder)], OPTIONS)
    assert [d.code for d in found.diagnostics] == ["FB01"]
    assert found.diagnostics[0].fix is None


def test_overlapping_fixes_are_applied_one_after_the_other(tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    write_pack(folder, completed("define:\n  a: type\n  b: type\n  c: $b\nfields:\n  x: type\n"))
    found = check_all([str(folder)], OPTIONS)
    once = apply_fixes(found.diagnostics, found.texts, unsafe=False)
    assert once.applied == 1
    text, left = fixed(folder)
    assert "define" not in text
    assert not left.diagnostics


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("define:\n  a: type # note\n  b: p.a\nfields:\n  x: $b\n", "define:\n  b: p.a\n"),
        ("define: {a: type, b: p.a}\nfields:\n  x: $b\n", "define: {b: p.a}\n"),
        ("define: {b: p.a, a: type}\nfields:\n  x: $b\n", "define: {b: p.a}\n"),
        ("define:\n  a: type\nfields:\n  x: p.a\n", "fields:\n"),
        (
            "define:\n  a:\n    # inside\n    first_of:\n      - type\n      - p.a\n  # above b\n"
            "  b: p.a\nfields:\n  x: $b\n",
            "define:\n  # above b\n  b: p.a\n",
        ),
        ("define:\r\n  a: type\r\n  b: p.a\r\nfields:\r\n  x: $b\r\n", "define:\r\n  b: p.a\r\n"),
    ],
)
def test_an_entry_is_taken_out_with_its_line_and_nothing_else(
    before: str, after: str, tmp_path: Path
) -> None:
    folder = tmp_path / "pack"
    write_pack(folder, completed(before))
    changed, count = fixed_texts([str(folder)], OPTIONS, unsafe=False)
    assert count == 1
    ((_, new),) = changed.values()
    assert new.startswith(after + ("" if after.endswith("fields:\n") else "fields:"))
