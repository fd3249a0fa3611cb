"""`python -m bench.code_mutants PATH...`: plant mistakes in code, count what the tests notice."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.code_mutants.plan import Plan
from bench.code_mutants.report import as_data, as_page, as_text
from bench.code_mutants.study import study


def main(arguments: Sequence[str] | None = None) -> None:
    """Run, and print the report."""
    given = vars(_parser().parse_args(arguments))
    json_file = given.pop("json")
    many = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    found = study(Plan(root=Path.cwd(), **(given | many)), _progress)
    if json_file:
        text = json.dumps(as_data(found), ensure_ascii=False, indent=1)
        json_file.write_text(text + "\n", encoding="utf-8")
    if found.plan.report is not None:
        (found.plan.root / found.plan.report).write_text(as_page(found), encoding="utf-8")
    print(as_text(found))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.code_mutants", description=__doc__)
    add = parser.add_argument
    add("paths", nargs="+", metavar="PATH", help="modules and folders of modules to change")
    add("--tests", nargs="+", default=["tests"], metavar="PATH", help="the tests; tests/")
    add("--ignored", nargs="+", default=[], metavar="PATH", help="tests that take no part; none")
    add("--mutants", type=int, default=300, help="how many; 300")
    add("--seed", type=int, default=1, help="chooses the mutants; 1")
    add("--budget", type=float, default=30.0, help="CPU seconds of tests for each mutant; 30")
    add("--grace", type=float, default=5.0, help="CPU seconds until a test is endless; 5")
    add("--examples", type=int, default=25, help="of a property test, at most; 25")
    add("--workers", type=int, default=2, help="processes; 2")
    add("--work", type=Path, default=Path(".code_mutants"), help="keeps what is known so far")
    add("--report", type=Path, help="write the counts and every survivor, as a page")
    add("--json", type=Path, help="write every verdict, as JSON")
    return parser


def _progress(what: str, done: int, total: int) -> None:
    print(f"\r{done} of {total} {what}", end="\n" if done == total else "", file=sys.stderr)


if __name__ == "__main__":
    main()
