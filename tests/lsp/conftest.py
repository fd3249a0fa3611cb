"""Packs that an editor opens."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

PACK = Path(__file__).resolve().parents[2] / "rules" / "facebook_offline_conversions"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the bundled pack."""
    return Path(shutil.copytree(PACK, tmp_path / "pack"))
