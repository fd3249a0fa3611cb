"""Events from streams: lines are bounded, arrays are read whole."""

from __future__ import annotations

import io

import pytest

from mapping_engine.cli import events
from mapping_engine.cli.events import read_events


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LONGEST_LINE", 20)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b" "])
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_an_array_on_one_long_line_is_read_whole(mark: bytes, end: bytes) -> None:
    stream = io.BytesIO(mark + b'[{"a": 1}, {"a": 2}, {"a": 3}, {"a": 4}]' + end)
    found = list(read_events(stream, "f"))
    assert [line.event for line in found] == [{"a": number} for number in (1, 2, 3, 4)]


def test_a_line_that_is_too_long_is_refused_and_the_next_is_read() -> None:
    stream = io.BytesIO(b'{"a": "' + b"x" * 50 + b'"}\n{"a": 1}\n')
    one, other = read_events(stream, "f")
    assert one.error is not None
    assert one.error.code == "IN01"
    assert other.event == {"a": 1}
