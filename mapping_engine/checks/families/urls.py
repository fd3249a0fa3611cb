"""OU06, OU07: a URL or a header that cannot be right."""

from __future__ import annotations

import re
from urllib.parse import quote

from mapping_engine.checks.subject import Subject
from mapping_engine.core.model import RequestRule
from mapping_engine.core.nodes import Name, Node, Template
from mapping_engine.core.url_parts import is_base_url
from mapping_engine.diagnostics import Check, Severity, Span
from mapping_engine.file.request_blocks import FRAMING, HEADER_NAME
from mapping_engine.vocabulary.vocabulary import EVENT

OU06 = Check(
    "OU06 odd-url: a URL that cannot be right",
    Severity.WARNING,
    why="The request would go nowhere, or to another place.",
    fix="Begin with the scheme and the host, and separate the parts with one `/`.",
    ignore="Where the receiver wants it so.",
    wrong='request:\n  url: "{$api.base}{type}//e"\n  json: {payload: $payload}\n'
    "fields:\n  x: p.a\n",
    right='request:\n  url: "{$api.base}/{type}/e"\n  json: {payload: $payload}\n'
    "fields:\n  x: p.a\n",
)
OU07 = Check(
    "OU07 odd-header: a header that HTTP does not accept, or that contradicts the body",
    Severity.WARNING,
    why="The request would be refused, or its body be read as what it is not.",
    fix="Write the header as HTTP has it, or drop it.",
    ignore="Where the receiver wants it so.",
    wrong='request:\n  url: "{$api.base}/e"\n  headers: {X Source: type}\n'
    "  json: {payload: $payload}\nfields:\n  x: p.a\n",
    right='request:\n  url: "{$api.base}/e"\n  headers: {X-Source: type}\n'
    "  json: {payload: $payload}\nfields:\n  x: p.a\n",
)
CHECKS = (OU06, OU07)

_SCHEME = re.compile(r"https?://")
_NOT_OF_URL = re.compile(r"[^A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]|%(?![0-9A-Fa-f]{2})")


def find(subject: Subject) -> None:
    """Look at where the requests of a pack go, and at their headers."""
    _base(subject)
    for model in subject.model.requests:
        _url(model.request, subject)
        _headers(model.request, subject)


def _base(subject: Subject) -> None:
    """The beginning of every URL, as `api` has it."""
    api = subject.model.file.api
    starts = (each.request.url.parts[:1] for each in subject.model.requests)
    if api is None or not any(
        isinstance(s, Name) and s.name == "api" for each in starts for s in each
    ):
        return
    span, base = api.base.span, api.base.text
    if is_base_url(base) is None:
        help = "write the scheme, the host and perhaps a path, such as `https://api.acme.com/v2`"
        _report("`base` is no URL that a request could begin with", span, subject, help)
    elif base.endswith("/"):
        _report("`base` ends in `/`, and so the URL has `//`", span, subject, "drop the `/`")


def _headers(request: RequestRule, subject: Subject) -> None:
    """Names of headers that HTTP does not accept, and a content type that is not the body's."""
    for header in request.headers:
        if not HEADER_NAME.fullmatch(header.name):
            message = "the name of a header has letters, digits and `-` only"
            help = "a header is written `X-Name: expression`"
            subject.diagnostics.report(OU07, message, header.key.span, help=help)
        if header.name.casefold() in FRAMING:
            message = f"`{header.name}` says how the request travels: whoever sends it writes it"
            subject.diagnostics.report(OU07, message, header.key.span, help="drop the header")
        made = subject.facts.type_of(header.value)
        is_kind = header.name.casefold() == "content-type" and request.format != "none"
        if is_kind and made.values:
            kind = "x-www-form-urlencoded" if request.format == "form" else request.format
            if not any(kind in str(value) for value in made.values):
                message = f"the body is written as {request.format}, and this says otherwise"
                help = "drop the header: it is sent as the body is written"
                subject.diagnostics.report(OU07, message, header.value.span, help=help)


def _url(request: RequestRule, subject: Subject) -> None:
    url = request.url
    is_base = request.segments or request.within is not None
    before: str | Node | None = None
    first = url.parts[0] if url.parts else None
    is_base = is_base or (isinstance(first, Name) and first.name == "api")
    if isinstance(first, Node) and not is_base:
        message = "the URL begins with a value, of which each `/` and `:` is percent-encoded"
        help = "begin with `{$api.base}`, or with the scheme and the host"
        _report(message, first.span, subject, help)
    in_path = True
    for part in url.parts:
        if isinstance(part, str):
            _characters(part, url, subject)
            path, mark, _ = part.partition("?")
            _literal_of_url(path if in_path else "", before, url, subject)
            in_path = in_path and not mark
        elif isinstance(before, Node):
            _report("nothing stands between two values of the URL", part.span, subject)
        before = part


def _characters(text: str, url: Template, subject: Subject) -> None:
    """Look for what no URL holds (RFC 3986); a part after `#` is not sent at all."""
    odd = _NOT_OF_URL.search(text)
    if odd is not None:
        help = f"in a path or a query it is written `{quote(odd[0])}`; hosts have ASCII letters"
        _report(f"`{odd[0]}` cannot stand in a URL", url.span, subject, help)


def _literal_of_url(text: str, before: str | Node | None, url: Template, subject: Subject) -> None:
    """Look at a literal of the URL, as far as it is not in the query."""
    has_host = len(url.parts) > 1 or not _SCHEME.fullmatch(text)
    if before is None and not (_SCHEME.match(text) and has_host):
        _report("the URL does not begin with `https://`, a host and a path", url.span, subject)
    rest = _SCHEME.sub("", text, count=1) if before is None else text
    if "//" in rest or (before is None and rest.startswith("/")):
        _report("the URL has `//` in its path", url.span, subject)
    fields = subject.model.vocabulary.objects.get(EVENT, {})
    for word in rest.split("/"):
        name, _, member = word.partition(".")
        if member in subject.model.members(name):
            message = f"`{word}` stands in the URL as a word, and is the name of a value"
            _report(message, url.span, subject, f"for the value write `${word}`")
        if word in fields and not word.islower():
            message = f"`{word}` stands in the URL as a word, and is the name of a field"
            _report(message, url.span, subject, f"for what the event holds write `{{{word}}}`")
    is_base = isinstance(before, Name) and before.name == "api"
    if is_base and text and text[:1] not in ("/", "?", ":", ".", "-", "_"):
        _report("a `/` is missing in the URL", url.span, subject)


def _report(message: str, span: Span, subject: Subject, help: str = "correct the URL") -> None:
    subject.diagnostics.report(OU06, message, span, help=help)
