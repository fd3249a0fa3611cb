"""Write the parser's tables from the grammar: `python -m tools.grammar_tables`.

Building them takes longer than reading a rule file does, so the package carries them.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from lark import __version__
from lark.grammar import Rule
from lark.lexer import TerminalDef

from mapping_engine.expression.parser import build_parser
from mapping_engine.source.bundled import bundled_folder

FILE = Path(__file__).parent.parent / "mapping_engine" / "expression" / "tables.py"


def module() -> str:
    """The text of the module."""
    grammar = bundled_folder("grammar").joinpath("expression.lark").read_text("utf-8")
    data, memo = build_parser(grammar).memo_serialize([TerminalDef, Rule])
    digest = sha256(grammar.encode()).hexdigest()
    return "\n".join(
        [
            '"""The tables of grammar/expression.lark; written by tools/grammar_tables.py."""',
            "",
            "from typing import Any",
            "",
            f'GRAMMAR = "{digest}"',
            f'LARK = "{__version__}"',
            f"TABLES: dict[str, Any] = {{'data': {data!r}, 'memo': {memo!r}}}",
            "",
        ]
    )


if __name__ == "__main__":
    FILE.write_text(module(), "utf-8")
