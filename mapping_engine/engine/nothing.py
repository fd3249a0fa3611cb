"""Why an event became no request, and which fields a payload can have."""

from __future__ import annotations

import re
from difflib import get_close_matches

from mapping_engine.core.model import Model, payload_fields
from mapping_engine.core.spell import spell
from mapping_engine.engine.flow import is_switched_off
from mapping_engine.engine.interpreted import Interpreted
from mapping_engine.engine.interpreter import Interpreter
from mapping_engine.engine.run import Run

_PLACE = re.compile(r"\[\d*\]")
NEAR = 3


def why_nothing(model: Model, run: Run) -> str:
    """Why no request was made of an event that was not refused."""
    switches = model.vocabulary.switches
    if switches is not None and is_switched_off(model, run):
        table = run.event[switches.path]
        names = [name.text for name in model.file.switch or ()]
        off = next((name for name in names if table.get(name) is False), switches.all)
        return f"the event switches this destination off: `{switches.path}.{off}` is false"
    way = Interpreted(Interpreter(model, run))
    rule = way.accept(run)
    if rule is not None:
        return (
            f"the event is skipped, as {spell(rule.condition)}  ({rule.span.file}:{rule.span.line})"
        )
    names = [f"`{name}`" for each in model.requests for name in each.fan_out_names]
    return f"the fan-out has no values for {', '.join(names)}"


def field_paths(model: Model) -> list[str]:
    """The paths of all payload fields that rules make; items of a list have `[]`."""
    found = (payload_fields(each.fields.fields) for each in model.requests)
    return list(dict.fromkeys(path for each in found for path, field in each if not field.spread))


def as_rule(path: str) -> str:
    """A path as rules make it, for all items of a list."""
    return _PLACE.sub("[]", path)


def near_paths(given: str, paths: list[str]) -> list[str]:
    """The field paths that are most like the one given, or end as it does."""
    last = as_rule(given).split(".")[-1]
    ends = [path for path in paths if path.split(".")[-1] == last]
    return list(dict.fromkeys([*ends, *get_close_matches(as_rule(given), paths, NEAR)]))[:NEAR]
