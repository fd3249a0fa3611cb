"""The mutation study: its operators plant small mistakes, and its verdicts are right."""

from __future__ import annotations

from datetime import date
from difflib import SequenceMatcher
from functools import cache

import pytest

from bench.mutations.report import as_data, as_page
from mapping_engine import load
from mapping_engine.mutants.corpus import corpus
from mapping_engine.mutants.judge import Judged, Originals, Verdict, originals_of
from mapping_engine.mutants.mutant import Mutant, Operator
from mapping_engine.mutants.operators import OPERATORS
from mapping_engine.mutants.operators.names import misspelt
from mapping_engine.mutants.page import Page
from mapping_engine.mutants.pages import pages
from mapping_engine.mutants.study import Plan, Sampled, Study, candidates, sampled
from mapping_engine.source.node import MappingNode, Source
from mapping_engine.source.yaml_text import read_yaml
from mapping_engine.testing import collect

PACK = "facebook_offline_conversions"
SECTION = 60
"""The longest section that an operator takes out as a whole, in lines."""


@cache
def files() -> tuple[Page, ...]:
    return pages((PACK,))


@cache
def every(operator: Operator) -> tuple[Mutant, ...]:
    return tuple(candidates(operator, files()))


@cache
def judges() -> Originals:
    return originals_of((PACK,), date(2024, 1, 1), seed=1, variations=50)


def originals() -> dict[str, str]:
    return {page.file: page.text for page in files()}


def named(name: str) -> Operator:
    return next(operator for operator in OPERATORS if operator.name == name)


def judged(name: str, wanted: str) -> Judged:
    """The verdict on the first mutant of an operator whose change has ``wanted``."""
    found = next(each for each in every(named(name)) if wanted in each.change)
    return judges().judge(found)


def changed_lines(before: str, after: str) -> int:
    """How many lines a change touches."""
    matcher = SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    return sum(max(b - a, d - c) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal")


def test_there_are_enough_operators_each_with_a_name_of_its_own() -> None:
    names = [operator.name for operator in OPERATORS]
    assert len(names) >= 25
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
def test_an_operator_finds_places_and_changes_little(operator: Operator) -> None:
    found = every(operator)
    assert found
    for each in found:
        before = originals()[each.file]
        assert each.text != before
        assert each.change
        assert 1 <= changed_lines(before, each.text) <= SECTION


def test_most_mutants_change_one_or_two_lines() -> None:
    sizes = [
        changed_lines(originals()[each.file], each.text)
        for operator in OPERATORS
        for each in every(operator)
    ]
    assert sum(size <= 2 for size in sizes) > 0.95 * len(sizes)


def test_a_seed_gives_the_same_mutants_and_another_seed_others() -> None:
    packs = (PACK,)
    one, again = sampled(Plan(packs, seed=1), files()), sampled(Plan(packs, seed=1), pages(packs))
    other = sampled(Plan(packs, seed=2), files())
    assert texts(one) == texts(again)
    assert texts(one) != texts(other)


def texts(samples: tuple[Sampled, ...]) -> list[str]:
    return [each.text for sample in samples for each in sample.mutants]


def test_a_study_has_at_least_five_hundred_mutants() -> None:
    assert len(texts(sampled(Plan((PACK,)), files()))) >= 500


@pytest.mark.parametrize("child_of", ["{a: 1, b: 2}", "[a, b]", "a: 1\nb: 2\n", "- a\n- b\n"])
def test_taking_a_child_out_leaves_the_others(child_of: str) -> None:
    from mapping_engine.diagnostics import Diagnostics
    from mapping_engine.mutants.children import children_of

    root = read_yaml(Source("f", child_of), Diagnostics())
    assert root is not None
    for child in children_of(root, child_of):
        left = read_yaml(Source("f", child.cut().applied(child_of)), Diagnostics())
        assert left is not None
        assert not isinstance(left, MappingNode) or len(left.entries) == 1
        assert len(list(children_of(left, child_of))) == 1


@pytest.mark.parametrize("name", ["email", "a", "ab", "aa", "eventsToIds"])
@pytest.mark.parametrize("slip", range(3))
def test_a_slip_makes_another_name(name: str, slip: int) -> None:
    assert misspelt(name, slip) not in (name, "")


@pytest.mark.parametrize(
    ("operator", "change", "verdict", "detail"),
    [
        ("misspell-transform", "lower(type)", Verdict.CHECK, "TX01"),
        ("misspell-key", "mapping: 1 ->", Verdict.CHECK, "SH01"),
        ("misspell-setting", "limited", Verdict.CHECK, "FO03"),
        ("misspell-path", "item_number", Verdict.CHECK, "SE08"),
        ("hash-twice", "phones:", Verdict.CHECK, "PI03"),
        ("drop-hashed", "hashed_city:", Verdict.CHECK, "PI02"),
        ("open-bracket", "extern_id:", Verdict.CHECK, "SY01"),
        ("misspell-row", "Products Searched", Verdict.TESTS, "Products Searched is Search"),
        ("drop-warn", "no ISO 4217", Verdict.TESTS, "no ISO code"),
        ("list-for-value", "hashed_gender:", Verdict.SAME, ""),
    ],
)
def test_a_verdict_is_as_expected(
    operator: str, change: str, verdict: Verdict, detail: str
) -> None:
    found = judged(operator, change)
    assert found.verdict is verdict
    assert detail in found.detail


def planted(old: str, new: str) -> Judged:
    page = next(page for page in files() if page.file.endswith(f"{PACK}/rules.yaml"))
    assert old in page.text
    text = page.text.replace(old, new, 1)
    return judges().judge(Mutant("none", "none", page.file, page.path, (PACK,), 1, "none", text))


def test_a_comment_makes_no_other_model() -> None:
    assert planted("# for events", "# of events").verdict is Verdict.SAME


def test_what_nobody_notices_is_told_from_what_makes_no_difference() -> None:
    text = "the currency is no ISO 4217 code"
    survivor = planted(text, f"{text} at all")
    assert survivor.verdict is Verdict.SURVIVOR
    assert survivor.detail.startswith("warning")
    keep = "$settings.limitedDataUSage or $settings.limitedDataUsage"
    turned = "$settings.limitedDataUsage or $settings.limitedDataUSage"
    assert planted(keep, turned).verdict is Verdict.UNSEEN


def test_a_report_names_every_survivor_and_adds_up() -> None:
    sample = Sampled(named("drop-warn"), 4, every(named("drop-warn"))[:3])
    verdicts = (
        Judged(sample.mutants[0], Verdict.CHECK, "PR01"),
        Judged(sample.mutants[1], Verdict.SURVIVOR, "requests"),
        Judged(sample.mutants[2], Verdict.UNSEEN),
    )
    study = Study(Plan((PACK,)), (sample,), verdicts, 10)
    page = as_page(study, "2024-05-06")
    assert "on 2024-05-06" in page
    assert "| drop-warn | a warning is forgotten | 4 | 3 | 1 |  |  | 1 | 1 |" in page
    assert "of mutants with a seen difference (2): 50.0 % found" in page
    assert all(f"{each.file}:{each.line}" in page for each in sample.mutants[1:])
    shown = as_data(study)["mutants"]
    assert isinstance(shown, list)
    assert len(shown) == 3


def test_alternatives_in_another_order_are_another_model() -> None:
    found = judged("swap-alternatives", "$mapped_events ?? (event")
    assert found.verdict is not Verdict.SAME


def test_the_events_of_a_study_depend_on_its_seed_alone() -> None:
    model, cases = load(PACK).model, collect(PACK)
    one, again = corpus(cases, model, 1, 100), corpus(cases, model, 1, 100)
    assert one == again
    assert one != corpus(cases, model, 2, 100)
    assert sum(len(group.events) for group in one) > len(cases) + 100
