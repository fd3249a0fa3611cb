"""Print the lowest versions that pyproject.toml accepts: `python -m tools.lowest_bounds`.

`make lowest` installs exactly these and runs the tests, so the bounds are known to hold.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parent.parent / "pyproject.toml"
_BOUND = re.compile(r"([A-Za-z0-9_.-]+)>=([0-9.]+)")


def lowest(project: Path = PROJECT) -> list[str]:
    """A pin such as ``click==8.2`` for each run-time dependency."""
    declared = tomllib.loads(project.read_text("utf-8"))["project"]
    extras = declared["optional-dependencies"]
    dependencies = [*declared["dependencies"], *extras["arrow"], *extras["re2"]]
    found = [_BOUND.fullmatch(dependency) for dependency in dependencies]
    return [f"{match[1]}=={match[2]}" for match in found if match]


if __name__ == "__main__":
    print("\n".join(lowest()))
