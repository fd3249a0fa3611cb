"""The fields of a payload as rows: where each comes from, and what is done with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mapping_engine.core.facts import Facts
from mapping_engine.core.load import Examined
from mapping_engine.core.model import Model
from mapping_engine.core.walk import copied
from mapping_engine.expression import (
    Chain,
    Expression,
    Literal,
    Pipeline,
    Reference,
    print_expression,
    print_steps,
    print_template,
)
from mapping_engine.file.shapes import Named
from mapping_engine.file.values import ArmBlock, FieldBlock, ValueBlock
from mapping_engine.types.type import Type


@dataclass(frozen=True)
class Row:
    """One field for the reader; texts are Markdown."""

    path: str
    sources: tuple[str, ...]
    made_by: str
    hashed: bool
    required: bool
    otherwise: str


def field_rows(examined: Examined) -> Iterator[Row]:
    """A row for each field of the payload, those inside objects and lists after their parent."""
    yield from _rows(examined.model.file.fields, "", examined.model, examined.facts)


def _rows(
    fields: tuple[Named[FieldBlock], ...], prefix: str, model: Model, facts: Facts
) -> Iterator[Row]:
    for field in fields:
        block = field.value
        if block is None:
            continue
        path = f"{prefix}{field.name}"
        if block.fields:
            if block.each is not None or block.when is not None or copied(block) is not None:
                yield _parent(path, block)
            mark = "[]." if block.each is not None else "."
            yield from _rows(block.fields, path + mark, model, facts)
        else:
            yield _leaf(path, block, model, facts.type_of(block))


def _parent(path: str, block: FieldBlock) -> Row:
    each = [f"for each of {_code(block.each)}"] if block.each is not None else []
    kept = [f"kept when {_code(block.keep_when)}"] if block.keep_when is not None else []
    when = [f"when {_code(block.when)}"] if block.when is not None else []
    mark = "[]" if block.each is not None else ""
    copy = _copy(block)
    return Row(
        path + mark,
        (*each, *kept, *when, *copy),
        "",
        False,
        bool(block.required),
        _otherwise(block),
    )


def _copy(block: ValueBlock) -> list[str]:
    """What is copied, and which of its keys are treated apart."""
    if block.rest_of is None and block.copy_of is None:
        return []
    what = "the rest" if block.rest_of is not None else "a copy"
    found = [f"{what} of {_code(copied(block))}"]
    parts = (("without", block.without), ("keeping", block.keep), ("as digests", block.hash))
    found += [f"{name}: {_code(part)}" for name, part in parts if part is not None]
    return found


def _leaf(path: str, block: ValueBlock, model: Model, found: Type) -> Row:
    sources = [_numbered(number, text) for number, text in enumerate(_sources(block, model), 1)]
    if len(sources) == 1:
        sources = [sources[0].removeprefix("1. ")]
    if block.fields is not None and copied(block) is None:
        sources = [f"fields {', '.join(f'`{field.name}`' for field in block.fields)}"]
    if block.each is not None:
        kept = f", kept when {_code(block.keep_when)}" if block.keep_when is not None else ""
        sources.insert(0, f"for each of {_code(block.each)}{kept}:")
    if block.when is not None:
        sources.insert(0, f"when {_code(block.when)}:")
    return Row(
        path,
        tuple(sources),
        _made_by(block, model),
        found.is_digest,
        isinstance(block, FieldBlock) and bool(block.required),
        _otherwise(block),
    )


def _numbered(number: int, text: str) -> str:
    return f"{number}. {text}"


def _made_by(block: ValueBlock, model: Model) -> str:
    steps = _steps(block, model)
    return shown(" |> ".join(steps)) if steps else ""


def _steps(block: ValueBlock, model: Model) -> list[str]:
    """What is done with the sources, also by the definition that stands for them."""
    steps = [print_steps(steps) for steps in (block.as_, block.then) if steps]
    if isinstance(block.value, Pipeline):
        steps.insert(0, print_steps(block.value.steps))
    if block.one_of is not None:
        steps.append(f"one of {print_expression(block.one_of)}")
    named = _named(block.value, model)
    return [*(_steps(named, model) if named is not None else []), *steps]


def _named(node: Expression | None, model: Model) -> ValueBlock | None:
    """The definition that a value is made of, where it does nothing but choose and convert."""
    start = node.source if isinstance(node, Pipeline) else node
    if not isinstance(start, Reference) or start.tail is not None:
        return None
    block = model.definitions.get(start.name)
    if block is None or is_plain(block):
        return None
    more = (block.when, block.default, block.each, block.fields, copied(block), block.positions)
    return None if any(part is not None for part in more) else block


def _otherwise(block: ValueBlock) -> str:
    found = []
    required = isinstance(block, FieldBlock) and block.required
    if block.default is not None:
        found.append(_code(block.default))
    elif required:
        found.append("the event is refused")
    if isinstance(block, FieldBlock) and block.invalid == "error":
        found.append("refused when it cannot be converted")
    return "; ".join(found)


def _sources(block: ValueBlock, model: Model) -> list[str]:
    """The sources in order, with those of plain definitions in place of their names."""
    if copied(block) is not None:
        return _copy(block)
    named = _named(block.value, model)
    if named is not None:
        return _sources(named, model)
    found: list[str] = []
    for arm in block.first_of or ():
        found += _arm(arm, model)
    found += [_row(row.name, row.value, model) for row in block.decide or () if row.value]
    found += [", else ".join(_arm(arm, model)) for arm in block.positions or ()]
    single = block.value
    if single is not None:
        start = single.source if isinstance(single, Pipeline) else single
        found += _expression(start, model)
    if block.template is not None:
        found.append(shown(print_template(block.template)))
    if block.constant is not None:
        found.append(_code(block.constant))
    return list(dict.fromkeys(found))


def _row(name: str, arm: ArmBlock, model: Model) -> str:
    """A row of a decision table in one line."""
    when = f", when {_code(arm.when)}" if arm.when is not None else ""
    return f"{name}{when}: {', else '.join(_arm(replace(arm, when=None), model))}"


def _arm(arm: ArmBlock, model: Model) -> list[str]:
    when = f" when {_code(arm.when)}" if arm.when is not None else ""
    made = f" by {shown(print_steps(arm.as_))}" if arm.as_ else ""
    if arm.template is not None:
        return [shown(print_template(arm.template)) + when + made]
    node = arm.value or arm.constant
    assert node is not None
    return [source + when + made for source in _expression(node, model)]


def _expression(node: Expression, model: Model) -> list[str]:
    if isinstance(node, Chain):
        return [source for arm in node.arms for source in _expression(arm, model)]
    if isinstance(node, Reference) and node.tail is None and node.name in model.definitions:
        return _definition(node, model)
    return [_code(node)]


def _definition(node: Reference, model: Model) -> list[str]:
    block = model.definitions[node.name]
    return _sources(block, model) if is_plain(block) else [_code(node)]


def is_plain(block: ValueBlock) -> bool:
    """Whether a definition does nothing but choose, so that its sources can stand for it."""
    changed = block.as_ or block.then or block.when or block.default or block.one_of or block.each
    chooses = block.first_of or (block.value is not None and not isinstance(block.value, Pipeline))
    return bool(chooses) and not changed


def name_rows(examined: Examined, text: str) -> Iterator[Row]:
    """A row for each definition that ``text`` names, and for those that these name in turn."""
    model, facts = examined.model, examined.facts
    rows: dict[str, Row] = {}
    waiting = [text]
    while waiting:
        for name in _NAME.findall(waiting.pop()):
            if name in model.definitions and name not in rows:
                block = model.definitions[name]
                rows[name] = _leaf(f"${name}", block, model, facts.type_of(block))
                waiting.append(" ".join((*rows[name].sources, rows[name].made_by)))
    yield from (rows[name] for name in model.definitions if name in rows)


_NAME = re.compile(r"[$]([A-Za-z_][A-Za-z0-9_]*)")


def alternative(arm: ArmBlock) -> str:
    """An alternative in one line, with its condition."""
    when = f" when {_code(arm.when)}" if arm.when is not None else ""
    if arm.template is not None:
        return shown(print_template(arm.template)) + when
    return _code(arm.value or arm.constant) + when


def value_text(block: ValueBlock) -> str:
    """A value in one line: an expression, or the alternatives of a chain."""
    if block.value is not None:
        return _code(block.value)
    nodes = [arm.value or arm.constant for arm in block.first_of or ()]
    return ", else ".join(_code(node) for node in nodes if node is not None)


def shown(text: str) -> str:
    """Rule text as code in Markdown."""
    fence = "``" if "`" in text else "`"
    space = " " if fence == "``" else ""
    return f"{fence}{space}{text}{space}{fence}"


def _code(node: Expression | None) -> str:
    if node is None:
        return ""
    if isinstance(node, Literal) and isinstance(node.value, list | dict):
        return shown(str(node.value))
    return shown(print_expression(node))
