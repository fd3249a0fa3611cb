"""The request around a payload: what both ways of running rules have in common."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from mapping_engine.core.clear import exposed, is_hidden
from mapping_engine.core.model import Model, RequestRule
from mapping_engine.core.nodes import Node
from mapping_engine.core.spell import spell
from mapping_engine.core.url_parts import BASE, OWN, part_kind
from mapping_engine.engine.request import CONTENT_TYPES, MASK, Request
from mapping_engine.engine.run import Issue, Run, fresh
from mapping_engine.engine.values import as_text
from mapping_engine.errors import ConfigurationError, ErrorCode
from mapping_engine.types.kinds import Json

Value = Callable[[Node, list[Issue], str], Json]
_CONTENT_TYPE = "Content-Type"
_BASE = re.compile(
    r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?"
).fullmatch
"""A scheme and a host, and the beginning of a path."""


BODY = "request"
"""Where what is left out of a body was to be."""


def request_of(rule: RequestRule, model: Model, run: Run, evaluate: Value) -> Request:
    """The request of one payload; ``evaluate`` finds the value of what stands in it.

    Raises ConfigurationError (CF03) for a URL or a header that cannot be made.
    """
    headers = {_CONTENT_TYPE: CONTENT_TYPES[rule.format]}
    for each in rule.headers:
        text = as_text(_part(run, evaluate, each.value))
        if text is not None:
            headers[header_name(each.name)] = header(each.name, text, rule)
    parts: list[str] = []
    hidden = exposed(model)
    for place, part in enumerate(rule.url.parts):
        if isinstance(part, str):
            parts.append(part)
            continue
        text = as_text(_part(run, evaluate, part))
        if text is None:
            raise incomplete(part)
        parts.append(filled_in(part, text, part_kind(part, model, first=not place)))
    url = "".join(parts)
    body = _part(run, evaluate, rule.body)
    pairs = zip(rule.url.parts, parts, strict=True)
    shown = (MASK if is_hidden(part, hidden) else text for part, text in pairs)
    masked = "".join(shown) if hidden else None
    return Request(rule.method, url, {} if body is None else body, headers, rule.format, masked)


def _part(run: Run, evaluate: Value, node: Node) -> Json:
    """The value of a part of the request; what could not be used in it is told."""
    issues: list[Issue] = []
    found = evaluate(node, issues, BODY)
    if issues:
        told_of_request(run, issues)
    return fresh(found)


def told_of_request(run: Run, issues: list[Issue]) -> None:
    """Warn of what could not be used in a part of the request."""
    run.warnings.left_out(BODY, tuple(issues), "it is left out")


def header_name(name: str) -> str:
    """The name under which a header is sent: a rule may replace the one that all requests have."""
    return _CONTENT_TYPE if name.casefold() == _CONTENT_TYPE.casefold() else name


def header(name: str, text: str, rule: RequestRule) -> str:
    """A header's text; raises ConfigurationError (CF03) for what no header can hold."""
    if any(ord(letter) < 32 or ord(letter) > 126 for letter in text):
        raise ConfigurationError(
            ErrorCode.REQUEST_INCOMPLETE,
            f"the header `{name}` would hold characters that a header must not hold",
            span=rule.span,
        )
    return text


def filled_in(node: Node, text: str, kind: str) -> str:
    """What stands for a value in a URL; see :mod:`mapping_engine.core.url_parts`.

    Raises ConfigurationError (CF03) for what would change the path, and for a base that is none.
    """
    if kind == OWN:
        return text
    if kind == BASE:
        if not _BASE(text):
            raise _unfit(node, "is no URL to begin with", "write it as `https://host`")
        return text.rstrip("/")
    if text in (".", ".."):
        raise _unfit(node, "would change the path of the URL", "correct the setting it comes from")
    return quote(text, safe="")


def incomplete(node: Node) -> ConfigurationError:
    """The error (CF03) of a URL that lacks a part."""
    return _unfit(node, "has no value, but is a part of the URL", "every part needs one")


def _unfit(node: Node, problem: str, help: str) -> ConfigurationError:
    message = f"the URL of the request cannot be made: `{spell(node)}` {problem}"
    return ConfigurationError(ErrorCode.REQUEST_INCOMPLETE, message, span=node.span, help=help)
