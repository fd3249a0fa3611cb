"""`python -m bench.fuzz --seconds 60`: random events and rule files, each from its own seed."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import click

from bench.fuzz.events import SECRET, differences, event, settings, source
from bench.fuzz.files import mistaken, problems, texts
from bench.speed.events import events as usual_events
from mapping_engine import Mapping, MappingError, load
from mapping_engine.engine.loading import bundled_packs
from mapping_engine.play.trial import masked
from mapping_engine.testing.cases import Case, collect
from mapping_engine.testing.runner import StillClock

ROOT = Path(__file__).parents[2]
FOLDERS = {"rules": 1, "tests/strangers": 9}
"""Where packs are damaged, and how often: the small packs are checked ten times as fast."""
_NOW = 1_720_000_000.0
A_BIND = 200
"""So many events are given to a destination."""


@click.command()
@click.option("--seconds", type=float, help="How long, for events and files together.")
@click.option("--events", type=int, help="How many events, at most.")
@click.option("--files", type=int, help="How many files, at most.")
@click.option("--seed", default=1, help="Where to begin.")
def main(seconds: float | None, events: int | None, files: int | None, seed: int) -> None:
    """Look for events and files that are answered in a wrong way; exit 1 where there are some."""
    failed = 0
    for name, search, most in (("events", _events, events), ("files", _files, files)):
        end = None if seconds is None else time.monotonic() + seconds / 2
        count = 0
        for problems_of_one in islice(search(seed), most):
            count += 1
            failed += len(problems_of_one)
            for problem in problems_of_one:
                click.echo(f"{name}: {problem}")
            if end is not None and time.monotonic() > end:
                break
        click.echo(f"{count:,} {name}, {failed} problems so far")
    sys.exit(failed > 0)


def usual(mapping: Mapping, case: Case) -> dict[str, Any]:
    """The settings of a rule test, with the secret in each place for one."""
    return dict(masked(mapping.model.settings_schema, case.settings, SECRET))


def _events(seed: int) -> Iterator[list[str]]:
    """Without end: the problems of one event after the other."""
    packs = bundled_packs()
    sources = {name: source(load(name)) for name in packs}
    tested = {name: collect(name) for name in packs}
    orders = [json.loads(text) for text in usual_events(seed, 500)]
    while True:
        random = Random(seed)
        name = random.choice(packs)
        case = random.choice(tested[name])
        starts = random.choice([orders, [case.event for case in tested[name]]])
        try:
            mapping = sources[name].mapping
            chosen = settings(mapping, usual(mapping, case), random)
            destination = mapping.bind(chosen, secrets=case.secrets, clock=StillClock(_NOW))
        except MappingError:
            seed += 1
            continue
        for number in range(A_BIND):
            try:
                given = event(sources[name], random.choice(starts), random)
                found = list(differences(destination, given, random))
            except Exception as error:  # whatever it is, it is what is searched for
                found = [f"{type(error).__name__}: {error}"[:300]]
            yield [f"seed {seed}, event {number} of {name}: {each}" for each in found]
        seed += 1


def _files(seed: int) -> Iterator[list[str]]:
    """Without end: the problems of one damaged folder of rules after the other."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name in FOLDERS:
            shutil.copytree(ROOT / name, folder / name)
        originals = {
            name: {path: path.read_text("utf-8") for path in texts(folder / name)}
            for name in FOLDERS
        }
        while True:
            random = Random(seed)
            [name] = random.choices(list(FOLDERS), list(FOLDERS.values()))
            files = originals[name]
            path = random.choice(list(files))
            path.write_text(mistaken(files[path], list(files.values()), random), "utf-8")
            packs = [path.parent for path in files if path.name == "rules.yaml"]
            own = [pack for pack in packs if pack in path.parents]
            pack = own[0] if own else random.choice(packs)
            found = list(problems(pack, twice=random.random() < 0.05))
            path.write_text(files[path], "utf-8")
            yield [f"seed {seed}, {path.relative_to(folder)}: {each}" for each in found]
            seed += 1


if __name__ == "__main__":
    main()
