"""`python -m bench.speed.commands`: the command `mapping-engine apply` beside the library.

Both read the same file of events and write the same lines, each in a process of its own. What a
process takes for a single event is its start; the rest it takes for the others. Times are the
processor's, so that other programs do not count.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

import click
import orjson

from bench.speed.processes import Spent, printed, private, spent
from bench.speed.settings import NOW
from bench.speed.variants import PACKS, Pack

DIFFERENT = 2000
"""So many events of a file are different ones; they are repeated until it is full."""
CHECKED = 300
COMMAND = Path(sys.executable).parent / "mapping-engine"
LIBRARY = (sys.executable, "-m", "bench.speed.library")


@dataclass
class Way:
    """A way from a file of events to their requests, and what it took in each round."""

    name: str
    of: Callable[[Path], list[str | Path]]
    """The command for a file of events."""
    start: list[Spent] = field(default_factory=list)
    all: list[Spent] = field(default_factory=list)

    @property
    def started(self) -> float:
        """The seconds for a file of one event, at best."""
        return min(each.processor for each in self.start)

    @property
    def done(self) -> float:
        """The seconds for all events, at best."""
        return min(each.processor for each in self.all)


@click.command(help=__doc__)
@click.option("--events", "count", default=40_000, show_default=True, help="How many events.")
@click.option("--rounds", default=3, show_default=True, help="How often each is timed.")
@click.option("--seed", default=1, show_default=True, help="Chooses the events.")
def main(count: int, rounds: int, seed: int) -> None:
    """Check that all write the same lines, time them, and print a table for each pack."""
    for pack in PACKS:
        with tempfile.TemporaryDirectory() as name, private(Path(name)):
            folder = Path(name)
            some = pack.events(seed, DIFFERENT)
            ways = [*ways_of(pack, folder)]
            check(ways, written(folder / "some.ndjson", some[:CHECKED]))
            measure(
                ways,
                written(folder / "first.ndjson", some[:1]),
                written(folder / "all.ndjson", islice(cycle(some), count)),
                rounds,
            )
        click.echo(f"\n{pack.name}, {count:,} events\n" + "\n".join(report(ways, count)))


def written(file: Path, events: Iterable[bytes]) -> Path:
    """A file of these events, one a line."""
    with file.open("wb") as stream:
        stream.writelines(event + b"\n" for event in events)
    return file


def ways_of(pack: Pack, folder: Path) -> Iterable[Way]:
    """The command, the library, and the library when it writes bodies as they are sent."""
    settings, now = folder / "settings.json", str(NOW)
    settings.write_bytes(orjson.dumps(pack.settings))
    apply: list[str | Path] = [COMMAND, "apply", pack.name, "--settings", settings, "--now", now]
    apply += ["--jobs", "1"]
    yield Way("the command", lambda events: [*apply, events])
    yield Way("the library", lambda events: [*LIBRARY, pack.name, events, settings, now])
    yield Way(
        "the library, bodies encoded",
        lambda events: [*LIBRARY, pack.name, events, settings, now, "encoded"],
    )


def check(ways: list[Way], events: Path) -> None:
    """Stop at once where the library does not write what the command writes."""
    command, library = (printed(way.of(events)) for way in ways[:2])
    if not command or command != library:
        raise click.ClickException("the command and the library write different lines")


def measure(ways: list[Way], first: Path, events: Path, rounds: int) -> None:
    """Time the ways in rotation, with one event and with all of them."""
    for number in range(rounds):
        start = number % len(ways)
        for way in (*ways[start:], *ways[:start]):
            way.start.append(spent(way.of(first)))
            way.all.append(spent(way.of(events)))


def report(ways: list[Way], count: int) -> list[str]:
    """A table of what each way does in a second, with its start and without."""
    lines = [f"{'':30} {'start':>9} {'events/s':>10} {'without start':>14} {'by the clock':>14}"]
    for way in ways:
        clock = count / min(each.wall for each in way.all)
        lines.append(
            f"{way.name:30} {way.started * 1e3:6.0f} ms {count / way.done:10,.0f}"
            f" {(count - 1) / (way.done - way.started):14,.0f} {clock:14,.0f}"
        )
    command, library, encoded = ways
    for other in (library, encoded):
        with_start = other.done / command.done
        without = (other.done - other.started) / (command.done - command.started)
        target = "   target >= 0.8" if other is library else ""
        name = f"command / {other.name}"
        lines.append(f"{name:40} {with_start:10.2f} {without:14.2f}{target}")
    return lines


if __name__ == "__main__":
    main()
