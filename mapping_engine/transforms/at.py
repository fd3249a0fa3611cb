"""Reading an event at a path that is known only from the settings."""

from __future__ import annotations

import re
from collections.abc import Callable

from mapping_engine.transforms.declare import Example, Flow, Json, Parameter, Prepared, transform
from mapping_engine.types.kinds import ANY, OBJECT, TEXT

_LONGEST = 1024
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(-?[0-9]{1,9})\]")
_PLACE = re.compile("0|[1-9][0-9]{0,8}").fullmatch
_NOWHERE = 10**9
_EVENT = {"total": 1, "properties": {"price": 2, "products": [{"id": "a"}]}}


def parse_path(text: str) -> tuple[str | int, ...] | None:
    """The steps of a dotted path such as `products[0].id`; None when it is none."""
    text = text.strip()
    if not text or len(text) > _LONGEST or text[0] in ".[":
        return None
    steps: list[str | int] = []
    place = 0
    while place < len(text):
        step = _STEP.match(text, place)
        if step is None or (place and step[1] and text[place] != "."):
            return None
        steps.append(int(step[2]) if step[2] else step[1])
        place = step.end()
    return tuple(steps)


def located(path: Json, under: Json) -> tuple[str | int, ...] | None:
    """The steps from the event's root to what :data:`at` reads with these arguments."""
    steps = parse_path(path) if isinstance(path, str) else None
    if steps is not None and len(steps) == 1 and isinstance(under, str):
        return (*(parse_path(under) or ()), *steps)
    return steps


@transform(
    accepts=OBJECT,
    returns=ANY,
    parameters=(
        Parameter("path", TEXT, doc="The path, as `properties.products[0].price`."),
        Parameter(
            "under",
            TEXT,
            required=False,
            default="",
            doc="The object in which a path of a single name is read.",
        ),
    ),
    flow=Flow.KEEP,
    finds=True,
    reads_event=True,
    locate=located,
    examples=(
        Example(_EVENT, 2, ("properties.price", "")),
        Example(_EVENT, 2, ("price", "properties")),
        Example(_EVENT, 1, ("total", "")),
        Example(_EVENT, "a", ("properties.products[-1].id", "")),
        Example(_EVENT, "a", ("properties.products.0.id", "")),
        Example(_EVENT, None, ("properties..price", "")),
    ),
)
@Prepared
def at(path: str, under: str) -> Callable[[Json], Json]:
    """What the event holds at a path, which may come from the settings.

    A single name is read in the object `under`; a malformed path leads nowhere. No event chooses
    the path, and settings that lead to personal data for a place in clear are refused.
    """
    steps = located(path, under)

    def read(event: Json) -> Json:
        if steps is None:
            return None
        found = event
        for step in steps:
            found = _inside(found, step)
        return found

    return read


def _inside(value: Json, step: str | int) -> Json:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(step, str):
        step = int(step) if _PLACE(step) else _NOWHERE
    if isinstance(value, list) and -len(value) <= step < len(value):
        return value[step]
    return None
