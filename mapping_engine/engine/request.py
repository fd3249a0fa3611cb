"""One HTTP call that has to be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from mapping_engine.engine.form import NOTHING, form_encoded

CONTENT_TYPES = {"form": "application/x-www-form-urlencoded", "json": "application/json"}


@dataclass(slots=True)
class Request:
    """A request ready to be sent; it belongs to who asked for it, and shares nothing.

    ``body`` is a dict of plain data and ``format`` (``form`` or ``json``) says how
    :meth:`encode` writes it. The body holds secrets and personal data: ``repr`` leaves it out.
    """

    method: str
    url: str
    body: dict[str, Any] = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    format: str
    _known: Mapping[str, bytes] = field(default_factory=lambda: NOTHING, repr=False, compare=False)
    """Texts of the body whose encodings the settings have made ready."""

    def encode(self) -> bytes:
        """The bytes of the body: URL-encoded form fields (containers as JSON), or JSON."""
        if self.format == "json":
            return orjson.dumps(self.body)
        return form_encoded(self.body, self._known)

    def to_dict(self) -> dict[str, Any]:
        """The request as plain data: method, url, body, headers, format."""
        return {
            "method": self.method,
            "url": self.url,
            "body": self.body,
            "headers": self.headers,
            "format": self.format,
        }
