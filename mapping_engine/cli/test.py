"""`mapping-engine test`: the rule tests of packs."""

from __future__ import annotations

import sys

import click

from mapping_engine.cli.common import fail, pack_errors
from mapping_engine.testing import run_tests


@click.command()
@click.argument("packs", nargs=-1, required=True, metavar="PACK...")
def test(packs: tuple[str, ...]) -> None:
    """Run the rule tests in the `tests` folder of each PACK.

    Exit status: 0 all passed, 1 some failed, 2 usage error.
    """
    passed = failed = 0
    for pack in packs:
        with pack_errors(pack):
            results = run_tests(pack)
            if not results:
                fail(f"there are no rule tests in the folder `tests` of `{pack}`")
            for result in results:
                passed += result.passed
                failed += not result.passed
                if not result.passed:
                    click.echo(result.text())
    click.echo(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
