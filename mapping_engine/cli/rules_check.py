"""`rules-check`: what is wrong with rule files, before anyone runs them."""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from mapping_engine import __version__
from mapping_engine.checks import Checked, Options, check_all, in_project
from mapping_engine.checks.catalogue import CATALOGUE
from mapping_engine.cli.common import STDIN, coloured, opened, own_project, packs_of, rule_errors
from mapping_engine.cli.events import dumps
from mapping_engine.cli.fix import changes, write_fixes
from mapping_engine.cli.formats import FORMATS, written
from mapping_engine.cli.shell_words import completed
from mapping_engine.cli.status import EndingCommand, Status, fail
from mapping_engine.diagnostics import Severity, did_you_mean
from mapping_engine.diagnostics.render import render_all
from mapping_engine.source.bundled import bundled_folder

WITH_FIXES = ("json", "jsonl", "sarif")
DEFAULT_THRESHOLDS = (700, 10, 10)
"""Python's own: a language server lives long."""
AUTO = "auto"
FULL = "full"


def _day(_context: click.Context, _parameter: click.Parameter, text: str | None) -> date:
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("a date such as 2026-12-31") from None


def _codes(
    _context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]
) -> list[str]:
    return [code for text in texts for code in text.replace(",", " ").split()]


@click.command(cls=EndingCommand, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--format",
    "form",
    type=click.Choice([AUTO, FULL, *FORMATS]),
    default=AUTO,
    help="How findings are shown; auto is github in a GitHub workflow, full elsewhere.",
)
@click.option(
    "--select", multiple=True, callback=_codes, metavar="CODES", help="Only these checks."
)
@click.option("--ignore", multiple=True, callback=_codes, metavar="CODES", help="Not these checks.")
@click.option(
    "--fail-level",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.ERROR.value,
    show_default=True,
    help="The least severity that makes the exit status 1.",
)
@click.option("--strict", is_flag=True, help="The same as --fail-level warning.")
@click.option("--fix", is_flag=True, help="Apply fixes that change nothing of what the rules do.")
@click.option("--unsafe-fixes", is_flag=True, help="Apply the other fixes, too.")
@click.option("--diff", is_flag=True, help="Show what the fixes would change; write nothing.")
@click.option("--explain", metavar="CODE", help="Print the page of one check.")
@click.option(
    "--list", "listing", is_flag=True, help="List all checks (with --format json as data)."
)
@click.option("--stdin-filename", metavar="FILE", help="The name of what `-` reads.")
@click.option("--today", callback=_day, metavar="DATE", help="The day for dates in rules.")
@click.option("--lsp", is_flag=True, help="Be a language server on standard input and output.")
@click.version_option(__version__, prog_name="rules-check")
def main(
    paths: tuple[str, ...],
    form: str,
    select: list[str],
    ignore: list[str],
    fail_level: str,
    strict: bool,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    explain: str | None,
    listing: bool,
    stdin_filename: str | None,
    today: date,
    lsp: bool,
) -> None:
    """Check rule files, packs (by folder or bundled name), folders of packs, or `-`.

    Without PATH, the packs of the project are checked. Codes are given as `FB01`, as a family `FB`,
    or by name; several with commas.

    Exit status: 0 nothing at or above the level, 1 findings, 2 usage error.
    """
    if lsp:
        _serve()
    elif explain is not None:
        _show_page(explain)
    elif listing:
        _list_checks(as_json=form == "json")
    else:
        ours = own_project()
        if not paths and ours is None:
            fail("name a rule file, a pack or a folder, or `-` for standard input")
        if not paths and ours is not None:
            paths = (packs_of(ours),)
        writes = (fix or unsafe_fixes) and not diff
        if STDIN in paths and writes:
            fail("fixes of standard input cannot be written; use --diff")
        options = in_project(Options(today, workers=os.cpu_count() or 1), ours)
        options = replace(options, select=tuple(select), ignore=tuple(ignore))
        level = Severity.WARNING if strict else Severity(fail_level)
        with rule_errors():
            files, options = _with_stdin(list(paths), options, stdin_filename)
            if diff:
                shown, count = changes(files, options, unsafe=unsafe_fixes)
                click.echo(shown, nl=False)
                sys.exit(Status.FINDINGS if count else Status.DONE)
            if writes:
                click.echo(write_fixes(files, options, unsafe=unsafe_fixes), err=True)
            checked = check_all(files, replace(options, fixes=form in WITH_FIXES))
        for file in checked.skipped:
            click.echo(f"skipped `{file}`: it is no rule file, and no pack uses it", err=True)
        _print(checked, form)
        found = any(each.severity.rank >= level.rank for each in checked.diagnostics)
        sys.exit(Status.FINDINGS if found else Status.DONE)


def _with_stdin(paths: list[str], options: Options, name: str | None) -> tuple[list[str], Options]:
    """Standard input, where it is named, as an unsaved text of a file that need not exist."""
    if STDIN not in paths:
        return paths, options
    file = name or "stdin.yaml"
    try:
        with opened(STDIN) as stream:
            text = stream.read().decode("utf-8", "surrogateescape")
    except OSError as problem:
        fail(f"standard input cannot be read: {problem.strerror}")
    named = [file if path == STDIN else path for path in paths]
    return named, replace(options, overlay={Path(file).resolve(): text})


def _print(checked: Checked, form: str) -> None:
    if form == AUTO:
        form = "github" if os.environ.get("GITHUB_ACTIONS") == "true" else FULL
    if form == FULL:
        colour = coloured(sys.stdout)
        click.echo(render_all(checked.diagnostics, checked.texts, colour=colour))
    else:
        click.echo(written(form, checked).encode("utf-8", "replace"), nl=False)


def _serve() -> None:
    try:
        from mapping_engine.lsp.features import serve  # its packages are an extra
    except ModuleNotFoundError:
        fail("the language server needs more packages: pip install 'mapping-engine[lsp]'")
    gc.set_threshold(*DEFAULT_THRESHOLDS)
    serve()


def _show_page(name: str) -> None:
    """Print the page of a check, by code or name."""
    names = {check.name: code for code, check in CATALOGUE.items()}
    code = names.get(name, name.upper())
    if code not in CATALOGUE:
        help = did_you_mean(name, [*CATALOGUE, *names]) or "`rules-check --list` lists them all"
        fail(f"there is no check `{name}`; {help}")
    page = bundled_folder("checks").joinpath(f"{code}.md").read_text("utf-8")
    click.echo(page, nl=False)


def _list_checks(*, as_json: bool) -> None:
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


completed(main)
