"""`python -m bench.speed.versions OLD_PYTHON`: two versions of the engine in one run.

OLD_PYTHON is an interpreter that has the old version installed; the new one is that of the
interpreter that runs this. Processes of the one and of the other take turns. Times are the
processor's, so that other programs do not count; whole processes are timed by the clock as well.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import click

from bench.speed.probing import Probe, probe
from bench.speed.processes import SWITCH, Spent, printed, private, spent
from bench.speed.settings import NOW
from bench.speed.timing import best, middle
from bench.speed.variants import PACKS

PASSES = 3
"""How often a process goes over all events in each way."""
CHECKED = ("rules/facebook_conversions", "rules")
"""What `rules-check` is given."""


@dataclass(frozen=True)
class Version:
    """An interpreter, and where the engine is that it has installed."""

    name: str
    python: str
    package: Path

    @property
    def rules(self) -> Path:
        """The folder that has the folder `rules` of this version."""
        source = self.package.parent
        return source if (source / "rules").is_dir() else self.package / "bundled"

    def command(self, name: str) -> Path:
        """A command of this version."""
        return Path(self.python).parent / name


Row = tuple[str, list[float]]
"""What was timed, and the seconds of each of its parts."""

Measure = Callable[[Version], Iterator[Row]]
"""What is timed of a version in one turn."""

Table = dict[str, dict[str, list[list[float]]]]
"""The seconds of each turn, by what was timed and by the name of the version."""


@click.command(help=__doc__)
@click.argument("old")
@click.option("--events", "count", default=2000, show_default=True, help="How many events.")
@click.option("--rounds", default=5, show_default=True, help="Processes that are given events.")
@click.option("--starts", default=7, show_default=True, help="Processes that just start.")
@click.option("--lines", default=10_000, show_default=True, help="Events for the command.")
@click.option("--seed", default=1, show_default=True, help="Chooses the events.")
def main(old: str, count: int, rounds: int, starts: int, lines: int, seed: int) -> None:
    """Time both versions by turns, and print tables of the best and the median times."""
    with tempfile.TemporaryDirectory() as name, private(Path(name)):
        folder = Path(name)
        versions = version("old", old), version("new", sys.executable)
        for pack in PACKS:
            events = pack.events(seed, count)
            probed = probe(folder, pack, events)
            file = folder / "lines"
            file.write_bytes(b"".join(event + b"\n" for event in islice(cycle(events), lines)))
            became: dict[str, list[str]] = {}
            table = turns(versions, rounds, applying(probed, became))
            click.echo(
                f"\n{pack.name}: {differing(became)} of {count:,} events become other things"
            )
            show("an event, µs", table, 1e6 / count)
            table = turns(versions, 3, commanding(probed, file, folder))
            show(f"one of {lines:,} lines, µs", table, 1e6 / lines)
            table = turns(versions, starts, starting(probed, folder))
            show("before the first event, ms", table, 1e3)
        show("a process without a cache, ms", turns(versions, starts, checking), 1e3)


def version(name: str, python: str) -> Version:
    """What an interpreter has installed; says which version that is."""
    python = str(Path(python).absolute())  # a link to it stays one: it belongs to its environment
    code = "import mapping_engine as m; print(m.__version__, m.__file__, sep='\\n')"
    number, file = printed([python, "-P", "-c", code]).decode().splitlines()
    click.echo(f"{name}: {number} in {Path(file).parent}")
    return Version(name, python, Path(file).parent)


def turns(versions: Sequence[Version], rounds: int, measure: Measure) -> Table:
    """Measure the versions by turns; who comes first changes each round.

    Before, each is measured once for nothing, which compiles modules and fills caches.
    """
    found: Table = defaultdict(lambda: defaultdict(list))
    for each in versions:
        list(measure(each))
    for number in range(rounds):
        for each in versions[:: -1 if number % 2 else 1]:
            for name, parts in measure(each):
                found[name][each.name].append(parts)
    return found


def applying(probed: Probe, became: dict[str, list[str]]) -> Measure:
    """Times `apply` and `outcome`, and notes what became of the events."""

    def measure(version: Version) -> Iterator[Row]:
        found = probed.run(version.python, PASSES)
        became[version.name] = found["became"]
        for way in ("apply", "outcome"):
            for parts in found[way]:
                yield way, parts

    return measure


def starting(probed: Probe, folder: Path) -> Measure:
    """Times what comes before the first event, with a cache and without."""

    def measure(version: Version) -> Iterator[Row]:
        for heat, cache in (("cold", "off"), ("warm", str(folder / version.name))):
            found = probed.start(version.python, cache, imported=True)
            yield f"load, {heat}", [found["load"]]
            yield f"load and bind, {heat}", [found["load"] + found["bind"]]
            found = probed.start(version.python, cache)
            yield f"import and load, {heat}", [found["package"] + found["load"]]
            del found["outcome"], found["again"]
            yield f"import, load, bind, first event, {heat}", [sum(found.values())]

    return measure


def commanding(probed: Probe, file: Path, folder: Path) -> Measure:
    """Times `mapping-engine apply` over a file."""

    def measure(version: Version) -> Iterator[Row]:
        given = (probed.pack, file, "--settings", probed.settings, "--now", str(NOW))
        command = (version.command("mapping-engine"), "apply", *given)
        cache = {SWITCH: str(folder / version.name)}
        yield from both("mapping-engine apply", spent(command, folder, cache))

    return measure


def checking(version: Version) -> Iterator[Row]:
    """Times `rules-check`, which reads all anew."""
    yield from both("python starts", spent([version.python, "-c", "pass"]))
    for path in CHECKED:
        command = (version.command("rules-check"), path)
        yield from both(f"rules-check {path}", spent(command, version.rules, {SWITCH: "off"}))


def both(name: str, process: Spent) -> Iterator[Row]:
    """A process by the clock, and by the processor's time."""
    yield name, [process.wall]
    yield f"{name}, processor", [process.processor]


def differing(became: dict[str, list[str]]) -> int:
    """How many events become other requests or errors in one version than in the other."""
    old, new = became.values()
    return sum(one != other for one, other in zip(old, new, strict=True))


def show(title: str, table: Table, scale: float) -> None:
    """Best and median of each version, and how much of the old time the new one takes."""
    click.echo(f"\n{title:52} {'old':>8} {'median':>8} {'new':>8} {'median':>8} {'new/old':>8}")
    for name, found in table.items():
        old, new = found["old"], found["new"]
        seconds = best(old), middle(old), best(new), middle(new)
        times = "".join(f" {each * scale:8.1f}" for each in seconds)
        ratio = f"{best(new) / best(old):8.2f} ({middle(new) / middle(old):.2f})"
        click.echo(f"{name:52}{times} {ratio}")


if __name__ == "__main__":
    main()
