"""Events from streams: cut behind whole events, wherever a chunk ends, and bounded."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from mapping_engine.cli import chunks
from mapping_engine.cli.chunks import Position
from mapping_engine.cli.csv_rows import csv_chunks
from mapping_engine.cli.cutting import EventStream, array_chunks, line_chunks
from mapping_engine.cli.events import Line, lines_of
from mapping_engine.errors import InputError

BEGIN = Position()
Reader = Callable[[EventStream, Position], Iterator[chunks.Chunk]]


def read(reader: Reader, text: bytes, at: Position = BEGIN, *, live: bool = False) -> list[Line]:
    stream = io.BufferedReader(io.BytesIO(text))
    if reader is not csv_chunks:
        stream.read(at.offset)
    found = reader(EventStream(stream, "f", 0, live), at)
    return [line for chunk in found for line in lines_of(chunk)]


def shown(lines: list[Line]) -> list[tuple[int, Any]]:
    return [(line.number, line.error.code if line.error else line.event) for line in lines]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "LONGEST_LINE", 20)
    monkeypatch.setattr(chunks, "CHUNK", 8)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 1000])
@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (b'{\n{"a": 1}\n{"a": 2}\n', [(1, "IN01"), (2, 1), (3, 2)]),
        (b'{\n\n{"a": 1}\n', [(1, "IN01"), (3, 1)]),
        (b'{\n "a": 1\n}\n', [(1, 1)]),
        (b'{\n "a": 1\n}\n{\n "a": 2\n}\n', [(1, 1), (4, 2)]),
        (b'{"a": 1}\n{\n "a":\n2}\n{"a": 3}\n', [(1, 1), (2, 2), (5, 3)]),
        (b'{\n "b":\n {},\n "a": 2}\n', [(1, 2)]),
        (b'{\n "b": "}",\n "a": 2\n}\n', [(1, 2)]),
        (b'{\n "a": 1,\n{"a": 2}\n', [(1, "IN01"), (3, 2)]),
        (b"{\n", [(1, "IN01")]),
        (b'\n{"a": 1}\n  \n{"a": 2}', [(2, 1), (4, 2)]),
        (b'\xef\xbb\xbf{"a": 1}\r\n{"a": 2}\r\n', [(1, 1), (2, 2)]),
        (b"", []),
    ],
)
def test_lines_and_spread_events_are_whole_wherever_chunks_end(
    text: bytes, lines: list[Any], size: int, live: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK", size)
    found = [
        (number, event if isinstance(event, str) else event["a"])
        for number, event in shown(read(line_chunks, text, live=live))
    ]
    assert found == lines


@pytest.mark.usefixtures("short")
def test_a_line_that_is_too_long_is_refused_and_the_next_is_read() -> None:
    text = b'{"a": "' + b"x" * 50 + b'"}\n{"a": 1}\n'
    assert shown(read(line_chunks, text)) == [(1, "IN01"), (2, {"a": 1})]
    assert shown(read(line_chunks, b'{"a": 0}\n' + text))[1:] == [(2, "IN01"), (3, {"a": 1})]
    assert shown(read(line_chunks, text.split(b"\n")[0])) == [(1, "IN01")]


@pytest.mark.usefixtures("short")
def test_an_event_over_several_lines_is_bounded_too() -> None:
    found = shown(read(line_chunks, b"{\n" + b'"a": 1,\n' * 9 + b'\n{"a": 1}\n'))
    assert found[0] == (1, "IN01")
    assert found[-1] == (12, {"a": 1})


def array(*texts: str) -> bytes:
    return f"[{','.join(texts)}]".encode()


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize("indent", [None, 1])
def test_an_array_is_read_element_by_element(
    size: int, indent: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK", size)
    odd: list[Any] = [{"a": ',]}"[{\\'}, {}, {"b": [1, [2, {"c": '\\"'}]]}, 5, "x,y", None, []]
    for text in (json.dumps(odd, indent=indent), "\ufeff \n" + json.dumps(odd), "[ ]", "[\n]\n"):
        found = shown(read(array_chunks, text.encode()))
        wanted = json.loads(text.removeprefix("\ufeff"))
        assert found == [*enumerate(wanted, 1)]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        (b'[{"a": 1}, {"a": 2}', ["event", "event", "IN03"]),
        (b'[{"a": 1}, {"a": ', ["event", "IN01", "IN03"]),
        (b'[{"a": 1}, ', ["event", "IN03"]),
        (b'[{"a": 1},]', ["event", "IN01"]),
        (b'[{"a": 1},, {"a": 2}]', ["event", "IN01", "event"]),
        (b'[{"a": 1}] [{"a": 2}]', ["event", "IN03"]),
        (b'[{"a": 1}, {"a": x}, {"a": 3}]', ["event", "IN01", "event"]),
        (b"[", ["IN03"]),
    ],
)
@pytest.mark.parametrize("size", [1, 1000])
def test_what_is_wrong_with_an_array_is_said_and_the_rest_is_read(
    text: bytes, last: list[str], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK", size)
    found = shown(read(array_chunks, text))
    assert [each if isinstance(each, str) else "event" for _, each in found] == last
    assert [number for number, _ in found] == [*range(1, len(found) + 1)]


@pytest.mark.usefixtures("short")
def test_an_array_whose_element_never_ends_is_given_up() -> None:
    found = shown(read(array_chunks, b'[{"a": 1}, {"a": {"b": 1' + b', {"a": 1}' * 9 + b"]"))
    assert found == [(1, {"a": 1}), (2, "IN03")]


def test_cells_stand_where_the_header_says() -> None:
    text = b'type,context.traits.email,context.ip\ntrack,"a ""b"", c",\n\ntrack,"two\nlines",1\n'
    assert shown(read(csv_chunks, text)) == [
        (2, {"type": "track", "context": {"traits": {"email": 'a "b", c'}}}),
        (4, {"type": "track", "context": {"traits": {"email": "two\nlines"}, "ip": "1"}}),
    ]


@pytest.mark.parametrize("separator", [b",", b";", b"\t"])
def test_a_header_tells_the_separator(separator: bytes) -> None:
    text = b"\xef\xbb\xbfa.b|c\r\n1|2,5;6\r\n".replace(b"|", separator)
    (line,) = read(csv_chunks, text)
    if separator == b"\t":
        assert line.event == {"a": {"b": "1"}, "c": "2,5;6"}
    else:
        assert line.error is not None
        assert line.error.code == "IN01"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"1", "has 1 cells"),
        (b"1,2,3", "has 3 cells"),
        (b'"1"x,2', "quote"),
        (b"\xff,2", "`a` is not UTF-8"),
    ],
)
def test_a_bad_row_is_an_error_and_the_others_go_on(row: bytes, reason: str) -> None:
    first, bad, last = read(csv_chunks, b"a,b\n1,2\n" + row + b"\n3,4\n")
    assert bad.error is not None
    assert reason in bad.error.message
    assert (first.event, last.event) == ({"a": "1", "b": "2"}, {"a": "3", "b": "4"})
    assert (bad.number, last.number) == (3, 4)


@pytest.mark.parametrize("header", ["a,a", "a.b,a", "a,", "a,b@c.org", "a..b", "7,a", '{"a": 1}'])
def test_a_header_that_names_no_places_is_refused_unshown(header: str) -> None:
    with pytest.raises(InputError, match=r"column \d of its header") as error:
        read(csv_chunks, f"{header}\n1,2\n".encode())
    assert error.value.code == "IN02"
    assert "@" not in str(error.value)


def random_lines(rng: Random) -> bytes:
    return b"".join(
        rng.choice([b'{"a": 1}\n', b"x\n", b"\n", b'{\n "a": 2\n}\n', b'{"b": "\xc3\xa4"}\n'])
        for _ in range(rng.randrange(12))
    )


def random_array(rng: Random) -> bytes:
    items: list[Any] = [rng.choice([{"a": [1, 2]}, {}, "[,", {"b": {"c": '"'}}])]
    return json.dumps(items * rng.randrange(9), indent=rng.choice([None, 1])).encode()


def random_rows(rng: Random) -> bytes:
    cell = ("1", '"x\ny"', '"a,""b"', "")
    rows = [f"{rng.choice(cell)},{rng.choice(cell)}\n" for _ in range(rng.randrange(12))]
    return "".join(["a,b.c\n", *rows]).encode()


@pytest.mark.parametrize(
    ("reader", "made"),
    [(line_chunks, random_lines), (array_chunks, random_array), (csv_chunks, random_rows)],
)
def test_reading_goes_on_behind_any_chunk_as_if_it_had_never_stopped(
    reader: Reader, made: Callable[[Random], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = Random(17)
    for _ in range(60):
        text = made(rng)
        monkeypatch.setattr(chunks, "CHUNK", 10**6)
        whole = shown(read(reader, text))
        monkeypatch.setattr(chunks, "CHUNK", rng.randrange(1, 30))
        before: list[tuple[int, Any]] = []
        for chunk in reader(EventStream(io.BytesIO(text), "f", 0), BEGIN):
            before += shown([*lines_of(chunk)])
            if chunk.end.file:  # the array ends here
                continue
            behind = shown(read(reader, text, chunk.end))
            assert before + behind == whole
        assert before == whole
