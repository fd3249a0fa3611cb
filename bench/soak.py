"""`python -m bench.soak`: a million events of all packs through `apply --jobs 2`, and its memory.

Each pack is given the events of its own rule tests over and over, in one run. The memory of the
command and its processes is read four times a second, written to a CSV file, and drawn.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import cycle, islice
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import NamedTuple

import click
import orjson

from mapping_engine.engine.loading import bundled_packs
from mapping_engine.testing.cases import Case, collect

COMMAND = Path(sys.executable).parent / "mapping-engine"
INTERVAL = 0.25
PAGE_KB = 4
WIDTH, HEIGHT = 800, 200


class Sample(NamedTuple):
    """The memory of all processes of a run, in MB, so many seconds after the begin of the first."""

    pack: str
    seconds: float
    megabytes: float


@click.command(help=__doc__)
@click.option("--events", "count", default=1_000_000, show_default=True, help="How many events.")
@click.option("--jobs", default=2, show_default=True, help="How many processes.")
@click.option("--csv", "table", type=Path, default=Path("build/soak.csv"), show_default=True)
@click.option("--svg", "curve", type=Path, default=Path("build/soak.svg"), show_default=True)
def main(count: int, jobs: int, table: Path, curve: Path) -> None:
    """Run all packs, write the table and the curve, and print a line for each pack."""
    samples, begun = list[Sample](), time.monotonic()
    click.echo(
        f"{'pack':30} {'events':>9} {'events/s':>9} {'MB, 2nd quarter':>16} {'last':>6} {'most':>6}"
    )
    packs = bundled_packs()
    for pack in packs:
        events = count // len(packs)
        with tempfile.TemporaryDirectory() as folder:
            command = prepared(pack, events, jobs, Path(folder))
            start = time.monotonic()
            found = sampled(pack, command, begun)
            seconds = time.monotonic() - start
        samples += found
        click.echo(line(pack, events, seconds, [each.megabytes for each in found]))
    table.parent.mkdir(parents=True, exist_ok=True)
    with table.open("w", newline="") as stream:
        csv.writer(stream).writerows([Sample._fields, *samples])
    curve.write_text(drawn(samples), "utf-8")


def prepared(pack: str, count: int, jobs: int, folder: Path) -> list[str | Path]:
    """The command over a file of events, under the settings that most rule tests have."""
    groups: dict[bytes, list[Case]] = {}
    for case in collect(pack):
        given = orjson.dumps([case.settings, case.secrets, case.now], option=orjson.OPT_SORT_KEYS)
        groups.setdefault(given, []).append(case)
    [(most, _)] = Counter({given: len(cases) for given, cases in groups.items()}).most_common(1)
    settings, secrets, now = orjson.loads(most)
    (folder / "settings.json").write_bytes(orjson.dumps(settings))
    (folder / "secrets.json").write_bytes(orjson.dumps(secrets))
    texts = [orjson.dumps(case.event) + b"\n" for case in groups[most]]
    with (folder / "events.ndjson").open("wb") as stream:
        stream.writelines(islice(cycle(texts), count))
    return [
        COMMAND, "apply", pack, folder / "events.ndjson", "--jobs", str(jobs), "--now", str(now),
        "--settings", folder / "settings.json", "--secrets", folder / "secrets.json",
        *(f"--{name}={folder}/{name}" for name in ("output", "errors", "warnings")),
    ]  # fmt: skip


def sampled(pack: str, command: Sequence[str | Path], begun: float) -> list[Sample]:
    """The memory of a command and its processes, until it ends."""
    found = list[Sample]()
    with Popen(command, stdout=DEVNULL, stderr=DEVNULL) as process:
        while process.poll() is None:
            megabytes = sum(map(resident, [process.pid, *children(process.pid)])) / 1024
            found.append(Sample(pack, round(time.monotonic() - begun, 2), round(megabytes, 1)))
            time.sleep(INTERVAL)
    if process.returncode not in (0, 1):
        raise click.ClickException(f"{pack} ended with status {process.returncode}")
    return found


def children(process: int) -> list[int]:
    """The processes that a process has started."""
    texts = map(read, Path(f"/proc/{process}/task").glob("*/children"))
    return [int(number) for text in texts for number in text.split()]


def resident(process: int) -> int:
    """The memory of a process in KB; 0 once it has ended."""
    parts = read(Path(f"/proc/{process}/statm")).split()
    return int(parts[1]) * PAGE_KB if parts else 0


def read(file: Path) -> str:
    """What a file of /proc says; nothing once the process has ended."""
    try:
        return file.read_text()
    except OSError:
        return ""


def line(pack: str, events: int, seconds: float, memory: Sequence[float]) -> str:
    """What a run took, and whether its memory has grown: the second quarter beside the last one."""
    quarter = max(1, len(memory) // 4)
    second, last = max(memory[quarter : 2 * quarter] or memory), max(memory[-quarter:])
    rate = f"{events:9,} {events / seconds:9,.0f}"
    return f"{pack:30} {rate} {second:16.0f} {last:6.0f} {max(memory):6.0f}"


def drawn(samples: Sequence[Sample]) -> str:
    """The curve as SVG: megabytes over seconds, with a line where a pack begins."""
    end, top = samples[-1].seconds or 1, max(each.megabytes for each in samples) * 1.1

    def x(seconds: float) -> float:
        return round(seconds / end * WIDTH, 1)

    def y(megabytes: float) -> float:
        return round(HEIGHT - megabytes / top * HEIGHT, 1)

    points = " ".join(f"{x(each.seconds)},{y(each.megabytes)}" for each in samples)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT + 20}">',
            f'<rect width="{WIDTH}" height="{HEIGHT + 20}" fill="#fff"/>',
            '<g font-family="sans-serif" font-size="10" stroke-width="1">',
            *marks(samples, x),
            f'<polyline points="{points}" fill="none" stroke="#06c"/>',
            f'<text x="2" y="10">{top:.0f} MB</text>',
            f'<text x="{WIDTH - 60}" y="{HEIGHT + 15}">{end:.0f} s</text>',
            "</g>",
            "</svg>",
            "",
        ]
    )


def marks(samples: Sequence[Sample], x: object) -> Iterable[str]:
    """A line and a name where each pack begins."""
    assert callable(x)
    begun = {each.pack: each.seconds for each in reversed(samples)}
    for number, (pack, seconds) in enumerate(sorted(begun.items(), key=lambda each: each[1])):
        at, below = x(seconds), 22 + number % 4 * 11
        yield f'<line x1="{at}" y1="0" x2="{at}" y2="{HEIGHT}" stroke="#ccc"/>'
        yield f'<text x="{at + 2}" y="{below}">{pack}</text>'


if __name__ == "__main__":
    main()
