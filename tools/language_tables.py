"""Write the key tables of docs/language.md: `python -m tools.language_tables`.

Each table stands between `<!-- keys: Block -->` and `<!-- end -->`, and is made from the same
declarations that the loader reads files with.
"""

from __future__ import annotations

import re
from pathlib import Path

from mapping_engine.model import documents, values, vocabulary_file
from mapping_engine.model.blocks import Block, keys_of

PAGE = Path(__file__).parent.parent / "docs" / "language.md"
_TABLE = re.compile(r"(<!-- keys: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def blocks() -> dict[str, type[Block]]:
    """Every kind of block that is declared, by name."""
    return {
        name: found
        for module in (documents, values, vocabulary_file)
        for name, found in vars(module).items()
        if isinstance(found, type) and issubclass(found, Block) and found.__module__ in _MODULES
    }


_MODULES = frozenset(module.__name__ for module in (documents, values, vocabulary_file))


def table(block: type[Block]) -> str:
    """The keys of a block as a Markdown table."""
    rows = ["| key | what it is |", "| --- | --- |"]
    for key in keys_of(block).values():
        needed = " (required)" if key.required else ""
        rows.append(f"| `{key.name}`{needed} | {key.doc.replace('|', chr(92) + '|')} |")
    return "\n".join(rows)


def filled(page: str) -> str:
    """The page with every table made anew."""
    known = blocks()
    return _TABLE.sub(lambda m: f"{m[1]}\n{table(known[m[2]])}\n\n{m[3]}", page)


def shown(page: str) -> set[str]:
    """The names of the blocks that have a table in the page."""
    return {match[2] for match in _TABLE.finditer(page)}


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
