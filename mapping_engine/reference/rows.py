"""The fields of a payload as rows: where each comes from, and what is done with it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, takewhile

from mapping_engine.core.choices import Definitions, alternatives
from mapping_engine.core.load import Examined
from mapping_engine.core.nodes import (
    Alternative,
    Call,
    Copy,
    Field,
    FirstOf,
    ForEach,
    Guard,
    Items,
    Name,
    Node,
    Object,
    Placed,
    fields_of,
)
from mapping_engine.core.spell import is_around, is_written, spell, spell_step
from mapping_engine.frozen import Frozen

_NAME = re.compile(r"[$]([A-Za-z_][A-Za-z0-9_]*)")


class Row(Frozen):
    """One field for the reader; texts are Markdown."""

    path: str
    sources: tuple[str, ...]
    made_by: str = ""
    hashed: bool = False
    required: bool = False
    otherwise: str = ""
    made_of: Placed | None = dataclasses.field(default=None, compare=False, repr=False)


def field_rows(fields: tuple[Field, ...], examined: Examined) -> Iterator[Row]:
    """A row for each field of a payload, those inside objects and lists after their parent."""
    yield from _rows(fields, "", examined)


def _rows(fields: tuple[Field, ...], prefix: str, examined: Examined) -> Iterator[Row]:
    definitions = examined.model.definitions
    for field in fields:
        path, value = f"{prefix}{field.name}", field.value
        mark = "[]" if isinstance(value, ForEach) else ""
        if not fields_of(value):
            made = _leaf(path, value, field.when, definitions)
            yield _settled(made, field, hashed=examined.facts.type_of(field).is_digest)
            continue
        if field.when is not None or not isinstance(value, Object):
            when = [f"when {code(field.when)}"] if field.when is not None else []
            yield _settled(Row(path + mark, (*when, *_taken(value))), field, hashed=False)
        yield from _rows(fields_of(value), f"{path}{mark}.", examined)


def _settled(made: Row, field: Field, *, hashed: bool) -> Row:
    """A row, with what happens when the field has no value."""
    found = []
    if field.default is not None:
        found.append(code(field.default))
    elif field.required:
        found.append("the event is refused")
    if field.invalid == "error":
        found.append("refused when it cannot be converted")
    settled = replace(made, hashed=hashed, required=field.required, otherwise="; ".join(found))
    return replace(settled, made_of=field)


def name_rows(examined: Examined, text: str) -> Iterator[Row]:
    """A row for each definition that ``text`` names, and for those that these name in turn."""
    definitions = examined.model.definitions
    rows: dict[str, Row] = {}
    waiting = [text]
    while waiting:
        for name in _NAME.findall(waiting.pop()):
            if name in definitions and name not in rows:
                rows[name] = _definition(name, definitions)
                waiting.append(" ".join((*rows[name].sources, rows[name].made_by)))
    order = (e.name for loaded in examined.documents for e in loaded.document.define or ())
    yield from (rows[name] for name in dict.fromkeys((*order, *rows)) if name in rows)


def _definition(name: str, definitions: Definitions) -> Row:
    value: Node = definitions[name]
    when: Node | None = None
    if isinstance(value, Guard):
        when, value = value.when, value.value
    made = _leaf(f"${name}", value, when, definitions)
    defaults = [arm.value for arm in alternatives(value) if arm.is_default]
    otherwise = "".join(map(code, defaults))
    return replace(made, otherwise=otherwise, made_of=definitions[name])


# One value


def _leaf(path: str, value: Node, when: Node | None, definitions: Definitions) -> Row:
    lead = [f"when {code(when)}:"] if when is not None else []
    parts = _parts(value, definitions)
    each, outer = parts[0].start, parts[0].steps
    if isinstance(each, ForEach):
        lead.append(f"{', '.join(_taken(each))}:")
        parts = [replace(p, steps=(*p.steps, *outer)) for p in _parts(each.body, definitions)]
    steps = _common([part.steps for part in parts])
    sources = list(dict.fromkeys(_texts([_before(part, steps) for part in parts])))
    if len(sources) > 1:
        sources = [f"{number}. {text}" for number, text in enumerate(sources, 1)]
    return Row(path, (*lead, *sources), shown(" |> ".join(steps)) if steps else "")


class _Part(Frozen):
    """One of the values that a value is chosen from, and what is done with it.

    ``is_whole`` until there is something to choose, and ``shared`` are so many of the steps that
    stand behind the choice. What is of one ``group``, a row of a decision table or a place of a
    list, stands together.
    """

    start: Node
    steps: tuple[str, ...] = ()
    when: tuple[Node, ...] = ()
    group: Alternative | int | None = None
    is_whole: bool = True
    shared: int = 0


def _parts(value: Node, definitions: Definitions) -> list[_Part]:
    """What a value is chosen from, in order, with definitions in the place of their names."""
    found: list[_Part] = []
    opened: set[str] = set()
    waiting = [_Part(value)]
    while waiting:
        part = waiting.pop()
        inner = _inside(part, definitions, opened)
        waiting.extend(reversed(inner))
        found += [] if inner else [part]
    return found


def _inside(part: _Part, definitions: Definitions, opened: set[str]) -> list[_Part]:
    match part.start:
        case Guard(when=when, value=value):
            return [replace(part, start=value, when=(*part.when, when))]
        case Call(input=Node() as source) as call if not is_around(call):
            return [replace(part, start=source, steps=(spell_step(call), *part.steps))]
        case FirstOf(alternatives=arms):
            arms = tuple(arm for arm in arms if not arm.is_default)
            whole = part.is_whole and len(arms) == 1
            inner = replace(part, is_whole=whole, shared=len(part.steps))
            groups = (arm if arm.name is not None else part.group for arm in arms)
            pairs = zip(arms, groups, strict=True)
            return [replace(inner, start=arm.value, group=group) for arm, group in pairs]
        case Items(items=items, fill=Node()) if part.is_whole:
            inner = replace(part, is_whole=False, shared=len(part.steps))
            return [replace(inner, start=item, group=n) for n, item in enumerate(items)]
        case Name(name=name, tail=None) if name in definitions and name not in opened:
            named = definitions[name]
            if _is_shown(named, part):
                opened.add(name)
                return [replace(part, start=named)]
    return []


def _is_shown(named: Node, part: _Part) -> bool:
    """Whether a definition is shown in the place of its name; others have rows of their own.

    As one alternative of several, it is when it only chooses or reads.
    """
    match named:
        case FirstOf(alternatives=arms):
            plain = arms[0].name is None and len(part.steps) == part.shared
            return not arms[-1].is_default and (part.is_whole or plain)
        case Call():
            return part.is_whole or is_around(named)
        case Items(fill=fill):
            return fill is None
        case _:
            return not isinstance(named, Guard | Object | ForEach | Copy)


def _common(steps: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The steps that all values go through in the end."""
    alike = takewhile(lambda ends: len(set(ends)) == 1, zip(*map(reversed, steps), strict=False))
    return tuple(ends[0] for ends in alike)[::-1]


# Texts


def _texts(parts: list[_Part]) -> Iterator[str]:
    for _, each in groupby(parts, key=lambda part: id(part.group)):
        of_group = list(each)
        group = of_group[0].group
        if group is None:
            yield from map(_text, of_group)
        elif isinstance(group, Alternative):
            yield f"{group.name}{_row(group, of_group)}"
        else:
            yield ", else ".join(map(_text, of_group))


def _row(row: Alternative, parts: list[_Part]) -> str:
    """The condition of a row of a decision table, and its value."""
    guards = [row.value] if isinstance(row.value, Guard) else []
    when = "".join(f", when {code(guard.when)}" for guard in guards)
    parts = [replace(part, when=part.when[len(guards) :]) for part in parts]
    steps = _common([part.steps for part in parts]) if len(parts) > 1 else ()
    texts = (_text(_before(part, steps)) for part in parts)
    made_by = f", by {shown(' |> '.join(steps))}" if steps else ""
    return f"{when}: {', else '.join(texts)}{made_by}"


def _before(part: _Part, steps: tuple[str, ...]) -> _Part:
    """The part without the last steps."""
    return replace(part, steps=part.steps[: len(part.steps) - len(steps)])


def _text(part: _Part) -> str:
    """A value, without what all others have in common with it."""
    when = "".join(f" when {code(each)}" for each in part.when)
    match part.start:
        case Object(fields=fields):
            return f"fields {', '.join(f'`{field.name}`' for field in fields)}"
        case Copy() as copy:
            return ", ".join(_taken(copy))
        case Name(name=name) if not is_written(name):
            return shown(" |> ".join((f"${name}", *part.steps))) + when
        case start:
            return shown(" |> ".join((spell(start), *part.steps))) + when


def _taken(value: Node) -> list[str]:
    """What a list is made for each of, or an object copied from, and what is treated apart."""
    parts: list[tuple[str, Node | None]]
    match value:
        case ForEach(source=source, keep=keep):
            parts = [("for each of", source), ("kept when", keep)]
        case Copy(source=source, rest=rest) as copy:
            names = ("without:", "keeping:", "as digests:", "only:")
            head = "in clear, " if copy.clear else ""
            parts = [(f"{head}{'the rest of' if rest else 'a copy of'}", source)]
            parts += zip(names, value.keys, strict=True)
        case _:
            return []
    return [f"{name} {code(part)}" for name, part in parts if part is not None]


def alternative(arm: Alternative) -> str:
    """An alternative in one line, with its condition."""
    value = arm.value
    when = f" when {code(value.when)}" if isinstance(value, Guard) else ""
    return f"{code(value)}{when}"


def value_text(value: Node) -> str:
    """A value in one line: an expression, or the alternatives of a chain."""
    return ", else ".join(code(arm.value) for arm in alternatives(value)) or code(value)


def shown(text: str) -> str:
    """Rule text as code in Markdown."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def code(node: Node) -> str:
    """A node as code in Markdown."""
    return shown(spell(node))
