"""What the tests of `play` serve: a pack of one's own, an event, settings."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mapping_engine.play.http_server import PlayServer
from mapping_engine.play.trial import Sample, Trial

ROOT = Path(__file__).resolve().parents[2]
TOKEN, PERSON = "a-token-nobody-sees", "ann.somebody@x.test"
SETTINGS = {"account": "4711", "token": TOKEN}
EVENT: dict[str, Any] = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m-1",
    "userId": "user-1",
    "timestamp": "2024-01-01T10:00:00Z",
    "properties": {"total": "12.50", "coupon": "SPRING"},
    "traits": {"email": "none"},
    "context": {"traits": {"email": PERSON}},
}
NOW = "2024-01-01T12:00:00Z"


def own_pack(folder: Path) -> Path:
    """A pack in the folder `rules` of what is going to be the working directory."""
    shutil.copytree(ROOT / "examples" / "adwave", folder / "rules" / "adwave")
    return Path("rules/adwave")


@contextmanager
def serving(pack: str, *samples: Sample) -> Iterator[PlayServer]:
    """A server of the pack and the event, or other ones."""
    given = samples or (Sample("one", json.dumps(EVENT, indent=2), {**SETTINGS}, {}, NOW),)
    with PlayServer(Trial(pack, given)) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
