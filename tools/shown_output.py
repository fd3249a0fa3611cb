"""Run the commands that the documentation shows: `python -m tools.shown_output`.

In a block that is marked `console`, a line that begins with `$ ` is a command, and what follows is
what it prints. The pages are written anew with what the commands print today.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
_CONSOLE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)


def refreshed(page: str) -> str:
    """The page with every output made anew."""
    return _CONSOLE.sub(lambda block: "".join(session(block[0])), page)


def session(block: str, folder: Path = ROOT) -> Iterator[str]:
    """The commands of a block, each with what it prints in a folder."""
    for line in block.splitlines():
        if line.startswith("$ "):
            yield f"{line}\n{printed(line[2:], folder)}"


def printed(command: str, folder: Path = ROOT) -> str:
    """What a command prints, standard error first, without white space at the ends of lines."""
    commands = str(Path(sys.executable).parent)
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": commands + os.pathsep + os.environ["PATH"], "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (done.stderr + done.stdout).strip().splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8")
