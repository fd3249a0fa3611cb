"""The blocks that say what is sent: method, URL, query, headers, authentication and body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from mapping_engine.diagnostics import Diagnostics, did_you_mean
from mapping_engine.expression import (
    Expression,
    TemplateExpression,
    parse_expression,
    parse_template,
)
from mapping_engine.file.blocks import Block, Choice, key
from mapping_engine.file.body_tree import EXPRESSION_TREE, BodyTree
from mapping_engine.file.expression_shapes import EXPRESSION, TEMPLATE
from mapping_engine.file.shapes import ListOf, MapOf, Named, literal, scalar_shape, word_of
from mapping_engine.file.value_blocks import ValueBlock
from mapping_engine.source.node import ScalarNode

HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""What HTTP accepts as the name of a header."""
FRAMING = frozenset(
    [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer",
        "upgrade", "proxy-connection",
    ]
)  # fmt: skip
"""Headers that say how a request travels: whoever sends it writes them."""
METHODS = ("POST", "PUT", "PATCH", "GET", "DELETE")
FORMATS = ("form", "json", "text", "xml", "ndjson")
"""How a body is written, by the key that holds it."""
_WORD = re.compile(r"[A-Za-z]+")
_EXPRESSION = ("value", EXPRESSION)
_VALUE = Choice(lambda: ValueBlock, scalar=_EXPRESSION)


def _text_or_name(node: ScalarNode, diagnostics: Diagnostics) -> Expression | None:
    if node.text.startswith("$"):
        return parse_expression(node, diagnostics)
    return parse_template(node, diagnostics)


TEXT_OR_NAME = scalar_shape(
    "a text or an expression that begins with `$`",
    {"type": ["string", "number"]},
    _text_or_name,
)
"""A text with expressions in braces, or an expression that begins with `$`."""


def _method(node: ScalarNode, diagnostics: Diagnostics) -> Expression | None:
    if node.text in METHODS:
        return literal(node)
    if not _WORD.fullmatch(node.text):
        return parse_expression(node, diagnostics)
    wanted = ", ".join(f"`{word}`" for word in METHODS)
    message = f"expected one of {wanted}, or an expression that yields one"
    help = did_you_mean(node.text.upper(), METHODS)
    diagnostics.report("SH03", message, node.span, help=help)
    return None


METHOD = scalar_shape("a method", {"type": "string"}, _method)


class UrlBlock(Block):
    """A URL: text around values that are encoded, or a whole one that is judged."""

    what: ClassVar[str] = "`url`"
    exclusive: ClassVar[tuple[str, ...]] = ("template", "value")
    needed: ClassVar[tuple[str, ...]] = exclusive
    companions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "value": ("within",),
        "within": ("value",),
    }

    template: TemplateExpression | None = key(
        TEMPLATE,
        "The URL. What is filled in is percent-encoded, but for what stands in the rules.",
    )
    value: Expression | None = key(
        EXPRESSION, "The whole URL, as it stands: nothing in it is encoded."
    )
    within: Expression | None = key(
        EXPRESSION,
        "Where the whole URL may lead: a list of URLs, of which scheme, user, host and port count, "
        "and of hosts as `host` or `host:port`; `*` is any host.",
    )


class AuthBlock(Block):
    """How requests authenticate."""

    what: ClassVar[str] = "`auth`"
    exclusive: ClassVar[tuple[str, ...]] = ("basic", "bearer", "header", "none")
    needed: ClassVar[tuple[str, ...]] = exclusive

    basic: tuple[Expression, ...] | None = key(
        ListOf(EXPRESSION),
        "User and password, or the user alone: `Authorization: Basic ...` is made of them.",
    )
    bearer: Expression | None = key(EXPRESSION, "A token: `Authorization: Bearer ...`.")
    header: tuple[Named[ValueBlock], ...] | None = key(
        MapOf(_VALUE), "Headers without which nothing is sent."
    )
    none: str | None = key(word_of("none"), "No authentication, whatever other requests have.")


AUTH = Choice(lambda: AuthBlock, scalar=("none", word_of("none")))
BASE = Choice(lambda: ValueBlock, scalar=("value", TEXT_OR_NAME))
HEADERS = MapOf(_VALUE)


class RequestBlock(Block):
    """The HTTP request around each payload."""

    what: ClassVar[str] = "`request`"
    exclusive: ClassVar[tuple[str, ...]] = (*FORMATS, "body")
    needed: ClassVar[tuple[str, ...]] = exclusive
    needed_help: ClassVar[str] = "write one of them, or `body: none` where there is no body"

    method: Expression | None = key(
        METHOD,
        "The HTTP method: POST, PUT, PATCH, GET, DELETE, or an expression that yields one; POST "
        "by default.",
    )
    url: UrlBlock | None = key(
        Choice(lambda: UrlBlock, scalar=("template", TEMPLATE)),
        "The URL, as a text with expressions: what is filled in is percent-encoded, but for what "
        "stands in the rules. Or a block with a whole URL, and where it may lead.",
    )
    base: ValueBlock | None = key(
        BASE,
        "How the URL begins, before `path`: a text, an expression that begins with `$`, or a "
        "block. It has to be a scheme and a host, perhaps with a path. `$api.base` by default.",
    )
    path: tuple[Expression, ...] | None = key(
        ListOf(TEXT_OR_NAME),
        "The segments of the path: texts with {expressions}, or expressions that begin with `$`. "
        "Each is percent-encoded, and none may be missing.",
    )
    query: BodyTree | None = key(
        EXPRESSION_TREE,
        "The query: names, and expressions or blocks; what is missing is left out, a list repeats "
        "its name. Or an expression that yields an object.",
    )
    auth: AuthBlock | None = key(AUTH, "How this request authenticates, or `none`.")
    headers: tuple[Named[ValueBlock], ...] | None = key(
        HEADERS,
        "Headers, each an expression or a block; one that is missing is left out. `..` stands for "
        "all entries of an object; of one name in any case, the last one counts.",
    )
    form: BodyTree | None = key(
        EXPRESSION_TREE,
        "A form body: names, and expressions or blocks; numbers, lists and objects go as JSON.",
    )
    json: BodyTree | None = key(EXPRESSION_TREE, "A JSON body: a tree of expressions and blocks.")
    text: ValueBlock | None = key(
        BASE,
        "A body of plain text: a text with {expressions}, an expression that begins with `$`, or "
        "a block.",
    )
    xml: BodyTree | None = key(
        EXPRESSION_TREE,
        "An XML body: an object with one key, the root element. Keys are elements, those that "
        "begin with `@` attributes, `#text` is the text beside them, and a list repeats its name.",
    )
    ndjson: BodyTree | None = key(
        EXPRESSION_TREE, "A body of lines: a list, each item of which is one line of JSON."
    )
    body: str | None = key(word_of("none"), "`none`: there is no body.")

    @property
    def format(self) -> str | None:
        """The key that holds the body; None where none is written."""
        return next((name for name in FORMATS if name in self.places), None)
