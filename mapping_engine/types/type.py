"""The type of an expression: kinds of value, whether it may be missing, and tags.

Two sorts of tag. Warnings (`personal:email`, `secret`, `identifying`, `pseudonym`, `undeclared`)
spread: a value has them when any of its parts has. Merits (`normalised:email`, `digest`, `whole`,
`filled`, `unit:days`) must be earned: a value has them only when every alternative has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mapping_engine.frozen import Frozen
from mapping_engine.types.kinds import (
    ANY,
    BOOLEAN,
    NOTHING,
    TEXT,
    Kinds,
    is_missing,
    kind_of,
    kinds,
)
from mapping_engine.types.units import UNIT, unit_of

SECRET = "secret"
IDENTIFYING = "identifying"
UNDECLARED = "undeclared"
PSEUDONYM = "pseudonym"
"""A digest of what names a person; it is in clear where hashing is switched off."""
DIGEST = "digest"
WHOLE = "whole"
"""Of a number: it has no fraction."""
FILLED = "filled"
"""Of a setting that is given: it holds a character, and nobody means white space."""
MOST_VALUES = 256
_PERSONAL = "personal:"
_NORMALISED = "normalised:"


def personal(kind: str) -> str:
    """The tag of personal data of this kind."""
    return _PERSONAL + kind


def normalised(kind: str) -> str:
    """The tag of a value in the normal form of this kind of personal data."""
    return _NORMALISED + kind


class Described(Frozen):
    """What a vocabulary says of a path: kinds, tags, and what lies below it.

    ``contained`` are the tags of everything below: who takes the object takes them all.
    """

    kinds: Kinds
    tags: frozenset[str] = frozenset()
    object: str | None = None
    item: Described | None = None
    contained: frozenset[str] = frozenset()


class Type(Frozen):
    """What is known of a value.

    ``values`` are all the values it can have where they are few and known, ``item`` is the type
    of a list's items, and ``fields`` are the types below an object's keys, where those are known.
    ``parts`` are the types of the objects it may be, where these are of several sorts.
    """

    kinds: Kinds
    missing: bool
    tags: frozenset[str] = frozenset()
    described: Described | None = None
    values: tuple[object, ...] | None = None
    item: Type | None = None
    fields: Mapping[str, Type] | None = None
    parts: tuple[Type, ...] = ()

    def __hash__(self) -> int:
        return hash((self.kinds, self.missing, self.tags, self.described, self.item))

    @property
    def personal_kinds(self) -> frozenset[str]:
        """The kinds of personal data the value may hold in clear."""
        return frozenset(t[len(_PERSONAL) :] for t in self.spreading if t.startswith(_PERSONAL))

    @property
    def normalised_kinds(self) -> frozenset[str]:
        """The kinds of personal data whose normal form the value has."""
        return frozenset(t[len(_NORMALISED) :] for t in self.tags if t.startswith(_NORMALISED))

    @property
    def is_digest(self) -> bool:
        """Whether the value is a digest wherever it is present."""
        return DIGEST in self.tags

    @property
    def may_be_shown(self) -> bool:
        """Whether the text of the value may appear in errors, logs and explanations."""
        hidden = {SECRET, IDENTIFYING, PSEUDONYM, UNDECLARED}
        return not (self.spreading & hidden) and not self.personal_kinds

    @property
    def own(self) -> frozenset[str]:
        """The warnings about the value itself, without those about what it contains."""
        return self.tags and frozenset(t for t in self.tags if not _is_merit(t))

    @property
    def spreading(self) -> frozenset[str]:
        """The tags that any value made from this one keeps."""
        return self.own | (self.described.contained if self.described else frozenset())

    @property
    def unit(self) -> str | None:
        """The unit of every number it can be, where that is one."""
        return unit_of(self.tags)

    @property
    def is_whole(self) -> bool:
        """Whether every number it can be is a whole one."""
        return WHOLE in self.tags

    def or_missing(self) -> Type:
        """The same, but it may be missing."""
        if self.missing and FILLED not in self.tags:
            return self
        return replace(self, missing=True, tags=self.tags - {FILLED})


def _is_merit(tag: str) -> bool:
    return tag in (DIGEST, WHOLE, FILLED) or tag.startswith((_NORMALISED, UNIT))


UNKNOWN = Type(ANY, True, frozenset({UNDECLARED}))
CONDITION = Type(BOOLEAN, False)
BROKEN = Type(NOTHING, True)
"""The type of what is reported already: nothing more is said about it."""
PUBLIC_TEXT = Type(TEXT, True)


def join(types: Iterable[Type]) -> Type:
    """The type of a value that comes from one of several places."""
    all_types = [found for found in types if found.kinds]
    if not all_types:
        return BROKEN
    merits = frozenset.intersection(*(t.tags - t.own for t in all_types))
    found = Kinds(frozenset[str]().union(*(t.kinds.names for t in all_types)))
    described = {t.described for t in all_types}
    is_one = len(described) == 1  # then what lies below is told by it, step by step
    spreading = frozenset[str]().union(*(t.own if is_one else t.spreading for t in all_types))
    return Type(
        found,
        all(t.missing for t in all_types),
        merits | spreading,
        described.pop() if is_one else None,
        _values(all_types),
        _item(all_types),
        _fields(all_types),
        _parts(all_types),
    )


def either(one: Type, other: Type) -> Type:
    """The type of a value of which two things are known, each at one place alone."""
    return replace(join((one, other)), missing=one.missing or other.missing)


def _values(types: list[Type]) -> tuple[object, ...] | None:
    """The values of all alternatives, each once; None when those of one are not known."""
    if len(types) == 1:
        return types[0].values
    found: list[object] = []
    for each in types:
        if each.values is None or len(found) > MOST_VALUES:
            return None
        found += each.values
    return _distinct(found)


def _distinct(values: Iterable[object]) -> tuple[object, ...]:
    """Each value once; true and 1 are two."""
    found: dict[object, object] = {}
    for value in values:
        key = repr(value) if isinstance(value, list | dict) else (isinstance(value, bool), value)
        found.setdefault(key, value)
    return tuple(found.values())


def _fields(types: list[Type]) -> dict[str, Type] | None:
    """The keys of an object, whichever of these it is; None when one does not say."""
    found = [each.fields for each in types if "object" in each.kinds]
    known = [fields for fields in found if fields is not None]
    if not known or len(known) != len(found):
        return None
    names = dict.fromkeys(name for fields in known for name in fields)
    return {
        name: join([fields.get(name, BROKEN) for fields in known]).or_missing() for name in names
    }


def _parts(types: list[Type]) -> tuple[Type, ...]:
    """The sorts of objects it may be; none where there is one sort, or one says nothing."""
    objects = [part for each in types for part in each.parts or (each,) if "object" in part.kinds]
    if len({part.described for part in objects}) < 2:
        return ()
    known = all(part.described is not None or part.fields is not None for part in objects)
    return tuple(objects) if known else ()


def _item(types: list[Type]) -> Type | None:
    """The type of the items, whichever of these is the list; None when one does not say."""
    items = [each.item for each in types if "list" in each.kinds]
    known = [item for item in items if item is not None]
    return join(known) if known and len(known) == len(items) else None


def mixed(types: Iterable[Type], result: Kinds, *, missing: bool) -> Type:
    """The type of a value made out of several: what spreads, spreads; merits are lost."""
    return Type(result, missing, frozenset[str]().union(*(t.spreading for t in types)))


def type_of_values(values: Iterable[object]) -> Type:
    """The type of a value that is one of these."""
    present = [value for value in _distinct(values) if kind_of(value) != "nothing"]
    if not present:
        return BROKEN
    if len(present) > MOST_VALUES or any(isinstance(value, list | dict) for value in present):
        return replace(join([type_of_constant(value) for value in present]), missing=False)
    numbers = [value for value in present if kind_of(value) == "number"]
    whole = numbers and len(numbers) == len(present) and all(map(_is_whole, numbers))
    found = kinds({kind_of(value) for value in present})
    tags = frozenset({WHOLE}) if whole else frozenset[str]()
    return Type(found, any(map(is_missing, present)), tags, values=tuple(present))


def _is_whole(value: object) -> bool:
    return type(value) is int or (type(value) is float and value.is_integer())


def type_of_constant(value: object) -> Type:
    """The type of a value that stands in the rules."""
    kind = kind_of(value)
    if kind == "nothing":
        return BROKEN
    tags = frozenset({WHOLE}) if _is_whole(value) else frozenset[str]()
    item = type_of_values(value) if isinstance(value, list) else None
    if isinstance(value, list) and item is not None and None in value:
        item = item.or_missing()
    return Type(kinds([kind]), is_missing(value), tags, values=(value,), item=item)
