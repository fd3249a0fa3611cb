"""A destination on a Spark cluster, for tables and for streams; docs/spark.md tells it all.

It needs the extra `[spark]`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingType
from functools import lru_cache

try:
    import pyarrow as pa
    from pyspark import TaskContext
    from pyspark.serializers import CPickleSerializer
    from pyspark.sql import Column as SparkColumn
    from pyspark.sql import DataFrame
    from pyspark.sql.functions import col
    from pyspark.sql.pandas.types import from_arrow_schema
except ImportError as missing:
    raise ImportError(
        "mapping_engine.spark needs the package pyspark: pip install 'mapping-engine[spark]'"
    ) from missing

from mapping_engine.arrow import REQUESTS, Column, apply_batches, requests_schema
from mapping_engine.arrow.contract import Columns, chosen
from mapping_engine.arrow.event_rows import check_columns
from mapping_engine.engine.clock import Clock
from mapping_engine.engine.columns import named_by
from mapping_engine.engine.mapping import Destination, Mapping
from mapping_engine.engine.secrets import NO_SECRETS
from mapping_engine.types.kinds import Json

PARTITION_BITS = 33
"""The number of an event is that of its row, and above these bits that of its partition."""
_KEPT = 8
"""So many destinations stay bound in a worker process."""
_Work = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]


def apply(
    df: DataFrame,
    mapping: Mapping,
    settings: MappingType[str, Json],
    *,
    secrets: MappingType[str, str] = NO_SECRETS,
    clock: Clock = time.time,
    column: str | None = None,
    columns: Columns = None,
    keep: Sequence[str] = (),
) -> DataFrame:
    """The requests of the events in the rows of a table or a stream, as `REQUESTS` declares them.

    The events are in one ``column``, or made of ``columns`` (see
    :func:`~mapping_engine.engine.columns.columns_of`), or of all columns by their names. Columns to
    ``keep`` stand beside the requests that were made of their rows. Each worker process binds the
    mapping once; settings and secrets go there inside the task, which no plan or log shows.

    Raises ConfigurationError here, before anything runs: CF01 to CF05 for settings and secrets,
    CF06 for columns.
    """
    destination = mapping.bind(settings, secrets=secrets, clock=clock)
    table = df.sparkSession.createDataFrame([], df.schema).toArrow().schema
    events = chosen(column, columns)
    check_columns(table, events)
    events = events or named_by(table.names)
    requests_schema(table, keep)
    # numbers are names that Spark hands to Python, which it does not do for one with a dot
    names = list(dict.fromkeys([*(each.name for each in events), *keep]))
    number = {name: str(place) for place, name in enumerate(names)}
    taken = tuple(Column(number[each.name], each.path, each.json) for each in events)
    beside = [number[name] for name in keep]
    narrow = df.select([_column(name).alias(number[name]) for name in names])
    schema = from_arrow_schema(REQUESTS)
    for name in beside:
        schema = schema.add(narrow.schema[name])
    made = narrow.mapInArrow(_work(destination, taken, beside), schema)
    return made.toDF(*REQUESTS.names, *keep)


def _column(name: str) -> SparkColumn:
    return col("`" + name.replace("`", "``") + "`")


def _work(destination: Destination, columns: Sequence[Column], keep: Sequence[str]) -> _Work:
    """What the workers do; it holds the destination as bytes, which are opened once."""
    sealed = CPickleSerializer().dumps(destination)

    def requests(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        task = TaskContext.get()
        first = (task.partitionId() if task else 0) << PARTITION_BITS
        return apply_batches(_opened(sealed), batches, columns=columns, keep=keep, first=first)

    return requests


@lru_cache(_KEPT)
def _opened(sealed: bytes) -> Destination:
    """The destination in these bytes, bound anew only in a process that has not seen them yet."""
    found: Destination = CPickleSerializer().loads(sealed)
    return found
