"""Runs `probe.py` with some interpreter, and so with the version of the engine that it has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bench.speed.growth import write_pack
from bench.speed.processes import SWITCH, printed
from bench.speed.settings import NOW
from bench.speed.variants import Pack

PROBE = Path(__file__).with_name("probe.py")

Steps = dict[str, float]
"""The seconds of each step from an empty process to the first event."""


@dataclass(frozen=True)
class Probe:
    """The files that a probe of one pack reads."""

    pack: str
    settings: Path
    events: Path
    other: Path
    """A pack of one field, which imports all that a pack needs."""

    def start(self, python: str, cache: Path | str, *, imported: bool = False) -> Steps:
        """A new process, in which all may be ``imported`` before the pack is loaded."""
        other = [self.other] if imported else []
        found: Steps = self._printed("start", python, other, {SWITCH: str(cache)})
        return found

    def run(self, python: str, rounds: int) -> dict[str, Any]:
        """Rounds over all events in a new process."""
        found: dict[str, Any] = self._printed("run", python, [str(rounds)], {SWITCH: "off"})
        return found

    def _printed(
        self, what: str, python: str, more: Sequence[str | Path], variables: dict[str, str]
    ) -> Any:
        given = (what, self.pack, self.settings, self.events, str(NOW))
        command: list[str | Path] = [python, "-P", PROBE, *given]
        return json.loads(printed([*command, *more], self.settings.parent, variables))


def probe(folder: Path, pack: Pack, events: Sequence[bytes]) -> Probe:
    """What probes the pack on these events; its files are written into the folder."""
    settings, file = folder / f"{pack.name}.json", folder / f"{pack.name}.ndjson"
    settings.write_bytes(orjson.dumps(pack.settings))
    file.write_bytes(b"".join(event + b"\n" for event in events))
    other = folder / "other"
    if not other.exists():
        write_pack(other, {"f": "part.p |> text"}, ["p"])
    return Probe(pack.name, settings, file, other)
