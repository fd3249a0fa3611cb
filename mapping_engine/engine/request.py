"""One HTTP call that has to be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from mapping_engine.engine.form import NOTHING, form_encoded

CONTENT_TYPES = {"form": "application/x-www-form-urlencoded", "json": "application/json"}


class _Prepared:
    """What the settings have made ready for a request, and is no part of it as data."""

    __slots__ = ("_known",)

    _known: Mapping[str, bytes]
    """Texts of the body with their encodings; a request that was made otherwise has none."""


@dataclass(slots=True)
class Request(_Prepared):
    """A request ready to be sent; it belongs to who asked for it, and may be changed.

    ``body`` is a dict of plain data and ``format`` (``form`` or ``json``) says how
    :meth:`encode` writes it. The body holds secrets and personal data: ``repr`` leaves it out.
    """

    method: str
    url: str
    body: dict[str, Any] = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    format: str

    def encode(self) -> bytes:
        """The bytes of the body: URL-encoded form fields (containers as JSON), or JSON."""
        if self.format == "json":
            return orjson.dumps(self.body)
        try:
            known = self._known
        except AttributeError:
            known = NOTHING
        return form_encoded(self.body, known)

    def to_dict(self) -> dict[str, Any]:
        """The request as plain data: method, url, body, headers, format."""
        return {
            "method": self.method,
            "url": self.url,
            "body": self.body,
            "headers": self.headers,
            "format": self.format,
        }
