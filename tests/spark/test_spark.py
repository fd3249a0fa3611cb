"""A destination on a real cluster of two executors: nothing is lost, doubled or shown."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from mapping_engine import ConfigurationError, Mapping, load
from tests.engine.mini import HEAD, VOCABULARY

pytest.importorskip("pyspark", reason="the extra [spark] is not installed")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("Spark needs Java, which is not installed", allow_module_level=True)

import pyarrow as pa
from pyarrow import parquet
from pyspark.sql import SparkSession

from mapping_engine.arrow import REQUESTS, apply_batches
from mapping_engine.spark import PARTITION_BITS, apply

pytestmark = [
    pytest.mark.xdist_group("spark"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]
ROOT = Path(__file__).parents[2]
SENTINEL_SETTING = "sentinel-of-settings-5e771465"
SENTINEL_SECRET = "sentinel-of-secrets-5ec7e7"
SETTINGS = {"key": SENTINEL_SETTING}
SECRETS = {"access": SENTINEL_SECRET}
RULES = """
secrets:
  access: {description: The access token}
accept:
  - skip_when: name == 'skip'
  - require: name != 'bad'
    message: a bad event
fan_out:
  each: {tag: tags}
fields:
  name: {value: name, required: true}
  a: {value: p.a, as: number}
request:
  url: "{$api.base}/{$tag}"
  headers: {Authorization: {template: "Bearer {$secrets.access}"}}
  json: {payload: $payload, key: $settings.key}
"""
ROWS = 2000


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spark")


@pytest.fixture(scope="session")
def spark(folder: Path) -> Iterator[SparkSession]:
    """Two executors, each a process with workers of its own, and a log of all that happens."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    (folder / "log").mkdir()
    quick = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # for seconds, not for hours
    options = {
        "spark.driver.extraJavaOptions": quick,
        "spark.executor.extraJavaOptions": quick,
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.adaptive.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.port": "0",
        "spark.ui.showConsoleProgress": "false",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": f"file:{folder}/log",
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
        "spark.local.dir": f"{folder}/local",
        "spark.sql.warehouse.dir": f"{folder}/warehouse",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "100",
    }
    building = SparkSession.builder.master("local-cluster[2,1,1024]").appName("mapping-engine")
    for name, value in options.items():
        building = building.config(name, value)
    session = building.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    app = session.sparkContext.applicationId
    yield session
    session.stop()
    shutil.rmtree(work(app), ignore_errors=True)


def work(app: str) -> Path:
    """Where the executors of a local cluster write what they say."""
    from pyspark.find_spark_home import _find_spark_home

    return Path(_find_spark_home()) / "work" / app


@pytest.fixture(scope="session")
def mapping(folder: Path) -> Mapping:
    pack = folder / "mini"
    pack.mkdir()
    (pack / "rules.yaml").write_text(HEAD + RULES)
    (pack / "vocabulary.yaml").write_text(VOCABULARY)
    (pack / "settings.schema.json").write_text('{"properties": {"key": {"type": "string"}}}')
    (pack / "payload.schema.json").write_text('{"type": "object"}')
    return load(pack)


def event(number: int) -> bytes:
    """Some are skipped, some refused, some broken, some make two requests."""
    if number % 50 == 7:
        return b"{broken"
    name = {0: "bad", 1: "skip"}.get(number % 10, f"e{number}")
    tags = ["x", "y"] if number % 3 else ["x"]
    return orjson.dumps({"name": name, "tags": tags, "p": {"a": "1" if number % 7 else "no"}})


def table(rows: range) -> Any:
    return pa.table({"id": list(rows), "event": [event(number).decode() for number in rows]})


HOW: dict[str, Any] = {"column": "event", "keep": ["id"]}


def frame(spark: SparkSession, rows: range = range(ROWS)) -> Any:
    """The events in two partitions, which lie in a file as those of a warehouse do."""
    return spark.createDataFrame(table(rows)).repartition(2, "id")


def by_row(found: Any) -> list[dict[str, Any]]:
    """All but the number of the event, which a cluster counts by partition."""
    rows = found.drop_columns(["event"]).to_pylist()
    return sorted(rows, key=lambda row: (row["id"], row["request"] or 0))


def single(mapping: Mapping, rows: Any, **how: Any) -> list[dict[str, Any]]:
    """What one process makes of the same rows."""
    destination = mapping.bind(SETTINGS, secrets=SECRETS, clock=lambda: 100.0)
    made = apply_batches(destination, rows.to_batches(), **{**HOW, **how})
    return by_row(pa.Table.from_batches(made))


def still() -> float:
    return 100.0


def applied(spark: SparkSession, mapping: Mapping, clock: Callable[[], float] = time.time) -> Any:
    return apply(frame(spark), mapping, SETTINGS, secrets=SECRETS, clock=clock, **HOW)


def test_a_cluster_makes_what_one_process_makes(spark: SparkSession, mapping: Mapping) -> None:
    made = applied(spark, mapping).toArrow()
    assert made.schema.names == [*REQUESTS.names, "id"]
    assert by_row(made) == single(mapping, table(range(ROWS)))
    assert set(made.column("result").to_pylist()) == {"request", "nothing", "error"}
    assert set(made.column("id").to_pylist()) == set(range(ROWS))


def test_events_have_numbers_of_their_own(spark: SparkSession, mapping: Mapping) -> None:
    made = applied(spark, mapping).select("id", "event").distinct().toArrow()
    numbers = made.column("event").to_pylist()
    assert len(set(numbers)) == ROWS
    assert {number >> PARTITION_BITS for number in numbers} == {0, 1}


def test_an_executor_that_is_killed_costs_nothing(
    spark: SparkSession, mapping: Mapping, folder: Path
) -> None:
    mark = folder / "killed"

    def deadly() -> float:
        """In the midst of its partition the first one kills the executor that it works for."""
        calls.append(1)
        if len(calls) == 500 and not mark.exists():
            daemon = os.getppid()
            executor = int(Path(f"/proc/{daemon}/stat").read_text().split()[3])
            assert b"CoarseGrainedExecutorBackend" in Path(f"/proc/{executor}/cmdline").read_bytes()
            mark.write_text(str(executor))
            os.kill(executor, signal.SIGKILL)
        return 100.0

    calls: list[int] = []
    made = applied(spark, mapping, deadly).toArrow()
    assert by_row(made) == single(mapping, table(range(ROWS)))
    assert not Path(f"/proc/{mark.read_text()}").exists()


def test_a_task_that_is_tried_again_makes_each_request_once(
    spark: SparkSession, mapping: Mapping, folder: Path
) -> None:
    tries = folder / "tries"
    tries.mkdir()

    def failing() -> float:
        from pyspark import TaskContext

        calls.append(1)
        task = TaskContext.get()
        assert task is not None
        if len(calls) == 500 and task.attemptNumber() == 0:
            (tries / f"{task.partitionId()}-{task.attemptNumber()}").touch()
            calls.clear()
            raise OSError("the disk is full")
        return 100.0

    calls: list[int] = []
    made = applied(spark, mapping, failing).toArrow()
    assert by_row(made) == single(mapping, table(range(ROWS)))
    assert list(tries.iterdir())


def test_a_worker_binds_once(spark: SparkSession, mapping: Mapping, folder: Path) -> None:
    bound = folder / "bound"
    bound.mkdir()

    class Told:
        """A clock that tells where it is unpacked, which is once for each destination."""

        def __setstate__(self, state: dict[str, Any]) -> None:
            self.__dict__.update(state)
            (bound / f"{os.getpid()}-{time.time_ns()}").touch()

        def __call__(self) -> float:
            return 100.0

    told = Told()
    told.__dict__["a state"] = "or it is not set"
    made = applied(spark, mapping, told)
    for _ in range(3):
        made.toArrow()
    workers = [each.name.partition("-")[0] for each in bound.iterdir()]
    assert workers
    assert len(workers) == len(set(workers))


def test_a_row_of_ten_megabytes_is_a_row_like_others(spark: SparkSession, mapping: Mapping) -> None:
    large = {"name": "large", "tags": ["x"], "p": {"b": "ü" * 5_000_000}}
    events = [event(2), orjson.dumps(large), event(3)]
    rows = pa.table({"id": [1, 2, 3], "event": [each.decode() for each in events]})
    made = apply(
        spark.createDataFrame(rows), mapping, SETTINGS, secrets=SECRETS, clock=still, **HOW
    )
    assert by_row(made.toArrow()) == single(mapping, rows)


def test_columns_of_a_table_make_the_event(spark: SparkSession, mapping: Mapping) -> None:
    query = """
        SELECT concat('e', id) AS name, array('x') AS `event.tags`,
               to_json(struct(id AS a)) AS `a``b`, current_timestamp() AS at
        FROM range(3)
    """
    columns = {"name": "name", "event.tags": "tags", "a`b": {"path": "p", "json": True}, "at": "at"}
    rows = spark.sql(query)
    made = apply(
        rows, mapping, SETTINGS, secrets=SECRETS, columns=columns, keep=["event.tags"]
    ).toArrow()
    assert [json.loads(body)["payload"] for body in made.column("body").to_pylist()] == [
        {"name": f"e{number}", "a": number} for number in range(3)
    ]
    assert made.column("event.tags").to_pylist() == [["x"]] * 3


def test_the_documentation_shows_what_works(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    page = (ROOT / "docs" / "arrow.md").read_text("utf-8")
    (shown,) = re.findall(r"^```py\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    settings = json.loads(Path("examples/walk/settings.json").read_text())
    event = Path("examples/walk/event.json").read_text()
    parquet.write_table(pa.table({"id": [5], "event": [event]}), tmp_path / "events.parquet")
    exec(shown, {"spark": spark, "folder": str(tmp_path), "settings": settings})
    found = parquet.read_table(tmp_path / "requests")
    assert found.column("id").to_pylist() == [5, 5]


@pytest.mark.parametrize(
    ("how", "settings", "code"),
    [
        ({"column": "evnt"}, SETTINGS, "CF06"),
        ({"column": "id"}, SETTINGS, "CF06"),
        ({"column": "v"}, SETTINGS, "CF06"),
        ({"column": "event", "keep": ["url"]}, SETTINGS, "CF06"),
        ({"column": "event"}, {"key": 1}, "CF01"),
    ],
)
def test_mistakes_are_told_before_anything_runs(
    spark: SparkSession, mapping: Mapping, how: Any, settings: Any, code: str
) -> None:
    rows = spark.sql("SELECT 1 AS id, '{}' AS event, 'u' AS url, parse_json('{}') AS v")
    with pytest.raises(ConfigurationError) as raised:
        apply(rows, mapping, settings, secrets=SECRETS, **how)
    assert raised.value.code == code


def test_a_stream_makes_each_request_once_over_restarts(
    spark: SparkSession, mapping: Mapping, folder: Path
) -> None:
    inbox, outbox = folder / "inbox", folder / "outbox"
    inbox.mkdir()

    def arrive(number: int) -> None:
        rows = range(number * 300, number * 300 + 300)
        (inbox / f"{number}.ndjson").write_bytes(b"\n".join(event(each) for each in rows))

    def deadly() -> float:
        raise OSError("the disk is full")

    def run(clock: Callable[[], float]) -> None:
        events = spark.readStream.text(str(inbox))
        made = apply(events, mapping, SETTINGS, secrets=SECRETS, clock=clock, column="value")
        writing = made.writeStream.format("parquet").option("path", str(outbox))
        writing = writing.option("checkpointLocation", str(folder / "checkpoint"))
        writing.trigger(availableNow=True).start().awaitTermination()

    arrive(0)
    with pytest.raises(Exception, match="the disk is full"):
        run(deadly)
    run(still)
    arrive(1)
    run(still)
    found = spark.read.parquet(str(outbox)).toArrow()
    wanted = single(mapping, table(range(600)))

    def bodies(rows: list[dict[str, Any]]) -> list[Any]:
        return sorted((row["result"], row["url"] or "", row["body"] or b"") for row in rows)

    assert bodies(found.to_pylist()) == bodies(wanted)


def test_settings_and_secrets_are_shown_nowhere(
    spark: SparkSession, mapping: Mapping, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After all that went wrong above: plans, logs, pages and answers of the UI, output."""
    made = applied(spark, mapping)
    made.toArrow()
    for mode in ("simple", "extended", "codegen", "cost", "formatted"):
        made.explain(mode=mode)
    plans = capsys.readouterr().out
    context = spark.sparkContext
    ui = context.uiWebUrl
    assert ui is not None
    api = f"{ui}/api/v1/applications/{context.applicationId}"
    details = "details=true&planDescription=true&length=1000"
    sql = f"sql?{details}"
    shown = ("jobs", "stages", "storage", "environment", "executors", "SQL", "StreamingQuery")
    told = ("jobs", "stages?details=true", "environment", "allexecutors", "storage/rdd", sql)
    pages = [*(f"{ui}/{name}/" for name in shown), *(f"{api}/{name}" for name in told)]
    seen = {page: fetched(page) for page in pages}
    runs = json.loads(seen[f"{api}/{sql}"])
    seen |= {f"sql {run['id']}": fetched(f"{ui}/SQL/execution/?id={run['id']}") for run in runs}
    logs = [each for each in (folder / "log").rglob("*") if each.is_file()]
    said = [each for each in work(context.applicationId).rglob("std*") if each.is_file()]
    seen |= {str(each): each.read_text("utf-8", "replace") for each in (*logs, *said)}
    seen["plans"] = plans
    assert "MapInArrow" in plans
    assert any("MapInArrow" in text for name, text in seen.items() if name.startswith(ui))
    assert any("MapInArrow" in seen[str(each)] for each in logs)
    assert said
    assert [
        name for name, text in seen.items() if SENTINEL_SETTING in text or SENTINEL_SECRET in text
    ] == []


def fetched(address: str) -> str:
    with urllib.request.urlopen(address) as answer:
        return str(answer.read().decode())
