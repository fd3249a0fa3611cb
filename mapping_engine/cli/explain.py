"""`mapping-engine explain`: why an event becomes what it becomes."""

from __future__ import annotations

import sys

import click

from mapping_engine.cli.events import dumps
from mapping_engine.cli.inputs import bind, events_in, now_option, secrets_option, settings_option
from mapping_engine.cli.status import Status, fail
from mapping_engine.core.model import Model
from mapping_engine.diagnostics import listed
from mapping_engine.engine.clock import Clock
from mapping_engine.engine.nothing import as_rule, field_paths, near_paths

LEGEND = """\b
Below each payload field stands what it was made from, in the order of rules:
  *          it gave the value that follows, or its condition was met
  -          it gave none: missing, blank, invalid, skipped, condition not met
  |>         a transform of the value above it
  row        a row of a decision table
  when       a condition, met or not met
  left out   the field is not sent, or so many items of a list are not
"""
"""What the marks in the text mean; the backspace has click keep the lines as they are."""


@click.command(epilog=LEGEND)
@click.argument("pack")
@click.argument("event", default="-")
@settings_option
@secrets_option
@click.option("--field", metavar="PATH", help="Only this payload field, such as match_keys.email.")
@click.option("--json", "as_json", is_flag=True, help="As data, one JSON object an event.")
@now_option
def explain(
    pack: str,
    event: str,
    settings: str,
    secrets: str | None,
    field: str | None,
    as_json: bool,
    now: Clock,
) -> None:
    """Explain what PACK makes of the events in EVENT (a file; standard input by default).

    Personal values and secrets are shown as kind and length. Exit status: 0 all well, 1 an event
    failed, 2 usage error.
    """
    destination = bind(pack, settings, secrets, now)
    _check_field(destination.mapping.model, field)
    failed = several = False
    for line in events_in([event]):
        if line.error is not None:
            click.echo(f"{line.file}:{line.number}: {line.error}", err=True)
            failed = True
            continue
        found = destination.explain(line.event)
        failed = failed or found.error is not None
        if as_json:
            record = {"file": line.file, "line": line.number, **found.to_dict()}
            click.echo(dumps(record), nl=False)
        else:
            between = "\n" if several else ""
            click.echo(f"{between}{line.file}:{line.number}: {found.text(field)}", nl=False)
        several = True
    sys.exit(Status.FINDINGS if failed else Status.DONE)


def _check_field(model: Model, field: str | None) -> None:
    """End the command where no rule makes such a field, and name those that are near."""
    paths = field_paths(model)
    if field is None or as_rule(field) in paths:
        return
    near = ", ".join(f"`{path}`" for path in near_paths(field, paths))
    advice = f"did you mean {near}?" if near else f"known: {listed(paths)}"
    fail(f"no rule makes the field `{field}`; {advice}")
