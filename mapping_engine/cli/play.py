"""`mapping-engine play`: a page on which rules are tried while they are edited."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import click

from mapping_engine.cli.common import own_project, rule_errors
from mapping_engine.cli.inputs import (
    events_in,
    now_option,
    read_secrets,
    read_settings,
    secrets_option,
    settings_of_events,
)
from mapping_engine.cli.status import fail
from mapping_engine.engine.clock import Clock
from mapping_engine.engine.loading import find_pack
from mapping_engine.play.trial import EVENTS, Sample, Trial
from mapping_engine.testing.cases import collect
from mapping_engine.testing.runner import StillClock


@click.command()
@click.argument("pack")
@click.argument("events", nargs=-1, metavar="[EVENTS]...")
@click.option(
    "--settings",
    metavar="FILE",
    help="The settings, a JSON or YAML file; those of the rule tests by default.",
)
@secrets_option
@now_option
@click.option("--port", default=0, help="The port of 127.0.0.1; any that is free by default.")
@click.option("--no-browser", is_flag=True, help="Only print where the page is.")
def play(
    pack: str,
    events: tuple[str, ...],
    settings: str | None,
    secrets: str | None,
    now: Clock,
    port: int,
    no_browser: bool,
) -> None:
    """Open a page on this machine that shows what PACK makes of EVENTS, and why.

    Without EVENTS, those of the project are there, or else those of the pack's rule tests. Rules,
    event and settings can be edited on the page; files change only where something is saved. Ctrl-C
    ends it.
    Exit status: 2 usage error, 130 ended with Ctrl-C.
    """
    ours = own_project()
    events = events or (ours.events if ours is not None else ())
    if events:
        settings = settings_of_events(pack, settings, events)
    with rule_errors():
        find_pack(pack)
        found = _of_files(events, secrets) if events else samples_of_tests(pack)
        samples = tuple(islice(found, EVENTS)) or (Sample("an empty event", "{}", {}, {}),)
    given: dict[str, Any] = {} if settings is None else {"settings": read_settings(settings)}
    if isinstance(now, StillClock):
        given["now"] = _written(now())
    samples = tuple(replace(each, **given) for each in samples)
    from threading import Thread

    from mapping_engine.play.http_server import PlayServer  # no other command serves anything

    try:
        server = PlayServer(Trial(pack, samples), port)
    except (OSError, OverflowError):
        fail(f"the port {port} cannot be used; name another one with --port")
    with server:
        click.echo(f"{server.url}\nit is served to this machine alone, until Ctrl-C", err=True)
        if not no_browser:
            Thread(target=_open, args=(server.first_url,), daemon=True).start()
        server.serve_forever()


def _of_files(files: tuple[str, ...], secrets: str | None) -> Iterator[Sample]:
    """The events of files; what cannot be read is an event that shows why."""
    given = read_secrets(secrets)
    for line in events_in(files):
        text = line.text.decode(errors="replace").strip() if line.error else _pretty(line.event)
        yield Sample(f"{Path(line.file).name}:{line.number}", text, {}, given)


def samples_of_tests(pack: str) -> Iterator[Sample]:
    """The events of the rule tests of a pack, under what they are tested with."""
    for case in collect(pack):
        name = f"{Path(case.file).name}: {case.name}"
        yield Sample(name, _pretty(case.event), case.settings, case.secrets, _written(case.now))


def _pretty(event: Any) -> str:
    return json.dumps(event, indent=2, ensure_ascii=False, default=str)


def _written(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z")


def _open(url: str) -> None:
    """Open a browser with windows; one of the terminal could not show the page."""
    import webbrowser  # slow to import, as the server is

    with suppress(webbrowser.Error):
        browser = webbrowser.get()
        if type(browser) is not webbrowser.GenericBrowser:
            browser.open(url)
