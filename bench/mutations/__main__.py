"""`python -m bench.mutations`: plant mistakes in the bundled packs and count who finds them."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.mutations.report import as_data, as_page, summary
from mapping_engine.engine.loading import bundled_packs
from mapping_engine.mutants.study import Plan, run


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the study and write its report."""
    given = _parser().parse_args(arguments)
    plan = Plan(
        packs=tuple(given.packs or bundled_packs()),
        seed=given.seed,
        sample=given.sample,
        variations=given.variations,
    )
    study = run(plan, given.workers, _progress)
    if given.report:
        given.report.write_text(as_page(study, given.date), encoding="utf-8")
    if given.json:
        text = json.dumps(as_data(study), ensure_ascii=False, indent=1)
        given.json.write_text(text + "\n", encoding="utf-8")
    print(summary(study))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.mutations", description=__doc__)
    parser.add_argument("--packs", nargs="+", metavar="NAME", help="the bundled packs; all of them")
    parser.add_argument("--seed", type=int, default=1, help="chooses the mutants and events; 1")
    parser.add_argument("--sample", type=int, default=8, help="mutants of each operator; 8")
    parser.add_argument("--variations", type=int, default=3000, help="generated events; 3000")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--report", type=Path, help="write the report, as Markdown")
    parser.add_argument("--json", type=Path, help="write every verdict, as JSON")
    parser.add_argument("--date", default="", help="the date the report shows; none")
    return parser


def _progress(done: int, total: int) -> None:
    print(f"\r{done} of {total} mutants", end="\n" if done == total else "", file=sys.stderr)


if __name__ == "__main__":
    main()
