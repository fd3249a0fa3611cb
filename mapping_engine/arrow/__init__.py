"""The Arrow contract: rows of events in, rows of requests out; docs/arrow.md tells it all.

It needs the extra `[arrow]`. All that is bigger than a file stands on it.
"""

from __future__ import annotations

try:
    import pyarrow as _pyarrow
except ImportError as missing:
    raise ImportError(
        "mapping_engine.arrow needs the package pyarrow: pip install 'mapping-engine[arrow]'"
    ) from missing

from mapping_engine.arrow.contract import REQUESTS, apply_batches, requests_schema
from mapping_engine.arrow.event_rows import events_of
from mapping_engine.engine.columns import Column, column_of, columns_of

__all__ = [
    "REQUESTS",
    "Column",
    "apply_batches",
    "column_of",
    "columns_of",
    "events_of",
    "requests_schema",
]

assert _pyarrow
