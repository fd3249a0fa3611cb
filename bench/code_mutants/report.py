"""The result of a run: in lines to read, and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from bench.code_mutants.judge import FOUND, Judged, Verdict
from bench.code_mutants.mutants import Mutant
from bench.code_mutants.study import Study

_HEAD = f"{'':44}{'mutants':>8}{'killed':>8}{'timeout':>8}{'survived':>9}{'found':>8}"


_PAGE = """\
# Mutants of the code

How many small mistakes in the code do the tests notice? This run plants one at a time, and runs
the tests that execute it. Those that no test noticed are named below: each is a hole in the tests,
or a change that makes no difference.

Made with `make code-mutants`. It can be stopped, and goes on where it was.

```text
{}
```
"""


def as_page(study: Study) -> str:
    """The report as a page in Markdown; the same for the same verdicts."""
    return _PAGE.format(as_text(study))


def as_text(study: Study) -> str:
    """The counts, and every survivor."""
    plan = study.plan
    lines = [
        f"{len(study.mutants)} mutants of {' '.join(plan.paths)}, seed {plan.seed}",
        f"for each at most {plan.budget:g} CPU seconds of the tests that execute it, "
        f"and {plan.examples} examples of a property",
        "",
        _HEAD,
        *_table(study, lambda mutant: mutant.file),
        "",
        *_table(study, lambda mutant: mutant.operator),
        "",
        *_table(study, lambda mutant: "texts for people" if mutant.message else "everything else"),
        "",
        _row("all", [each.verdict for each in study.judged]),
        "",
        *_survivors(study),
        *_unfit(study),
    ]
    return "\n".join(lines)


def _table(study: Study, key: Callable[[Mutant], str]) -> Iterator[str]:
    groups: dict[str, list[Verdict]] = {}
    for mutant, judged in study:
        groups.setdefault(key(mutant), []).append(judged.verdict)
    for name, verdicts in sorted(groups.items()):
        yield _row(name, verdicts)


def _row(name: str, verdicts: list[Verdict]) -> str:
    count = Counter(verdicts)
    killed, timeout = count[Verdict.KILLED], count[Verdict.TIMEOUT]
    left = len(verdicts) - killed - timeout
    rate = f"{percent(verdicts):.1f} %"
    return f"{name:44}{len(verdicts):>8}{killed:>8}{timeout:>8}{left:>9}{rate:>8}"


def percent(verdicts: list[Verdict]) -> float:
    """How many of a hundred were found."""
    return 100 * sum(each in FOUND for each in verdicts) / max(1, len(verdicts))


def _survivors(study: Study) -> Iterator[str]:
    yield "survivors:"
    for mutant, judged in study:
        if judged.verdict not in FOUND:
            yield f"{mutant.file}:{mutant.line} {mutant.operator}{_why(judged)}: {mutant.change}"


def _why(judged: Judged) -> str:
    """What may be said for a survivor."""
    if judged.verdict is not Verdict.SURVIVED:
        return f" ({judged.verdict})"
    if judged.tests < judged.executing:
        return f" ({judged.tests} of {judged.executing} tests)"
    return ""


def _unfit(study: Study) -> Iterator[str]:
    if study.unfit:
        yield ""
        yield f"{len(study.unfit)} tests took no part: they are skipped, or fail without a mutant"


def as_data(study: Study) -> dict[str, object]:
    """Everything, ready for JSON."""
    plan = study.plan
    return {
        "paths": plan.paths,
        "seed": plan.seed,
        "budget": plan.budget,
        "examples": plan.examples,
        "percent": round(percent([each.verdict for each in study.judged]), 1),
        "unfit": study.unfit,
        "mutants": [
            {
                "id": mutant.id,
                "file": mutant.file,
                "line": mutant.line,
                "operator": mutant.operator,
                "message": mutant.message,
                "change": mutant.change,
                "verdict": judged.verdict.value,
                "killer": judged.killer,
                "tests": judged.tests,
                "executing": judged.executing,
                "seconds": judged.seconds,
            }
            for mutant, judged in study
        ],
    }
