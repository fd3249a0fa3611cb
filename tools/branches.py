"""Fail where the tests take too few branches: `python -m tools.branches REPORT.json`.

Coverage's own `fail_under` is about lines and branches together, where many lines hide branches.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

LEAST = 95.0
"""So many of a hundred branches."""


def taken(report: Path) -> tuple[Counter[str], Counter[str]]:
    """The branches that are taken and that there are, for each room of the package."""
    some, every = Counter[str](), Counter[str]()
    for file, found in json.loads(report.read_text("utf-8"))["files"].items():
        room = "/".join(file.split("/")[:2])
        some[room] += found["summary"]["covered_branches"]
        every[room] += found["summary"]["num_branches"]
    return some, every


def main(report: Path) -> None:
    """Print the branches by room; status 1 where too few of all are taken."""
    some, every = taken(report)
    for room in sorted(every):
        if every[room]:
            print(_line(room, some[room], every[room]))
    print(_line("all", some.total(), every.total()))
    if 100 * some.total() < LEAST * every.total():
        sys.exit(f"the tests take less than {LEAST:g} % of the branches")


def _line(name: str, some: int, every: int) -> str:
    return f"{name:32}{some:>6} of {every:>5} branches {100 * some / max(1, every):>6.1f} %"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
