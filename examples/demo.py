"""What the bundled pack makes of real events: run it with `make demo`.

The first event is the track call of the destination's own documentation; the others are in
events.ndjson. Nothing is sent anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from mapping_engine import Destination, Outcome, Request, load

HERE = Path(__file__).parent
PACK = "facebook_offline_conversions"
NOW = 1_681_900_000  # 2023-04-19, the day after the events: the demo is the same every day
FIELD = "match_keys.email"


def main() -> None:
    """Print the requests, errors and warnings of each event, and why one field is what it is."""
    settings = json.loads((HERE / "settings.json").read_text())
    destination = load(PACK).bind(settings, clock=lambda: NOW)
    events = list(read_events())
    for event, outcome in zip(events, destination.apply_many(events), strict=True):
        show(event, outcome, settings["accessToken"])
    explain(destination, events[0])


def read_events() -> Iterator[dict[str, Any]]:
    """The track call of the documentation, and a handful of others."""
    yield from json.loads((HERE / "track.json").read_text())
    for line in (HERE / "events.ndjson").read_text().splitlines():
        yield json.loads(line)


def show(event: dict[str, Any], outcome: Outcome, secret: str) -> None:
    """Print what became of one event."""
    who = event.get("userId") or event.get("anonymousId")
    click.secho(f"== {event['event']}, from {who}", fg="cyan", bold=True)
    for number, request in enumerate(outcome.requests, 1):
        title = f"request {number} of {len(outcome.requests)}: {request.method} {request.url}"
        click.secho(title, fg="green")
        if number == 1:
            click.echo(json.dumps(shown(request.body, secret), indent=2, ensure_ascii=False))
        else:
            click.echo(f"the same but for {difference(outcome.requests, number - 1)}")
    if outcome.error is not None:
        click.secho(f"{outcome.error.kind} error: {outcome.error}", fg="red")
    elif not outcome.requests:
        click.secho("no request: the event switches this destination off", dim=True)
    for warning in outcome.warnings:
        click.secho(f"warning: {warning}", fg="yellow")
    click.echo()


def shown(body: Any, secret: str) -> Any:
    """A request body without the access token."""
    if isinstance(body, dict):
        return {key: shown(value, secret) for key, value in body.items()}
    if isinstance(body, list):
        return [shown(value, secret) for value in body]
    return "***" if body == secret else body


def difference(requests: tuple[Request, ...], number: int) -> str:
    """In what fields a payload of a fan-out differs from the first one."""
    first, other = (request.body["data"][0] for request in (requests[0], requests[number]))
    names = [name for name in first.keys() | other.keys() if first.get(name) != other.get(name)]
    return ", ".join(f"{name} = {other.get(name)}" for name in sorted(names)) or "its event set"


def explain(destination: Destination, event: dict[str, Any]) -> None:
    """Print why one field became what it is; personal values appear as kind and length."""
    click.secho(f"== why {FIELD} of the first event is what it is", fg="cyan", bold=True)
    click.echo(destination.explain(event).text(FIELD), nl=False)


if __name__ == "__main__":
    main()
