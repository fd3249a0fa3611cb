"""Whether requests are sent encrypted: all of them are, but to this machine itself."""

from __future__ import annotations

import re

from mapping_engine.core.inference import Inference
from mapping_engine.core.nodes import Name, Place
from mapping_engine.file.request_blocks import RequestBlock

_UNENCRYPTED = re.compile(r"\s*http://(?:[^/?#@]*@)?(\[[^]]*\]|[^/:?#\s]*)", re.IGNORECASE)
_LOCAL = ("localhost", "127.0.0.1", "[::1]")


def is_unencrypted(text: object) -> bool:
    """Whether a URL that begins like this leads to another machine without encryption."""
    found = _UNENCRYPTED.match(text) if isinstance(text, str) else None
    return found is not None and found[1].lower() not in _LOCAL


def check_encrypted(found: Inference) -> None:
    """Report a URL that the rules begin with `http:` (OU08)."""
    model, request = found.model, found.model.request
    first = next(iter(request.url.parts), "")
    texts = [first] if isinstance(first, str) else found.facts.type_of(first).values or ()
    if any(map(is_unencrypted, texts)):
        at: Place = request.url if isinstance(first, str) else first
        if isinstance(at, Name) and at.name == "api" and model.file.api is not None:
            at = model.file.api.base
        elif request.segments and isinstance(request.at, RequestBlock):
            at = request.at.base or model.file.base or at
        found.diagnostics.report("OU08", "the requests would be sent without encryption", at.span)
