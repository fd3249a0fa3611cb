"""What a billion events a day come to, from what was measured."""

from __future__ import annotations

import pytest

pytest.importorskip("pyspark", reason="the extra [spark] is not installed")

from bench.spark import Rate, told


def test_cores_are_counted_from_the_processor_time_of_an_event() -> None:
    page = told([Rate("one process", 1_000, 2.0, 0.5), Rate("Spark", 1_000, 0.5, 1.0)])
    assert "| one process | 500 | 500 |" in page
    assert "| Spark | 2,000 | 1,000 |" in page
    assert "| cores busy then (1,000 µs each) | 34.7 |" in page
    assert "| **cores to have** (÷ 0.6) | **58** |" in page
    assert "| hours of one core a day | 278 |" in page
