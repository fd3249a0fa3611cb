"""Build the pack of docs/new-destination.md from its own snippets: `python -m tools.guide_pack`.

A comment before a block says what becomes of it: `file:` writes it, `add:` appends it, `into: FILE
KEY` puts it below a key, `change:` puts its line in the place of the one with the same key, and
`prints:` shows what the commands in it print, run beside the pack as it is by then.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tools.shown_output import session

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "docs" / "new-destination.md"
NAME = "adwave"
PACK = ROOT / "examples" / NAME
_STEP = re.compile(r"<!-- (\w+): (.*?) -->\n```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Step(NamedTuple):
    """A marked block: what to do, with what, and its text."""

    action: str
    target: str
    text: str


def steps(page: str) -> list[Step]:
    """The marked blocks of a page, in order."""
    return [Step(*found.groups()) for found in _STEP.finditer(page)]


def take(step: Step, pack: Path) -> None:
    """Do to the pack what a snippet says."""
    name, _, key = step.target.partition(" ")
    file = pack / name
    if step.action == "file":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(step.text, "utf-8")
        return
    lines = file.read_text("utf-8").splitlines(keepends=True)
    if step.action == "add":
        lines.append(step.text)
    elif step.action == "into":
        lines.insert(_only(lines, f"{key}:") + 1, step.text)
    else:
        lines[_only(lines, step.text[: step.text.index(":") + 1])] = step.text
    file.write_text("".join(lines), "utf-8")


def _only(lines: list[str], start: str) -> int:
    """The only line that begins with a key, at any depth where the key has no indent."""
    found = [
        number
        for number, line in enumerate(lines)
        if (line if start[0] == " " else line.strip()).startswith(start)
    ]
    if len(found) != 1:
        raise ValueError(f"{len(found)} lines begin with {start!r}")
    return found[0]


def refreshed(page: str, folder: Path) -> str:
    """The page with every output made anew, while the pack is built in ``folder``."""
    (folder / "grammar").symlink_to(ROOT / "grammar")
    for step in steps(page):
        if step.action != "prints":
            take(step, folder / NAME)
            continue
        output = "".join(session(step.text, folder))
        before, found, after = page.partition(f"```text\n{step.text}```")
        page = f"{before}```text\n{output}```{after}" if found else page
    return page


def built(folder: Path) -> dict[str, str]:
    """The files of a pack by name."""
    return {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def main() -> int:
    """Write the outputs into the guide, and the pack into the examples."""
    with tempfile.TemporaryDirectory() as place:
        page = refreshed(GUIDE.read_text("utf-8"), Path(place))
        GUIDE.write_text(page, "utf-8")
        for name, text in built(Path(place) / NAME).items():
            target = PACK / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
