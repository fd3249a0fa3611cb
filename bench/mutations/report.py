"""The result of a study as a page, as data, and in a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from mapping_engine.checks.catalogue import CATALOGUE
from mapping_engine.mutants.judge import Judged, Verdict
from mapping_engine.mutants.study import Study

_MANY = 25
_FOUND = (Verdict.CHECK, Verdict.TESTS)
_COLUMNS = (
    Verdict.CHECK,
    Verdict.TESTS,
    Verdict.SAME,
    Verdict.UNSEEN,
    Verdict.SURVIVOR,
    Verdict.CRASH,
)
_SEEN = (Verdict.CHECK, Verdict.TESTS, Verdict.SURVIVOR, Verdict.CRASH)


def summary(study: Study) -> str:
    """The totals in a few lines."""
    count = _counts(study.judged)
    lines = [f"{len(study.judged)} mutants by {len(study.samples)} operators"]
    lines += [f"  {verdict}: {count[verdict]}" for verdict in _COLUMNS]
    lines += [f"  {line}" for line in _rates(study)]
    return "\n".join(lines)


def as_data(study: Study) -> dict[str, object]:
    """Everything, ready for JSON."""
    return {
        "seed": study.plan.seed,
        "packs": list(study.plan.packs),
        "events": study.events,
        "operators": [
            {
                "name": sample.operator.name,
                "mistake": sample.operator.mistake,
                "candidates": sample.candidates,
                "mutants": len(sample.mutants),
            }
            for sample in study.samples
        ],
        "mutants": [
            {
                "operator": each.mutant.operator,
                "file": each.mutant.file,
                "line": each.mutant.line,
                "change": each.mutant.change,
                "verdict": each.verdict.value,
                "detail": each.detail,
            }
            for each in study.judged
        ],
    }


def as_page(study: Study, date: str = "") -> str:
    """The published report."""
    return "\n".join([*_head(study, date), *_totals(study), *_operators(study), *_lists(study)])


def _head(study: Study, date: str) -> Iterator[str]:
    plan = study.plan
    yield "# Mutation study"
    yield ""
    yield (
        "How many mistakes in a rule file does `rules-check` find, and how many do only the rule "
        "tests find? This study plants one mistake at a time in the bundled packs, in their "
        "fragments and in their tables, and counts."
    )
    yield ""
    options = f" --seed {plan.seed}" if plan.seed != 1 else ""
    packs = ", ".join(f"`{pack}`" for pack in plan.packs)
    yield f"Made with `python -m bench.mutations{options} --report docs/mutation-study.md`"
    yield f"(or `make mutants`){f' on {date}' if date else ''}, for {packs}."
    yield f"The seed {plan.seed} chooses at most {plan.sample} mutants of each operator."
    yield ""
    yield (
        "A mutant counts as found by `rules-check` when it gives an error or a warning that the "
        "original does not give; else as found by the rule tests when one of them fails. What "
        "neither finds is compared with the original: an *equal model* is the same mapping written "
        f"otherwise; the rest is run on {study.events} events (those of the rule tests, pairs of "
        "neighbours in each fallback chain, and seeded variations) and is a *survivor* when an "
        "outcome differs: a request, an error or a warning. *No difference seen* is no proof of "
        "equivalence, so both rates are given."
    )
    yield ""


def _totals(study: Study) -> Iterator[str]:
    count = _counts(study.judged)
    total = len(study.judged)
    yield "## Totals"
    yield ""
    yield "| | mutants | share |"
    yield "|---|---|---|"
    for verdict in _COLUMNS:
        if count[verdict] or verdict is not Verdict.CRASH:
            yield f"| {verdict} | {count[verdict]} | {_share(count[verdict], total)} |"
    yield f"| all | {total} | |"
    yield ""
    yield from (f"- {line}" for line in _rates(study))
    yield ""
    yield "## The checks that find most"
    yield ""
    yield "| check | mutants found first by it |"
    yield "|---|---|"
    codes = Counter(each.detail for each in study.judged if each.verdict is Verdict.CHECK)
    for code, found in sorted(codes.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"| {code} {CATALOGUE[code].name} | {found} |"
    yield ""


def _rates(study: Study) -> Iterator[str]:
    count = _counts(study.judged)
    different = [v for v in Verdict if v is not Verdict.SAME]
    for words, verdicts in (
        ("of all mutants", list(Verdict)),
        ("of mutants with another model", different),
        ("of mutants with a seen difference", list(_SEEN)),
    ):
        total = sum(count[verdict] for verdict in verdicts)
        found = sum(count[verdict] for verdict in _FOUND)
        check = _share(count[Verdict.CHECK], total)
        yield f"{words} ({total}): {_share(found, total)} found, {check} by rules-check alone"


def _operators(study: Study) -> Iterator[str]:
    heads = ("rules-check", "tests only", "equal model", "no difference", "survivors")
    columns = _COLUMNS[: len(heads)]
    yield "## Operators"
    yield ""
    yield f"| operator | the mistake | candidates | mutants | {' | '.join(heads)} |"
    yield "|---|---|" + "---|" * (len(heads) + 2)
    for sample in study.samples:
        name = sample.operator.name
        count = _counts(each for each in study.judged if each.mutant.operator == name)
        cells = " | ".join(str(count[verdict] or "") for verdict in columns)
        mistake = _cell(sample.operator.mistake)
        yield f"| {name} | {mistake} | {sample.candidates} | {len(sample.mutants)} | {cells} |"
    yield ""


def _lists(study: Study) -> Iterator[str]:
    for verdict, words in (
        (Verdict.SURVIVOR, "Their outcomes differ, and neither the checks nor the tests object."),
        (Verdict.CRASH, "The checks or the engine ended with an exception: a mistake of ours."),
        (Verdict.UNSEEN, "For a human to judge: equivalent, or a difference that no event shows."),
        (Verdict.SAME, "Equivalent: the parsed mapping is the same."),
        (Verdict.TESTS, "Found by a rule test that fails, named at the end."),
    ):
        found = [each for each in study.judged if each.verdict is verdict]
        if not found and verdict is Verdict.CRASH:
            continue
        yield f"## {verdict[:1].upper()}{verdict[1:]}: {len(found)}"
        yield ""
        yield words if found else "None."
        yield ""
        for each in found:
            detail = f" ({each.detail})" if each.detail else ""
            place = f"{each.mutant.file}:{each.mutant.line}"
            yield f"- {each.mutant.operator}, {place}: {_code(each.mutant.change)}{detail}"
        if found:
            yield ""


def _counts(judged: Iterable[Judged]) -> Counter[Verdict]:
    return Counter(each.verdict for each in judged)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


def _code(text: str) -> str:
    """Text as inline code, whatever it holds."""
    shown = text if len(text) <= 10 * _MANY else f"{text[: 10 * _MANY]}…"
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
