"""`python -m bench.spark`: events a second in one process, and on one and two executors of Spark.

The events lie in a Parquet file as JSON texts. Each way makes all requests, which are counted and
thrown away; a first round that is not timed starts the workers. The processor's time is that of all
processes: other programs on the machine do not count in it.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter

import click
import pyarrow as pa
import pyarrow.parquet as parquet
from pyspark.find_spark_home import _find_spark_home
from pyspark.sql import SparkSession

from bench.speed.variants import PURCHASES, clock
from mapping_engine import load
from mapping_engine.arrow import apply_batches
from mapping_engine.frozen import Frozen
from mapping_engine.spark import apply

A_DAY = 1_000_000_000
SECONDS = 86_400
PEAK = 3
"""The busiest hour has so many times the events of a usual one."""
BUSY = 0.6
"""So much of the processors is planned for; the rest is for what goes wrong."""
_TICKS = os.sysconf("SC_CLK_TCK")
_BLOCK = re.compile(r"(<!-- measured: bench.spark -->\n).*?(<!-- end -->)", re.DOTALL)


class Rate(Frozen):
    """What one way took: seconds of the clock, and of the processors, for so many events."""

    name: str
    events: int
    seconds: float
    processors: float


@click.command(help=__doc__)
@click.option("--events", "count", default=200_000, show_default=True, help="How many events.")
@click.option("--report", metavar="FILE", help="A page whose table of measurements is replaced.")
def main(count: int, report: str | None) -> None:
    """Measure, print, and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        files = written(Path(folder), count)
        rates = [timed("one process, `apply_batches`", count, partial(in_process, files))]
        for executors in (1, 2):
            with cluster(executors, folder) as spark:
                name = f"Spark, {executors} executor{'s' * (executors > 1)} of one core"
                rates.append(timed(name, count, partial(on_spark, spark, files)))
    text = told(rates)
    click.echo(text)
    if report is not None:
        page = Path(report)
        page.write_text(_BLOCK.sub(rf"\g<1>\n{text}\n\2", page.read_text("utf-8")), "utf-8")


def written(folder: Path, count: int) -> list[str]:
    """The events in Parquet files, of which each is a partition."""
    few = PURCHASES.events(1, min(count, 2000))
    events = pa.array([few[place % len(few)].decode() for place in range(count)])
    files = []
    for number in range(4):
        part = events[count * number // 4 : count * (number + 1) // 4]
        files.append(str(folder / f"{number}.parquet"))
        parquet.write_table(pa.table({"event": part}), files[-1])
    return files


def in_process(files: list[str]) -> int:
    """The number of rows that one process makes."""
    destination = load(PURCHASES.name).bind(PURCHASES.settings, clock=clock)
    batches = (batch for file in files for batch in parquet.ParquetFile(file).iter_batches(10_000))
    return sum(made.num_rows for made in apply_batches(destination, batches, column="event"))


def on_spark(spark: SparkSession, files: list[str]) -> int:
    """The number of rows that the cluster makes; nothing but their number comes back."""
    mapping, events = load(PURCHASES.name), spark.read.parquet(*files)
    made = apply(events, mapping, PURCHASES.settings, clock=clock, column="event")
    return int(made.count())


@contextmanager
def cluster(executors: int, folder: str) -> Iterator[SparkSession]:
    """A cluster on this machine, which is gone afterwards."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    building = SparkSession.builder.master(f"local-cluster[{executors},1,1024]")
    options = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
    options |= {"spark.sql.files.maxPartitionBytes": "1m", "spark.sql.warehouse.dir": folder}
    for name, value in options.items():
        building = building.config(name, value)
    session = building.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    said = Path(_find_spark_home()) / "work" / session.sparkContext.applicationId
    yield session
    session.stop()
    shutil.rmtree(said, ignore_errors=True)


def timed(name: str, count: int, run: Callable[[], int]) -> Rate:
    """One way, once it is warm."""
    run()
    start, before = perf_counter(), processors()
    made = run()
    rate = Rate(name, count, perf_counter() - start, processors() - before)
    click.echo(f"{name}: {made:,} rows", err=True)
    return rate


def processors() -> float:
    """The seconds of processors that this process and all that it started have had."""
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = entry.read_text("utf-8", "replace").rpartition(") ")
        except OSError:
            continue  # it has ended
        fields = rest.split()
        number = int(name.partition(" ")[0])
        parents[number] = int(fields[1])
        spent[number] = sum(map(int, fields[11:15])) / _TICKS
    ours = {os.getpid()}
    for _ in range(len(parents)):
        more = {number for number, parent in parents.items() if parent in ours} - ours
        if not more:
            break
        ours |= more
    return sum(spent.get(number, 0.0) for number in ours)


def sizes() -> tuple[float, float]:
    """The bytes of an event, and of the bodies that are made of it, on average."""
    events = PURCHASES.events(1, 2000)
    destination = load(PURCHASES.name).bind(PURCHASES.settings, clock=clock)
    made = [request for outcome in destination.apply_many(events) for request in outcome.requests]
    bodies = sum(len(request.encode()) for request in made)
    return sum(map(len, events)) / len(events), bodies / len(events)


def told(rates: list[Rate]) -> str:
    """The measurements as a table, and what a billion events a day come to."""
    rows = [
        f"| {rate.name} | {rate.events / rate.seconds:,.0f} "
        f"| {rate.processors * 1e6 / rate.events:,.0f} |"
        for rate in rates
    ]
    taken, made = sizes()
    each = rates[-1].processors / rates[-1].events
    usual = A_DAY / SECONDS
    cores = usual * PEAK * each / BUSY
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[-1]:.0f}"
    head = f"Python {platform.python_version()}, {machine}, {rates[0].events:,} events"
    return "\n".join(
        [
            f"{head} of the pack `{PURCHASES.name}` ({taken:,.0f} bytes, becoming {made:,.0f}):",
            "",
            "| | events a second | processor time, µs an event |",
            "| --- | ---: | ---: |",
            *rows,
            "",
            "| a billion events a day | |",
            "| --- | ---: |",
            f"| a second, on average (÷ {SECONDS:,}) | {usual:,.0f} |",
            f"| in the busiest hour ({PEAK} times that) | {usual * PEAK:,.0f} |",
            f"| cores busy then ({each * 1e6:,.0f} µs each) | {usual * PEAK * each:,.1f} |",
            f"| **cores to have** (÷ {BUSY}) | **{cores:,.0f}** |",
            f"| hours of one core a day | {A_DAY * each / 3600:,.0f} |",
            f"| GB a day to read, without compression | {A_DAY * taken / 1e9:,.0f} |",
            f"| GB a day of bodies | {A_DAY * made / 1e9:,.0f} |",
            "",
        ]
    )


if __name__ == "__main__":
    main()
