"""Files as people have them: packed, of several formats, by name, pattern and folder."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mapping_engine.cli.input_formats import FORMATS, PACKINGS
from mapping_engine.cli.main import main
from tools.event_formats import PAGE, page

ROOT = Path(__file__).resolve().parents[2]
WALK = ROOT / "examples" / "walk"
EVENTS: list[dict[str, Any]] = [
    {"type": "track", "messageId": f"m{number}", "properties": {"total": str(number + 1)}}
    for number in range(5)
]
NDJSON = b"".join(json.dumps(event).encode() + b"\n" for event in EVENTS)
CSV = b"type,messageId,properties.total\n" + b"".join(
    f"track,m{number},{number + 1}\n".encode() for number in range(5)
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def apply(*arguments: str, given: bytes = b"") -> Result:
    command = ["apply", str(WALK), "--settings", f"{WALK}/settings.json", *arguments]
    return CliRunner().invoke(main, command, input=given)


def ids(found: Result) -> list[str]:
    """The events of which requests were made to the first of two shops."""
    made = [json.loads(line) for line in found.stdout.splitlines()]
    return [each["body"]["orders"][0]["id"] for each in made if "north" in each["url"]]


def parquet(rows: list[dict[str, Any]]) -> bytes:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows), sink, row_group_size=2)
    return bytes(sink.getvalue())


def zstd(text: bytes) -> bytes:
    try:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        zstd = pytest.importorskip("backports.zstd")
    packed: bytes = zstd.compress(text)
    return packed


WRITTEN: dict[str, Callable[[], bytes]] = {
    "x.ndjson": lambda: NDJSON,
    "x.jsonl": lambda: NDJSON,
    "x.log": lambda: NDJSON,
    "bom.ndjson": lambda: b"\xef\xbb\xbf" + NDJSON,
    "x.json": lambda: json.dumps(EVENTS).encode(),
    "indented.json": lambda: json.dumps(EVENTS, indent=2).encode(),
    "blank.json": lambda: b"\n" * 100 + json.dumps(EVENTS).encode(),
    "array.ndjson": lambda: json.dumps(EVENTS).encode(),
    "x.csv": lambda: CSV,
    "x.tsv": lambda: CSV.replace(b",", b"\t"),
    "x.ndjson.gz": lambda: gzip.compress(NDJSON),
    "two.ndjson.gz": lambda: gzip.compress(NDJSON[:99]) + gzip.compress(NDJSON[99:]),
    "x.csv.gz": lambda: gzip.compress(CSV),
    "x.json.zst": lambda: zstd(json.dumps(EVENTS).encode()),
    "two.ndjson.zst": lambda: zstd(NDJSON[:99]) + zstd(NDJSON[99:]),
    "wrongly.ndjson": lambda: gzip.compress(NDJSON),
    "x.parquet": lambda: parquet(EVENTS),
    "dotted.parquet": lambda: parquet(
        [
            {"type": "track", "messageId": each["messageId"], "properties.total": 3.5}
            for each in EVENTS
        ]
    ),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_file_is_read_as_what_it_is(name: str) -> None:
    Path(name).write_bytes(WRITTEN[name]())
    found = apply(name)
    assert (found.exit_code, found.stderr) == (0, "")
    assert ids(found) == [event["messageId"] for event in EVENTS]


@pytest.mark.parametrize("name", [name for name in WRITTEN if ".parquet" not in name])
def test_standard_input_is_too(name: str) -> None:
    named = ["--input-format", "csv"] if name in ("x.csv", "x.tsv", "x.csv.gz") else []
    assert ids(apply(*named, given=WRITTEN[name]())) == [event["messageId"] for event in EVENTS]


@pytest.mark.parametrize("name", ["x.parquet", "x.csv.gz", "x.json.zst", "x.ndjson"])
def test_explain_reads_the_same_files(name: str) -> None:
    Path(name).write_bytes(WRITTEN[name]())
    command = ["explain", str(WALK), name, "--settings", f"{WALK}/settings.json", "--json"]
    found = CliRunner().invoke(main, command)
    assert [json.loads(line)["line"] for line in found.stdout.splitlines()][:2] in ([1, 2], [2, 3])


@pytest.mark.parametrize(
    ("data", "code", "told"),
    [
        ('{"a": 1}'.encode("utf-16"), "IN02", "iconv -f UTF-16"),
        ('{"a": 1}'.encode("utf-16-be"), "IN02", "iconv -f UTF-16"),
        ('{"a": 1}'.encode("utf-32"), "IN02", "iconv -f UTF-32"),
        ('[{"a": 1}]'.encode("utf-32-be"), "IN02", "iconv -f UTF-32"),
        (b"PK\x03\x04....", "IN02", "a ZIP archive"),
        (b"BZh91AY&SY", "IN02", "bzip2 -d"),
        (b"\xfd7zXZ\0....", "IN02", "xz -d"),
        (b"Obj\x01....", "IN02", "Avro"),
        (gzip.compress(NDJSON)[:-9], "IN03", "broken gzip, or cut off"),
        (gzip.compress(NDJSON)[:20] + b"\0" * 20, "IN03", "broken gzip"),
        (b"PAR1 and no more", "IN03", "broken Parquet"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value,
)
def test_what_is_no_file_of_events_is_said_with_what_to_do(
    data: bytes, code: str, told: str
) -> None:
    if data.startswith(b"PAR1"):
        pytest.importorskip("pyarrow")
    Path("x.ndjson").write_bytes(data)
    found = apply("x.ndjson")
    assert found.exit_code == 2
    assert f"[{code} input]" in found.stderr
    assert told in found.stderr
    assert "stopped at x.ndjson:1\n" in found.stderr


def test_parquet_needs_a_file_that_can_be_read_from_its_end() -> None:
    data = parquet(EVENTS)
    assert "name the file" in apply(given=data).stderr
    Path("x.parquet.gz").write_bytes(gzip.compress(data))
    assert "[IN02 input]" in apply("x.parquet.gz").stderr
    Path("y.parquet").write_bytes(NDJSON)
    assert "it is no Parquet file" in apply("y.parquet").stderr


@pytest.mark.parametrize(("name", "extra"), [("x.json.zst", "zstd"), ("x.parquet", "arrow")])
def test_a_package_that_is_not_installed_is_named(
    name: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(name).write_bytes(WRITTEN[name]())
    for module in ("compression.zstd", "backports.zstd", "pyarrow"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    found = apply(name)
    assert found.exit_code == 2
    assert f"pip install 'mapping-engine[{extra}]'" in found.stderr


def test_columns_of_no_use_are_refused_before_anything_is_read() -> None:
    Path("x.parquet").write_bytes(parquet([{"a": 1, "a.b": 2}]))
    found = apply("x.parquet")
    assert found.exit_code == 2
    assert "`x.parquet`" in found.stderr
    assert "[CF06 configuration]" in found.stderr


def test_one_column_may_hold_the_events() -> None:
    texts = [*map(json.dumps, EVENTS), "{broken", None]
    for rows in ([{"body": text, "n": 1} for text in texts], [{"body": each} for each in EVENTS]):
        Path("x.parquet").write_bytes(parquet(rows))
        assert ids(apply("x.parquet", "--column", "body")) == [each["messageId"] for each in EVENTS]
    found = apply("x.parquet", "--column", "bodi")
    assert "[CF06 configuration] (did you mean `body`?)" in found.stderr


@pytest.mark.parametrize("name", ["x.parquet", "x.csv"])
def test_a_sole_column_is_not_taken_for_a_part_of_each_event(name: str) -> None:
    texts = {"x.parquet": parquet([{"body": json.dumps(EVENTS[0])}]), "x.csv": b"body\n{}\n"}
    Path(name).write_bytes(texts[name])
    found = apply(name)
    assert (found.exit_code, found.stdout) == (2, "")
    assert "the column `body` alone" in found.stderr
    assert "`--column body`" in found.stderr


def test_a_mapping_of_columns_says_where_each_stands() -> None:
    Path("columns.yaml").write_text(
        "id: messageId\nkind: type\nmore: {path: properties, json: true}\n"
    )
    rows = [{"id": str(n), "kind": "track", "more": '{"total": "9.5"}', "x": 1} for n in range(3)]
    Path("x.parquet").write_bytes(parquet(rows))
    table = io.StringIO()
    writer = csv.DictWriter(table, [*rows[0]])
    writer.writeheader()
    writer.writerows(rows)
    Path("x.csv").write_text(table.getvalue())
    outputs = []
    for name in ("x.parquet", "x.csv"):
        found = apply(name, "--columns", "columns.yaml", "--input-format", "csv")
        assert ids(found) == ["0", "1", "2"]
        outputs.append([json.loads(line)["body"] for line in found.stdout.splitlines()])
    assert outputs[0] == outputs[1]
    assert "9.5" in str(outputs[0][0])


def test_one_column_of_csv_may_hold_the_events() -> None:
    event = json.dumps(EVENTS[0]).replace('"', '""')
    Path("x.csv").write_text(f'n,body\n1,"{event}"\n2,{{broken\n')
    found = apply("x.csv", "--column", "body", "--input-format", "csv")
    assert ids(found) == [EVENTS[0]["messageId"]]
    assert "x.csv:3" in found.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--columns", "c.yaml"], "the column `ids` is not in the table (did you mean `id`?)"),
        (["--columns", "c.json"], "the columns are no mapping"),
        (["--columns", "none.yaml"], "the columns file `none.yaml` cannot be read"),
        (["--columns", "c.yaml", "--column", "id"], "give one"),
    ],
)
def test_columns_that_are_not_there_are_told(arguments: list[str], said: str) -> None:
    Path("x.csv").write_text("id,x\n1,2\n")
    Path("c.yaml").write_text("ids: messageId\n")
    Path("c.json").write_text("[]")
    found = apply("x.csv", "--input-format", "csv", *arguments)
    assert (found.exit_code, found.stdout) == (2, "")
    assert said.split(" (")[0] in found.stderr
    assert said.rpartition(" (")[2] in found.stderr


def test_folders_and_patterns_are_read_in_sorted_order() -> None:
    for name, number in {
        "in/b.ndjson": 1,
        "in/a.json": 0,
        "in/deep/c.csv": 2,
        "in/_x.csv": 4,
    }.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        event = {"type": "track", "messageId": f"m{number}", "properties": {"total": 1}}
        text = f"type,messageId,properties.total\ntrack,m{number},1\n"
        Path(name).write_text(text if name.endswith("csv") else json.dumps(event))
    Path("in/notes.txt").write_text("no events")
    found = apply("in")
    assert ids(found) == ["m0", "m1", "m2"]
    assert "1 other file in the folder `in` is left out" in found.stderr
    assert ids(apply("in/*.ndjson", "in/*.json")) == ["m1", "m0"]
    assert ids(apply("in/**/*.csv")) == ["m4", "m2"]
    Path("in/odd[1].ndjson").write_bytes(NDJSON)
    assert ids(apply("in/odd[1].ndjson"))[0] == "m0"


@pytest.mark.parametrize("name", ["nothing-*.ndjson", "empty"])
def test_a_folder_or_pattern_without_events_is_an_error(name: str) -> None:
    Path("empty").mkdir()
    found = apply(name)
    assert found.exit_code == 2
    assert "[IN02 input]" in found.stderr


def test_an_empty_file_has_no_events() -> None:
    for name in ("x.ndjson", "x.json", "x.csv", "x.ndjson.gz"):
        Path(name).write_bytes(gzip.compress(b"") if name.endswith("gz") else b"")
        assert (apply(name).exit_code, apply(name).stderr) == (0, "")


def test_requests_can_be_written_as_parquet() -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    Path("x.ndjson").write_bytes(NDJSON + b"broken\n")
    assert apply("x.ndjson", "--output", "y.parquet").exit_code == 1
    rows = pq.read_table("y.parquet").to_pylist()
    assert [row["line"] for row in rows] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert json.loads(rows[0]["body"])["orders"][0]["id"] == "m0"
    assert rows[0]["method"] == "POST"
    assert Path("y.parquet").stat().st_mode & 0o777 == 0o600
    assert apply("x.ndjson", "--format", "parquet").exit_code == 2


def test_help_and_documentation_name_every_format() -> None:
    told = CliRunner().invoke(main, ["apply", "--help"]).stdout
    assert all(ending in told for each in FORMATS for ending in each.endings)
    assert all(each.name in told and each.ending in told for each in PACKINGS)
    written = PAGE.read_text("utf-8")
    assert page(written) == written, "run `make docs`"
