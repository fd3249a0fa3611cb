"""The core language: all that a rule can mean, once its shorthand is gone.

The loader turns rule files into these nodes (:mod:`mapping_engine.core.desugar`); every later stage
is a walk over them. A node yields a value that is present, or nothing: null, blank text, an empty
list and an empty object count as missing, for every node alike. A value that is present and cannot
be used leaves an *issue*: its source, and the reason. A chain that finds a value forgets the issues
of the alternatives it tried before; conditions forget all of theirs; a field tells what is left.

Two nodes are equal when they mean the same: places do not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Protocol

from mapping_engine.diagnostics import Span
from mapping_engine.frozen import Frozen
from mapping_engine.selectors import Selector


class Place(Protocol):
    """Where something is written: a stretch of a scalar, a block, or an entry of one."""

    @property
    def span(self) -> Span:
        """The place in the file."""


class Placed(Frozen):
    """A part of the rules; ``at`` says where it is written."""

    at: Place = field(compare=False, repr=False)

    @property
    def span(self) -> Span:
        """The place in the file."""
        return self.at.span


class Node(Placed):
    """What has a value, or nothing."""


# Values


class Const(Node):
    """A value that stands in the rules: any YAML value."""

    value: object


class Read(Node):
    """What the event holds where a JMESPath selector points; ``explicit`` as ``jmespath(...)``."""

    selector: Selector
    explicit: bool = False


class Name(Node):
    """``$name``: a definition, a variable or a built-in name, and what lies below it."""

    name: str
    tail: Selector | None = None


class Items(Node):
    """A list. What is missing is left out, or, where there is a ``fill``, replaced by that.

    A list of nothing but fills is missing.
    """

    items: tuple[Node, ...]
    fill: Const | None = None


class Template(Node):
    """Text with values filled in; missing when one of them is."""

    parts: tuple[str | Node, ...]


class Call(Node):
    """A transform or a named pipeline, applied to the value of ``input``.

    Missing where the input or a required argument is. ``input`` is None for a transform that reads
    the event itself; arguments stand in the order of the parameters, None for one not given.
    ``step`` is where the call itself is written, without what is piped into it.
    """

    step: Place = field(compare=False, repr=False)
    name: str
    input: Node | None
    arguments: tuple[Node | None, ...] = ()


# Choices


class Alternative(Placed):
    """One of several values to choose from: a row of a decision table has a ``name``."""

    value: Node
    name: str | None = None
    is_default: bool = field(default=False, compare=False)


class FirstOf(Node):
    """A chain: the first alternative that has a value. A decision table is one, too."""

    alternatives: tuple[Alternative, ...]


class Guard(Node):
    """The value where the condition holds; missing elsewhere."""

    when: Node
    value: Node


# Objects and lists of them


class Field(Placed):
    """A key of an object, and what happens when it has no value.

    Where ``when`` does not hold, the key is left out, and nothing else is asked. A missing value
    makes way for the ``default``, which is sent as it stands. When there is none, the event is
    refused if the field is ``required``. Values that could not be used are told (``warn``), refuse
    the event (``error``) or are forgotten (``ignore``), as ``invalid`` says.

    With ``null``, null is sent where there is no value. The keys of a ``spread``, whose value is an
    object, stand in the place of its own, which is none.
    """

    key: Place = field(compare=False, repr=False)
    name: str
    value: Node
    when: Node | None = None
    default: Node | None = None
    required: bool = False
    invalid: str = "warn"
    null: bool = False
    spread: bool = False


class Object(Node):
    """An object of fields; missing when none of them has a value.

    Of several values under one key, the last one counts.
    """

    fields: tuple[Field, ...]


class Copy(Node):
    """A copy of an object without personal data, with ``added`` fields in it.

    ``rest`` leaves out what fields of the payload are made from. Keys in ``without`` are left out
    as well, and all but those in ``only``; those in ``keep`` are copied whatever they name; those
    in ``hash`` become digests. With ``empty``, nulls are copied, and an empty object as one. One
    that is ``clear`` holds personal data as well.
    """

    source: Node
    rest: bool
    added: Object | None = None
    without: Node | None = None
    keep: Node | None = None
    hash: Node | None = None
    only: Node | None = None
    empty: bool = False
    clear: bool = field(default=False, kw_only=True)

    @property
    def keys(self) -> tuple[Node | None, ...]:
        """The lists of keys that are treated apart, as the plan of a copy takes them."""
        return self.without, self.keep, self.hash, self.only


class ForEach(Node):
    """The body once for each item of a list, which is read as ``$item`` (or another name).

    Items for which ``keep`` does not hold are left out, and so are bodies without a value.
    """

    source: Node
    item: str
    body: Node
    keep: Node | None = None


KEY = "key"
"""The name under which the key of an entry is read."""


class Entries(Node):
    """An object made from the entries of an object, or from the items of a list.

    Each is read as ``$item`` (or another name), and its key or place as ``$key``. Without a
    ``source``, there is one entry. Those for which ``keep`` does not hold are left out, and so are
    those without a key or a value; of one key, the last one counts. With ``empty``, an item that is
    null, blank or empty stands as it is where there is no value.
    """

    source: Node | None
    item: str
    key: Node
    value: Node
    keep: Node | None = None
    empty: bool = False


# Conditions: they are true or false, never missing


class Compare(Node):
    """``left operator right``; operators: == != < <= > >= in."""

    operator: str
    left: Node
    right: Node


class Test(Node):
    """``operand is word``: present, missing, or a kind of value."""

    operand: Node
    word: str


class Logic(Node):
    """``not`` of one condition, ``and`` or ``or`` of several.

    A value holds where it is present and not ``false``.
    """

    word: str
    operands: tuple[Node, ...]


class Broken(Node):
    """What could not be read, and is reported already; no mapping that runs holds one."""

    parts: tuple[Node, ...] = ()


CONDITIONS = (Compare, Test, Logic)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside ``node``, in the order in which they are evaluated."""
    match node:
        case Const() | Read() | Name():  # most nodes
            return ()
        case Items(items=parts) | Logic(operands=parts) | Broken(parts=parts):
            return parts
        case Template(parts=mixed):
            return tuple(part for part in mixed if not isinstance(part, str))
        case Call(input=start, arguments=given):
            return _given(start, *given)
        case FirstOf(alternatives=arms):
            return tuple(arm.value for arm in arms)
        case Guard(when=when, value=value):
            return (when, value)
        case Object(fields=fields):
            return tuple(part for each in fields for part in field_parts(each))
        case Copy():
            return _given(node.source, *node.keys, node.added)
        case ForEach(source=source, keep=keep, body=body):
            return _given(source, keep, body)
        case Entries(source=start, keep=keep, key=key, value=value):
            return _given(start, keep, key, value)
        case Compare(left=left, right=right):
            return (left, right)
        case Test(operand=operand):
            return (operand,)
        case _:
            return ()


def field_parts(field: Field) -> tuple[Node, ...]:
    """The nodes of a field, in the order in which they are evaluated."""
    return _given(field.when, field.value, field.default)


def _given(*nodes: Node | None) -> tuple[Node, ...]:
    return tuple(node for node in nodes if node is not None)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything inside it, from the outside in, in the order of the rules."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(children(found)))


def fields_of(node: Node) -> tuple[Field, ...]:
    """The fields of an object, of the items of a list of objects, or those added to a copy."""
    match node:
        case Object(fields=fields):
            return fields
        case ForEach(body=body):
            return fields_of(body)
        case Copy(added=Object(fields=fields)):
            return fields
        case _:
            return ()


def free_names(node: Node) -> Iterator[Name]:
    """The ``$names`` that a node uses from outside, but for the items of its own lists."""
    waiting: list[tuple[Node, frozenset[str]]] = [(node, frozenset())]
    while waiting:
        found, bound = waiting.pop()
        if isinstance(found, Name) and found.name not in bound:
            yield found
        if isinstance(found, ForEach):
            waiting.append((found.source, bound))
            inside = bound | {found.item}
            waiting += [(part, inside) for part in _given(found.keep, found.body)]
        elif isinstance(found, Entries) and found.source is not None:
            waiting.append((found.source, bound))
            inside = bound | {found.item, KEY}
            waiting += [(part, inside) for part in _given(found.keep, found.key, found.value)]
        else:
            waiting += [(part, bound) for part in children(found)]
