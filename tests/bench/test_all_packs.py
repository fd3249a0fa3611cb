"""Every bundled pack has a row in the benchmark."""

from __future__ import annotations

from bench.speed.all_packs import report
from mapping_engine.engine.loading import bundled_packs


def test_every_pack_is_measured_against_its_floor() -> None:
    head, *rows = report(rounds=1)
    assert "floor" in head
    assert [row.split()[0] for row in rows] == list(bundled_packs())
    assert all(int(row.split()[1]) > 0 for row in rows)
