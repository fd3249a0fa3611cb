"""`mapping-engine`: apply, compile, explain, test and list, from a shell."""

from __future__ import annotations

import click

from mapping_engine import __version__
from mapping_engine.cli.apply import apply
from mapping_engine.cli.compile import compile_pack
from mapping_engine.cli.docs import docs
from mapping_engine.cli.explain import explain
from mapping_engine.cli.listings import packs, transforms
from mapping_engine.cli.migrate import migrate_settings
from mapping_engine.cli.test import test


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mapping-engine")
def main() -> None:
    """Turn customer events into requests to destinations, by rule files."""


for command in (apply, compile_pack, docs, explain, migrate_settings, packs, test, transforms):
    main.add_command(command)
