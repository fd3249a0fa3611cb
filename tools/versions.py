"""Run the tests on every Python that pyproject.toml names and this machine has: `make versions`.

Each has an environment of its own, `.venv-3.x`. Those that are not found are named.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_CLASSIFIER = "Programming Language :: Python :: "


def versions(project: Path = ROOT / "pyproject.toml") -> list[str]:
    """The versions that the project says it runs on, such as ``3.11``."""
    classifiers = tomllib.loads(project.read_text("utf-8"))["project"]["classifiers"]
    return [each.removeprefix(_CLASSIFIER) for each in classifiers if _CLASSIFIER in each]


def interpreter(version: str) -> str | None:
    """A Python of this version, from the path or from pyenv."""
    return next((python for python in _candidates(version) if _is(python, version)), None)


def _candidates(version: str) -> Iterator[str]:
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, pyenv.glob(f"versions/{version}.*/bin/python"))


def _is(python: str, version: str) -> bool:
    """Whether it starts: pyenv puts names on the path behind which there is no Python."""
    script = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([python, "-c", script], capture_output=True, text=True, check=False)
    return done.stdout.strip() == version


def passes(version: str, python: str) -> bool:
    """Whether the tests pass on this Python."""
    home = ROOT / f".venv-{version}"
    own = home / "bin" / "python"
    pip = (own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    commands = (
        (python, "-m", "venv", home),
        (*pip, "-c", "constraints.txt", "-e", ".[dev]"),
        (own, "-m", "pytest", "-p", "no:cacheprovider", "-n", "auto", "--dist", "loadgroup"),
    )
    return all(subprocess.run(each, cwd=ROOT, check=False).returncode == 0 for each in commands)


def main() -> None:
    """Run the tests on each version; status 1 if they fail on one, or none was found."""
    results = {}
    for version in versions():
        python = interpreter(version)
        print(f"== Python {version}: {python or 'not found'}", flush=True)
        results[version] = passes(version, python) if python else None
    words = {True: "passed", False: "FAILED", None: "not found"}
    print("\n".join(f"Python {version}: {words[found]}" for version, found in results.items()))
    sys.exit(False in results.values() or True not in results.values())


if __name__ == "__main__":
    main()
