"""`python -m bench.speed`: the engine beside the same job by hand, the floor, and a naive way.

All variants make the same requests of the same events, which is checked first. They are timed in
one process and in rotation.
"""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
import orjson

from bench.speed import all_packs, floor, footprint, growth
from bench.speed.inside import gate
from bench.speed.timing import Timed, parts, rotate
from bench.speed.variants import OFFLINE, PACKS, Job, Pack, Variants, differing, run, variants
from mapping_engine import Request

NAIVE_SHARE = 5
"""The naive variant is given every n-th event; it would take most of the time otherwise."""

OURS = "ours, bytes to encoded requests"
TOLD = "ours, with warnings (outcome)"
HANDWRITTEN = "handwritten, same validator"
ENCODED = "handwritten, our form encoding"
FLOOR = "floor: parse, digest, dump as JSON"
FORM_FLOOR = "floor, form-encoded"
NAIVE = "naive: jmespath.search, jsonschema"

RATIOS = (
    ("handwritten / ours", HANDWRITTEN, OURS, ">= 1.0"),
    ("handwritten, our encoding / ours", ENCODED, OURS, ""),
    ("outcome / apply", TOLD, OURS, "<= 1.15"),
    ("ours / floor", OURS, FLOOR, "<= 2.5"),
    ("naive / ours", NAIVE, OURS, ">= 15"),
)
"""A name, what is divided by what, and which result is wanted."""


@click.command(help=__doc__)
@click.option("--events", "count", default=2000, show_default=True, help="How many events.")
@click.option("--rounds", default=5, show_default=True, help="How often each is timed.")
@click.option("--seed", default=1, show_default=True, help="Chooses the events.")
@click.option("--only", type=click.Choice([pack.name for pack in PACKS]), help="Just this pack.")
def main(count: int, rounds: int, seed: int, only: str | None) -> None:
    """Check that all variants agree, time them, and print tables."""
    click.echo(f"Python {platform.python_version()}, {count:,} events")
    for pack in PACKS:
        if only in (None, pack.name):
            _measure(pack, pack.events(seed, count), rounds)
    if only is None:
        click.echo("\n" + "\n".join(all_packs.report(rounds)))
        _print_costs(rounds)


def _measure(pack: Pack, corpus: list[bytes], rounds: int) -> None:
    """Time all variants of one pack."""
    kilobytes = sum(map(len, corpus)) / len(corpus) / 1024
    click.echo(f"\n{pack.name}, events of {kilobytes:.1f} KiB")
    jobs = variants(pack)
    timed = [_timed(name, job, corpus) for name, job in _agreeing(jobs, corpus).items()]
    if pack is OFFLINE:
        timed += _scale(jobs, corpus)
    stages = _stages(jobs, corpus)
    rotate([*timed, *stages], rounds)
    found = {each.name: each for each in timed}
    _print_variants(found)
    _print_stages(stages, found)


def _timed(name: str, job: Job, corpus: list[bytes]) -> Timed:
    return Timed(name, [partial(run, job, part) for part in parts(corpus)], len(corpus))


def _agreeing(jobs: Variants, corpus: list[bytes]) -> dict[str, Job]:
    """Ours and those written by hand, once it is sure that all do the same."""
    ours = jobs.ours()
    others = {
        TOLD: jobs.ours_with_warnings(),
        HANDWRITTEN: jobs.handwritten(),
        ENCODED: jobs.handwritten_with_our_encoding(),
    }
    for name, other in others.items():
        _agree(name, ours, other, corpus)
    return {OURS: ours, **others}


def _agree(name: str, ours: Job, other: Job, corpus: list[bytes]) -> None:
    """Stop at once where a variant does another job than the engine."""
    places = differing(ours, other, corpus)
    if places:
        raise click.ClickException(
            f"{name} differs from ours in {len(places)} of {len(corpus)} events; "
            f"the first one is number {places[0]}: {corpus[places[0]].decode()}"
        )
    click.echo(f"{name}: the same requests and errors as ours for {len(corpus):,} events")


def _scale(jobs: Variants, corpus: list[bytes]) -> list[Timed]:
    """What shows how fast the offline conversions could be, and how slow."""
    some, naive = corpus[::NAIVE_SHARE], jobs.naive()
    _agree(NAIVE, jobs.ours(), naive, some)
    known = floor.known(corpus, jobs.destination(), jobs.destination(isHashRequired=False))
    floors = ((FLOOR, floor.run), (FORM_FLOOR, floor.run_form_encoded))
    return [
        *(
            Timed(name, [partial(lowest, part) for part in parts(known)], len(corpus))
            for name, lowest in floors
        ),
        _timed(NAIVE, naive, some),
    ]


def _stages(jobs: Variants, corpus: list[bytes]) -> list[Timed]:
    """Parts of our job that can be timed by themselves."""
    destination = jobs.destination()
    check = gate(destination)
    made = [request for raw in corpus for request in floor.requests(destination, raw)]
    payloads = [request.body["data"][0] for request in made]
    work: dict[str, tuple[Callable[[Any], object], Sequence[Any]]] = {
        "parse": (orjson.loads, corpus),
        "validate": (check, payloads),
        "encode": (Request.encode, made),
    }
    return [
        Timed(name, [partial(_do, job, part) for part in parts(things)], len(corpus))
        for name, (job, things) in work.items()
    ]


def _do(job: Callable[[Any], object], things: Sequence[Any]) -> None:
    for each in things:
        job(each)


def _print_variants(found: dict[str, Timed]) -> None:
    ours = found[OURS]
    head = f"{'best µs':>9} {'median µs':>9} {'events/s':>9} {'x ours':>8}"
    click.echo(f"\n{'an event':36} {head}")
    for each in found.values():
        click.echo(
            f"{each.name:36} {each.best:9.1f} {each.median:9.1f} {1e6 / each.best:9,.0f}"
            f" {each.best / ours.best:8.2f}"
        )
    click.echo(f"\n{'ratio':36} {'best':>9} {'median':>9}   {'target'}")
    for name, above, below, target in RATIOS:
        if above in found and below in found:
            one, other = found[above], found[below]
            best, middle = one.best / other.best, one.median / other.median
            click.echo(f"{name:36} {best:9.2f} {middle:9.2f}   {target}")


def _print_stages(stages: list[Timed], found: dict[str, Timed]) -> None:
    """Where our time goes; applying the rules is what the other parts leave."""
    ours, lowest = found[OURS].best, found.get(FLOOR)
    without = sum(each.best for each in stages)
    shares = [*((each.name, each.best) for each in stages), ("apply the rules", ours - without)]
    floors = f"{'x floor':>9}" if lowest else ""
    click.echo(f"\n{'of our best':36} {'µs/event':>9} {'share':>9} {floors}")
    for name, microseconds in [*shares, ("all but the rules", without)]:
        floors = f"{microseconds / lowest.best:9.2f}" if lowest else ""
        click.echo(f"{name:36} {microseconds:9.1f} {microseconds / ours:9.0%} {floors}")


def _print_costs(rounds: int) -> None:
    click.echo()
    click.echo("\n".join(footprint.report(rounds)))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for title, unit, grown in (
            ("fields in the rule file", "field", growth.growing_fields(root)),
            ("requests of an event", "request", growth.growing_requests(root)),
            (f"alternatives of {growth.SOME} chains", "alternative", growth.growing_chains(root)),
        ):
            click.echo()
            click.echo("\n".join(growth.report(title, unit, grown)))


if __name__ == "__main__":
    main()
