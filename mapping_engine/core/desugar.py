"""Rule files to the core: shorthand, blocks, chains and conversions become nodes, once.

What the keys of a block mean is told here and nowhere else:

- A chain is one thing, written as a list, as ``first_of``, as ``??`` or as a decision table.
- ``as`` converts each alternative of a chain before it is judged, at whatever depth it is
  written: in ``??``, in a list, or under the name of a definition that does nothing but choose.
  ``then`` and ``|>`` convert the value that was chosen.
- ``default`` of a definition is one more alternative; that of a field is what is sent without one.
- ``one_of`` is the transform of that name, and comes last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mapping_engine.core import nodes
from mapping_engine.core.choices import is_choice
from mapping_engine.core.expressions import (
    DEFAULT_ITEM,
    NO_LOCALS,
    Derivation,
    Desugaring,
    Locals,
    applied,
    expression,
    optional,
)
from mapping_engine.core.model import BUILTINS, PIPED, TABLES
from mapping_engine.core.nodes import Alternative, Broken, Const, Field, Guard, Name, Node, Place
from mapping_engine.core.spell import derived_name
from mapping_engine.diagnostics import Span
from mapping_engine.expression import CallExpression, Expression, ast, print_steps
from mapping_engine.file.body_tree import BodyTree
from mapping_engine.file.documents import NamedRequestBlock
from mapping_engine.file.shapes import Named
from mapping_engine.file.value_blocks import (
    SOURCES,
    ArmBlock,
    FieldBlock,
    PipelineBlock,
    PlainBlock,
    SourceBlock,
    ValueBlock,
)
from mapping_engine.file.walk import order_of_writing, parts

_DEEPEST = 32
"""So many definitions are opened one inside the other; in order, it is one or two."""
_MOST_CONVERSIONS = 20_000
"""So many steps may convert what stands under names: each makes a value of its own."""


def define(made: Desugaring) -> None:
    """Make all that is written as definitions: before anything else, which may use them."""
    for name in order_of_writing(made.blocks):
        _definition(name, made)


def definitions_of(made: Desugaring) -> dict[str, Node]:
    """All definitions as nodes, and those that are derived from them for the whole mapping."""
    for name in made.asked:  # which grows while it is worked off
        _definition(name, made)
    return made.made


def _definition(name: str, made: Desugaring) -> Node | None:
    """The node of a definition; None where it is being made already, or too deep to be opened."""
    can_open = name not in made.opening and len(made.opening) < _DEEPEST
    if name not in made.made and can_open and (name in made.blocks or name in made.derived):
        made.opening.append(name)
        found = _made_now(name, made)
        made.opening.pop()
        if found is not None:
            made.made[name] = found
    return made.made.get(name)


def _made_now(name: str, made: Desugaring) -> Node | None:
    if name not in made.derived:
        entry = made.blocks[name]
        return value_of(entry.value, NO_LOCALS, made) if entry.value else Broken(entry)
    derivation = made.derived[name]
    source = _definition(derivation.base, made)
    return source and convert(source, derivation.conversion, NO_LOCALS, made)


# Blocks


def value_of(block: ValueBlock, known: Locals, made: Desugaring) -> Node:
    """The value of a definition or variable: with its default, where its condition holds."""
    found = _converted(block, known, made)
    if block.default is not None:
        value = expression(block.default, known, made)
        default = Alternative(block.default, value, is_default=True)
        ends = any(arm.nothing for arm in _arms_of(block))
        before = found.alternatives if isinstance(found, nodes.FirstOf) and not ends else None
        found = nodes.FirstOf(block, (*(before or (Alternative(block, found),)), default))
    return _guarded(block, found, known, made)


def _arms_of(block: SourceBlock) -> tuple[ArmBlock, ...]:
    rows = (row.value for row in block.decide or ())
    return (*(block.first_of or ()), *(row for row in rows if row is not None))


def _guarded(block: PlainBlock, value: Node, known: Locals, made: Desugaring) -> Node:
    when = condition_of(block, known, made)
    return value if when is None else Guard(block, when, value)


def condition_of(
    block: PlainBlock | NamedRequestBlock, known: Locals, made: Desugaring
) -> Node | None:
    """The condition of a block; one that could not be read is there all the same."""
    if block.when is None and "when" in block.places:
        return Broken(block)
    return optional(block.when, known, made)


def _converted(block: SourceBlock, known: Locals, made: Desugaring) -> Node:
    """The value of a block, were there no `when` and no default."""
    found = _source(block, known, made)
    if block.as_ and block.positions is None and block.list_of is None:
        found = convert(found, block.as_, known, made)
    if block.then:
        found = applied(found, block.then, known, made)
    if block.one_of is not None:
        accepted = expression(block.one_of, known, made)
        place = block.one_of.extent
        found = nodes.Call(place, place, "one_of", found, (accepted,))
    if block.under is not None:
        key = expression(block.under, known, made)
        found = nodes.Entries(block, None, DEFAULT_ITEM, key, found)
    return found


def _source(block: SourceBlock, known: Locals, made: Desugaring) -> Node:
    """What makes a value before it is converted."""
    item = _item_of(block, made)
    if block.entries_of is not None:
        return _entries(block, block.entries_of, item, known, made)
    if block.each is None:
        return _plain_source(block, known, made)
    inside = known | {item}
    source = expression(block.each, known, made)
    keep = optional(block.keep_when, inside, made)
    return nodes.ForEach(block, source, item, _plain_source(block, inside, made), keep)


def _item_of(block: SourceBlock, made: Desugaring) -> str:
    """The name of an item, which hides no built-in one."""
    if block.item is None:
        return DEFAULT_ITEM
    name = block.item.text
    if name in BUILTINS or (name == nodes.KEY and block.entries_of is not None):
        taken(name, block.item.span, made)
    return name


def taken(name: str, span: Span, made: Desugaring) -> None:
    """Report a name that is given to something, and has a meaning there already."""
    message = f"`${name}` has a meaning here already"
    made.diagnostics.report("PR02", message, span, help="choose another name")


def _entries(
    block: SourceBlock, of: Expression, item: str, known: Locals, made: Desugaring
) -> Node:
    inside = known | {item, nodes.KEY}
    written = any(each in block.places for each in SOURCES if each != "entries_of")
    return nodes.Entries(
        block,
        expression(of, known, made),
        item,
        Name(block, nodes.KEY) if block.key_ is None else expression(block.key_, inside, made),
        _plain_source(block, inside, made) if written else Name(block, item),
        optional(block.keep_when, inside, made),
        block.empty == "keep",
    )


def _plain_source(block: SourceBlock, known: Locals, made: Desugaring) -> Node:
    whole = block.rest_of or block.copy_of
    if whole is not None:
        return _copy(block, whole, known, made)
    if block.fields is not None:
        return object_of(block, block.fields, known, made)
    if block.positions is not None:
        places = (_arm(arm, block.as_, known, made) for arm in block.positions)
        fill = Const(block, block.fill.value if block.fill is not None else "")
        return nodes.Items(block, tuple(places), fill)
    if block.list_of is not None:
        items = (_arm(arm, block.as_, known, made) for arm in block.list_of)
        return nodes.Items(block, tuple(items))
    if block.merged is not None:
        parts = [(arm, _arm(arm, None, known, made)) for arm in block.merged]
        given = (Field(a, a, f"..{n}", value) for n, (a, value) in enumerate(parts, 1))
        return nodes.Object(block, tuple(map(spread_of, given)))
    if block.first_of is not None:
        firsts = [(arm, arm, None) for arm in block.first_of]
        return _chain(block, _alternatives(firsts, known, made), made)
    if block.decide is not None:
        rows = [(row, row.value, row.name) for row in block.decide if row.value is not None]
        return _choice(block, _alternatives(rows, known, made), made)
    return _single(block, known, made)


def _alternatives(
    rows: Sequence[tuple[Place, ArmBlock, str | None]], known: Locals, made: Desugaring
) -> list[Alternative]:
    """The alternatives in order; behind one that ends them, all others stand under its opposite."""
    found: list[Alternative] = []
    for number, (place, arm, name) in enumerate(rows):
        if not arm.nothing:
            found.append(Alternative(place, _arm(arm, None, known, made), name))
            continue
        when = condition_of(arm, known, made)
        others = _alternatives(rows[number + 1 :], known, made)
        if when is not None and others:
            other = nodes.Logic(arm, "not", (when,))
            value = Guard(arm, other, nodes.FirstOf(arm, tuple(others)))
            found.append(Alternative(place, value, name))
        break
    return found


def _chain(block: SourceBlock | PipelineBlock, arms: list[Alternative], made: Desugaring) -> Node:
    """The alternatives of a list; the only one of a list stands for itself."""
    return arms[0].value if len(arms) == 1 else _choice(block, arms, made)


def _choice(block: SourceBlock | PipelineBlock, arms: list[Alternative], made: Desugaring) -> Node:
    if arms:
        return nodes.FirstOf(block, tuple(arms))
    if not made.diagnostics.has_errors:  # all could be read
        message = "there is nothing to choose from"
        made.diagnostics.report("SH02", message, block.span, help="write an alternative")
    return Broken(block)


def _arm(
    arm: PlainBlock, more: tuple[CallExpression, ...] | None, known: Locals, made: Desugaring
) -> Node:
    """An alternative with its own conversions, and ``more`` of them."""
    if isinstance(arm, SourceBlock):
        found = _converted(arm, known, made)
    else:
        found = _single(arm, known, made)
        found = convert(found, arm.as_, known, made) if arm.as_ else found
    if more:
        found = convert(found, more, known, made)
    return _guarded(arm, found, known, made)


def _single(block: PlainBlock, known: Locals, made: Desugaring) -> Node:
    node = block.value or block.template or block.constant
    return Broken(block) if node is None else expression(node, known, made)


def _copy(block: SourceBlock, whole: Expression, known: Locals, made: Desugaring) -> Node:
    written = (block.without, block.keep, block.hash, block.only)
    without, keep, hash, only = (optional(each, known, made) for each in written)
    added = None if block.fields is None else object_of(block, block.fields, known, made)
    rest = block.rest_of is not None
    source, empty = expression(whole, known, made), block.empty == "keep"
    return nodes.Copy(block, source, rest, added, without, keep, hash, only, empty)


def object_of(
    at: Place, fields: tuple[Named[FieldBlock], ...], known: Locals, made: Desugaring
) -> nodes.Object:
    """The object that fields make."""
    return nodes.Object(at, tuple(_field(each, known, made) for each in fields))


def _field(entry: Named[FieldBlock], known: Locals, made: Desugaring) -> Field:
    block = entry.value
    if block is None:
        return Field(entry, entry, entry.name, Broken(entry))
    null = sends_null(block)
    field = Field(
        block,
        entry,
        entry.name,
        _converted(block, known, made),
        condition_of(block, known, made),
        None if null else optional(block.default, known, made),
        bool(block.required),
        block.invalid or "warn",
        null,
    )
    return spread_of(field) if is_spread(entry.name) else field


def sends_null(block: ValueBlock) -> bool:
    """Whether null is sent where there is no value: it is written as the constant or default."""
    written = block.default if block.constant is None else block.constant
    return isinstance(written, ast.Literal) and written.value is None


def is_spread(name: str) -> bool:
    """Whether a key stands for all keys of its value."""
    return name.startswith("..")


def spread_of(field: Field) -> Field:
    """The same, as a field that stands for all keys of its value."""
    default = None if field.default is None else as_object(field.default)
    return replace(field, value=as_object(field.value), default=default, spread=True, null=False)


def as_object(node: Node) -> Node:
    """What is no object is left out, with a warning."""
    match node:
        case nodes.Object() | nodes.Copy() | nodes.Entries() | Broken():
            return node
        case Guard(when=when, value=value):
            return Guard(node.at, when, as_object(value))
        case nodes.FirstOf(alternatives=arms):
            each = (replace(arm, value=as_object(arm.value)) for arm in arms)
            return nodes.FirstOf(node.at, tuple(each))
        case _:
            return nodes.Call(node.at, node.at, "object", node)


def pipeline_of(block: PipelineBlock, made: Desugaring) -> tuple[tuple[str, ...], Node]:
    """The parameters and the body of a named pipeline, which reads its value as ``$value``."""
    written = block.parameters or ()
    parameters = tuple(parameter.text for parameter in written)
    meant = {PIPED, TABLES, *([] if block.items is None else [DEFAULT_ITEM])}
    for place, parameter in enumerate(written):
        if parameter.text in meant.union(parameters[:place]):
            taken(parameter.text, parameter.span, made)
    known = frozenset((PIPED, *parameters))
    if block.steps is not None:
        return parameters, applied(Name(block, PIPED), block.steps, known, made)
    if block.items is not None:
        return parameters, _of_items(block, block.items, known, made)
    if block.first_of is None:
        return parameters, Broken(block)
    arms = [Alternative(arm, _arm(arm, None, known, made)) for arm in block.first_of]
    return parameters, _chain(block, arms, made)


def _of_items(
    block: PipelineBlock, steps: tuple[CallExpression, ...], known: Locals, made: Desugaring
) -> Node:
    """Each item of the value that is piped in after transforms."""
    source = nodes.Call(block, block, "list", Name(block, PIPED))
    body = applied(Name(block, DEFAULT_ITEM), steps, known | {DEFAULT_ITEM}, made)
    each = nodes.ForEach(block, source, DEFAULT_ITEM, body)
    return each if block.repeats == "keep" else nodes.Call(block, block, "distinct", each)


def body_of(at: Place, tree: BodyTree | None, made: Desugaring) -> Node:
    """The body of a request: a tree of expressions and blocks."""
    if isinstance(tree, ValueBlock):
        return value_of(tree, NO_LOCALS, made)
    if isinstance(tree, Mapping):
        return nodes.Object(at, tuple(_part(at, *each, made) for each in tree.items()))
    if isinstance(tree, tuple):
        return nodes.Items(at, tuple(body_of(at, part, made) for part in tree))
    return Broken(at) if tree is None else expression(tree, NO_LOCALS, made)


def _part(at: Place, name: str, tree: BodyTree | None, made: Desugaring) -> Field:
    null = isinstance(tree, ValueBlock) and sends_null(tree)
    when = condition_of(tree, NO_LOCALS, made) if null and isinstance(tree, ValueBlock) else None
    field = Field(at, at, name, body_of(at, tree, made), when, null=null)
    return spread_of(field) if is_spread(name) else field


# Conversions


def convert(node: Node, steps: tuple[CallExpression, ...], known: Locals, made: Desugaring) -> Node:
    """The value with each of its alternatives converted, wherever they are written."""
    match node:
        case nodes.FirstOf(alternatives=arms):
            each = (replace(arm, value=convert(arm.value, steps, known, made)) for arm in arms)
            return nodes.FirstOf(node.at, tuple(each))
        case Guard(when=when, value=value):
            return Guard(node.at, when, convert(value, steps, known, made))
        case Name(name=name, tail=None) if name not in known and _chooses(name, made):
            return _derived(node, name, steps, known, made)
        case _:
            return applied(node, steps, known, made)


def _chooses(name: str, made: Desugaring) -> bool:
    """Whether a definition is a chain, or another name for one."""
    way: dict[str, None] = {}
    while name not in made.chains and name not in way:
        way[name] = None
        node = _definition(name, made)
        while isinstance(node, Guard):
            node = node.value
        if isinstance(node, Name) and node.tail is None and node.name in made.blocks:
            name = node.name
        else:
            made.chains[name] = is_choice(node)
    found = made.chains.get(name, False)
    made.chains.update(dict.fromkeys(way, found))
    return found


def _derived(
    node: Name, name: str, steps: tuple[CallExpression, ...], known: Locals, made: Desugaring
) -> Node:
    """The alternatives behind a name, converted: a definition of its own, made once for all places.

    Where the conversion reads what only this place knows, the alternatives are written out here.
    """
    known_steps = made.derived[name].steps if name in made.derived else 0
    made.conversions += known_steps + len(steps)
    if made.conversions > _MOST_CONVERSIONS:
        return _stopped(node, made)
    read = (p.name for step in steps for p in parts(step) if isinstance(p, ast.Reference))
    if not known.isdisjoint(read):
        return _written_out(node, name, steps, known, made)
    derived = derived_name(name, print_steps(steps))
    if derived not in made.derived:
        made.derived[derived] = Derivation(name, steps, known_steps + len(steps))
        made.asked.append(derived)
    return Name(node.at, derived)


def _written_out(
    node: Name, name: str, steps: tuple[CallExpression, ...], known: Locals, made: Desugaring
) -> Node:
    """The alternatives behind a name, converted in this place."""
    base = _definition(name, made)
    if name in made.opening:  # which is a circle
        return applied(node, steps, known, made)
    if base is None or len(made.opening) == _DEEPEST:
        return _stopped(node, made)
    made.opening.append(name)
    found = convert(base, steps, known, made)
    made.opening.pop()
    return found


def _stopped(node: Name, made: Desugaring) -> Broken:
    made.stopped_at = made.stopped_at or node
    return Broken(node.at)
