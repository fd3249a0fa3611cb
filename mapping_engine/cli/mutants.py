"""`mapping-engine mutants`: mistakes planted in a pack, and who finds them."""

from __future__ import annotations

import os
import sys
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from mapping_engine.cli.common import end_with, fail_under_option, pack_errors
from mapping_engine.cli.events import dumps
from mapping_engine.cli.inputs import now_option
from mapping_engine.cli.status import fail
from mapping_engine.engine.clock import Clock
from mapping_engine.testing.runner import run_tests

if TYPE_CHECKING:
    from mapping_engine.mutants.judge import Judged


@click.command()
@click.argument("pack")
@click.option(
    "--sample", default=8, show_default=True, type=click.IntRange(1), help="Of each kind, at most."
)
@click.option("--seed", default=1, show_default=True, help="Chooses the mistakes and the events.")
@click.option(
    "--events",
    "variations",
    default=500,
    show_default=True,
    type=click.IntRange(0),
    help="Made-up events beside those of the rule tests.",
)
@click.option("--jobs", type=click.IntRange(1), help="Processes; as many as there are cores.")
@fail_under_option
@click.option("--json", "as_json", is_flag=True, help="As data, one JSON object.")
@now_option
def mutants(
    pack: str,
    sample: int,
    seed: int,
    variations: int,
    jobs: int | None,
    fail_under: float | None,
    as_json: bool,
    now: Clock,
) -> None:
    """Plant mistakes in the rules of PACK, one at a time, and say which of them nobody finds.

    A mistake is found where rules-check says something new, or a rule test fails. One that is not
    found, and changes what becomes of an event, asks for one more rule test. No file is changed.
    Exit status: 0 all well, 1 less than --fail-under, 2 usage error.
    """
    # for start-up time: no other command needs them
    from mapping_engine.mutants.judge import Verdict
    from mapping_engine.mutants.study import Plan, run

    with pack_errors(pack):
        tests = run_tests(pack)
        if not tests:
            fail(f"{pack} has no rule tests, which say what its rules are for")
        if not all(result.passed for result in tests):
            fail(f"a rule test of {pack} fails as it is; see: mapping-engine test {pack}")
        today: date = datetime.fromtimestamp(now(), UTC).date()
        plan = Plan((pack,), seed, sample, variations, today)
        judged = run(plan, jobs or os.cpu_count() or 1, _progress).judged
    counts = Counter(each.verdict for each in judged)
    found = counts[Verdict.CHECK] + counts[Verdict.TESTS]
    lost = [each for each in judged if each.verdict in (Verdict.SURVIVOR, Verdict.CRASH)]
    percent = 100 * found / max(found + len(lost), 1)
    if as_json:
        click.echo(dumps(_data(judged, percent)), nl=False)
    else:
        for each in lost:
            click.echo(_line(each))
        by_checks, by_tests = counts[Verdict.CHECK], counts[Verdict.TESTS]
        click.echo(
            f"{len(judged)} mistakes planted: {by_checks} found by rules-check, {by_tests} by rule "
            f"tests alone, {len(judged) - found - len(lost)} change nothing"
        )
        click.echo(f"{percent:.1f} % are found, {len(lost)} are not")
    end_with(percent, fail_under)


def _line(each: Judged) -> str:
    planted = each.mutant
    place = f"{planted.file}:{planted.line}"
    return f"{place}: {planted.mistake}; what differs: {each.detail}\n    {planted.change}"


def _data(judged: tuple[Judged, ...], percent: float) -> dict[str, Any]:
    rows = [
        {
            "file": each.mutant.file,
            "line": each.mutant.line,
            "kind": each.mutant.operator,
            "change": each.mutant.change,
            "verdict": each.verdict.value,
            "detail": each.detail,
        }
        for each in judged
    ]
    return {"percent": round(percent, 1), "mistakes": rows}


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done} of {total} mistakes", err=True, nl=done == total)
