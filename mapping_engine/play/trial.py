"""What a pack makes of an event while its rules, the event and the settings are edited."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field, replace
from typing import Any

from mapping_engine.checks import Options, check_all
from mapping_engine.checks.users import YAML
from mapping_engine.core.sinks import SECRET_KEYWORD
from mapping_engine.difference.events import compare_events
from mapping_engine.difference.report import parts, shown
from mapping_engine.engine.clock import Clock, is_time, seconds_of
from mapping_engine.engine.loading import read_pack, refused
from mapping_engine.engine.mapping import Destination, Mapping
from mapping_engine.engine.request import MASK
from mapping_engine.errors import ConfigurationError, ErrorCode, RuleError
from mapping_engine.file.json_types import JsonSchema, follow
from mapping_engine.frozen import Frozen
from mapping_engine.play.curl import curl
from mapping_engine.play.own_files import PackFile, known, pack_files
from mapping_engine.play.picture import pictured
from mapping_engine.source.folder import Overlay
from mapping_engine.source.json_text import JsonProblem, read_json
from mapping_engine.testing.runner import StillClock
from mapping_engine.types.kinds import Json

EVENTS = 10_000
"""So many events are held ready, and compared."""


class Sample(Frozen):
    """An event to begin with, and what it is applied under; ``now`` is empty for the real time."""

    name: str
    event: str = field(repr=False)
    settings: dict[str, Json] = field(repr=False)
    secrets: MappingType[str, str] = field(repr=False)
    now: str = ""


class Asked(Frozen):
    """What stands in the page: edited rule files, the event, the settings and the time."""

    texts: MappingType[str, str] = field(repr=False)
    event: str = field(repr=False)
    settings: str = field(repr=False)
    now: str
    sample: int


@dataclass
class Trial:
    """A pack, and events to try it on; rules that were read last are kept, edited ones and not."""

    pack: str
    samples: tuple[Sample, ...]
    files: dict[str, PackFile] = field(default_factory=dict)
    _known: list[tuple[object, Mapping]] = field(default_factory=list)

    def overlay(self, asked: Asked) -> Overlay:
        """The edited texts by the places of their files."""
        return {known(name, self.files).place: text for name, text in asked.texts.items()}

    def mapping(self, overlay: Overlay) -> Mapping:
        """The rules with the edited texts. Raises RuleError with what is wrong."""
        stamp = dict(overlay), {file.place: file.stamp() for file in self.files.values()}
        found = next((mapping for known, mapping in self._known if known == stamp), None)
        if found is None:
            read = read_pack(self.pack, overlay)
            if read.model is None:
                raise refused(self.pack, read.diagnostics)
            found = Mapping(read.model)
            self._known = [*self._known[-1:], (stamp, found)]
        return found

    def settings(self, asked: Asked) -> dict[str, Json]:
        """The settings of the page, with the secrets that it does not know."""
        return read_settings(asked.settings, self.samples[asked.sample].settings)

    def bound(self, overlay: Overlay, asked: Asked, settings: dict[str, Json]) -> Destination:
        """The rules under some settings, and with the secrets and the time of the page."""
        secrets = self.samples[asked.sample].secrets
        return self.mapping(overlay).bind(settings, secrets=secrets, clock=clock_of(asked.now))


def started(trial: Trial, asked: Asked) -> dict[str, object]:
    """What the page begins with: the pack, its rule files as they are on the disk, and events."""
    trial.files |= pack_files(trial.pack, trial.overlay(asked))
    shown = [file for file in trial.files.values() if file.name.endswith(YAML)]
    return {
        "pack": trial.pack,
        "own": any(file.own for file in shown),
        "files": [{"name": f.name, "own": f.own, "text": f.text()} for f in shown],
        "samples": [each.name for each in trial.samples],
    }


def sampled(trial: Trial, number: int) -> dict[str, object]:
    """An event to begin with; of the settings, the secrets are not shown."""
    sample = trial.samples[number]
    try:
        schema = trial.mapping({}).model.settings_schema
    except RuleError:
        schema = {SECRET_KEYWORD: True}  # which of them are secrets, nobody knows yet
    settings = json.dumps(masked(schema, sample.settings), indent=2, ensure_ascii=False)
    return {"event": sample.event, "settings": settings, "now": sample.now}


def applied(trial: Trial, asked: Asked) -> dict[str, object]:
    """What becomes of the event, and why. Raises MappingError where rules or settings are wrong."""
    overlay, settings = trial.overlay(asked), trial.settings(asked)
    destination = trial.bound(overlay, asked, settings)
    event, mapping = asked.event.encode("utf-8", "replace"), destination.mapping
    found = destination.explain(event)
    requests = [] if found.error else destination.apply(event)
    payloads = [] if found.error else destination.payloads(event)
    plain, model = masked(mapping.model.settings_schema, settings), mapping.model
    return {
        **pictured(found, asked.event, payloads),
        "of_settings": [each.to_dict() for each in destination.warnings],
        "requests": [
            {
                "name": each.name,
                "method": each.method,
                "url": each.shown_url,
                "curl": curl(each, model, mapping.facts(), payloads, plain),
            }
            for each in requests
        ],
    }


def checked(trial: Trial, asked: Asked) -> dict[str, object]:
    """What `rules-check` finds in the pack, with the fixes that can be made."""
    found = check_all([trial.pack], Options(overlay=trial.overlay(asked)))
    return {"findings": [each.to_dict() for each in found.diagnostics]}


def compared(trial: Trial, asked: Asked) -> dict[str, object]:
    """What the edits of rules and settings change in all events; values are masked."""
    still = asked if asked.now else replace(asked, now=str(time.time()))
    base = trial.samples[asked.sample].settings
    old = trial.bound({}, still, base)
    new = trial.bound(trial.overlay(asked), still, trial.settings(asked))
    events = ((each.name, each.event.encode("utf-8", "replace")) for each in trial.samples)
    found = compare_events(old, new, events)
    return {
        "events": found.events,
        "differing": found.differing,
        "rows": [
            {"what": name, "events": counted.events, "examples": list(shown(counted))}
            for name, counted in parts(found)
        ],
    }


def clock_of(text: str) -> Clock:
    """The clock that the page shows: it stands still, unless it is empty."""
    if not text.strip():
        return time.time
    now = seconds_of(text.strip())
    if not is_time(now):
        help = "write it as 2024-01-01T12:00:00Z, or leave it empty for the real time"
        raise ConfigurationError(ErrorCode.CLOCK_INVALID, "the clock shows no time", help=help)
    return StillClock(now)


# Settings


def read_settings(text: str, original: Json) -> dict[str, Json]:
    """The settings in a JSON text, with the ``original`` where it says `***`."""
    try:
        found: Any = read_json(text)
    except JsonProblem as problem:
        line, column = problem.place or (1, 1)
        message = f"the settings are {problem}, in line {line}, column {column}"
        help = "write one JSON object"
        raise ConfigurationError(ErrorCode.SETTINGS_INVALID, message, help=help) from None
    restored: dict[str, Json] = _restored(found, original)
    return restored


def _restored(value: Json, original: Json) -> Json:
    if value == MASK:
        return value if original is None else original
    if isinstance(value, dict):
        given = original if isinstance(original, dict) else {}
        return {key: _restored(item, given.get(key)) for key, item in value.items()}
    if isinstance(value, list):
        items = original if isinstance(original, list) else []
        return [_restored(v, items[n] if n < len(items) else None) for n, v in enumerate(value)]
    return value


def masked(root: JsonSchema, value: Json, mask: str = MASK) -> Json:
    """The settings without what their schema says is secret."""
    return _masked(root, root, value, mask)


def _masked(root: JsonSchema, schema: JsonSchema, value: Json, mask: str) -> Json:
    schema = {**follow(root, schema), **schema}
    if schema.get(SECRET_KEYWORD) is True:
        return mask if value else value
    if isinstance(value, dict):
        below = schema.get("properties", {})
        return {k: _masked(root, below.get(k, {}), item, mask) for k, item in value.items()}
    if isinstance(value, list):
        items = schema.get("items")
        inner = items if isinstance(items, dict) else {}
        return [_masked(root, inner, item, mask) for item in value]
    return value
