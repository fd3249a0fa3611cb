"""A whole run: sample, record, judge, and look whether the judges can be trusted."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bench.code_mutants.judge import Judged, Verdict, judge, run
from bench.code_mutants.mutants import Mutant, sampled
from bench.code_mutants.plan import Plan
from bench.code_mutants.record import Progress, Recording, chosen_tests, file_of, record


@dataclass(frozen=True)
class Study:
    """A finished run."""

    plan: Plan
    mutants: tuple[Mutant, ...]
    judged: tuple[Judged, ...]
    unfit: tuple[str, ...]

    def __iter__(self) -> Iterator[tuple[Mutant, Judged]]:
        """Each mutant with its verdict."""
        return zip(self.mutants, self.judged, strict=True)


def study(plan: Plan, progress: Progress) -> Study:
    """Plant each mutant of a sample, and see whether a test notices.

    Verdicts are kept: a run that was ended goes on where it was, while nothing is changed.
    """
    recording = record(plan, progress)
    mutants = sorted(
        sampled(plan.root, plan.modules(), plan.mutants, plan.seed),
        key=lambda mutant: (mutant.file, mutant.line),
    )
    judged = list(_judged(mutants, recording, plan, progress))
    doubtful = _failing_alone(judged, recording, plan)
    for place, each in enumerate(judged):
        if each.verdict is Verdict.KILLED and each.killer in doubtful:
            judged[place] = replace(each, verdict=Verdict.DOUBTFUL)
    return Study(plan, tuple(mutants), tuple(judged), recording.unfit)


def _judged(
    mutants: Sequence[Mutant], recording: Recording, plan: Plan, progress: Progress
) -> Iterator[Judged]:
    file = plan.folder / "verdicts.ndjson"
    known = _known(file)

    def one(mutant: Mutant) -> Judged:
        chosen = chosen_tests(mutant, recording, plan)
        files = {name: plan.text_digest(name) for name in sorted(set(map(file_of, chosen.tests)))}
        if mutant.id in known and known[mutant.id].is_right(files, len(chosen.tests)):
            return known[mutant.id].judged
        found = judge(mutant, chosen, recording, plan)
        _keep(file, mutant, Known(found, files))
        return found

    with ThreadPoolExecutor(plan.workers) as pool:
        for done, found in enumerate(pool.map(one, mutants), 1):
            progress("mutants", done, len(mutants))
            yield found


@dataclass(frozen=True)
class Known:
    """A verdict of an earlier run, and the files of tests it was made with."""

    judged: Judged
    files: dict[str, str]

    def is_right(self, files: dict[str, str], tests: int) -> bool:
        """Whether it is the same today: what killed the mutant is there, or all tests are."""
        killer = file_of(self.judged.killer)
        if killer in self.files:
            return self.files[killer] == files.get(killer)
        return self.files == files and self.judged.tests == tests


def _keep(file: Path, mutant: Mutant, known: Known) -> None:
    with file.open("a", encoding="utf-8") as kept:
        kept.write(json.dumps({"id": mutant.id, **asdict(known)}) + "\n")


def _known(file: Path) -> dict[str, Known]:
    if not file.exists():
        return {}
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return {each["id"]: Known(_judged_from(each["judged"]), each["files"]) for each in lines}


def _judged_from(data: dict[str, Any]) -> Judged:
    return Judged(**data | {"verdict": Verdict(data["verdict"])})


def _failing_alone(judged: Iterable[Judged], recording: Recording, plan: Plan) -> set[str]:
    """The tests that killed a mutant, and also fail without one when they run in this way."""
    killers = {each.killer for each in judged if each.verdict is Verdict.KILLED}
    tests = sorted(killers & set(recording.seconds), key=recording.seconds.__getitem__)
    if not tests:
        return set()
    with tempfile.TemporaryDirectory() as folder:
        verdict, failed = run(tests, recording, plan, Path(folder))
    return set(tests) if verdict is Verdict.TIMEOUT else set(failed)
