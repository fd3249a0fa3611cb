"""What files of events may be: each format is declared here, with what it is known by.

Help and documentation are made of these declarations.
"""

from __future__ import annotations

import gzip
import zlib
from codecs import BOM_UTF8
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from io import BufferedIOBase
from typing import Any

from mapping_engine.errors import ErrorCode, InputError
from mapping_engine.frozen import Frozen


class EventFormat(Frozen):
    """A way in which events are written; ``about`` says how they are read."""

    name: str
    endings: tuple[str, ...]
    about: str
    first: tuple[bytes, ...] = ()
    """What it begins with, whatever its name ends with."""
    packs: bool = True
    """Whether it may be packed: Parquet is read from its end."""


class Packing(Frozen):
    """A way in which a file is packed, which its first bytes tell."""

    name: str
    ending: str
    first: bytes
    opened: Callable[[BufferedIOBase], BufferedIOBase]


class Foreign(Frozen):
    """What is no file of events, and what to do with it."""

    name: str
    first: tuple[bytes, ...]
    help: str


def _gzip(stream: BufferedIOBase) -> BufferedIOBase:
    return gzip.GzipFile(fileobj=stream)


def _zstd(stream: BufferedIOBase) -> BufferedIOBase:
    found: BufferedIOBase = _zstd_module().ZstdFile(stream)
    return found


def _zstd_module() -> Any:
    for module in ("compression.zstd", "backports.zstd"):  # Python has it from 3.14 on
        with suppress(ImportError):
            return import_module(module)
    raise InputError(
        ErrorCode.INPUT_FOREIGN,
        "it is packed by zstd, which this installation cannot read",
        help="pip install 'mapping-engine[zstd]', or unpack it: zstd -d FILE",
    )


def packing_errors() -> tuple[type[Exception], ...]:
    """What is raised where a packed file is broken."""
    try:
        return (EOFError, zlib.error, gzip.BadGzipFile, _zstd_module().ZstdError)
    except InputError:
        return (EOFError, zlib.error, gzip.BadGzipFile)


NDJSON = EventFormat("NDJSON", (".ndjson", ".jsonl"), "one event a line")
ARRAY = EventFormat("JSON", (".json",), "one array of events, or one event", (b"[",))
CSV = EventFormat(
    "CSV", (".csv", ".tsv"), "a row is an event, a header a path such as `traits.email`"
)
PARQUET = EventFormat(
    "Parquet", (".parquet",), "a row is an event; needs the extra [arrow]", (b"PAR1",), packs=False
)
FORMATS = (NDJSON, ARRAY, CSV, PARQUET)

PACKINGS = (
    Packing("gzip", ".gz", b"\x1f\x8b", _gzip),
    Packing("zstd", ".zst", b"\x28\xb5\x2f\xfd", _zstd),
)

_UTF_8 = "convert it: iconv -f {0} -t UTF-8 FILE"
_UNPACK = "unpack it, and name the files that were in it"
FOREIGN = (
    Foreign(
        "UTF-32 text",
        (b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"{\0\0\0", b"\0\0\0{", b"[\0\0\0", b"\0\0\0["),
        _UTF_8.format("UTF-32"),
    ),
    Foreign(
        "UTF-16 text",
        (b"\xff\xfe", b"\xfe\xff", b"{\0", b"\0{", b"[\0", b"\0["),
        _UTF_8.format("UTF-16"),
    ),
    Foreign("a ZIP archive", (b"PK\x03\x04",), _UNPACK),
    Foreign("packed by bzip2", (b"BZh",), "unpack it: bzip2 -d FILE"),
    Foreign("packed by xz", (b"\xfd7zXZ\0",), "unpack it: xz -d FILE"),
    Foreign("an Avro file", (b"Obj\x01",), "convert it to NDJSON or Parquet"),
    Foreign("an ORC file", (b"ORC",), "convert it to NDJSON or Parquet"),
    Foreign("an Arrow file", (b"ARROW1",), "convert it to Parquet"),
)
HEAD = max(len(first) for each in FOREIGN for first in each.first)
"""So many bytes tell what a file is."""


def endings() -> tuple[str, ...]:
    """How files of events may be named: what a folder is searched for."""
    return tuple(
        f"{ending}{packed}"
        for each in FORMATS
        for ending in each.endings
        for packed in ("", *(packing.ending for packing in PACKINGS if each.packs))
    )


def packing_of(head: bytes) -> Packing | None:
    """How a file is packed that begins like this."""
    return next((each for each in PACKINGS if head.startswith(each.first)), None)


def format_of(head: bytes, name: str) -> EventFormat:
    """How events are written in a file that begins like this when it is unpacked.

    Raises InputError (IN02) where that is no file of events.
    """
    for foreign in FOREIGN:
        if head.startswith(foreign.first):
            raise InputError(ErrorCode.INPUT_FOREIGN, f"it is {foreign.name}", help=foreign.help)
    text = head.removeprefix(BOM_UTF8).lstrip()
    for each in FORMATS:
        if each.first and text.startswith(each.first):
            return each
    named = _named(name)
    if named is PARQUET and head:
        raise InputError(
            ErrorCode.INPUT_FOREIGN, "it is no Parquet file", help="rename it as what it is"
        )
    return CSV if named is CSV else NDJSON


def _named(name: str) -> EventFormat | None:
    low = name.lower()
    for packing in PACKINGS:
        low = low.removesuffix(packing.ending)
    return next((each for each in FORMATS if low.endswith(each.endings)), None)


def listed_formats() -> str:
    """The formats for help, one a line."""
    found = [f"{each.name} ({', '.join(each.endings)}): {each.about}" for each in FORMATS]
    packed = " or ".join(f"{each.name} ({each.ending})" for each in PACKINGS)
    names = ", ".join(each.name for each in FORMATS if each.packs)
    return "\n".join([*found, f"{names} may be packed: {packed}"])
