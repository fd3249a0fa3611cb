"""The request around a payload."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import orjson

from mapping_engine.engine.lower import ExpressionLowering, Names, as_text
from mapping_engine.engine.request import CONTENT_TYPES, Request
from mapping_engine.engine.run import Evaluate, Run, fresh
from mapping_engine.errors import ConfigurationError, ErrorCode, PayloadError
from mapping_engine.expression import Expression, Reference, print_expression
from mapping_engine.file.documents import RequestBlock
from mapping_engine.file.shapes import BodyTree

Build = Callable[[Run], Request]


def lower_request(lowering: ExpressionLowering, block: RequestBlock, names: Names) -> Build:
    """What builds the request of one payload."""
    format = "form" if block.form is not None else "json"
    method = block.method or "POST"
    url = _url(lowering, block, names)
    body = _tree(lowering, block.form if block.form is not None else block.json, names)
    headers = [
        (header.name, lowering.evaluator(header.value, names))
        for header in block.headers or ()
        if header.value is not None
    ]

    def build(run: Run) -> Request:
        made = body(run)
        filled = {"Content-Type": CONTENT_TYPES[format]}
        for name, evaluate in headers:
            text = as_text(evaluate(run))
            if text is not None:
                filled[name] = header(name, text, block)
        return Request(method, url(run), made if type(made) is dict else {}, filled, format)

    return build


def header(name: str, text: str, block: RequestBlock) -> str:
    """A header's text; raises ConfigurationError (CF03) for what no header can hold."""
    if any(ord(letter) < 32 or ord(letter) > 126 for letter in text):
        raise ConfigurationError(
            ErrorCode.REQUEST_INCOMPLETE,
            f"the header `{name}` would hold characters that a header must not hold",
            span=block.span,
        )
    return text


def _url(lowering: ExpressionLowering, block: RequestBlock, names: Names) -> Evaluate:
    evaluate = lowering.template(block.url, names, encoded)

    def url(run: Run) -> str:
        found = evaluate(run)
        if found is None:
            raise incomplete(block)
        return str(found)

    return url


def encoded(node: Expression, text: str) -> str:
    """What is filled into a URL, percent-encoded; constants of the rule file stay as they are.

    Raises ConfigurationError (CF03) for what would change the path.
    """
    if isinstance(node, Reference) and node.name == "api":
        return text
    if text in (".", ".."):
        raise ConfigurationError(
            ErrorCode.REQUEST_INCOMPLETE,
            f"`{print_expression(node)}` would change the path of the URL",
            span=node.span,
            help="correct the setting it comes from",
        )
    return quote(text.encode("utf-8", "replace"), safe="")


def incomplete(block: RequestBlock) -> ConfigurationError:
    """The error (CF03) of a URL that lacks a part."""
    return ConfigurationError(
        ErrorCode.REQUEST_INCOMPLETE,
        "the URL of the request cannot be filled in",
        span=block.span,
        help="every part of the URL needs a value",
    )


def _tree(lowering: ExpressionLowering, tree: BodyTree, names: Names) -> Evaluate:
    if isinstance(tree, Mapping):
        parts = [(key, _tree(lowering, part, names)) for key, part in tree.items()]
        return lambda run: _object(run, parts)
    if isinstance(tree, tuple):
        items = [_tree(lowering, part, names) for part in tree]
        return lambda run: [v for item in items if (v := item(run)) is not None]
    assert tree is not None
    evaluate = lowering.evaluator(tree, names)
    if isinstance(tree, Reference) and tree.name == "payload" and tree.tail is None:
        return evaluate
    return lambda run: sendable(fresh(evaluate(run)))


def sendable(value: Any) -> Any:
    """A part of a body as it is. Raises PayloadError (PL01) for what cannot be written as JSON.

    The schema of the payload does not see these parts.
    """
    if type(value) is str and value.isascii():
        return value
    try:
        orjson.dumps(value)
    except TypeError:
        raise unsendable() from None
    return value


def unsendable() -> PayloadError:
    """The error (PL01) of a part of a body that cannot be written."""
    return PayloadError(
        ErrorCode.PAYLOAD_REFUSED,
        "a part of the request beside the payload cannot be written as JSON in UTF-8",
        help="a text with broken Unicode or a number out of range reached it",
    )


def _object(run: Run, parts: list[tuple[str, Evaluate]]) -> dict[str, Any]:
    found = ((key, evaluate(run)) for key, evaluate in parts)
    return {key: value for key, value in found if value is not None}
