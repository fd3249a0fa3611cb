"""Which tests execute which lines, and what each test costs: one run of all tests, under coverage.

Each file of tests runs in a process of its own: what one file left in a cache, another one would
not execute.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
import subprocess
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path

from coverage import Coverage
from coverage.numbits import nums_to_numbits, register_sqlite_functions

from bench.code_mutants.mutants import Mutant
from bench.code_mutants.plan import Plan, pytest_command

_SETTINGS = """\
[run]
source = {source}
data_file = ${{CODE_MUTANTS_DATA}}
context = ${{CODE_MUTANTS_TEST-}}
core = ctrace
parallel = true
concurrency = multiprocessing,thread
disable_warnings = no-data-collected,module-not-measured,module-not-imported
"""
_TESTS_EXECUTING = """\
select distinct context.context from line_bits
join file on file.id = line_bits.file_id join context on context.id = line_bits.context_id
where file.path = ? and numbits_any_intersection(line_bits.numbits, ?)
"""
_OF_NEIGHBOURS = 1 / 3
"""The part of the budget that tests are run for which do not execute a mutant themselves."""
_GOOD = (0, 1, 5)
"""What pytest answers when tests pass, when some fail, and when there is none."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Recording:
    """What was recorded: the cost of each test, tests that are unfit, and the lines."""

    seconds: dict[str, float]
    unfit: tuple[str, ...]
    data: Path

    def executing(self, file: Path, lines: Iterable[int]) -> set[str]:
        """The tests that execute one of these lines, and the files that do while they are read."""
        with closing(sqlite3.connect(self.data)) as connection:
            register_sqlite_functions(connection)
            rows = connection.execute(_TESTS_EXECUTING, (str(file), nums_to_numbits(lines)))
            return {name for (name,) in rows}


def record(plan: Plan, progress: Progress) -> Recording:
    """Record all tests, but for what is recorded already and still right."""
    digest, known = plan.digest(), plan.folder / "digest.txt"
    if not known.exists() or known.read_text("utf-8") != digest:
        shutil.rmtree(plan.folder, ignore_errors=True)
        plan.folder.mkdir(parents=True)
        known.write_text(digest, "utf-8")
    source = ",".join(str(plan.root / package) for package in plan.packages)
    (plan.folder / "coveragerc").write_text(_SETTINGS.format(source=source), "utf-8")
    files = plan.test_files()
    with ThreadPoolExecutor(plan.workers) as pool:
        for done, _ in enumerate(pool.map(partial(_record_file, plan), files), 1):
            progress("files of tests recorded", done, len(files))
    return _combined(plan, files)


def _place(plan: Plan, file: str) -> Path:
    return plan.folder / "recorded" / f"{file.replace('/', '.')}-{plan.text_digest(file)}"


def _record_file(plan: Plan, file: str) -> None:
    place = _place(plan, file)
    if (place / "notes.json").exists():
        return
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    environment = plan.environment(
        COVERAGE_PROCESS_START=str(plan.folder / "coveragerc"),
        COVERAGE_RCFILE=str(plan.folder / "coveragerc"),
        CODE_MUTANTS_DATA=str(place / "coverage"),
        CODE_MUTANTS_FILE=file,
        CODE_MUTANTS_NOTES=str(place / "notes.json"),
    )
    command = pytest_command("-p", "bench.code_mutants.recorder", file)
    done = subprocess.run(command, cwd=plan.root, env=environment, capture_output=True, text=True)
    if done.returncode not in _GOOD:
        raise RuntimeError(f"{file} cannot be recorded:\n{done.stdout}{done.stderr}")


def _combined(plan: Plan, files: Iterable[str]) -> Recording:
    places = [_place(plan, file) for file in files]
    names = hashlib.sha256("\0".join(place.name for place in places).encode()).hexdigest()
    data = plan.folder / f"{names[:16]}.sqlite"
    notes = [json.loads((place / "notes.json").read_text("utf-8")) for place in places]
    if not data.exists():
        for other in plan.folder.glob("*.sqlite"):
            other.unlink()
        begun = data.with_suffix(".begun")
        begun.unlink(missing_ok=True)
        coverage = Coverage(data_file=str(begun), config_file=False)
        coverage.combine(
            [str(part) for place in places for part in place.glob("coverage.*")], keep=True
        )
        coverage.save()
        begun.replace(data)
    return Recording(
        {name: cost for each in notes for name, cost in each["seconds"].items()},
        tuple(name for each in notes for name in each["unfit"]),
        data,
    )


def file_of(test: str) -> str:
    """The file of a test."""
    return test.partition("::")[0]


@dataclass(frozen=True)
class Chosen:
    """The tests that are to notice a mutant, in their order, and how many execute its lines."""

    tests: list[str]
    executing: int


def chosen_tests(mutant: Mutant, recording: Recording, plan: Plan) -> Chosen:
    """The tests that execute the lines of a mutant, then some of their neighbours.

    A neighbour is of the same file: it may look at what another test, or the import of the file,
    made and left in a cache. Both sorts are in the order of their cost, up to the budget.
    """
    reached = _users(mutant, recording, plan) if mutant.names else set()
    reached |= _executing(mutant, recording, plan)
    cost = recording.seconds
    executing = sorted(reached & cost.keys(), key=lambda name: (cost[name], name))
    files = {file_of(name) for name in reached}
    others = (name for name in cost.keys() - reached if file_of(name) in files)
    neighbours = sorted(others, key=lambda name: (cost[name], name))
    tests = _affordable(executing, cost, plan.budget) or executing[:1]
    left = plan.budget * _OF_NEIGHBOURS - sum(cost[name] for name in tests)
    return Chosen(tests + _affordable(neighbours, cost, left), len(executing))


def _affordable(tests: list[str], cost: Mapping[str, float], budget: float) -> list[str]:
    """The first of these tests, that together cost no more."""
    return tests[: bisect_right(list(accumulate(cost[name] for name in tests)), budget)]


def _executing(mutant: Mutant, recording: Recording, plan: Plan) -> set[str]:
    file = plan.root / mutant.file
    first, last = mutant.lines
    found = recording.executing(file, range(first, last + 1))
    return found or recording.executing(file, range(mutant.statement, last + 1))


def _users(mutant: Mutant, recording: Recording, plan: Plan) -> set[str]:
    """The tests that execute a line which mentions what is made at import."""
    names = re.compile(rf"\b({'|'.join(map(re.escape, mutant.names))})\b")
    found: set[str] = set()
    for package in plan.packages:
        for file in sorted((plan.root / package).rglob("*.py")):
            text = file.read_text("utf-8").split("\n")
            lines = [number for number, line in enumerate(text, 1) if names.search(line)]
            found |= recording.executing(file, lines)
    return {name for name in found if "::" in name}
