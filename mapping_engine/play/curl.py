"""A request as a command of curl, without anything that must not be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from json import dumps
from shlex import quote

from mapping_engine.core.facts import Facts
from mapping_engine.core.model import Model
from mapping_engine.core.nodes import Field, fields_of
from mapping_engine.engine.inspect import is_name
from mapping_engine.engine.request import CONTENT_TYPES, MASK, Request
from mapping_engine.engine.requests import AUTHORIZATION
from mapping_engine.types.kinds import Json


def curl(request: Request, model: Model, facts: Facts, payloads: Json, settings: Json) -> str:
    """The command that sends a request: secrets and what may tell of a person are `***`.

    In the body, only what is known to be harmless stays: what fields may show, and settings.
    """
    fields = [field for each in model.requests for field in each.fields.fields]
    told = [*_leaves(settings)]
    hidden: list[Json] = []
    for payload in payloads if isinstance(payloads, list) else []:
        for shown, value in _by_field(fields, payload, facts):
            (told if shown else hidden).append(value)
    safe = {repr(value) for value in told} - {repr(value) for value in hidden}
    body = _masked(request.body, safe)
    lines = [f"curl -X {request.method} {quote(request.shown_url)}"]
    lines += (f"-H {quote(text)}" for text in _headers(request, model, facts))
    if request.format == "form" and isinstance(body, dict):
        parts = ((k, v if isinstance(v, str) else dumps(v)) for k, v in body.items())
        lines += (f"--data-urlencode {quote(f'{name}={text}')}" for name, text in parts)
    elif request.format != "none":
        lines.append(f"--data-raw {quote(replace(request, body=body).encode().decode())}")
    return " \\\n  ".join(lines)


def _headers(request: Request, model: Model, facts: Facts) -> Iterator[str]:
    rules = [field for each in model.requests for field in each.request.headers]
    plain = {field.name for field in rules if facts.type_of(field.value).may_be_shown}
    if any(field.spread for field in rules):
        plain = set()  # a header that is spread may stand in the place of any other
    for name, value in request.headers.items():
        if name == AUTHORIZATION:
            yield f"{name}: {value.partition(' ')[0]} {MASK}"
        else:
            is_shown = name in plain or value in CONTENT_TYPES.values()
            yield f"{name}: {value if is_shown else MASK}"


def _by_field(fields: Sequence[Field], value: Json, facts: Facts) -> Iterator[tuple[bool, Json]]:
    """The scalars of an object, and whether the field that each comes from may be shown."""
    if isinstance(value, list):
        for item in value:
            yield from _by_field(fields, item, facts)
    elif isinstance(value, dict):
        for key, item in value.items():
            same = [field for field in fields if field.name == key]
            inner = [field for each in same for field in fields_of(each.value)]
            if inner:
                yield from _by_field(inner, item, facts)
            else:
                shown = bool(same) and all(facts.type_of(each).may_be_shown for each in same)
                yield from ((shown, each) for each in _leaves(item))


def _leaves(value: Json) -> Iterator[Json]:
    match value:
        case dict():
            for item in value.values():
                yield from _leaves(item)
        case list():
            for item in value:
                yield from _leaves(item)
        case _:
            yield value


def _masked(value: Json, safe: set[str]) -> Json:
    match value:
        case dict():
            return {k if is_name(k) else MASK: _masked(v, safe) for k, v in value.items()}
        case list():
            return [_masked(item, safe) for item in value]
        case None | bool():
            return value
        case _:
            return value if repr(value) in safe else MASK
