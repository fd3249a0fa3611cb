"""Rows of a table as events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from mapping_engine.arrow.conversion import buffers, decoded, is_event, is_text, objects, values
from mapping_engine.engine.columns import Column, check_several, named_by, on_header, wrong
from mapping_engine.types.kinds import Json

Row = memoryview | dict[str, Json] | None
"""A JSON text, which is a view of the table's own memory, or an object; None where a row has no
event, which the engine refuses (EV01)."""
_Tree = dict[str, "Column | _Tree"]


def events_of(batch: pa.RecordBatch, columns: Sequence[Column] = ()) -> Iterator[Row]:
    """The event of each row, in order: what `Destination.outcome` takes.

    Without ``columns`` each column stands at the path that its name spells.

    Raises ConfigurationError (CF06) for a column that is not there, or of a type that no event
    can hold.
    """
    chosen = columns or named_by(batch.schema.names)
    check_columns(batch.schema, chosen)
    if not chosen[0].path:
        return _whole(batch.column(chosen[0].name))
    return iter(_assembled(_tree(chosen), batch))


def check_columns(schema: pa.Schema, columns: Sequence[Column] = ()) -> None:
    """Say early what :func:`events_of` would say of tables with this schema.

    Raises ConfigurationError (CF06), for a sole column that nobody chose as well.
    """
    if not columns:
        check_several(schema.names)
    for column in on_header(columns or named_by(schema.names), schema.names):
        name = column.name
        kind = schema.field(name).type
        values(pa.nulls(0, kind))
        if column.json and column.path and not is_text(kind):
            raise wrong(f"the column `{name}` is {kind}, not JSON text", "leave out `json`")
        if not column.path and not is_event(kind):
            raise wrong(
                f"the column `{name}` is {kind}, which is no event",
                "name a column of JSON texts, structs or maps, or place columns by a mapping",
            )


def _whole(array: pa.Array) -> Iterator[Row]:
    array = decoded(array)
    return buffers(array) if is_text(array.type) else iter(values(array))


def _tree(columns: Sequence[Column]) -> _Tree:
    """The columns as they lie in the event."""
    tree: _Tree = {}
    for column in columns:
        at = tree
        for step in column.path[:-1]:
            below = at.setdefault(step, {})
            assert isinstance(below, dict)
            at = below
        at[column.path[-1]] = column
    return tree


def _assembled(tree: _Tree, batch: pa.RecordBatch) -> list[dict[str, Json]]:
    lists = [
        values(batch.column(each.name), parsed=each.json)
        if isinstance(each, Column)
        else [below or None for below in _assembled(each, batch)]
        for each in tree.values()
    ]
    return list(objects(list(tree), lists))
