"""How long `rules-check` takes from a cold start: one pack, and a folder of a hundred.

Run: python -m bench.check_speed. Times are those of whole processes, and set beside the time that
Python itself takes to start, and to import the packages that are used.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parent.parent
PACK = ROOT / "rules" / "facebook_offline_conversions"
COMMAND = [sys.executable, "-c", "from mapping_engine.cli.start import rules_check; rules_check()"]
START = [sys.executable, "-c", "pass"]
IMPORTS = [sys.executable, "-c", "import click, jmespath, jsonschema_rs, lark, re2, yaml"]
ROUNDS = 9
PACKS = 100


def timed(command: list[str], rounds: int) -> list[float]:
    """The seconds of each run of a command; its output is thrown away."""
    found = []
    for _ in range(rounds):
        start = perf_counter()
        subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        found.append(perf_counter() - start)
    return found


def many(folder: Path) -> None:
    """A hundred packs, each a little different, with the rule tests of the first pack left out."""
    for number in range(PACKS):
        pack = folder / f"pack_{number:03}"
        pack.mkdir()
        for file in PACK.iterdir():
            if file.suffix == ".json":
                shutil.copy(file, pack)
        text = (PACK / "rules.yaml").read_text("utf-8")
        text = text.replace("title: Facebook", f"title: Pack {number}")
        text = text.replace("properties.upload_tag", f"properties.tag_{number}")
        (pack / "rules.yaml").write_text(text, "utf-8")


def main() -> None:
    """Print best and median of several rounds, in milliseconds and as ratios."""
    base = timed(START, ROUNDS)
    with tempfile.TemporaryDirectory() as folder:
        many(Path(folder))
        rows = [
            ("python starts", base),
            ("python imports the packages used", timed(IMPORTS, ROUNDS)),
            ("rules-check, one pack and its tests", timed([*COMMAND, str(PACK)], ROUNDS)),
            ("rules-check, 100 packs", timed([*COMMAND, folder], 3)),
        ]
    print(f"{'':42} {'best':>9} {'median':>9} {'x start':>8}")
    for name, times in rows:
        best, middle = min(times) * 1000, median(times) * 1000
        print(f"{name:42} {best:6.0f} ms {middle:6.0f} ms {min(times) / min(base):8.1f}")


if __name__ == "__main__":
    main()
