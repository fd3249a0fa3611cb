"""`mapping-engine test`: the rule tests of packs."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

from mapping_engine.checks import Options, check
from mapping_engine.cli.common import pack_errors
from mapping_engine.cli.formats import junit
from mapping_engine.cli.status import Status, fail
from mapping_engine.engine.loading import read_pack
from mapping_engine.testing import Result, run_tests

_POLL_SECONDS = 0.5


@click.command()
@click.argument("packs", nargs=-1, required=True, metavar="PACK...")
@click.option("--coverage", is_flag=True, help="Say what no test reaches, too.")
@click.option("-k", "part", metavar="TEXT", help="Only cases with this in their name, in any case.")
@click.option("--junit", "report", metavar="FILE", help="Write a JUnit report, for CI servers.")
@click.option("--watch", is_flag=True, help="Run again when a file changes, until Ctrl-C.")
def test(
    packs: tuple[str, ...], coverage: bool, part: str | None, report: str | None, watch: bool
) -> None:
    """Run the rule tests in the `tests` folder of each PACK.

    Cases that fail in the same way are shown together. Exit status: 0 all passed, 1 some failed, 2
    usage error.
    """
    while watch:
        before = _changed_at(packs)
        with suppress(SystemExit):  # rules that cannot be used are what a change may mend
            _once(packs, part, report, coverage=coverage)
        click.echo("waiting for a change; Ctrl-C ends it", err=True)
        while _changed_at(packs) == before:
            time.sleep(_POLL_SECONDS)
    failed = _once(packs, part, report, coverage=coverage)
    sys.exit(Status.FINDINGS if failed else Status.DONE)


def _once(packs: tuple[str, ...], part: str | None, report: str | None, *, coverage: bool) -> int:
    """Run the tests once; how many failed."""
    results: list[Result] = []
    for pack in packs:
        with pack_errors(pack):
            found = run_tests(pack)
        if not found:
            fail(f"there are no rule tests in the folder `tests` of `{pack}`")
        found = [each for each in found if part is None or part.lower() in each.case.name.lower()]
        for text in _grouped(found):
            click.echo(text)
        for each in check(pack, Options(select=("TE01",))) if coverage else ():
            click.echo(f"{each.span}: {each.message}")
        results += found
    if not results:
        fail(f"no rule test has `{part}` in its name")
    if report is not None:
        Path(report).write_text(junit.tests_text(results), encoding="utf-8")
    failed = sum(not each.passed for each in results)
    click.echo(f"{len(results) - failed} passed, {failed} failed")
    return failed


def _grouped(results: list[Result]) -> Iterator[str]:
    """The failures, those with the same differences together."""
    groups: dict[tuple[str, ...], list[Result]] = {}
    for each in results:
        if not each.passed:
            groups.setdefault(each.differences, []).append(each)
    for same in groups.values():
        *others, last = same
        yield "\n".join([*(each.head for each in others), last.text()])


def _changed_at(packs: tuple[str, ...]) -> dict[Path, float]:
    """When the files of packs were changed: what they read, and all in their folders."""
    files: set[Path] = set()
    for pack in packs:
        read = {Path(name) for name in read_pack(pack).texts}
        folders = {file.parent for file in read}
        files |= read.union(*(folder.rglob("*") for folder in folders))
    return {file: file.stat().st_mtime for file in files if file.is_file()}
