"""Which expressions a block holds, and which names they use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from mapping_engine.expression import (
    Call,
    Chain,
    Expression,
    Literal,
    Reference,
    Select,
    children,
    print_expression,
)
from mapping_engine.file.values import ArmBlock, FieldBlock, PipelineBlock, ValueBlock

DEFAULT_ITEM = "item"


def item_name(block: ValueBlock) -> str:
    """The name under which the items of ``each`` are read."""
    return block.item.text if block.item else DEFAULT_ITEM


def arms_of(block: ValueBlock) -> tuple[ArmBlock, ...]:
    """The alternatives of a chain, or the rows of a decision table."""
    if block.decide is not None:
        return tuple(row.value for row in block.decide if row.value is not None)
    return block.first_of or ()


def parts_of(block: ValueBlock) -> tuple[ArmBlock, ...]:
    """The alternatives, rows or positions of a value."""
    return (*arms_of(block), *(block.positions or ()))


def copied(block: ValueBlock) -> Expression | None:
    """The object of which the value is a copy, in part or whole."""
    return block.rest_of if block.rest_of is not None else block.copy_of


def is_sent(block: ValueBlock, default: Expression) -> bool:
    """Whether a default is sent as it stands, though it be empty: in a field it is."""
    return isinstance(block, FieldBlock) and isinstance(default, Literal)


def fields_of(block: ValueBlock) -> tuple[FieldBlock, ...]:
    """The fields of an object or of the items of a list."""
    return tuple(field.value for field in block.fields or () if field.value is not None)


def refuses(block: ValueBlock) -> bool:
    """Whether it is a field for want of which events may be refused."""
    return isinstance(block, FieldBlock) and (bool(block.required) or block.invalid == "error")


def arm_expressions(arm: ArmBlock) -> Iterator[Expression]:
    """The expressions of one alternative."""
    yield from _present(arm.when, arm.value, arm.template, arm.constant)
    yield from arm.as_ or ()


def pipeline_expressions(block: PipelineBlock) -> Iterator[Expression]:
    """The expressions of a named pipeline."""
    yield from block.steps or ()
    for arm in block.first_of or ():
        yield from arm_expressions(arm)


def with_fields(block: ValueBlock) -> Iterator[ValueBlock]:
    """The block and its fields, with those inside them."""
    yield block
    for inner in fields_of(block):
        yield from with_fields(inner)


def own_expressions(block: ValueBlock) -> Iterator[tuple[Expression, bool]]:
    """The expressions of a block, but for those of its fields; True for those that see the item."""
    copy = (block.rest_of, block.copy_of, block.without, block.keep, block.hash)
    outer = _present(block.when, *copy, block.each, block.default, block.one_of)
    inner = _present(block.value, block.template, block.constant, block.keep_when)
    yield from ((expression, False) for expression in outer)
    yield from ((expression, True) for expression in inner)
    for arm in parts_of(block):
        yield from ((expression, True) for expression in arm_expressions(arm))
    for call in (*(block.as_ or ()), *(block.then or ())):
        yield call, False


def _present(*expressions: Expression | None) -> list[Expression]:
    return [expression for expression in expressions if expression is not None]


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and everything inside it."""
    yield expression
    for child in children(expression):
        yield from walk(child)


def block_nodes(block: ValueBlock, bound: frozenset[str] = frozenset()) -> Iterator[Expression]:
    """Every node of every expression of a block; references to its own items are left out."""
    inside = bound | {item_name(block)} if block.each is not None else bound
    for expression, sees_item in own_expressions(block):
        names = inside if sees_item else bound
        for node in walk(expression):
            if not (isinstance(node, Reference) and node.name in names):
                yield node
    for field in fields_of(block):
        yield from block_nodes(field, inside)


def references(block: ValueBlock) -> Iterator[Reference]:
    """The ``$names`` a block uses from outside."""
    return (node for node in block_nodes(block) if isinstance(node, Reference))


def plain_chain(
    arm: ArmBlock, definitions: Mapping[str, ValueBlock]
) -> tuple[ArmBlock, ...] | None:
    """The alternatives that an alternative ``$name`` stands for, if the definition is a chain."""
    node = arm.value
    if not isinstance(node, Reference) or node.tail is not None or arm.when is not None:
        return None
    block = definitions.get(node.name)
    if block is None:
        return None
    return None if _converts(block) else block.first_of


def _converts(block: ValueBlock) -> bool:
    return bool(block.as_ or block.then or block.when or block.default or block.one_of)


def spelled(node: Expression, definitions: Mapping[str, ValueBlock]) -> str:
    """A source as text, with the alternatives of plain chains in place of their ``$names``."""
    if isinstance(node, Chain):
        return " ?? ".join(spelled(arm, definitions) for arm in node.arms)
    block = definitions.get(node.name) if isinstance(node, Reference) and not node.tail else None
    if block is None or not block.first_of or _converts(block):
        return print_expression(node)
    nodes = [arm.value for arm in block.first_of if arm.value is not None and arm.when is None]
    if len(nodes) < len(block.first_of):
        return print_expression(node)
    return " ?? ".join(spelled(arm, definitions) for arm in nodes)


def calls(block: ValueBlock) -> Iterator[Call]:
    """The transforms a block calls."""
    return (node for node in block_nodes(block) if isinstance(node, Call))


def selects(block: ValueBlock) -> Iterator[Select]:
    """The selectors of a block."""
    return (node for node in block_nodes(block) if isinstance(node, Select))


def reachable(
    starts: Iterator[ValueBlock], definitions: Mapping[str, ValueBlock]
) -> list[ValueBlock]:
    """The blocks, and every definition they use, directly or not."""
    blocks = list(starts)
    names = (reference.name for block in blocks for reference in references(block))
    return [*blocks, *behind(names, definitions).values()]


def pipeline_nodes(block: PipelineBlock) -> Iterator[Expression]:
    """Every node of every expression of a named pipeline."""
    for expression in pipeline_expressions(block):
        yield from walk(expression)


def behind(names: Iterable[str], definitions: Mapping[str, ValueBlock]) -> dict[str, ValueBlock]:
    """The definitions that names stand for, and those they use, directly or not, by name."""
    found: dict[str, ValueBlock] = {}
    waiting = list(names)
    for name in waiting:
        if name in definitions and name not in found:
            found[name] = definitions[name]
            waiting += [reference.name for reference in references(found[name])]
    return found


def names_in(expressions: Iterable[Expression]) -> set[str]:
    """The ``$names`` that stand in expressions."""
    nodes = (node for expression in expressions for node in walk(expression))
    return {node.name for node in nodes if isinstance(node, Reference)}


class Uses:
    """Which fan-out variables (and late names) a value depends on, through definitions."""

    def __init__(self, definitions: Mapping[str, ValueBlock], variables: frozenset[str]) -> None:
        self._definitions = definitions
        self._variables = variables
        self._of = cache(self._definition)

    def of_names(self, names: Iterator[str]) -> frozenset[str]:
        """The variables behind these ``$names``."""
        found: set[str] = set()
        seen: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self._variables:
                found.add(name)
            elif name in self._definitions:
                waiting.extend(self._of(name))
        return frozenset(found)

    def of_expression(self, expression: Expression) -> frozenset[str]:
        """The variables an expression depends on."""
        return self.of_names(iter(names_in([expression])))

    def of_block(self, block: ValueBlock) -> frozenset[str]:
        """The variables a field or definition depends on."""
        return self.of_names(reference.name for reference in references(block))

    def _definition(self, name: str) -> tuple[str, ...]:
        return tuple({reference.name for reference in references(self._definitions[name])})
