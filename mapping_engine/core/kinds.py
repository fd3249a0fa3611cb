"""The kinds of request of a rule file: those under `requests`, or the one of the short form.

What a kind does not say for itself, the file says for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from mapping_engine.core.assemble_sending import batch_of
from mapping_engine.core.desugar import (
    as_object,
    body_of,
    condition_of,
    is_spread,
    object_of,
    spread_of,
    value_of,
)
from mapping_engine.core.expressions import NO_LOCALS, Desugaring, expression, optional, template_of
from mapping_engine.core.model import PAYLOAD, Auth, RequestKind, RequestRule, Rule, Variable
from mapping_engine.core.nodes import Broken, Const, Field, Name, Node, Object, Place, Template
from mapping_engine.core.sending import BatchRule
from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.file.body_tree import BodyTree
from mapping_engine.file.documents import (
    FanOutBlock,
    MappingFile,
    NamedRequestBlock,
    NoneBlock,
    RefuseBlock,
    WarnBlock,
)
from mapping_engine.file.request_blocks import AuthBlock, RequestBlock
from mapping_engine.file.shapes import Named
from mapping_engine.file.value_blocks import FieldBlock, ValueBlock
from mapping_engine.selectors import Selector, parse_selector

_BODILESS = ("GET", "DELETE")
_KEPT = "!$&'()*+,;=:@~"
"""What RFC 3986 lets stand in a segment of a path."""


def no_request(at: Place) -> RequestRule:
    """What a mapping has in the place of a request where each of its kinds has its own."""
    return RequestRule(at, Const(at, "POST"), Template(at, ()), (), Const(at, None), "none")


# Is everything there?


def is_whole(file: MappingFile, found: Diagnostics) -> bool:
    """Whether each request has a URL, and each payload fields and a schema; else that is reported.

    A request without a payload needs neither.
    """
    before = len(found.found)
    if file.request is not None:
        missing = [name for name in ("payload", "fields") if name not in file.places]
        for name in missing:
            found.report("SH02", f"{file.what} has no `{name}`", _head(file.places, file.span))
        _check_url(file.request, file, found)
    for entry in file.requests or ():
        block = entry.value
        if block is None:
            continue
        _check_url(block, file, found)
        if _fields(block, file) is not None and (block.payload or file.payload) is None:
            message = f"the payload of `{entry.name}` has no schema"
            help = "write `payload: name.schema.json` in this request, or for all of them"
            found.report("SH02", message, entry.span, help=help)
    return len(found.found) == before


def _head(places: Mapping[str, Span], span: Span) -> Span:
    return next(iter(places.values()), span)


def _check_url(block: RequestBlock, file: MappingFile, found: Diagnostics) -> None:
    """Report a request with two URLs, or with none."""
    parts = [name for name in ("base", "path") if name in block.places]
    head = _head(block.places, block.span)
    if "url" in block.places:
        for name in parts:
            message = f"{block.what} has both `url` and `{name}`"
            found.report("SH04", message, block.place(name), help="keep one")
    elif not parts:
        help = "write `url`, or `path`: the segments behind `base`"
        found.report("SH02", f"{block.what} has no `url`", head, help=help)
    elif (block.base or file.base or file.api) is None:
        help = "write `base` here or for all requests, or `api: {base: ...}`"
        found.report("SH02", f"{block.what} has a `path` and no `base`", head, help=help)


# Kinds


def kinds_of(file: MappingFile, made: Desugaring) -> tuple[RequestKind, ...]:
    """The kinds of request, in order."""
    batch = batch_of(file.batch, made.pipelines, made.diagnostics)
    if file.request is not None:
        return (_kind(file.request, file.request, "", file, batch, made),)
    entries = ((entry, entry.value) for entry in file.requests or ())
    return tuple(
        _kind(e, block, e.name, file, batch, made) for e, block in entries if block is not None
    )


def _kind(
    at: Place,
    block: RequestBlock,
    name: str,
    file: MappingFile,
    batch: BatchRule | None,
    made: Desugaring,
) -> RequestKind:
    own = block if isinstance(block, NamedRequestBlock) else None
    joined = own.batch if own is not None else None
    fan_out = (own and own.fan_out) or file.fan_out
    none = fan_out.none if fan_out else None
    fields = _fields(block, file)
    refuse = (*(file.refuse or ()), *((own and own.refuse) or ()))
    warn = (*(file.warn or ()), *((own and own.warn) or ()))
    return RequestKind(
        at,
        _request(at, block, name, file, made),
        Object(at, ()) if fields is None else object_of(file, fields, NO_LOCALS, made),
        when=None if own is None else condition_of(own, NO_LOCALS, made),
        payload=(own and own.payload) or (None if fields is None else file.payload),
        fan_out=_variables(fan_out, made),
        none=None if none is None else refuse_rule(none, Const(none, True), "configuration", made),
        refuse=tuple(
            refuse_rule(each, expression(each.when, NO_LOCALS, made), "instrumentation", made)
            for each in refuse
        ),
        warn=tuple(warn_rule(each, made) for each in warn),
        batch=batch_of(joined, made.pipelines, made.diagnostics) or batch,
    )


def _fields(block: RequestBlock, file: MappingFile) -> tuple[Named[FieldBlock], ...] | None:
    own = block.fields if isinstance(block, NamedRequestBlock) else None
    return file.fields if own is None else own


def _variables(block: FanOutBlock | None, made: Desugaring) -> tuple[Variable, ...]:
    return tuple(
        Variable(v, v.name, Broken(v) if v.value is None else value_of(v.value, NO_LOCALS, made))
        for v in (block.each if block is not None else ())
    )


def warn_rule(block: WarnBlock, made: Desugaring) -> Rule:
    """A warning."""
    field = block.field.text if block.field else None
    when = expression(block.when, NO_LOCALS, made)
    return Rule(block, when, template_of(block.message, made), None, field=field)


def refuse_rule(
    block: RefuseBlock | NoneBlock, condition: Node, kind: str, made: Desugaring
) -> Rule:
    """A refusal; of this ``kind``, unless the block says otherwise."""
    help = block.help.text if block.help else None
    return Rule(block, condition, template_of(block.message, made), block.error or kind, help)


# Requests


def _request(
    at: Place, block: RequestBlock, name: str, file: MappingFile, made: Desugaring
) -> RequestRule:
    method = optional(block.method, NO_LOCALS, made) or Const(at, "POST")
    auth = block.auth or file.auth
    own = {each.name.lower() for each in block.headers or () if not is_spread(each.name)}
    shared = (each for each in file.headers or () if each.name.lower() not in own)
    headers = (*((auth and auth.header) or ()), *shared, *(block.headers or ()))
    needed = len((auth and auth.header) or ())
    query = _query(file.query, block.query)
    body, format = _body(at, block, method, has_payload=_fields(block, file) is not None, made=made)
    return RequestRule(
        block,
        method,
        _url(block, file, made),
        tuple(
            _header(h, h.value, made, required=place < needed)
            for place, h in enumerate(headers)
            if h.value is not None
        ),
        body,
        format,
        None if query is None else as_object(body_of(block, query, made)),
        _auth(auth, made),
        name,
        segments=block.url is None,
        within=optional(block.url.within if block.url else None, NO_LOCALS, made),
    )


def _query(shared: BodyTree | None, own: BodyTree | None) -> BodyTree | None:
    """The query of all requests with that of one, whose names count; an object is spread."""
    if shared is None or own is None:
        return shared if own is None else own
    names = shared if isinstance(shared, Mapping) else {"..": shared}
    before = {("..all" if name == ".." else name): each for name, each in names.items()}
    return {**before, **(own if isinstance(own, Mapping) else {"..": own})}


def _header(at: Named[ValueBlock], block: ValueBlock, made: Desugaring, *, required: bool) -> Field:
    field = Field(at, at, at.name, value_of(block, NO_LOCALS, made), required=required)
    return spread_of(field) if is_spread(at.name) else field


def _auth(block: AuthBlock | None, made: Desugaring) -> Auth | None:
    if block is None or block.header is not None or block.none is not None:
        return None
    if block.bearer is not None:
        return Auth(block, "Bearer", (expression(block.bearer, NO_LOCALS, made),))
    basic = (expression(each, NO_LOCALS, made) for each in block.basic or ())
    return Auth(block, "Basic", tuple(basic))


def _url(block: RequestBlock, file: MappingFile, made: Desugaring) -> Template:
    """The URL as a template: of a base and the segments of a path, or as it is written."""
    if block.url is not None and block.url.template is not None:
        return template_of(block.url.template, made)
    if block.url is not None:
        value = block.url.value
        return Template(block.url, () if value is None else (expression(value, NO_LOCALS, made),))
    base = block.base or file.base
    start = _api_base(block) if base is None else value_of(base, NO_LOCALS, made)
    parts: list[str | Node] = [*start.parts] if isinstance(start, Template) else [start]
    if block.path and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip("/")
    segments = [expression(each, NO_LOCALS, made) for each in block.path or ()]
    for segment in segments:
        parts.append("/")
        is_text = isinstance(segment, Template) and all(isinstance(p, str) for p in segment.parts)
        if isinstance(segment, Template) and is_text:
            parts.append(quote("".join(map(str, segment.parts)), safe=_KEPT))
        else:
            parts.append(segment)
    return Template(segments[0].at if segments else block, tuple(_joined(parts)))


def _api_base(at: Place) -> Name:
    selector = parse_selector("base")
    assert isinstance(selector, Selector)
    return Name(at, "api", selector)


def _joined(parts: list[str | Node]) -> list[str | Node]:
    """The parts with texts that stand side by side as one."""
    found: list[str | Node] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        else:
            found.append(part)
    return found


def _body(
    at: Place, block: RequestBlock, method: Node, *, has_payload: bool, made: Desugaring
) -> tuple[Node, str]:
    """The body and its format: the payload as JSON, where nothing is said and there may be one."""
    match block.format:
        case "form":
            form = body_of(block, block.form, made)
            is_payload = isinstance(form, Name) and form.name == PAYLOAD
            return form if is_payload else as_object(form), "form"
        case "json":
            return body_of(block, block.json, made), "json"
        case "text" if block.text is not None:
            return value_of(block.text, NO_LOCALS, made), "text"
        case "xml":
            return body_of(block, block.xml, made), "xml"
        case "ndjson":
            return body_of(block, block.ndjson, made), "ndjson"
    is_bodiless = isinstance(method, Const) and method.value in _BODILESS
    if block.body is not None or is_bodiless or not has_payload:
        return Const(at, None), "none"
    return Name(block, PAYLOAD), "json"
