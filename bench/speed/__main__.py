"""`python -m bench.speed`: the engine beside the same job by hand, the floor, and a naive way.

All variants make the same requests of the same events, which is checked first. They are timed in
one process and in rotation.
"""

from __future__ import annotations

import platform
import tempfile
from functools import partial
from pathlib import Path

import click
import orjson

from bench.speed import floor, footprint, growth
from bench.speed.events import events
from bench.speed.timing import Timed, rotate
from bench.speed.variants import Job, Variants, differing, gate, run

NAIVE_SHARE = 5
"""The naive variant is given every n-th event; it would take most of the time otherwise."""


@click.command(help=__doc__)
@click.option("--events", "count", default=2000, show_default=True, help="How many events.")
@click.option("--rounds", default=5, show_default=True, help="How often each is timed.")
@click.option("--seed", default=1, show_default=True, help="Chooses the events.")
def main(count: int, rounds: int, seed: int) -> None:
    """Check that all variants agree, time them, and print tables."""
    corpus = events(seed, count)
    kilobytes = sum(map(len, corpus)) / len(corpus) / 1024
    click.echo(f"Python {platform.python_version()}, {count:,} events of {kilobytes:.1f} KiB\n")
    variants = Variants()
    some = corpus[::NAIVE_SHARE]
    ours, handwritten, naive = variants.ours(), variants.handwritten(), variants.naive()
    encoding = variants.handwritten_with_our_encoding()
    _agree("handwritten", ours, handwritten, corpus)
    _agree("handwritten, our encoding", ours, encoding, corpus)
    _agree("naive", ours, naive, some)
    known = floor.known(corpus, variants.destination(), variants.destination(isHashRequired=False))
    compared = [
        Timed("ours, bytes to encoded requests", partial(run, ours, corpus), count),
        Timed("handwritten, same validator", partial(run, handwritten, corpus), count),
        Timed("handwritten, our form encoding", partial(run, encoding, corpus), count),
        Timed("floor: parse, digest, dump as JSON", partial(floor.run, known), count),
        Timed("floor, form-encoded", partial(floor.run_form_encoded, known), count),
        Timed("naive: jmespath.search, jsonschema", partial(run, naive, some), len(some)),
    ]
    stages = _stages(variants, corpus, known)
    rotate([*compared, *stages], rounds)
    _print_variants(compared)
    _print_stages(stages, compared[0], compared[3])
    _print_costs(rounds)


def _agree(name: str, ours: Job, other: Job, corpus: list[bytes]) -> None:
    """Stop at once where a variant does another job than the engine."""
    places = differing(ours, other, corpus)
    if places:
        raise click.ClickException(
            f"the {name} variant differs from ours in {len(places)} of {len(corpus)} events; "
            f"the first one is number {places[0]}: {corpus[places[0]].decode()}"
        )
    click.echo(f"{name}: the same requests and errors as ours for {len(corpus):,} events")


def _stages(variants: Variants, corpus: list[bytes], known: list[floor.Known]) -> list[Timed]:
    """Parts of our job that can be timed by themselves."""
    destination = variants.destination()
    check = gate(destination)
    made = [request for each in known for request in floor.requests(destination, each.raw)]
    payloads = [request.body["data"][0] for request in made]
    return [
        Timed("parse", lambda: [orjson.loads(raw) for raw in corpus], len(corpus)),
        Timed("validate", lambda: [check(payload) for payload in payloads], len(corpus)),
        Timed("encode", lambda: [request.encode() for request in made], len(corpus)),
    ]


def _print_variants(compared: list[Timed]) -> None:
    ours, handwritten, encoding, lowest, _, naive = compared
    head = f"{'best µs':>9} {'median µs':>9} {'events/s':>9} {'x ours':>8}"
    click.echo(f"\n{'an event':36} {head}")
    for each in compared:
        click.echo(
            f"{each.name:36} {each.best:9.1f} {each.median:9.1f} {1e6 / each.best:9,.0f}"
            f" {each.best / ours.best:8.2f}"
        )
    click.echo(f"\n{'ratio':36} {'best':>9} {'median':>9}   {'target'}")
    _print_ratio("handwritten / ours", handwritten, ours, ">= 1.0")
    _print_ratio("handwritten, our encoding / ours", encoding, ours, "")
    _print_ratio("ours / floor", ours, lowest, "<= 2.5")
    _print_ratio("naive / ours", naive, ours, ">= 15")


def _print_ratio(name: str, one: Timed, other: Timed, target: str) -> None:
    best, middle = one.best / other.best, one.median / other.median
    click.echo(f"{name:36} {best:9.2f} {middle:9.2f}   {target}")


def _print_stages(stages: list[Timed], ours: Timed, lowest: Timed) -> None:
    """Where our time goes; applying the rules is what the other parts leave."""
    without = sum(each.best for each in stages)
    parts = [*((each.name, each.best) for each in stages), ("apply the rules", ours.best - without)]
    click.echo(f"\n{'of our best':36} {'µs/event':>9} {'share':>9} {'x floor':>9}")
    for name, microseconds in [*parts, ("all but the rules", without)]:
        share, floors = microseconds / ours.best, microseconds / lowest.best
        click.echo(f"{name:36} {microseconds:9.1f} {share:9.0%} {floors:9.2f}")


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
