"""Write the table of what `apply` reads into docs/apply.md: `python -m tools.event_formats`."""

from __future__ import annotations

import re
from pathlib import Path

from mapping_engine.cli.input_formats import FOREIGN, FORMATS, PACKINGS

PAGE = Path(__file__).parent.parent / "docs" / "apply.md"
_TABLE = re.compile(r"(<!-- formats: [^>]*-->\n).*?(?=<!-- end -->)", re.DOTALL)


def table() -> str:
    """The formats, the packings, and what is recognised without being read."""
    lines = ["| format | ends in | how it is read |", "| --- | --- | --- |"]
    for each in FORMATS:
        lines.append(f"| {each.name} | {_codes(each.endings)} | {each.about} |")
    packed = ", ".join(each.name for each in FORMATS if each.packs)
    for packing in PACKINGS:
        lines.append(f"| {packing.name} | {_codes((packing.ending,))} | {packed}, unpacked |")
    lines += ["", "| what is said (IN02) of a file that is | what to do |", "| --- | --- |"]
    lines += [f"| {foreign.name} | {foreign.help} |" for foreign in FOREIGN]
    return "\n".join(lines)


def page(text: str) -> str:
    """The page with this table."""
    return _TABLE.sub(lambda found: f"{found[1]}\n{table()}\n\n", text)


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
