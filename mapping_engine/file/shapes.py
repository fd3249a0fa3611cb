"""How a key's YAML is written: each shape reads a node, and describes itself as JSON Schema.

The loader and the editor schema are both derived from these, so they cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as MappingType
from collections.abc import Sequence as SequenceType
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from mapping_engine.diagnostics import Diagnostics, Span, did_you_mean, listed, rename
from mapping_engine.expression import Expression, Extent, Literal, Reference
from mapping_engine.file.json_types import JsonSchema
from mapping_engine.source.node import Mapping, Node, Scalar, Sequence, Style, to_data

T = TypeVar("T")
Definitions = dict[str, JsonSchema]


class Shape:
    """What may stand under a key."""

    wanted = "a value"

    def read(self, node: Node, diagnostics: Diagnostics) -> Any:
        """The value in ``node``, or None with the mistake reported."""
        raise NotImplementedError

    def schema(self, definitions: Definitions) -> JsonSchema:
        """JSON Schema for editors; named blocks are put into ``definitions``."""
        raise NotImplementedError


def describe(node: Node) -> str:
    """What was found, in the words of the messages."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if node.value is None:
        return "nothing"
    kinds: dict[type, str] = {bool: "true or false", int: "a number", float: "a number"}
    return kinds.get(type(node.value), "a text")


def wrong(node: Node, wanted: str, diagnostics: Diagnostics) -> None:
    """Report SH03 at ``node``, unless it is an alias, which is reported already."""
    if isinstance(node, Scalar) and node.value is None and node.text.startswith("*"):
        return
    diagnostics.report("SH03", f"expected {wanted}, found {describe(node)}", node.span)


class ScalarShape(Shape):
    """Shapes that are one scalar."""

    def read(self, node: Node, diagnostics: Diagnostics) -> Any:
        if not isinstance(node, Scalar) or node.value is None:
            wrong(node, self.wanted, diagnostics)
            return None
        return self.convert(node, diagnostics)

    def convert(self, node: Scalar, diagnostics: Diagnostics) -> Any:
        """The value of a scalar that is not empty."""
        raise NotImplementedError


class Text(ScalarShape):
    """A text; numbers are taken as they are written."""

    wanted = "a text"

    def convert(self, node: Scalar, diagnostics: Diagnostics) -> Any:
        return node

    def schema(self, definitions: Definitions) -> JsonSchema:
        return {"type": ["string", "number"]}


_YAML_1_1_FLAGS = frozenset({"yes", "no", "on", "off", "y", "n"})


class Flag(ScalarShape):
    """true or false."""

    wanted = "true or false"

    def convert(self, node: Scalar, diagnostics: Diagnostics) -> Any:
        if isinstance(node.value, bool):
            return node.value
        if node.style is Style.PLAIN and node.text.lower() in _YAML_1_1_FLAGS:
            return None  # reported where the file was read
        wrong(node, self.wanted, diagnostics)
        return None

    def schema(self, definitions: Definitions) -> JsonSchema:
        return {"type": "boolean"}


class Whole(ScalarShape):
    """A whole number of at least ``minimum``."""

    def __init__(self, minimum: int = 1) -> None:
        self.minimum = minimum
        self.wanted = f"a whole number of at least {minimum}"

    def convert(self, node: Scalar, diagnostics: Diagnostics) -> Any:
        if type(node.value) is int and node.value >= self.minimum:
            return node.value
        wrong(node, self.wanted, diagnostics)
        return None

    def schema(self, definitions: Definitions) -> JsonSchema:
        return {"type": "integer", "minimum": self.minimum}


class Version(Whole):
    """The version of the file format."""

    def convert(self, node: Scalar, diagnostics: Diagnostics) -> Any:
        if node.value == 1 and type(node.value) is int:
            return 1
        diagnostics.report(
            "SH05", "this engine reads version 1 of the format", node.span, help="write `1`"
        )
        return None

    def schema(self, definitions: Definitions) -> JsonSchema:
        return {"const": 1}


class Date(ScalarShape):
    """A date such as 2025-05-14."""

    wanted = "a date such as 2025-05-14"

    def convert(self, node: Scalar, diagnostics: Diagnostics) -> Any:
        try:
            return date.fromisoformat(node.text)
        except ValueError:
            diagnostics.report("SH03", f"expected {self.wanted}", node.span)
            return None

    def schema(self, definitions: Definitions) -> JsonSchema:
        return {"type": "string", "format": "date"}


class Word(ScalarShape):
    """One of a few words."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.wanted = "one of " + ", ".join(f"`{word}`" for word in words)

    def convert(self, node: Scalar, diagnostics: Diagnostics) -> Any:
        if node.text in self.words:
            return node.text
        diagnostics.report(
            "SH03",
            f"expected {self.wanted}",
            node.span,
            help=did_you_mean(node.text, self.words),
        )
        return None

    def schema(self, definitions: Definitions) -> JsonSchema:
        return {"enum": list(self.words)}


class ExpressionText(ScalarShape):
    """An expression."""

    wanted = "an expression"

    def convert(self, node: Scalar, diagnostics: Diagnostics) -> Any:
        from mapping_engine.expression.parser import parse_expression

        return parse_expression(node, diagnostics)

    def schema(self, definitions: Definitions) -> JsonSchema:
        return {"type": ["string", "number", "boolean"]}


class TemplateText(ScalarShape):
    """A text with expressions in braces."""

    wanted = "a template"

    def convert(self, node: Scalar, diagnostics: Diagnostics) -> Any:
        from mapping_engine.expression.parser import parse_template

        return parse_template(node, diagnostics)

    def schema(self, definitions: Definitions) -> JsonSchema:
        return {"type": ["string", "number"]}


class StepsText(ScalarShape):
    """Transforms joined by ``|>``."""

    wanted = "transforms"

    def convert(self, node: Scalar, diagnostics: Diagnostics) -> Any:
        from mapping_engine.expression.parser import parse_steps

        return parse_steps(node, diagnostics)

    def schema(self, definitions: Definitions) -> JsonSchema:
        return {"type": "string"}


class Data(Shape):
    """Any YAML value, taken as it stands."""

    wanted = "a value"

    def read(self, node: Node, diagnostics: Diagnostics) -> Any:
        return literal(node)

    def schema(self, definitions: Definitions) -> JsonSchema:
        return {}


class DataOrReference(Data):
    """A value taken as it stands, or a single ``$name``."""

    def read(self, node: Node, diagnostics: Diagnostics) -> Any:
        if not (isinstance(node, Scalar) and node.text.startswith("$")):
            return literal(node)
        from mapping_engine.expression.parser import parse_expression

        found = parse_expression(node, diagnostics)
        if found is None or isinstance(found, Reference):
            return found
        diagnostics.report(
            "SH03",
            "expected a value or a single `$name`",
            node.span,
            help="write longer expressions under `define`, and their `$name` here",
        )
        return None


class ListOrExpression(ExpressionText):
    """A list taken as it stands, or an expression that yields one."""

    wanted = "a list or an expression"

    def read(self, node: Node, diagnostics: Diagnostics) -> Any:
        if isinstance(node, Sequence):
            return literal(node)
        return super().read(node, diagnostics)

    def schema(self, definitions: Definitions) -> JsonSchema:
        return {"anyOf": [{"type": "array"}, super().schema(definitions)]}


def literal(node: Node) -> Literal:
    """A YAML value as an expression."""
    anchor = node if isinstance(node, Scalar) else _anchor(node)
    return Literal(Extent(anchor, 0, len(anchor.text)), to_data(node))


def _anchor(node: Mapping | Sequence) -> Scalar:
    """Some scalar inside ``node`` whose place can stand for it."""
    from mapping_engine.source.node import Source, Style

    return Scalar(node.span, "", "", Style.PLAIN, Source(node.span.file, ""))


@dataclass(frozen=True)
class ListOf(Shape):
    """A list of one shape; a bad item is left out after its report."""

    item: Shape
    or_one: bool = False

    @property
    def wanted(self) -> str:  # type: ignore[override]  # read-only is enough
        return "a list"

    def read(self, node: Node, diagnostics: Diagnostics) -> Any:
        if self.or_one and isinstance(node, Scalar) and node.value is not None:
            node = Sequence(node.span, (node,))
        if not isinstance(node, Sequence):
            wrong(node, self.wanted, diagnostics)
            return None
        read = (self.item.read(item, diagnostics) for item in node.items)
        return tuple(item for item in read if item is not None)

    def schema(self, definitions: Definitions) -> JsonSchema:
        item = self.item.schema(definitions)
        several: JsonSchema = {"type": "array", "items": item}
        return {"anyOf": [item, several]} if self.or_one else several


@dataclass(frozen=True)
class Named(Generic[T]):
    """An entry of a mapping whose keys are names that the maintainer chooses."""

    key: Scalar
    value: T | None

    @property
    def name(self) -> str:
        """The chosen name."""
        return self.key.text

    @property
    def span(self) -> Span:
        """Where the name is written."""
        return self.key.span


IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class MapOf(Shape):
    """A mapping from chosen names to one shape; ``identifiers`` may stand after a ``$``."""

    item: Shape
    identifiers: bool = False

    @property
    def wanted(self) -> str:  # type: ignore[override]  # read-only is enough
        return "a mapping"

    def read(self, node: Node, diagnostics: Diagnostics) -> Any:
        if not isinstance(node, Mapping):
            wrong(node, self.wanted, diagnostics)
            return None
        return tuple(self._entry(entry.key, entry.value, diagnostics) for entry in node)

    def _entry(self, key: Scalar, value: Node, diagnostics: Diagnostics) -> Named[Any]:
        if self.identifiers and not IDENTIFIER.fullmatch(key.text):
            diagnostics.report(
                "SH03",
                "a name is made of letters, digits and `_`, and starts with no digit",
                key.span,
            )
        return Named(key, self.item.read(value, diagnostics))

    def schema(self, definitions: Definitions) -> JsonSchema:
        schema: JsonSchema = {
            "type": "object",
            "additionalProperties": self.item.schema(definitions),
        }
        if self.identifiers:
            schema["propertyNames"] = {"pattern": f"^{IDENTIFIER.pattern}$"}
        return schema


@dataclass(frozen=True)
class Choice(Shape):
    """One of several shapes, told apart by what kind of node it is.

    ``scalar`` and ``sequence`` are short forms: the block built from them holds the value under
    the named key.
    """

    block: Callable[[], type[Any]]
    scalar: tuple[str, Shape] | None = None
    sequence: tuple[str, Shape] | None = None

    @property
    def wanted(self) -> str:  # type: ignore[override]  # read-only is enough
        short = ["an expression"] if self.scalar else []
        return " or ".join([*short, *(["a list"] if self.sequence else []), "a block"])

    def read(self, node: Node, diagnostics: Diagnostics) -> Any:
        from mapping_engine.file.blocks import read_block

        block = self.block()
        short = self.scalar if isinstance(node, Scalar) else self.sequence
        if isinstance(node, Mapping):
            return read_block(block, node, diagnostics)
        if short is None or (isinstance(node, Scalar) and node.value is None):
            wrong(node, self.wanted, diagnostics)
            return None
        key, shape = short
        value = shape.read(node, diagnostics)
        return None if value is None else block(span=node.span, **{key: value})

    def schema(self, definitions: Definitions) -> JsonSchema:
        from mapping_engine.file.blocks import block_schema

        forms = [form[1].schema(definitions) for form in (self.scalar, self.sequence) if form]
        forms.append(block_schema(self.block(), definitions))
        return forms[0] if len(forms) == 1 else {"anyOf": forms}


class ExpressionTree(Shape):
    """A YAML tree (request body) whose scalars are expressions."""

    wanted = "expressions"

    def read(self, node: Node, diagnostics: Diagnostics) -> Any:
        if isinstance(node, Scalar):
            return ExpressionText().read(node, diagnostics)
        if isinstance(node, Sequence):
            return tuple(self.read(item, diagnostics) for item in node.items)
        return {entry.key.text: self.read(entry.value, diagnostics) for entry in node}

    def schema(self, definitions: Definitions) -> JsonSchema:
        return {}


def report_unknown(
    key: Scalar, accepted: SequenceType[str], what: str, diagnostics: Diagnostics
) -> None:
    """Report SH01 for a key that is not in the format."""
    diagnostics.report(
        "SH01",
        f"unknown key `{key.text}` in {what}",
        key.span,
        help=did_you_mean(key.text, accepted) or f"accepted: {listed(accepted)}",
        fix=rename(key.span, key.text, accepted),
    )


BodyTree = Expression | tuple[Any, ...] | MappingType[str, Any] | None
