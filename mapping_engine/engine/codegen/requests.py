"""The request around a payload as generated code."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from mapping_engine.core.clear import exposed, is_hidden
from mapping_engine.core.model import RequestRule
from mapping_engine.core.nodes import Const, Field, Node, Object, walk
from mapping_engine.core.url_parts import BASE, OWN, part_kind
from mapping_engine.engine.codegen.code import Code
from mapping_engine.engine.codegen.found import TEXT, Found, Then, put_present, value_of
from mapping_engine.engine.codegen.objects import put_fresh
from mapping_engine.engine.codegen.writing import Here, fixed, is_settled
from mapping_engine.engine.form import encodings
from mapping_engine.engine.interpreter import Interpreter
from mapping_engine.engine.request import CONTENT_TYPES, MASK, Request
from mapping_engine.engine.requests import (
    BODY,
    filled_in,
    header,
    header_name,
    incomplete,
    told_of_request,
)
from mapping_engine.engine.run import Run
from mapping_engine.engine.values import as_text
from mapping_engine.types.kinds import Json


def write_request(rule: RequestRule, here: Here, code: Code) -> None:
    """A function that builds the request of one payload."""
    here = replace(here, path=BODY)
    content_type = here.held(CONTENT_TYPES[rule.format])
    headers = code.let(f"{{{here.held(header_name('content-type'))}: {content_type}}}")
    for each in rule.headers:
        _put_told(each.value, here, partial(_keep_header, rule, each, headers, here))
    parts = _url(rule, here, code)
    url = code.let(_joined(parts))
    body = code.let("{}")

    def keep(found: Found) -> None:
        code.line(f"{body} = {found.name}")

    _put_told(rule.body, here, partial(put_fresh, here, keep))
    method, format = here.held(rule.method), here.held(rule.format)
    masked = _masked(rule, parts, here)
    made = f"{here.constant(Request)}({method}, {url}, {body}, {headers}, {format}{masked})"
    if rule.format != "form" or not isinstance(rule.body, Object):
        code.line(f"return {made}")
        return
    request = code.let(made)
    code.line(f"{request}._known = {_encodings(rule.body, here)}")
    code.line(f"return {request}")


def _keep_header(rule: RequestRule, field: Field, headers: str, here: Here, found: Found) -> None:
    text = _as_text(found, here)
    check = f"{here.constant(header)}({here.held(field.name)}, {text}, {here.constant(rule)})"
    with here.code.block(f"if {text} is not None"):
        here.code.line(f"{headers}[{here.held(header_name(field.name))}] = {check}")


def _as_text(found: Found, here: Here) -> str:
    """The name of a value as text; None for an object."""
    if found.classes == TEXT:
        return found.name
    text = here.code.let(found.name)
    with here.code.block(f"if {text}.__class__ is not str"):
        here.code.line(f"{text} = {here.constant(as_text)}({text})")
    return text


def _put_told(node: Node, here: Here, then: Then) -> None:
    """A part of a request; what could not be used in it is told."""
    code, writing = here.code, here.writing
    if not (writing.tells and writing.may_issue(node)):
        here.put(node, then)
        return
    issues = code.let("[]")
    found = value_of(code, partial(replace(here, issues=issues).put, node))
    with code.block(f"if {issues}"):
        code.line(f"{here.constant(told_of_request)}(run, {issues})")
    put_present(code, found, then)


def _encodings(body: Object, here: Here) -> str:
    """The names of a form, and the texts that are the same in all, with their encodings."""
    model = here.model
    values = [field.value for field in body.fields]
    settled = [each for each in values if is_settled(each, here.writing, frozenset())]
    written = [n.value for each in values for n in walk(each) if isinstance(n, Const)]
    names = [field.name for field in body.fields]

    def made(run: Run) -> dict[str, bytes]:
        known: list[Json] = [Interpreter(model, run).value(each, []) for each in settled]
        texts = (each for each in (*names, *written, *known) if type(each) is str)
        return encodings(texts)

    return fixed(here, id(body), "encodings", made)


# URLs


def _url(rule: RequestRule, here: Here, code: Code) -> list[str]:
    """The names of the parts of the URL."""
    parts: list[str] = []
    for place, part in enumerate(rule.url.parts):
        if isinstance(part, str):
            parts.append(here.constant(part))
            continue
        text = code.let("None")
        _put_told(part, here, partial(_fill_in, text, here))
        with code.block(f"if {text} is None"):
            code.line(f"{here.constant(partial(_refuse, part))}()")
        kind = part_kind(part, here.model, first=not place)
        plain = None if kind == BASE else f"not ({text}.isalnum() and {text}.isascii())"
        if kind != OWN:
            fill = here.constant(partial(filled_in, part, kind=kind))
            with code.when(plain):
                code.line(f"{text} = {fill}({text})")
        parts.append(text)
    return parts


def _joined(parts: list[str]) -> str:
    return "f'" + "".join(f"{{{part}}}" for part in parts) + "'"


def _masked(rule: RequestRule, parts: list[str], here: Here) -> str:
    """The argument for what a reader sees of the URL; none where that is all of it."""
    hidden = exposed(here.model)
    if not hidden:
        return ""
    mask, pairs = here.constant(MASK), zip(rule.url.parts, parts, strict=True)
    return ", " + _joined([mask if is_hidden(part, hidden) else name for part, name in pairs])


def _fill_in(text: str, here: Here, found: Found) -> None:
    here.code.line(f"{text} = {_as_text(found, here)}")


def _refuse(part: Node) -> None:
    raise incomplete(part)
