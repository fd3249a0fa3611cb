"""Too few branches are noticed, however many lines there are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.branches import main


def report(folder: Path, **taken: int) -> Path:
    files = {
        f"package/{room}/code.py": {"summary": {"covered_branches": each, "num_branches": 100}}
        for room, each in taken.items()
    }
    file = folder / "report.json"
    file.write_text(json.dumps({"files": files}))
    return file


def test_a_weak_room_is_shown_and_may_be_made_up_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(report(tmp_path, core=100, cli=90))
    shown = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert shown == [
        ["package/cli", "90", "of", "100", "branches", "90.0", "%"],
        ["package/core", "100", "of", "100", "branches", "100.0", "%"],
        ["all", "190", "of", "200", "branches", "95.0", "%"],
    ]


def test_too_few_of_all_fail(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="less than 95 % of the branches"):
        main(report(tmp_path, core=100, cli=89))
