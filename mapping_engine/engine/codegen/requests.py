"""The request around a payload as generated code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from mapping_engine.core.model import RequestRule
from mapping_engine.core.nodes import Const, Field, Items, Name, Node, Object, walk
from mapping_engine.engine.codegen.code import Code
from mapping_engine.engine.codegen.found import TEXT, Found, Then, put_present, value_of
from mapping_engine.engine.codegen.objects import put_fresh
from mapping_engine.engine.codegen.writing import Here, fixed, is_settled
from mapping_engine.engine.form import encodings
from mapping_engine.engine.interpreter import Interpreter
from mapping_engine.engine.request import CONTENT_TYPES, Request
from mapping_engine.engine.requests import (
    encoded,
    header,
    incomplete,
    request_of,
    told_of_request,
)
from mapping_engine.engine.run import Run
from mapping_engine.engine.values import as_text
from mapping_engine.types.kinds import Json

Keep = Callable[[str], None]


def write_request(rule: RequestRule, here: Here, code: Code) -> None:
    """A function that builds the request of one payload."""
    if not isinstance(rule.body, Object):
        code.line(f"return {here.constant(_interpreted(rule, here))}(run)")
        return
    body = _object(rule.body, here, code)
    headers = code.let(f"{{'{here.constant('Content-Type')}': {_text(CONTENT_TYPES, rule, here)}}}")
    for each in rule.headers:
        _put_told(each.value, here, partial(_keep_header, rule, each, headers, here))
    url = _url(rule, here, code)
    method, format = here.held(rule.method), here.held(rule.format)
    made = f"{here.constant(Request)}({method}, {url}, {body}, {headers}, {format})"
    if rule.format != "form":
        code.line(f"return {made}")
        return
    request = code.let(made)
    code.line(f"{request}._known = {_encodings(rule.body, here)}")
    code.line(f"return {request}")


def _text(texts: dict[str, str], rule: RequestRule, here: Here) -> str:
    return here.held(texts[rule.format])


def _interpreted(rule: RequestRule, here: Here) -> Callable[[Run], Request]:
    """The request as the interpreter makes it."""
    model = here.model
    return lambda run: request_of(rule, run, Interpreter(model, run).value)


def _keep_header(rule: RequestRule, field: Field, headers: str, here: Here, found: Found) -> None:
    text = _as_text(found, here)
    check = f"{here.constant(header)}({here.held(field.name)}, {text}, {here.constant(rule)})"
    with here.code.block(f"if {text} is not None"):
        here.code.line(f"{headers}[{here.held(field.name)}] = {check}")


def _as_text(found: Found, here: Here) -> str:
    """The name of a value as text; None for an object."""
    if found.classes == TEXT:
        return found.name
    text = here.code.let(found.name)
    with here.code.block(f"if {text}.__class__ is not str"):
        here.code.line(f"{text} = {here.constant(as_text)}({text})")
    return text


# Bodies


def _object(node: Object, here: Here, code: Code) -> str:
    made = code.let("{}")
    for field in node.fields:
        key = here.held(field.name)
        _put_part(field.value, here, partial(_assign, code, f"{made}[{key}]"))
    return made


def _assign(code: Code, place: str, value: str) -> None:
    code.line(f"{place} = {value}")


def _put_part(node: Node, here: Here, keep: Keep) -> None:
    code = here.code
    match node:
        case Object():
            made = _object(node, here, code)
            with code.block(f"if {made}"):
                keep(made)
        case Items(items=items, fill=None):
            made = code.let("[]")
            for item in items:
                _put_part(item, here, lambda value: code.line(f"{made}.append({value})"))
            with code.block(f"if {made}"):
                keep(made)
        case Name(name="payload", tail=None):
            keep(code.part("payload"))
        case _:
            _put_told(node, here, partial(put_fresh, here, lambda found: keep(found.name)))


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


def _url(rule: RequestRule, here: Here, code: Code) -> str:
    parts: list[str] = []
    for part in rule.url.parts:
        if isinstance(part, str):
            parts.append(here.constant(part))
            continue
        text = code.let("None")
        _put_told(part, here, partial(_fill_in, text, here))
        with code.block(f"if {text} is None"):
            code.line(f"{here.constant(_raising(rule))}()")
        with code.block(f"if not ({text}.isalnum() and {text}.isascii())"):
            code.line(f"{text} = {here.constant(encoded)}({here.constant(part)}, {text})")
        parts.append(text)
    url = code.let("f'" + "".join(f"{{{part}}}" for part in parts) + "'")
    if not any(isinstance(part, str) and part.strip() for part in rule.url.parts):
        with code.block(f"if not {url}.strip()"):
            code.line(f"{here.constant(_raising(rule))}()")
    return url


def _fill_in(text: str, here: Here, found: Found) -> None:
    here.code.line(f"{text} = {_as_text(found, here)}")


def _raising(rule: RequestRule) -> Callable[[], None]:
    def refuse() -> None:
        raise incomplete(rule)

    return refuse
