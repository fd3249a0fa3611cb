"""What a run does, and the environment of the tests it starts."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
_REPOSITORY = HERE.parents[1]
_UNREAD = {"__pycache__", "build", "dist"}
_OTHERS = ("PYTHON", "PYTEST", "COVERAGE")
"""What another run may have put into the environment."""


@dataclass(frozen=True)
class Plan:
    """Where the code and its tests are, and how much is tried.

    ``budget`` is how many CPU seconds of tests are run for one mutant, as they were recorded.
    A test may take ten times what was recorded and ``grace`` more before it counts as endless.
    """

    root: Path
    paths: tuple[str, ...]
    tests: tuple[str, ...] = ("tests",)
    ignored: tuple[str, ...] = ()
    work: Path = Path(".code_mutants")
    report: Path | None = None
    mutants: int = 300
    seed: int = 1
    budget: float = 30.0
    grace: float = 5.0
    examples: int = 25
    workers: int = 2

    @property
    def folder(self) -> Path:
        """Where a run keeps what is known while nothing but tests changes."""
        return self.root / self.work / "known"

    @property
    def packages(self) -> tuple[str, ...]:
        """The folders whose code is measured."""
        return tuple(dict.fromkeys(path.split("/")[0] for path in self.paths))

    def modules(self) -> list[Path]:
        """The modules that get mutants."""
        return sorted(_files(self.root, self.paths, "*.py"))

    def test_files(self) -> list[str]:
        """The files of tests, relative to the root."""
        ignored = set(_files(self.root, self.ignored, "*.py"))
        found = set(_files(self.root, self.tests, "test_*.py")) - ignored
        return sorted(file.relative_to(self.root).as_posix() for file in found)

    def digest(self) -> str:
        """What a recording depends on: every file that a test may read.

        Tests are looked at one by one, and what this run writes itself changes nothing.
        """
        found = hashlib.sha256(f"{sys.version} {self.examples}".encode())
        apart = {self.root / file for file in self.test_files()}
        if self.report is not None:
            apart.add(self.root / self.report)
        for file in sorted(set(_everything(self.root)) - apart):
            found.update(f"\0{file.relative_to(self.root)}\0{self.text_digest(file)}".encode())
        return found.hexdigest()

    def text_digest(self, file: str | Path) -> str:
        """What changes when the text of a file does."""
        return hashlib.sha256((self.root / file).read_bytes()).hexdigest()[:16]

    def environment(self, **given: str) -> dict[str, str]:
        """The environment of tests: `sitecustomize` is found, and everything is repeatable."""
        kept = {name: os.environ[name] for name in os.environ if not name.startswith(_OTHERS)}
        return kept | {
            "PYTHONPATH": os.pathsep.join(map(str, (HERE / "site", self.root, _REPOSITORY))),
            "PYTHONPYCACHEPREFIX": str(self.root / self.work / "pycache"),
            "PYTHONHASHSEED": "0",
            "CODE_MUTANTS_EXAMPLES": str(self.examples),
            **given,
        }


def pytest_command(*given: str) -> list[str]:
    """The command that runs tests without a trace in the working tree."""
    plugins = ("no:cacheprovider", "bench.code_mutants.examples")
    options = [part for plugin in plugins for part in ("-p", plugin)]
    return [sys.executable, "-m", "pytest", "-q", "--tb=no", *options, *given]


def _files(root: Path, paths: tuple[str, ...], pattern: str) -> Iterator[Path]:
    for path in paths:
        place = root / path
        if not place.exists():
            raise FileNotFoundError(f"there is no {place}")
        yield from place.rglob(pattern) if place.is_dir() else [place]


def _everything(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name in _UNREAD or path.suffix == ".egg-info":
            continue
        if path.is_dir():
            yield from _everything(path)
        elif path.is_file():
            yield path
