"""Arrow values as JSON has them; docs/arrow.md is the table of what becomes what.

None stands for what is missing. What JSON cannot hold (NaN, broken Unicode, numbers beyond 64
bits) is handed on: the engine leaves it out of the event, and tells it.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types as kinds

from mapping_engine.engine.columns import wrong
from mapping_engine.engine.inspect import NoJson, read_text
from mapping_engine.source.json_text import LEAST, MOST
from mapping_engine.types.kinds import Json

_PER_SECOND = {"s": 0, "ms": 3, "us": 6, "ns": 9}
_LISTS = (
    kinds.is_list, kinds.is_large_list, kinds.is_fixed_size_list,
    kinds.is_list_view, kinds.is_large_list_view,
)  # fmt: skip
_TEXTS = (kinds.is_string, kinds.is_large_string, kinds.is_string_view)
_BYTES = (
    kinds.is_binary, kinds.is_large_binary, kinds.is_binary_view, kinds.is_fixed_size_binary,
)  # fmt: skip
_PLAIN = (kinds.is_null, kinds.is_boolean, kinds.is_integer, kinds.is_float64)


def is_(kind: pa.DataType, tests: Iterable[Callable[[pa.DataType], bool]]) -> bool:
    """Whether a type is of one of these kinds."""
    return any(test(kind) for test in tests)


def is_text(kind: pa.DataType) -> bool:
    """Whether values of this type may be JSON texts."""
    if kinds.is_dictionary(kind) or kinds.is_run_end_encoded(kind):
        return is_text(kind.value_type)
    return isinstance(kind, pa.JsonType) or is_(kind, (*_TEXTS, *_BYTES))


def is_event(kind: pa.DataType) -> bool:
    """Whether values of this type may be events; those of no type are missing, each by itself."""
    return is_text(kind) or is_(kind, (kinds.is_struct, kinds.is_map, kinds.is_null))


def decoded(array: pa.Array) -> pa.Array:
    """The array with each value in its own place."""
    if kinds.is_dictionary(array.type):
        return array.dictionary_decode()
    if kinds.is_run_end_encoded(array.type):
        return pc.run_end_decode(array)
    return array


def values(array: pa.Array, *, parsed: bool = False) -> Sequence[Json]:
    """The values of an array; texts are read as JSON where they are to be ``parsed``.

    Raises ConfigurationError (CF06) for a type that no event can hold.
    """
    array = decoded(array)
    kind = array.type
    if isinstance(kind, pa.UuidType):
        return _each(array, str)
    if isinstance(kind, pa.BaseExtensionType):
        return values(array.storage, parsed=parsed or isinstance(kind, pa.JsonType))
    if parsed and is_text(kind):
        return [None if text is None else _parsed(text) for text in buffers(array)]
    if kinds.is_struct(kind):
        return _structs(array)
    if kinds.is_map(kind):
        return _maps(array)
    if is_(kind, _LISTS):
        return _lists(values(array.flatten()), pc.list_value_length(array).to_pylist())
    return _scalars(array, kind)


def buffers(array: pa.Array) -> Iterator[memoryview | None]:
    """The bytes of each text, as views into the buffers of the array."""
    if isinstance(array.type, pa.BaseExtensionType):
        array = array.storage
    array = array.cast(pa.large_binary())
    _, ends, data = array.buffers()
    view = memoryview(data or b"")
    first = array.offset
    places = memoryview(ends).cast("q")[first : first + len(array) + 1] if len(array) else [0]
    begin = places[0]
    valid = array.is_valid().to_pylist() if array.null_count else None
    for number in range(len(array)):
        end = places[number + 1]
        yield view[begin:end] if valid is None or valid[number] else None
        begin = end


def objects(names: Sequence[str], lists: Sequence[Sequence[Json]]) -> Iterator[dict[str, Json]]:
    """The objects of these keys; what is missing has none."""
    for row in zip(*lists, strict=True):
        yield {name: value for name, value in zip(names, row, strict=True) if value is not None}


def _structs(array: pa.StructArray) -> list[Json]:
    fields = list(array.type)
    if any((field.metadata or {}).get(b"variant") == b"true" for field in fields):
        raise wrong("a VARIANT is no value yet", "make it JSON text: to_json(column)")
    names = [field.name for field in fields]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise wrong(f"a struct has two fields `{twice}`", "rename or drop one of them")
    if not names:
        return [{} if valid else None for valid in array.is_valid().to_pylist()]
    found: list[Json] = list(objects(names, [values(each) for each in array.flatten()]))
    if array.null_count:
        valid = array.is_valid().to_pylist()
        return [each if there else None for each, there in zip(found, valid, strict=True)]
    return found


def _lists(inside: Sequence[Json], lengths: Sequence[int | None]) -> list[Json]:
    rest = iter(inside)
    return [None if length is None else list(islice(rest, length)) for length in lengths]


def _maps(array: pa.MapArray) -> list[Json]:
    key, item = array.type.key_type, array.type.item_type
    entry = pa.struct([pa.field("key", key, nullable=False), pa.field("value", item)])
    listed = array.cast(pa.list_(entry))
    pairs = list(zip(*map(values, listed.flatten().flatten()), strict=True))
    found = _lists(pairs, pc.list_value_length(listed).to_pylist())
    return [None if each is None else _object(each) for each in found]


def _object(pairs: Sequence[tuple[Json, Json]]) -> Json:
    found = {key if type(key) is str else json.dumps(key): value for key, value in pairs}
    if len(found) != len(pairs):
        return NoJson("is a map that has a key twice")
    return {key: value for key, value in found.items() if value is not None}


def _scalars(array: pa.Array, kind: pa.DataType) -> Sequence[Json]:
    if is_(kind, _TEXTS):
        return _texts(array)
    if is_(kind, _BYTES):
        return _each(array, lambda data: b64encode(data).decode())
    if is_(kind, _PLAIN):
        return _listed(array)
    if kinds.is_float32(kind) or kinds.is_float16(kind):
        # 0.1 is 0.10000000149011612 otherwise, since it has more digits as a float of 64 bits
        shortest = array.cast(pa.float32()).cast(pa.string()).cast(pa.float64())
        return _listed(shortest)
    if kinds.is_decimal(kind):
        return _each(array, number)
    if kinds.is_timestamp(kind):
        utc = array.cast(pa.timestamp(kind.unit, "UTC" if kind.tz else None))
        written = utc.cast(pa.string())
        return _listed(pc.replace_substring_regex(written, r"^([0-9-]+) ", r"\1T"))
    if kinds.is_date(kind) or kinds.is_time(kind):
        return _listed(array.cast(pa.string()))
    if kinds.is_duration(kind):
        places = _PER_SECOND[kind.unit]
        return _each(array.cast(pa.int64()), lambda count: number(Decimal(count).scaleb(-places)))
    raise wrong(f"no event can hold values of the type {kind}", "cast or drop the column")


def number(value: Decimal) -> Json:
    """A decimal as the number that it is, or as text where no number of JSON is the same."""
    if value == value.to_integral_value():
        whole = int(value)
        return whole if LEAST <= whole <= MOST else f"{value:f}"
    near = float(value)
    return near if Decimal(repr(near)) == value else f"{value:f}"


def _listed(array: pa.Array) -> list[Json]:
    found: list[Json] = array.to_pylist()
    return found


def _each(array: pa.Array, made: Callable[[Any], Json]) -> list[Json]:
    return [None if value is None else made(value) for value in array.to_pylist()]


def _texts(array: pa.Array) -> list[Json]:
    try:
        return _listed(array)
    except UnicodeDecodeError:  # Arrow does not look; lone surrogates make the engine tell it
        return [
            None if text is None else bytes(text).decode(errors="surrogateescape")
            for text in buffers(array)
        ]


def _parsed(text: memoryview) -> Json:
    try:
        return read_text(bytes(text))[0]
    except (ValueError, RecursionError) as problem:
        return NoJson(f"is no JSON document: {problem}")
