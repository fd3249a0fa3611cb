"""Write the tables of docs/language.md: `python -m tools.language_tables`.

Tables stand between `<!-- keys: Block -->` or `<!-- transforms -->` and `<!-- end -->`; they are
made from the same declarations that the loader reads files with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from mapping_engine.file import (
    amend,
    documents,
    migration_file,
    privacy_blocks,
    request_blocks,
    sending_blocks,
    value_blocks,
    vocabulary_file,
)
from mapping_engine.file.blocks import Block, Key, keys_of
from mapping_engine.testing import file as test_file
from mapping_engine.transforms.listing import listing

PAGE = Path(__file__).parent.parent / "docs" / "language.md"
_MODULES = (
    amend,
    documents,
    privacy_blocks,
    request_blocks,
    value_blocks,
    vocabulary_file,
    migration_file,
    test_file,
    sending_blocks,
)
_TABLE = re.compile(r"<!-- (?:keys: (\w+)|transforms) -->\n.*?<!-- end -->", re.DOTALL)


def blocks() -> dict[str, type[Block]]:
    """Every kind of block that is declared, by name."""
    return {
        name: found
        for module in _MODULES
        for name, found in vars(module).items()
        if isinstance(found, type)
        and issubclass(found, Block)
        and found.__module__ == module.__name__
    }


def own_keys(block: type[Block]) -> list[Key]:
    """The keys of a block without those of the block it extends."""
    (parent,) = block.__bases__
    inherited = {} if parent in (Block, value_blocks.PlainBlock) else keys_of(parent)
    return [key for name, key in keys_of(block).items() if name not in inherited]


def key_table(block: type[Block]) -> str:
    """The keys of a block as a Markdown table."""
    return _table(
        ("key", "what it is"),
        ((f"`{k.name}`" + (" (required)" if k.required else ""), k.doc) for k in own_keys(block)),
    )


def transform_table() -> str:
    """Every transform as a Markdown table."""
    return _table(
        ("transform", "what it yields", "for example"),
        ((f"`{row.signature}`", row.summary, f"`{row.examples[0]}`") for row in listing()),
    )


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


def filled(page: str) -> str:
    """The page with every table made anew."""
    known = blocks()

    def made(match: re.Match[str]) -> str:
        head = match[0].split("\n", 1)[0]
        table = key_table(known[match[1]]) if match[1] else transform_table()
        return f"{head}\n\n{table}\n\n<!-- end -->"

    return _TABLE.sub(made, page)


def shown(page: str) -> set[str]:
    """The names of the blocks that have a table in the page."""
    return {match[1] for match in _TABLE.finditer(page) if match[1]}


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
