"""The request around a payload: what both ways of running rules have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from mapping_engine.core.model import RequestRule
from mapping_engine.core.nodes import Items, Name, Node, Object
from mapping_engine.core.spell import spell
from mapping_engine.engine.request import CONTENT_TYPES, Request
from mapping_engine.engine.run import Issue, Run, fresh
from mapping_engine.engine.values import as_text
from mapping_engine.errors import ConfigurationError, ErrorCode
from mapping_engine.types.kinds import Json

Value = Callable[[Node, list[Issue]], Json]


def request_of(rule: RequestRule, run: Run, evaluate: Value) -> Request:
    """The request of one payload; ``evaluate`` finds the value of what stands in it.

    Raises ConfigurationError (CF03) for a URL or a header that cannot be made.
    """
    value = partial(_part, run, evaluate)
    body = _body(rule.body, value)
    headers = {"Content-Type": CONTENT_TYPES[rule.format]}
    for each in rule.headers:
        text = as_text(value(each.value))
        if text is not None:
            headers[each.name] = header(each.name, text, rule)
    parts: list[str] = []
    for part in rule.url.parts:
        text = part if isinstance(part, str) else as_text(value(part))
        if text is None:
            raise incomplete(rule)
        parts.append(text if isinstance(part, str) else encoded(part, text))
    url = "".join(parts)
    if not url.strip():
        raise incomplete(rule)
    empty = {} if body is None or rule.format == "form" else body
    return Request(rule.method, url, body if type(body) is dict else empty, headers, rule.format)


def _part(run: Run, evaluate: Value, node: Node) -> Json:
    """The value of a part of the request; what could not be used in it is told."""
    issues: list[Issue] = []
    found = evaluate(node, issues)
    if issues:
        told_of_request(run, issues)
    return found


def told_of_request(run: Run, issues: list[Issue]) -> None:
    """Warn of what could not be used in a part of the request."""
    run.warnings.left_out("request", tuple(issues), "it is left out")


def _body(node: Node, value: Callable[[Node], Json]) -> Json:
    """A tree of a body; what is missing in it, and what is empty then, is left out."""
    match node:
        case Object(fields=fields):
            parts = ((each.name, _body(each.value, value)) for each in fields)
            return {name: part for name, part in parts if part is not None} or None
        case Items(items=items, fill=None):
            values = (_body(each, value) for each in items)
            return [each for each in values if each is not None] or None
        case Name(name="payload", tail=None):
            return value(node)
        case _:
            return fresh(value(node))


def header(name: str, text: str, rule: RequestRule) -> str:
    """A header's text; raises ConfigurationError (CF03) for what no header can hold."""
    if any(ord(letter) < 32 or ord(letter) > 126 for letter in text):
        raise ConfigurationError(
            ErrorCode.REQUEST_INCOMPLETE,
            f"the header `{name}` would hold characters that a header must not hold",
            span=rule.span,
        )
    return text


def encoded(node: Node, text: str) -> str:
    """What is filled into a URL, percent-encoded; constants of the rule file stay as they are.

    Raises ConfigurationError (CF03) for what would change the path.
    """
    if isinstance(node, Name) and node.name == "api":
        return text
    if text in (".", ".."):
        raise ConfigurationError(
            ErrorCode.REQUEST_INCOMPLETE,
            f"`{spell(node)}` would change the path of the URL",
            span=node.span,
            help="correct the setting it comes from",
        )
    return quote(text, safe="")


def incomplete(rule: RequestRule) -> ConfigurationError:
    """The error (CF03) of a URL that lacks a part."""
    return ConfigurationError(
        ErrorCode.REQUEST_INCOMPLETE,
        "the URL of the request cannot be filled in",
        span=rule.span,
        help="every part of the URL needs a value",
    )
