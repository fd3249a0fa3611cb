"""`mapping-engine diff`: what a change of rules does."""

from __future__ import annotations

import sys

import click

from mapping_engine.cli.common import pack_errors, rule_errors
from mapping_engine.cli.events import dumps
from mapping_engine.cli.inputs import (
    bind,
    now_option,
    read_secrets,
    read_settings,
    readable_events,
    secrets_option,
    settings_of_events,
)
from mapping_engine.cli.status import Status, fail
from mapping_engine.core.load import Examined
from mapping_engine.difference.events import EventsDifference, compare_events
from mapping_engine.difference.older import older_pack
from mapping_engine.difference.report import (
    events_markdown,
    events_text,
    rules_markdown,
    rules_text,
)
from mapping_engine.difference.rules import RulesDifference, compare_rules
from mapping_engine.engine.clock import Clock
from mapping_engine.engine.loading import load, load_examined
from mapping_engine.engine.mapping import Destination
from mapping_engine.errors import ConfigurationError
from mapping_engine.testing.runner import StillClock


@click.command()
@click.argument("pack")
@click.argument("events", nargs=-1, metavar="[EVENTS]...")
@click.option("--against", metavar="VERSION", help="A folder, or a git revision.")
@click.option("--settings", metavar="FILE", help="The settings, a JSON file; for EVENTS.")
@secrets_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="`markdown` is a report for a pull request.",
)
@now_option
def diff(
    pack: str,
    events: tuple[str, ...],
    against: str | None,
    settings: str | None,
    secrets: str | None,
    form: str,
    now: Clock,
) -> None:
    """Say what PACK does otherwise than an earlier VERSION of it.

    VERSION is a folder with the pack (or with `rules/PACK`), or a revision of git; without it, the
    pack is held against the one that it extends. With EVENTS
    (files of NDJSON or a JSON array): how many of them change in each field, with masked examples,
    and which requests, errors and warnings come and go. Without EVENTS: what the rules say
    otherwise, and whether that can change what is hashed or which events are sent.
    Exit status: 0 no difference, 1 differences, 2 usage error.
    """
    settings = settings_of_events(pack, settings, events)
    found: EventsDifference | RulesDifference
    with rule_errors(), older_pack(pack, against) as older:
        if events and settings is not None:
            still = StillClock(now())
            destination = bind(pack, settings, secrets, still)
            before = _older(older, settings, secrets, still)
            found = compare_events(before, destination, readable_events(events))
        else:
            found = compare_rules(_examined(older), _examined(pack))
    click.echo(_written(found, form), nl=False)
    sys.exit(Status.FINDINGS if found else Status.DONE)


def _older(pack: str, settings: str, secrets: str | None, now: Clock) -> Destination:
    """The earlier version under the same settings, without what is odd about these."""
    try:
        given = read_secrets(secrets)
        return load(pack).bind(read_settings(settings), secrets=given, clock=now)
    except ConfigurationError as error:
        fail(f"the earlier version refuses the settings: {error}")


def _examined(pack: str) -> Examined:
    with pack_errors(pack):
        return load_examined(pack)


def _written(found: EventsDifference | RulesDifference, form: str) -> str:
    if form == "json":
        return dumps(found.to_dict()).decode()
    if isinstance(found, EventsDifference):
        return events_text(found) if form == "text" else events_markdown(found)
    return rules_text(found) if form == "text" else rules_markdown(found)
