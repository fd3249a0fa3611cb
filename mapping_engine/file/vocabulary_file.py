"""The file of a vocabulary, and its reading."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import ClassVar

from mapping_engine.diagnostics import Diagnostics, Severity, did_you_mean, near_to, slip_of
from mapping_engine.file.blocks import Block, BlockOf, key
from mapping_engine.file.shapes import TEXT, VERSION, ListOf, MapOf, Named
from mapping_engine.source.node import ScalarNode
from mapping_engine.transforms.text import pattern_problem
from mapping_engine.types.kinds import NAMES
from mapping_engine.types.personal import NAME
from mapping_engine.types.type import Described
from mapping_engine.vocabulary import Personal, Switches, Vocabulary, fold_name, parse_description
from mapping_engine.vocabulary.vocabulary import EVENT
from mapping_engine.vocabulary.words import PERSONAL

_PATHS = MapOf(TEXT)
_NEAR = 0.75


class SwitchesBlock(Block):
    """Where an event switches destinations on and off."""

    what: ClassVar[str] = "`switches`"

    path: ScalarNode = key(
        TEXT, "The key of the object that holds one entry a destination.", required=True
    )
    all: ScalarNode = key(TEXT, "The entry that stands for every destination.", required=True)


class PersonalBlock(Block):
    """What is personal data wherever it stands."""

    what: ClassVar[str] = "`personal`"

    names: tuple[Named[tuple[ScalarNode, ...]], ...] = key(
        MapOf(ListOf(TEXT)),
        "Kinds of personal data, each with the keys that hold it (case, `_` and `-` do not count).",
        required=True,
    )
    patterns: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT),
        "Regular expressions; a text that holds what one of them matches is personal data, also "
        "percent-encoded.",
    )
    persons: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT),
        "Words for a person, such as `customer`: objects under such a key are personal, whole, "
        "and so is a name behind it: `customer_name`, `customerPhone`.",
    )
    qualifiers: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT), "Words that make a name behind them personal, too: `billing_address`."
    )
    endings: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT), "Kinds whose names are personal behind any word: `order_email`."
    )


class VocabularyFile(Block):
    """What an event of a source looks like."""

    what: ClassVar[str] = "a vocabulary"

    vocabulary: int = key(VERSION, "The version of the format: 1.", required=True)
    title: ScalarNode | None = key(TEXT, "The name that people know.")
    description: ScalarNode | None = key(TEXT, "What events these are.")
    extends: ScalarNode | None = key(
        TEXT,
        "Another vocabulary, bundled or `./file.yaml`, to which this one adds: keys of the event, "
        "keys of its objects, new objects, names and patterns of personal data.",
    )
    event: tuple[Named[ScalarNode], ...] | None = key(_PATHS, "The keys of the event.")
    objects: tuple[Named[tuple[Named[ScalarNode], ...]], ...] | None = key(
        MapOf(_PATHS), "Objects inside an event, by the names used in descriptions."
    )
    open: tuple[ScalarNode, ...] | None = key(
        ListOf(TEXT), "Objects that may hold other keys than the declared ones."
    )
    switches: SwitchesBlock | None = key(
        BlockOf(SwitchesBlock), "Where an event switches destinations on and off."
    )
    personal: PersonalBlock | None = key(
        BlockOf(PersonalBlock), "What is personal data wherever it stands."
    )


def build_vocabulary(name: str, file: VocabularyFile, diagnostics: Diagnostics) -> Vocabulary:
    """The vocabulary that ``file`` describes."""
    objects = {entry.name: entry.value or () for entry in file.objects or ()}
    objects[EVENT] = file.event or ()
    personal, head = file.personal, file.place("vocabulary")
    if file.event is None:
        diagnostics.report("SH02", f"{file.what} has no `event` or `extends`", head)
    elif personal is None:
        help = "write `personal: {names: {email: [email]}}`, or `{names: {}}` where nothing is"
        diagnostics.report("SH02", f"{file.what} has no `personal`", head, help=help)
    if personal is None:
        personal = PersonalBlock(span=file.span, names=())
    for scalar in personal.patterns or ():
        problem = pattern_problem(scalar.text)
        if problem:
            diagnostics.report("TX06", f"invalid regular expression: {problem}", scalar.span)
    names = {
        fold_name(scalar.text): entry.name
        for entry in personal.names
        for scalar in entry.value or ()
    }
    known = Personal(
        names,
        tuple(scalar.text for scalar in personal.patterns or ()),
        frozenset(fold_name(scalar.text) for scalar in personal.persons or ()),
        frozenset(fold_name(scalar.text) for scalar in personal.qualifiers or ()),
        frozenset(scalar.text for scalar in personal.endings or ()),
    )
    _check_kinds(objects, known, diagnostics)
    _check_objects(file, objects, diagnostics)
    return Vocabulary(
        name=name,
        objects=_complete(
            {key: _fields(fields, objects, diagnostics) for key, fields in objects.items()}
        ),
        open=frozenset(scalar.text for scalar in file.open or ()),
        personal=known,
        switches=_switches(file.switches),
        extends=file.extends.text if file.extends is not None else None,
    )


def _check_kinds(
    objects: dict[str, tuple[Named[ScalarNode], ...]],
    personal: Personal,
    diagnostics: Diagnostics,
) -> None:
    """Report texts that are called like personal data, and kinds that seem misspelt (PI09)."""
    kinds = set(personal.names.values())
    for field in (field for fields in objects.values() for field in fields):
        if field.value is None:
            continue
        written = field.value.text
        if written.startswith("text") and personal.names_data(field.name):
            folded = fold_name(field.name)
            called = [kind for name, kind in personal.names.items() if folded.endswith(name)]
            message = f"`{field.name}` is the name of personal data, and is declared as `{written}`"
            kind = called[0] if called else NAME
            help = f"write `personal {kind}`, or `identifying text` where it is sent as it is"
            diagnostics.report("PI09", message, field.value.span, help=help)
        kind = written.removeprefix(PERSONAL)
        near = near_to(kind, kinds, _NEAR) if kind not in (written, *kinds) else None
        if near is not None:
            message = f"no other personal data is of the kind `{kind}`"
            help = f"did you mean `{near}`?"
            diagnostics.report("PI09", message, field.value.span, help=help)


def _check_objects(
    file: VocabularyFile,
    objects: dict[str, tuple[Named[ScalarNode], ...]],
    diagnostics: Diagnostics,
) -> None:
    """Report an object that no description names, and is nearly called as another one (SE08)."""
    fields = (field for fields in objects.values() for field in fields)
    written = " ".join(field.value.text for field in fields if field.value is not None)
    for entry in file.objects or ():
        near = slip_of(entry.name, objects.keys() - {entry.name, EVENT})
        if near is not None and not re.search(rf"\b{re.escape(entry.name)}\b", written):
            message = f"no description names the object `{entry.name}`"
            help = f"did you mean `{near}`?"
            span = entry.key.span
            diagnostics.report("SE08", message, span, help=help, lighter=Severity.WARNING)


def extended(base: VocabularyFile, own: VocabularyFile) -> VocabularyFile:
    """The vocabulary ``base`` with what ``own`` adds; what both declare is as ``own`` says."""
    objects = {entry.name: entry for entry in base.objects or ()}
    for entry in own.objects or ():
        known = objects.get(entry.name)
        fields = _united(known.value or () if known else (), entry.value or ())
        objects[entry.name] = Named(entry.key, fields)
    return replace(
        own,
        event=_united(base.event or (), own.event or ()),
        objects=tuple(objects.values()),
        open=(*(base.open or ()), *(own.open or ())),
        switches=own.switches or base.switches,
        personal=_both(base.personal, own.personal),
    )


def _united(
    base: tuple[Named[ScalarNode], ...], own: tuple[Named[ScalarNode], ...]
) -> tuple[Named[ScalarNode], ...]:
    return tuple({entry.name: entry for entry in (*base, *own)}.values())


def _both(base: PersonalBlock | None, own: PersonalBlock | None) -> PersonalBlock | None:
    if base is None or own is None:
        return own or base
    return replace(
        own,
        names=(*base.names, *own.names),
        patterns=(*(base.patterns or ()), *(own.patterns or ())),
        persons=(*(base.persons or ()), *(own.persons or ())),
        qualifiers=(*(base.qualifiers or ()), *(own.qualifiers or ())),
        endings=(*(base.endings or ()), *(own.endings or ())),
    )


Objects = dict[str, dict[str, Described]]


def _complete(objects: Objects) -> Objects:
    """The objects, each path with the tags of everything that lies below it."""
    tags = {name: _tags_below(name, objects) for name in objects}
    return {
        name: {key: _containing(described, tags) for key, described in fields.items()}
        for name, fields in objects.items()
    }


def _tags_below(name: str, objects: Objects) -> frozenset[str]:
    found: set[str] = set()
    seen, waiting = {name}, [name]
    while waiting:
        for described in objects[waiting.pop()].values():
            inner: Described | None = described
            while inner is not None:
                found |= inner.tags
                if inner.object is not None and inner.object not in seen:
                    seen.add(inner.object)
                    waiting.append(inner.object)
                inner = inner.item
    return frozenset(found)


def _containing(described: Described, tags: dict[str, frozenset[str]]) -> Described:
    item = _containing(described.item, tags) if described.item else None
    below = tags[described.object] if described.object else frozenset[str]()
    inside = (item.contained | item.tags) if item else frozenset[str]()
    return replace(described, item=item, contained=below | inside)


def _switches(block: SwitchesBlock | None) -> Switches | None:
    return Switches(block.path.text, block.all.text) if block else None


def _fields(
    fields: tuple[Named[ScalarNode], ...],
    objects: dict[str, tuple[Named[ScalarNode], ...]],
    diagnostics: Diagnostics,
) -> dict[str, Described]:
    found: dict[str, Described] = {}
    for field in fields:
        if field.value is None:
            continue
        described = parse_description(field.value.text, objects)
        if isinstance(described, str):
            diagnostics.report(
                "SH03",
                described,
                field.value.span,
                help=did_you_mean(field.value.text, [*NAMES, *objects]),
            )
        else:
            found[field.name] = described
    return found
