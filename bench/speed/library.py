"""The library in a program of its own: events in, requests out, and nothing else.

`python -m bench.speed.library PACK EVENTS SETTINGS NOW` writes the lines that the command `apply`
writes. With `encoded` at the end, it writes the bodies in the form in which they are sent.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from mapping_engine import Request, load

Shape = Callable[[Request], dict[str, Any]]
"""What is written of a request."""


def main(pack: str, events: str, settings: str, now: str, form: str = "plain") -> None:
    """Write the requests of a file of events, line by line."""
    time, found = float(now), orjson.loads(Path(settings).read_bytes())
    destination = load(pack).bind(found, clock=lambda: time)
    shape: Shape = _encoded if form == "encoded" else Request.to_dict
    write = sys.stdout.buffer.write
    with open(events, "rb") as lines:
        for number, raw in enumerate(lines, 1):
            for request in destination.outcome(raw).requests:
                place = {"file": events, "line": number}
                write(orjson.dumps({**place, **shape(request)}) + b"\n")


def _encoded(request: Request) -> dict[str, Any]:
    return {"url": request.url, "body": request.encode().decode()}


if __name__ == "__main__":
    main(*sys.argv[1:])
