"""What the page shows as a rule test: the text of a case, and the file that it is added to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.engine.clock import read_clock
from mapping_engine.engine.inspect import read_event
from mapping_engine.engine.mapping import Destination, Mapping
from mapping_engine.errors import MappingError
from mapping_engine.play.own_files import SAVED_TESTS, refusal, saved_tests, write
from mapping_engine.play.trial import Asked, Trial, clock_of, masked
from mapping_engine.source.node import Source
from mapping_engine.source.yaml_text import read_yaml
from mapping_engine.testing.cases import Case, cases_of
from mapping_engine.testing.runner import run_case
from mapping_engine.types.kinds import Json

SECRET = "secret-of-a-test"
"""What stands in a rule test for a secret: tests are no place for one."""
_HEAD = """\
# yaml-language-server: $schema=../../../grammar/tests.schema.json
tests: 1
title: Saved from play
cases:
"""
_PLAIN = re.compile(r"(?!(?:true|false|null|yes|no|on|off|y|n)$)[A-Za-z_]\w*", re.I).fullmatch


def rule_test(trial: Trial, asked: Asked, name: str, *, is_kept: bool) -> dict[str, object]:
    """The page as a rule test, which passes; it is added to the pack's file if it ``is_kept``."""
    mapping = trial.mapping(trial.overlay(asked))
    case = _text(_case(trial, asked, mapping, name.strip() or "saved from play"))
    file = saved_tests(trial.pack)
    before = file.text() if file is not None and file.place.exists() else ""
    after = f"{before.rstrip()}\n{case}" if before.strip() else _HEAD + case
    _check(mapping, before, after)
    if is_kept:
        if file is None:
            raise refusal("a bundled pack is not changed", "copy the test, or eject the pack")
        write(file.place, after)
    return {"yaml": case, "file": SAVED_TESTS if file else None, "saved": is_kept}


def _case(trial: Trial, asked: Asked, mapping: Mapping, name: str) -> dict[str, Json]:
    schema, now = mapping.model.settings_schema, read_clock(clock_of(asked.now))
    settings = masked(schema, trial.settings(asked), SECRET)
    secrets = dict.fromkeys(trial.samples[asked.sample].secrets, SECRET)
    now = float(int(now))
    destination = mapping.bind(settings, secrets=secrets, clock=lambda: now)
    event = read_event(asked.event.encode("utf-8", "replace"))[0]
    return {
        "name": name,
        "clock": datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z"),
        "settings": settings,
        **({"secrets": secrets} if secrets else {}),
        "event": event,
        "expect": _expected(destination, event),
    }


def _expected(destination: Destination, event: dict[str, Json]) -> dict[str, Json]:
    try:
        requests, payloads = destination.apply(event), destination.payloads(event)
    except MappingError as error:
        return {"error": {"kind": error.kind, "code": str(error.code), "message": error.message}}
    payload: dict[str, Json] = {"payloads": payloads, "exact": True} if payloads else {}
    return {"requests": len(requests), **payload}


def _check(mapping: Mapping, before: str, after: str) -> None:
    """Refuse a text in which the case is not read as it was meant, or does not pass."""
    cases, earlier = _cases(after), _cases(before) if before.strip() else []
    if cases is None or earlier is None or len(cases) != len(earlier) + 1:
        help = f"give it another name, and see that `cases` is the last key of {SAVED_TESTS}"
        raise refusal("the case cannot be added to the rule tests as they are", help)
    if not run_case(mapping, cases[-1]).passed:
        help = "in the event of a rule test, null means that a key is taken out"
        raise refusal("the case would not pass", help)


def _cases(text: str) -> list[Case] | None:
    diagnostics = Diagnostics()
    found = cases_of(read_yaml(Source(SAVED_TESTS, text), diagnostics), diagnostics)
    return None if diagnostics.found else found


# YAML


def _text(case: dict[str, Json]) -> str:
    first, *others = _lines(case)
    return "\n".join([f"  - {first}", *(f"    {line}" for line in others)]) + "\n"


def _lines(value: Json) -> Iterator[str]:
    """A value as lines of YAML: blocks of what is written as in JSON."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            name = key if _PLAIN(key) else json.dumps(key, ensure_ascii=False)
            if isinstance(item, dict | list) and item and not _is_short(item):
                yield f"{name}:"
                yield from (f"  {line}" for line in _lines(item))
            else:
                yield f"{name}: {json.dumps(item, ensure_ascii=False)}"
    elif isinstance(value, list) and value:
        for item in value:
            first, *others = _lines(item)
            yield f"- {first}"
            yield from (f"  {line}" for line in others)
    else:
        yield json.dumps(value, ensure_ascii=False)


def _is_short(value: Json) -> bool:
    return len(json.dumps(value, ensure_ascii=False)) < 60
