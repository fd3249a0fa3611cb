"""Values as true or false."""

from __future__ import annotations

from mapping_engine.transforms.declare import Example, Json, Rejected, transform
from mapping_engine.types.kinds import BOOLEAN, NUMBER, TEXT

_WORDS = {"true": True, "false": False, "1": True, "0": False}


@transform(
    accepts=TEXT | NUMBER | BOOLEAN,
    returns=BOOLEAN,
    examples=(
        Example("true", True),
        Example(" False ", False),
        Example(1, True),
        Example(0.0, False),
        Example(False, False),
        Example("yes", Rejected("is neither true nor false")),
        Example(2, Rejected("is neither true nor false")),
    ),
)
def boolean(value: Json) -> Json:
    """True or false, also as text in any case, or as 1 and 0."""
    if type(value) is str:
        found = _WORDS.get(value.strip().lower())
        return Rejected("is neither true nor false") if found is None else found
    return bool(value) if value in (0, 1) else Rejected("is neither true nor false")


@transform(
    accepts=BOOLEAN,
    returns=BOOLEAN,
    total=True,
    examples=(Example(True, False), Example(False, True)),
)
def negated(value: bool) -> Json:
    """The opposite: true of false."""
    return not value
