"""The pages of the checks, and their list."""

from __future__ import annotations

import click

from mapping_engine.checks.catalogue import CATALOGUE
from mapping_engine.cli.common import fail
from mapping_engine.cli.events import dumps
from mapping_engine.diagnostics import did_you_mean
from mapping_engine.source.bundled import bundled_folder


def show_page(name: str) -> None:
    """Print the page of a check, by code or name."""
    names = {check.name: code for code, check in CATALOGUE.items()}
    code = names.get(name, name.upper())
    if code not in CATALOGUE:
        help = did_you_mean(name, [*CATALOGUE, *names]) or "`rules-check --list` lists them all"
        fail(f"there is no check `{name}`; {help}")
    page = bundled_folder("checks").joinpath(f"{code}.md").read_text("utf-8")
    click.echo(page, nl=False)


def list_checks(*, as_json: bool) -> None:
    """Print every check: code, name, severity and meaning."""
    checks = CATALOGUE.values()
    if as_json:
        rows = [
            {
                "code": check.code,
                "name": check.name,
                "severity": check.severity.value,
                "meaning": check.meaning,
                "default": not check.asked,
            }
            for check in checks
        ]
        click.echo(dumps(rows), nl=False)
        return
    widest = max(len(check.name) for check in checks)
    for check in checks:
        asked = " (only when selected)" if check.asked else ""
        line = f"{check.code}  {check.name:{widest}}  {check.severity:7}  {check.meaning}{asked}"
        click.echo(line)
