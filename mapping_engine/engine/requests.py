"""The request around a payload: what both ways of running rules have in common."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import filterfalse
from urllib.parse import quote

import orjson

from mapping_engine.core.clear import exposed, is_hidden
from mapping_engine.core.model import PAYLOAD, PAYLOADS, Auth, Model, RequestRule, reachable
from mapping_engine.core.nodes import Field, Name, Node, Read, Template, fields_of
from mapping_engine.core.nulls import keeps_nulls
from mapping_engine.core.spell import spell
from mapping_engine.core.url_parts import BASE, OWN, is_base_url, part_kind
from mapping_engine.diagnostics import listed
from mapping_engine.engine.request import CONTENT_TYPES, MASK, Request
from mapping_engine.engine.run import Issue, Run, own
from mapping_engine.engine.texts import as_line, as_text
from mapping_engine.engine.url_origins import leads_within, origin_of
from mapping_engine.engine.xml import is_xml
from mapping_engine.errors import ConfigurationError, ErrorCode, InstrumentationError, MappingError
from mapping_engine.file.request_blocks import FRAMING, HEADER_NAME, METHODS
from mapping_engine.types.kinds import Json, is_missing

Value = Callable[[Node, list[Issue], str], Json]
_CONTENT_TYPE = "Content-Type"
AUTHORIZATION = "Authorization"
_OF_EVENT = (PAYLOAD, PAYLOADS, "integration")
_PLAIN = "-._~"
"""What stands in a query as it is, besides letters and digits."""
_SHOWN = 60
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]").search
"""What no header may hold (RFC 9110, 5.5); other letters than those of ASCII go as UTF-8."""
_STEPS = re.compile(r"[.\[\]0-9]+")
"""What stands between the names in a flattened path."""


BODY = "request"
"""Where what is left out of a body was to be."""


def request_of(rule: RequestRule, model: Model, run: Run, evaluate: Value) -> Request:
    """The request of one payload; ``evaluate`` finds the value of what stands in it.

    Raises InstrumentationError or ConfigurationError for a part that cannot be made.
    """
    part = partial(_part, model, run, evaluate)
    headers = content_type(rule)
    for each in rule.headers:
        value = part(each.value)
        if each.spread:
            spread_headers(headers, value, field=each, model=model)
            continue
        text = as_line(value)
        if text is not None:
            put_header(headers, each.name, header(each, text, model))
        elif each.required:
            raise unauthorised(each.value, model)
    if rule.auth is not None:
        text = authorization(rule.auth, [part(each) for each in rule.auth.parts], model)
        put_header(headers, AUTHORIZATION, text)
    parts = _url(rule, model, part)
    url, query = "".join(parts), None
    if rule.query is not None:
        query = part(rule.query)
        url = with_query(url, query)
    method = method_of(rule.method, part(rule.method), model)
    masked = masked_url(rule, model, parts, query) if exposed(model) else None
    body = body_of(rule, part(rule.body), model)
    return Request(method, url, body, headers, rule.format, rule.name, masked)


def _url(rule: RequestRule, model: Model, part: Callable[[Node], Json]) -> list[str]:
    """The parts of the URL."""
    if rule.within is not None:
        values = [part(each) for each in whole_url_parts(rule)]
        return [whole_url(rule, values, model)]
    return url_parts(rule.url, model, part)


def url_parts(url: Template, model: Model, part: Callable[[Node], Json]) -> list[str]:
    """The parts of a URL that is written as a text with values in it."""
    parts: list[str] = []
    for place, piece in enumerate(url.parts):
        if isinstance(piece, str):
            parts.append(piece)
            continue
        text = as_text(part(piece))
        if text is None:
            raise incomplete(piece, model)
        parts.append(filled_in(piece, text, part_kind(piece, model, first=not place), model))
    return parts


def whole_url_parts(rule: RequestRule) -> tuple[Node, Node]:
    """A URL that is a single value, and where it may lead."""
    [value] = rule.url.parts
    assert isinstance(value, Node)
    assert rule.within is not None
    return value, rule.within


def whole_url(rule: RequestRule, values: list[Json], model: Model) -> str:
    """A URL as it stands; raises where it is none, or leads where it may not."""
    node, within = whole_url_parts(rule)
    text, accepted = as_text(values[0]), values[1]
    if text is None:
        raise incomplete(node, model)
    origin = origin_of(text)
    if origin is None:
        raise _no_url(node, model, "is no URL", "write it as `https://host/path`")
    if not leads_within(origin, accepted if type(accepted) is list else [accepted]):
        problem = f"leads to `{origin.host}`, which is not named by `{spell(within)}`"
        raise _no_url(node, model, problem, "name the host there, if events may be sent to it")
    return text


def _part(model: Model, run: Run, evaluate: Value, node: Node) -> Json:
    """The value of a part of the request; what could not be used in it is told."""
    issues: list[Issue] = []
    found = evaluate(node, issues, BODY)
    if issues:
        told_of_request(run, issues)
    return own(found, nulls=keeps_nulls(model, node))


def told_of_request(run: Run, issues: list[Issue]) -> None:
    """Warn of what could not be used in a part of the request."""
    run.warnings.left_out(BODY, tuple(issues), "it is left out")


def content_type(rule: RequestRule) -> dict[str, str]:
    """The headers that all requests have whose body is written like this."""
    return {} if rule.format == "none" else {_CONTENT_TYPE: CONTENT_TYPES[rule.format]}


def body_of(rule: RequestRule, value: Json, model: Model) -> Json:
    """The body that a value becomes, in the format of the rule; raises for XML that is none."""
    match rule.format:
        case "none":
            return None
        case "text":
            return as_line(value) or ""
        case "ndjson":
            return value if type(value) is list else [] if value is None else [value]
        case "xml":
            if not is_xml(value):
                message = "the XML body is not one element, or a key in it is no name of an element"
                help = "write an object with one key, whose keys are names of XML"
                raise unfit(rule.body, model, message, help)
            return value
        case _:
            return {} if value is None else value


def method_of(node: Node, value: Json, model: Model) -> str:
    """The method of a request; raises for any other text."""
    method = value.upper() if type(value) is str else ""
    if method not in METHODS:
        message = f"the method of the request, `{spell(node)}`, is none of HTTP"
        raise unfit(node, model, message, f"send {listed(METHODS)}")
    return method


def authorization(auth: Auth, values: list[Json], model: Model) -> str:
    """The `Authorization` header; raises where a part is missing."""
    texts: list[str] = []
    for node, value in zip(auth.parts, values, strict=True):
        text = as_text(value)
        if text is None:
            raise unauthorised(node, model)
        texts.append(text)
    if auth.scheme == "Basic":
        if ":" in texts[0]:
            message = f"the user name `{spell(auth.parts[0])}` holds a colon, which ends it"
            raise unfit(auth.parts[0], model, message, "correct it")
        pair = ":".join([*texts, ""][:2])
        return f"Basic {b64encode(pair.encode()).decode()}"
    return header(Field(auth, auth, AUTHORIZATION, auth.parts[0]), f"Bearer {texts[0]}", model)


def unauthorised(part: Node, model: Model) -> MappingError:
    """The error of a request that lacks what it has to authenticate with."""
    message = f"the request cannot authenticate: `{spell(part)}` has no value"
    return unfit(part, model, message, "give the setting that it comes from")


def masked_url(rule: RequestRule, model: Model, parts: Sequence[str], query: Json) -> str:
    """The URL of these parts, with `***` for what nobody should read in it."""
    hidden = exposed(model)
    pairs = zip(rule.url.parts, parts, strict=True)
    url = "".join(MASK if is_hidden(part, hidden) else text for part, text in pairs)
    if rule.query is None or type(query) is not dict:
        return url
    nodes = {field.name: field.value for field in fields_of(rule.query)}
    words = {name for fields in model.vocabulary.objects.values() for name in fields}
    shown: dict[str, Json] = {}
    for name, value in query.items():
        if not is_hidden(nodes.get(name, rule.query), hidden):
            shown[name] = value
        elif name in nodes or words.issuperset(filter(None, _STEPS.split(name))):
            shown[name] = MASK
    unnamed = len(query) - len(shown)  # with names of the event's own, which may tell of a person
    shown |= {MASK: [MASK] * unnamed} if unnamed else {}
    return with_query(url, shown, safe=f"{_PLAIN}{MASK}")


def with_query(url: str, values: Json, safe: str = _PLAIN) -> str:
    """The URL with a query: a list repeats its name, and objects go as JSON."""
    pairs = [
        f"{quote(name, safe=safe)}={quote(text, safe=safe)}"
        for name, value in (values.items() if type(values) is dict else ())
        for each in (filterfalse(is_missing, value) if type(value) is list else [value])
        if (text := _in_query(each)) is not None
    ]
    if not pairs:
        return url
    start, mark, fragment = url.partition("#")
    return f"{start}{'&' if '?' in start else '?'}{'&'.join(pairs)}{mark}{fragment}"


def _in_query(value: Json) -> str | None:
    if value and type(value) in (dict, list):
        return orjson.dumps(value).decode()
    return as_text(value)


def put_header(headers: dict[str, str], name: str, text: str) -> None:
    """Add a header, in the place of the one of that name in any case."""
    for other in [each for each in headers if each.casefold() == name.casefold()]:
        if other != name:
            del headers[other]
    headers[name] = text


def may_replace(name: str, rule: RequestRule) -> bool:
    """Whether there may be a header of that name already, in another spelling."""
    known = {_CONTENT_TYPE, AUTHORIZATION, *(each.name for each in rule.headers)} - {name}
    is_known = name.casefold() in {each.casefold() for each in known}
    return is_known or any(each.spread for each in rule.headers)


def header(field: Field, text: str, model: Model) -> str:
    """A header's text; raises for what no header can hold."""
    if _CONTROL(text):
        message = f"the header `{field.name}` would hold characters that a header must not hold"
        raise unfit(field.value, model, message, None)
    return text


def spread_headers(headers: dict[str, str], values: Json, field: Field, model: Model) -> None:
    """Add the headers that an object names; raises for what HTTP does not accept."""
    for name, value in values.items() if type(values) is dict else ():
        text = as_line(value)
        if text is None:
            continue
        if not HEADER_NAME.fullmatch(name) or name.casefold() in FRAMING:
            is_short = name.isprintable() and len(name) <= _SHOWN
            is_told = is_short and not of_event(field.value, model)
            shown = name if is_told else "one of the names"
            message = f"`{shown}` cannot be the name of a header"
            raise unfit(field.value, model, message, "leave it out, or correct it")
        put_header(headers, name, header(replace(field, name=name), text, model))


def filled_in(node: Node, text: str, kind: str, model: Model) -> str:
    """What stands for a value in a URL; see :mod:`mapping_engine.core.url_parts`.

    Raises for what would change the path, and for a base that is none.
    """
    if kind == OWN:
        return text
    if kind == BASE:
        if not is_base_url(text):
            raise _no_url(node, model, "is no URL to begin with", "write it as `https://host`")
        return text.rstrip("/")
    if text in (".", ".."):
        help = "correct the setting or the value it comes from"
        raise _no_url(node, model, "would change the path of the URL", help)
    return quote(text, safe="")


def incomplete(node: Node, model: Model) -> MappingError:
    """The error of a URL that lacks a part."""
    return _no_url(node, model, "has no value, but is a part of the URL", "every part needs one")


def _no_url(node: Node, model: Model, problem: str, help: str) -> MappingError:
    message = f"the URL of the request cannot be made: `{spell(node)}` {problem}"
    return unfit(node, model, message, help)


def of_event(part: Node, model: Model) -> bool:
    """Whether a part of a request comes from the event."""
    nodes = reachable(model, iter((part,)))
    return any(isinstance(n, Read) or (isinstance(n, Name) and n.name in _OF_EVENT) for n in nodes)


def unfit(part: Node, model: Model, message: str, help: str | None) -> MappingError:
    """The error of a request that cannot be made for a part of it.

    It is the event's (EV05) where the part comes from there, else that of the settings (CF03).
    """
    if of_event(part, model):
        return InstrumentationError(ErrorCode.FIELD_REQUIRED, message, span=part.span, help=help)
    return ConfigurationError(ErrorCode.REQUEST_INCOMPLETE, message, span=part.span, help=help)
