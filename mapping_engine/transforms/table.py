"""Tables: rows looked up by a key, exactly or without regard to spelling."""

from __future__ import annotations

from collections.abc import Callable

from mapping_engine.transforms.declare import (
    Example,
    Flow,
    Json,
    Parameter,
    Prepared,
    Rejected,
    Speed,
    transform,
)
from mapping_engine.transforms.forms import folded
from mapping_engine.transforms.scalars import scalar_text
from mapping_engine.types.kinds import ANY, BOOLEAN, LIST, NUMBER, OBJECT, TEXT


def _values_of(table: Json) -> tuple[Json, ...] | None:
    return tuple(table.values()) if isinstance(table, dict) else None


def _items_of(accepted: Json) -> tuple[Json, ...] | None:
    return tuple(accepted) if isinstance(accepted, list) else None


_NO_ROW = Rejected("has no row in the table")
_COUNTRIES = {"United States": "us", "Côte d'Ivoire": "ci", "U.K.": "gb"}
_MAPPED = [
    {"from": "Sold", "to": "Purchase"},
    {"from": "Sold", "to": " Lead "},
    {"from": "", "to": ""},
    {"from": 7, "to": 12.0},
    {"from": "Sold", "to": "Purchase"},
]


@transform(
    accepts=TEXT | NUMBER,
    returns=ANY,
    finds=True,
    yields=_values_of,
    parameters=(Parameter("table", OBJECT, doc="The table: a value for each key."),),
    examples=(
        Example("Sold", "Purchase", ({"Sold": "Purchase"},)),
        Example(7, "seven", ({"7": "seven"},)),
        Example("sold", Rejected("has no row in the table"), ({"Sold": "Purchase"},)),
    ),
)
def lookup(value: Json, table: dict[str, Json]) -> Json:
    """The value in the table for exactly this key."""
    key = scalar_text(value)
    return _copy(table[key]) if key in table else _NO_ROW


def _folded_problem(table: Json) -> str | None:
    """Which keys of a table say different things once they are folded."""
    seen: dict[str, tuple[str, Json]] = {}
    for key, row in table.items() if isinstance(table, dict) else ():
        first, found = seen.setdefault(folded(key), (key, row))
        if found != row:
            return f"`{first}` and `{key}` are the same key and have different values"
    return None


@transform(
    accepts=TEXT | NUMBER,
    returns=ANY,
    finds=True,
    yields=_values_of,
    parameters=(
        Parameter("table", OBJECT, doc="The table: a value for each key.", problem=_folded_problem),
    ),
    examples=(
        Example(" united  STATES", "us", (_COUNTRIES,)),
        Example("cote d\u2019ivoire", "ci", (_COUNTRIES,)),
        Example("uk", "gb", (_COUNTRIES,)),
        Example("Utopia", Rejected("has no row in the table"), (_COUNTRIES,)),
        Example("...", Rejected("has no row in the table"), ({"?": 1},)),
    ),
)
@Prepared
def lookup_folded(table: dict[str, Json]) -> Callable[[Json], Json]:
    """The value in the table for this key, whatever its case, accents, spaces and punctuation."""
    rows: dict[str, Json] = {}
    known: dict[str, Json] = {}
    for key, row in table.items():
        bare = folded(key)
        found = rows.setdefault(bare, row) if bare else None
        if found is not None and not isinstance(found, list | dict):
            known |= dict.fromkeys((key, key.lower()) if key.isascii() else (key,), found)

    def find(value: Json) -> Json:
        if type(value) is str and value in known:
            return known[value]
        key = folded(value if type(value) is str else scalar_text(value) or "")
        return _copy(rows[key]) if key in rows else _NO_ROW

    return find


def _rows_by_key(
    table: list[Json], source: str, target: str, ignore_case: bool
) -> Callable[[Json], Json]:
    """What :func:`rows` answers for a key, with the rows brought into order once.

    Its lists are the same ones each time: who sends one copies it.
    """
    found: dict[str, dict[str, None]] = {}
    for row in table:
        key = _cell(row.get(source), ignore_case) if isinstance(row, dict) else ""
        if key and isinstance(row, dict):
            found.setdefault(key, {}).setdefault(_cell(row.get(target), False).strip())
    filled = ((key, [each for each in row if each]) for key, row in found.items())
    listed: dict[str, Json] = {key: row for key, row in filled if row}

    def rows_for(key: Json) -> Json:
        return listed.get(key if type(key) is str and not ignore_case else _cell(key, ignore_case))

    return rows_for


@transform(
    accepts=LIST,
    returns=LIST,
    finds=True,
    items=TEXT,
    present=True,
    parameters=(
        Parameter("key", TEXT | NUMBER, doc="What to look for."),
        Parameter(
            "from", TEXT, required=False, default="from", doc="The name of the keys' column."
        ),
        Parameter("to", TEXT, required=False, default="to", doc="The name of the values' column."),
        Parameter(
            "ignore_case", BOOLEAN, required=False, default=False, doc="Whether `a` finds `A`."
        ),
    ),
    speed=Speed(indexed=_rows_by_key),
    examples=(
        Example(_MAPPED, ["Purchase", "Lead"], ("Sold", "from", "to", False)),
        Example(_MAPPED, ["12"], ("7", "from", "to", False)),
        Example(_MAPPED, None, ("sold", "from", "to", False)),
        Example(_MAPPED, ["Purchase", "Lead"], ("sold", "from", "to", True)),
        Example(["no row"], None, ("Sold", "from", "to", False)),
    ),
)
def rows(value: list[Json], key: Json, source: str, target: str, ignore_case: bool) -> Json:
    """All values that a list of rows gives for a key, in order and without repeats.

    A row is an object such as `{"from": "Sold", "to": "Purchase"}`; one with a blank side is
    skipped. Numbers are read as text.
    """
    wanted = _cell(key, ignore_case)
    found: dict[str, None] = {}
    for row in value:
        if type(row) is dict and wanted and _cell(row.get(source), ignore_case) == wanted:
            found.setdefault(_cell(row.get(target), False).strip())
    found.pop("", None)
    return list(found) or None


@transform(
    accepts=TEXT | NUMBER | BOOLEAN,
    returns=TEXT | NUMBER | BOOLEAN,
    yields=_items_of,
    parameters=(Parameter("list", LIST, doc="The accepted values."),),
    flow=Flow.KEEP,
    examples=(
        Example("email", "email", (["email", "website"],)),
        Example("Email", Rejected("is not one of the accepted values"), (["email", "website"],)),
        Example(True, Rejected("is not one of the accepted values"), ([1],)),
    ),
)
@Prepared
def one_of(accepted: list[Json]) -> Callable[[Json], Json]:
    """The value as it is, when it is one of the accepted ones."""
    scalars = frozenset(_comparable(item) for item in accepted if not isinstance(item, list | dict))

    def check(value: Json) -> Json:
        if _comparable(value) in scalars:
            return value
        return Rejected("is not one of the accepted values")

    return check


def _copy(row: Json) -> Json:
    """The row itself, or a copy of one that can be changed: tables are shared by all events."""
    if isinstance(row, list):
        return [_copy(each) for each in row]
    if isinstance(row, dict):
        return {key: _copy(each) for key, each in row.items()}
    return row


def _comparable(value: Json) -> tuple[bool, Json]:
    """True and 1 are equal in Python, and are not in JSON."""
    return type(value) is bool, value


def _cell(value: Json, ignore_case: bool) -> str:
    text = scalar_text(value) or ""
    if text.isspace():
        return ""
    return text.casefold() if ignore_case else text
