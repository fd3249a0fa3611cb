"""Which column of a table stands where in the event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mapping_engine.diagnostics import did_you_mean, listed
from mapping_engine.errors import ConfigurationError, ErrorCode
from mapping_engine.frozen import Frozen

KEYS = ("path", "json")


class Column(Frozen):
    """A column, and its place in the event; without a ``path`` it is the event.

    ``json`` says that its texts are JSON, which is read; a text is a text otherwise.
    """

    name: str
    path: tuple[str, ...] = ()
    json: bool = False


def column_of(name: str) -> tuple[Column, ...]:
    """The one column that holds the events: JSON texts, structs or maps."""
    return (Column(name, json=True),)


def columns_of(given: object) -> tuple[Column, ...]:
    """The columns of an event as a dict or a YAML file names them: name to path.

    A path is written with dots, `context.traits.email`; `{path: properties, json: true}` is the
    place of a column with JSON texts.

    Raises ConfigurationError (CF06).
    """
    if not isinstance(given, Mapping) or not given:
        raise wrong(
            "the columns are no mapping of names to paths",
            "write for example `user_email: context.traits.email`",
        )
    return apart(_column(name, place) for name, place in given.items())


def named_by(names: Iterable[str]) -> tuple[Column, ...]:
    """All columns, each at the path that its name spells.

    Raises ConfigurationError (CF06).
    """
    found = tuple(Column(name, _path(name, name)) for name in names)
    if not found:
        raise wrong("the table has no columns", "give one whose rows are events")
    return found


def check_several(names: Sequence[str]) -> None:
    """Refuse a table that has one column, and nobody said what that holds.

    It holds whole events nearly always; taken for a part of each, it would make them all wrong.

    Raises ConfigurationError (CF06).
    """
    if len(names) == 1 and "." not in names[0]:
        raise wrong(
            f"the table has the column `{names[0]}` alone, which is one part of each event",
            f"name it where it holds whole events (`--column {names[0]}`, or `column=`), or place "
            "it by a mapping of columns",
        )


def apart(columns: Iterable[Column]) -> tuple[Column, ...]:
    """The columns, once it is sure that each has a place of its own.

    Raises ConfigurationError (CF06).
    """
    found = tuple(columns)
    places: dict[tuple[str, ...], str] = {}
    for column in found:
        if column.path in places:
            raise _taken(places[column.path], column)
        places[column.path] = column.name
    for column in found:
        for length in range(len(column.path)):
            if column.path[:length] in places:
                raise _taken(places[column.path[:length]], column)
    return found


def on_header(columns: Iterable[Column], names: Sequence[str]) -> Iterator[Column]:
    """The columns, of which each is once among those that a table has, and has its own place.

    Raises ConfigurationError (CF06).
    """
    for column in apart(columns):
        name = column.name
        if names.count(name) != 1:
            there = "stands twice in" if name in names else "is not in"
            near = did_you_mean(name, names) or f"there are: {listed(names)}"
            raise wrong(f"the column `{name}` {there} the table", near)
        yield column


def wrong(message: str, help: str) -> ConfigurationError:
    """The error of columns that make no event."""
    return ConfigurationError(ErrorCode.COLUMNS_INVALID, message, help=help)


def _column(name: object, place: object) -> Column:
    if not isinstance(name, str):
        raise wrong("the name of a column is no text", "put it in quotes")
    keys = place if isinstance(place, Mapping) else {"path": place}
    for key in keys:
        if key not in KEYS:
            near = did_you_mean(str(key), KEYS) or f"known: {listed(KEYS)}"
            raise wrong(f"unknown key `{key}` of the column `{name}`", near)
    json = keys.get("json", False)
    if not isinstance(json, bool):
        raise wrong(f"`json` of the column `{name}` is no boolean", "write `json: true`")
    return Column(name, _path(name, keys.get("path")), json)


def _path(name: str, text: object) -> tuple[str, ...]:
    steps = tuple(text.split(".")) if isinstance(text, str) else ("",)
    if not all(steps):
        raise wrong(
            f"the column `{name}` has no path in the event",
            "name its place, such as `context.traits.email`, in a mapping of columns",
        )
    return steps


def _taken(other: str, column: Column) -> ConfigurationError:
    place = ".".join(column.path)
    return wrong(
        f"the columns `{other}` and `{column.name}` both fill `{place}` of the event",
        "give each a place of its own, or leave one out, in a mapping of columns",
    )
