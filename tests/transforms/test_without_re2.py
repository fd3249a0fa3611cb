"""All that matches patterns gives the same where google-re2 is not installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WITHOUT = "import sys; sys.modules['re2'] = None; "


def run(code: str) -> str:
    command = [sys.executable, "-c", WITHOUT + code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("pack", ["facebook_conversions", "facebook_offline_conversions"])
def test_every_rule_test_passes(pack: str) -> None:
    code = f"from mapping_engine.cli.main import main; main(['test', {pack!r}])"
    assert run(code).endswith(" passed, 0 failed\n")


def test_the_tests_of_transforms_pass() -> None:
    """But for those of the words in which a pattern is refused."""
    folder = ROOT / "tests" / "transforms"
    files = [str(folder / name) for name in ("test_examples.py", "test_text.py")]
    options = ["-q", "-p", "no:cacheprovider", "-k", "not judged"]
    code = f"import pytest; sys.exit(pytest.main([*{options!r}, *{files!r}]))"
    assert " failed" not in run(code)


def test_a_pattern_that_only_re2_reads_says_what_to_install() -> None:
    code = (
        "from mapping_engine.transforms.patterns import compiled\n"
        "try: compiled('a{,3}')\n"
        "except ValueError as problem: print(problem)"
    )
    assert "pip install 'mapping-engine[re2]'" in run(code.replace("from", "\nfrom", 1))
