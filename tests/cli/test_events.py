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


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (b'{\n{"a": 1}\n{"a": 2}\n', [(1, None), (2, 1), (3, 2)]),
        (b'{\n\n{"a": 1}\n', [(1, None), (3, 1)]),
        (b'{\n "a": 1\n}\n', [(1, 1)]),
        (b'{\n "a": 1\n}\n{\n "a": 2\n}\n', [(1, 1), (4, 2)]),
        (b'{"a": 1}\n{\n "a":\n2}\n{"a": 3}\n', [(1, 1), (2, 2), (5, 3)]),
        (b'{\n "b":\n {},\n "a": 2}\n', [(1, 2)]),
        (b'{\n "b": "}",\n "a": 2\n}\n', [(1, 2)]),
        (b'{\n "a": 1,\n{"a": 2}\n', [(1, None), (3, 2)]),
        (b"{\n", [(1, None)]),
        (b"{\n" + b'"a": 1,\n' * 9 + b'\n{"a": 1}\n', [(1, None)]),
    ],
)
def test_an_event_may_be_spread_over_lines_and_swallows_no_other(
    text: bytes, lines: list[tuple[int, int | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "LONGEST_LINE", 1000)
    found = list(read_events(io.BytesIO(text), "f"))
    shown = [(each.number, each.event and each.event["a"]) for each in found]
    assert shown[: len(lines)] == lines


def test_a_line_that_is_too_long_is_refused_and_the_next_is_read() -> None:
    stream = io.BytesIO(b'{"a": "' + b"x" * 50 + b'"}\n{"a": 1}\n')
    one, other = read_events(stream, "f")
    assert one.error is not None
    assert one.error.code == "IN01"
    assert other.event == {"a": 1}


def test_an_event_may_be_written_over_several_lines() -> None:
    (found,) = read_events(io.BytesIO(b'{\n "a": 1\n}\n'), "f")
    assert (found.number, found.event) == (1, {"a": 1})


def test_an_event_over_several_lines_is_bounded_too() -> None:
    found, *_ = read_events(io.BytesIO(b"{\n" + b' "a": 1,\n' * 9), "f")
    assert found.error is not None
    assert found.error.code == "IN01"


def test_blank_lines_are_no_events_and_keep_their_numbers() -> None:
    found = list(read_events(io.BytesIO(b'\n{"a": 1}\n  \n{"a": 2}'), "f"))
    assert [(line.number, line.event) for line in found] == [(2, {"a": 1}), (4, {"a": 2})]


def test_an_array_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LARGEST_ARRAY", 20)
    (found,) = read_events(io.BytesIO(b"[\n" + b'{"a": 1},\n' * 9), "f")
    assert found.error is not None
    assert found.error.code == "IN01"
