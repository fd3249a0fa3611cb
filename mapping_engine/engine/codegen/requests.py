"""The request around a payload as generated code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from mapping_engine.core.clear import exposed
from mapping_engine.core.model import Model, RequestRule
from mapping_engine.core.nodes import Const, Field, Node, Object, walk
from mapping_engine.core.nulls import keeps_nulls
from mapping_engine.core.url_parts import BASE, OWN, part_kind
from mapping_engine.engine.codegen.code import Code
from mapping_engine.engine.codegen.found import TEXT, Found, Then, put_present, value_of
from mapping_engine.engine.codegen.objects import put_fresh
from mapping_engine.engine.codegen.writing import Here, fixed, is_settled
from mapping_engine.engine.form import encodings
from mapping_engine.engine.interpreter import Interpreter
from mapping_engine.engine.request import Request
from mapping_engine.engine.requests import (
    AUTHORIZATION,
    BODY,
    authorization,
    body_of,
    content_type,
    filled_in,
    header,
    incomplete,
    masked_url,
    may_replace,
    method_of,
    put_header,
    spread_headers,
    told_of_request,
    unauthorised,
    whole_url,
    whole_url_parts,
    with_query,
)
from mapping_engine.engine.run import Run
from mapping_engine.engine.texts import as_line, as_text
from mapping_engine.errors import MappingError
from mapping_engine.file.request_blocks import METHODS
from mapping_engine.types.kinds import Json


def write_request(rule: RequestRule, here: Here, code: Code) -> None:
    """A function that builds the request of one payload."""
    here = replace(here, path=BODY)
    known = content_type(rule)
    pairs = (f"{here.held(name)}: {here.held(text)}" for name, text in known.items())
    headers = code.let(f"{{{', '.join(pairs)}}}")
    for each in rule.headers:
        if each.spread:
            add = here.constant(partial(spread_headers, field=each, model=here.model))
            code.line(f"{add}({headers}, {_value(each.value, here)})")
        else:
            _put_header(each, rule, headers, here)
    if rule.auth is not None:
        values = [_value(each, here) for each in rule.auth.parts]
        given = f"{here.constant(rule.auth)}, [{', '.join(values)}], {here.constant(here.model)}"
        _keep_text(AUTHORIZATION, f"{here.constant(authorization)}({given})", rule, headers, here)
    pieces = _url(rule, here, code)
    url = code.let("f'" + "".join(f"{{{piece}}}" for piece in pieces) + "'")
    query = "None"
    if rule.query is not None:
        query = _value(rule.query, here)
        code.line(f"{url} = {here.constant(with_query)}({url}, {query})")
    method = _method(rule, here)
    body = code.let("{}" if rule.format in ("form", "json") else "None")

    def keep(found: Found) -> None:
        code.line(f"{body} = {found.name}")

    _put_own(rule.body, here, keep)
    if rule.format not in ("form", "json"):
        made = partial(body_of, rule, model=here.model)
        code.line(f"{body} = {here.constant(made)}({body})")
    parts = [method, url, body, headers, here.held(rule.format)]
    parts += [here.held(rule.name)] if rule.name else []
    if exposed(here.model):
        masked = here.constant(partial(masked_url, rule, here.model))
        parts.append(f"masked_url={masked}([{', '.join(pieces)}], {query})")
    made_request = f"{here.constant(Request)}({', '.join(parts)})"
    if rule.format != "form" or not isinstance(rule.body, Object):
        code.line(f"return {made_request}")
        return
    request = code.let(made_request)
    code.line(f"{request}._known = {_encodings(rule.body, here)}")
    code.line(f"return {request}")


def _put_header(field: Field, rule: RequestRule, headers: str, here: Here) -> None:
    if not field.required:
        _put_own(field.value, here, partial(_keep_header, field, rule, headers, here))
        return
    text = here.code.let("None")
    _put_own(field.value, here, partial(_fill_in, text, here, as_line))
    with here.code.block(f"if {text} is None"):
        here.code.line(f"{here.constant(partial(_raise, unauthorised, field.value, here.model))}()")
    _keep_header(field, rule, headers, here, Found(text, TEXT))


def _value(node: Node, here: Here) -> str:
    """The name of a value that belongs to the request alone; None where there is none."""
    value = here.code.let("None")

    def keep(found: Found) -> None:
        here.code.line(f"{value} = {found.name}")

    _put_own(node, here, keep)
    return value


def _method(rule: RequestRule, here: Here) -> str:
    if isinstance(rule.method, Const) and rule.method.value in METHODS:
        return here.held(rule.method.value)
    value = _value(rule.method, here)
    check = here.constant(partial(method_of, rule.method, model=here.model))
    return here.code.let(f"{check}({value})")


def _keep_header(field: Field, rule: RequestRule, headers: str, here: Here, found: Found) -> None:
    text = _as_text(found, here, as_line)
    check = f"{here.constant(header)}({here.constant(field)}, {text}, {here.constant(here.model)})"
    with here.code.block(f"if {text} is not None"):
        _keep_text(field.name, check, rule, headers, here)


def _keep_text(name: str, text: str, rule: RequestRule, headers: str, here: Here) -> None:
    held = here.held(name)
    if may_replace(name, rule):
        here.code.line(f"{here.constant(put_header)}({headers}, {held}, {text})")
    else:
        here.code.line(f"{headers}[{held}] = {text}")


def _as_text(found: Found, here: Here, convert: Callable[[Json], str | None]) -> str:
    """The name of a value as text."""
    if found.classes == TEXT:
        return found.name
    text = here.code.let(found.name)
    with here.code.block(f"if {text}.__class__ is not str"):
        here.code.line(f"{text} = {here.constant(convert)}({text})")
    return text


def _put_own(node: Node, here: Here, then: Then) -> None:
    """A part of a request that is its own; it holds nulls where these are meant."""
    _put_told(node, here, partial(put_fresh, here, then, nulls=keeps_nulls(here.model, node)))


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
    if rule.within is not None:
        values = [_value(each, here) for each in whole_url_parts(rule)]
        given = f"{here.constant(rule)}, [{', '.join(values)}], {here.constant(here.model)}"
        return [code.let(f"{here.constant(whole_url)}({given})")]
    parts: list[str] = []
    for place, part in enumerate(rule.url.parts):
        if isinstance(part, str):
            parts.append(here.constant(part))
            continue
        text = code.let("None")
        _put_told(part, here, partial(_fill_in, text, here, as_text))
        with code.block(f"if {text} is None"):
            code.line(f"{here.constant(partial(_raise, incomplete, part, here.model))}()")
        kind = part_kind(part, here.model, first=not place)
        plain = None if kind == BASE else f"not ({text}.isalnum() and {text}.isascii())"
        if kind != OWN:
            fill = here.constant(partial(filled_in, part, kind=kind, model=here.model))
            with code.when(plain):
                code.line(f"{text} = {fill}({text})")
        parts.append(text)
    return parts


def _fill_in(text: str, here: Here, convert: Callable[[Json], str | None], found: Found) -> None:
    here.code.line(f"{text} = {_as_text(found, here, convert)}")


def _raise(error: Callable[[Node, Model], MappingError], part: Node, model: Model) -> None:
    raise error(part, model)
