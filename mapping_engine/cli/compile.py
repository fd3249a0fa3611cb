"""`mapping-engine compile`: the Python code that rules become."""

from __future__ import annotations

import click

from mapping_engine.cli.common import pack_errors
from mapping_engine.engine.loading import load


@click.command("compile")
@click.argument("pack")
@click.option("--show", is_flag=True, help="Print the code; else only say how much it is.")
@click.option("--warnings", is_flag=True, help="The code that gathers warnings, as `outcome` does.")
def compile_pack(pack: str, show: bool, warnings: bool) -> None:
    """Compile the rules of PACK to Python.

    A comment names the rule file and line that a line of code stands for; what the constants
    (k0, k1, ...) hold is listed below the code. Exit status: 0 all well, 2 usage error.
    """
    with pack_errors(pack):
        text = load(pack).program(tells=warnings).shown()
    if show:
        click.echo(text, nl=False)
        return
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    functions = sum(line.startswith("def ") for line in lines)
    click.echo(f"{pack}: {functions} functions, {len(lines)} lines")
