"""`mapping-engine coverage`: what of the rules tests, or real events, reach."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import click

from mapping_engine.cli.common import end_with, fail_under_option, pack_errors
from mapping_engine.cli.events import dumps
from mapping_engine.cli.formats.heat_map import heat_map
from mapping_engine.cli.inputs import (
    bind,
    now_option,
    readable_events,
    secrets_option,
    settings_of_events,
)
from mapping_engine.engine.clock import Clock
from mapping_engine.engine.loading import load_model
from mapping_engine.engine.mapping import Destination
from mapping_engine.testing.cases import collect
from mapping_engine.testing.coverage import (
    Mark,
    RulePart,
    branches_of,
    parts_of,
    reached,
    reached_by_tests,
    unreached,
)


@click.command()
@click.argument("pack")
@click.argument("events", nargs=-1, metavar="[EVENTS]...")
@click.option("--settings", metavar="FILE", help="The settings, a JSON or YAML file; for EVENTS.")
@secrets_option
@fail_under_option
@click.option("--json", "as_json", is_flag=True, help="As data, one JSON object.")
@click.option("--html", metavar="FILE", help="Write the rule files as a heat map, too.")
@now_option
def coverage(
    pack: str,
    events: tuple[str, ...],
    settings: str | None,
    secrets: str | None,
    fail_under: float | None,
    as_json: bool,
    html: str | None,
    now: Clock,
) -> None:
    """Say what of the rules of PACK its rule tests reach, or what EVENTS do under --settings.

    Parts are payload fields, alternatives, rows of decision tables, rules of `accept`, `none`,
    `refuse` and `warn`, kinds of request, and branches: both ways of each condition, and each
    default. What no real event reaches may be dead.
    Exit status: 0 all well, 1 less than --fail-under, 2 usage error.
    """
    settings = settings_of_events(pack, settings, events)
    with pack_errors(pack):
        model = load_model(pack)
        tests = [] if events else collect(pack)
    if events and settings is not None:
        counts = _by_events(bind(pack, settings, secrets, now), events)
    else:
        counts = reached_by_tests(model, tests)
    parts = [*parts_of(model), *branches_of(model)]
    hit = sum(counts[each.mark] > 0 for each in parts)
    percent = 100 * hit / max(len(parts), 1)
    if html is not None:
        Path(html).write_text(heat_map(model, parts, counts), encoding="utf-8")
    if as_json:
        click.echo(dumps(_data(parts, counts, percent)), nl=False)
    else:
        for part in unreached(parts, counts):
            click.echo(f"{part.place}: nothing reaches {part.what}")
        click.echo(f"{percent:.1f} %: {hit} of {len(parts)} parts are reached")
    end_with(percent, fail_under)


def _by_events(destination: Destination, files: tuple[str, ...]) -> Counter[Mark]:
    """In how many events each place gave a value, or applied."""
    found = Counter[Mark]()
    for _, event in readable_events(files):
        found.update(reached(destination.explain(event)))
    return found


def _data(parts: list[RulePart], counts: Counter[Mark], percent: float) -> dict[str, Any]:
    rows = [
        {"what": part.what, "place": str(part.place), "reached": counts[part.mark]}
        for part in parts
    ]
    return {"percent": round(percent, 1), "parts": rows}
