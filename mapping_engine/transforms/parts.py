"""Parts of a text: words, what stands before and after a separator; and texts joined."""

from __future__ import annotations

from mapping_engine.transforms.declare import (
    Example,
    Flow,
    Json,
    Parameter,
    Rejected,
    always_whole,
    transform,
)
from mapping_engine.transforms.scalars import (
    MAX_LENGTH,
    NOT_UNICODE,
    TOO_LONG,
    scalar_text,
    whole_number,
)
from mapping_engine.types.kinds import LIST, NUMBER, TEXT, is_missing

_SEPARATOR = Parameter("separator", TEXT, blank=True, doc="The text that separates.")


@transform(
    parameters=(_SEPARATOR,),
    examples=(
        Example("98121-4892", "98121", ("-",)),
        Example("98121", "98121", ("-",)),
        Example("-4892", None, ("-",)),
    ),
)
def before(value: str, separator: str) -> Json:
    """What stands before the first separator; all of the text when there is none."""
    return value.partition(separator)[0] if separator else value


@transform(
    finds=True,
    parameters=(_SEPARATOR,),
    examples=(
        Example("l:123:4", "123:4", (":",)),
        Example("123", None, (":",)),
        Example("123", None, ("",)),
    ),
)
def after(value: str, separator: str) -> Json:
    """What stands after the first separator; missing when there is none."""
    return value.partition(separator)[2] if separator else None


@transform(
    parameters=(
        Parameter("length", NUMBER, doc="The number of characters.", problem=whole_number),
    ),
    examples=(
        Example("George", "Georg", (5,)),
        Example("Al", "Al", (5,)),
        Example("Al", None, (0,)),
    ),
)
def truncate(value: str, length: int | float) -> Json:
    """The first characters of the text, as many as said."""
    return value[: max(0, int(length))]


@transform(
    parameters=(Parameter("length", NUMBER, doc="The number of bytes.", problem=whole_number),),
    examples=(
        Example("Zoë", "Zo", (3,)),
        Example("Zoë", "Zoë", (4,)),
        Example("\ud800", NOT_UNICODE, (9,)),
    ),
)
def truncate_bytes(value: str, length: int | float) -> Json:
    """The first characters of the text, as many as fit into so many bytes of UTF-8."""
    try:
        return value.encode()[: max(0, int(length))].decode(errors="ignore")
    except UnicodeEncodeError:
        return NOT_UNICODE


@transform(
    returns=NUMBER,
    whole=always_whole,
    flow=Flow.CLEAR,
    examples=(Example("Zoë", 4), Example("\ud800", NOT_UNICODE)),
)
def byte_length(value: str) -> Json:
    """How many bytes of UTF-8 the text has."""
    try:
        return len(value.encode())
    except UnicodeEncodeError:
        return NOT_UNICODE


@transform(
    accepts=TEXT,
    returns=LIST,
    total=True,
    items=TEXT,
    present=True,
    examples=(Example(" Mary  Ann Smith ", ["Mary", "Ann", "Smith"]), Example(" ", None)),
)
def words(value: str) -> Json:
    """The words of the text, which white space separates."""
    return value.split() or None


@transform(
    total=True,
    examples=(Example(" Mary Ann Smith", "Mary"), Example("Mary", "Mary"), Example(" ", None)),
)
def first_word(value: str) -> Json:
    """The first word of the text."""
    found = value.split(maxsplit=1)
    return found[0] if found else None


@transform(finds=True, examples=(Example("Mary Ann Smith ", "Smith"), Example("Mary", None)))
def last_word(value: str) -> Json:
    """The last of two or more words; missing for a single word."""
    found = value.rsplit(maxsplit=1)
    return found[1] if len(found) > 1 else None


@transform(
    accepts=TEXT,
    returns=LIST,
    total=True,
    items=TEXT,
    parameters=(_SEPARATOR,),
    examples=(
        Example("a,b,,c", ["a", "b", "", "c"], (",",)),
        Example("abc", ["abc"], (",",)),
        Example("abc", ["abc"], ("",)),
    ),
)
def split(value: str, separator: str) -> Json:
    """The parts of the text between separators, empty ones too (`compact` drops them)."""
    return value.split(separator) if separator else [value]


@transform(
    accepts=LIST,
    returns=TEXT,
    parameters=(_SEPARATOR,),
    examples=(
        Example(["a", 1, 2.0], "a, 1, 2", (", ",)),
        Example(["a", None, " ", "b"], "ab", ("",)),
        Example(["a", {}, {"b": 1}], Rejected("has an item that is not text or a number"), (",",)),
        Example([None], None, (",",)),
    ),
)
def join(value: list[Json], separator: str) -> Json:
    """The texts and numbers of a list, joined to one text; missing items are skipped."""
    items = [scalar_text(item) for item in value if not is_missing(item)]
    texts = [text for text in items if text is not None]
    if len(texts) < len(items):
        return Rejected("has an item that is not text or a number")
    if sum(map(len, texts)) + len(separator) * len(texts) > MAX_LENGTH:
        return TOO_LONG
    return separator.join(texts)
