"""`python -m bench.speed.jobs`: `mapping-engine apply` with one process and with several.

Both write the same file, which is checked, and take turns. Times are of the clock on the wall: the
machine has to be quiet. What a process takes to start is in them.
"""

from __future__ import annotations

import tempfile
from itertools import cycle, islice
from pathlib import Path

import click
import orjson

from bench.speed.commands import COMMAND, DIFFERENT, written
from bench.speed.processes import private, spent
from bench.speed.settings import NOW
from bench.speed.variants import PACKS


@click.command(help=__doc__)
@click.option("--events", "count", default=200_000, show_default=True, help="How many events.")
@click.option("--rounds", default=3, show_default=True, help="How often each is timed.")
@click.option("--jobs", default=2, show_default=True, help="How many processes.")
@click.option("--seed", default=1, show_default=True, help="Chooses the events.")
def main(count: int, rounds: int, jobs: int, seed: int) -> None:
    """Time both on the events of each pack, and print a line for each."""
    click.echo(f"{'':32} {'1 process':>12} {jobs:>3} processes   ratio")
    for pack in PACKS:
        with tempfile.TemporaryDirectory() as name, private(Path(name)):
            folder, best = Path(name), dict[int, float]()
            events = written(folder / "e", islice(cycle(pack.events(seed, DIFFERENT)), count))
            settings = folder / "settings.json"
            settings.write_bytes(orjson.dumps(pack.settings))
            for number in (*(1, jobs) * rounds,):
                output = folder / f"requests-{number}"
                command: list[str | Path] = [COMMAND, "apply", pack.name, events]
                command += ["--settings", settings, "--now", str(NOW), "--output", output]
                command += ["--jobs", str(number)]
                wall = spent(command).wall
                best[number] = min(wall, best.get(number, wall))
            if (folder / "requests-1").read_bytes() != (folder / f"requests-{jobs}").read_bytes():
                raise click.ClickException("the processes write different lines")
        rates = f"{count / best[1]:10,.0f}/s {count / best[jobs]:12,.0f}/s"
        target = "   target >= 1.8" if jobs == 2 else ""
        click.echo(f"{pack.name:32} {rates} {best[1] / best[jobs]:7.2f}{target}")


if __name__ == "__main__":
    main()
