"""One HTTP call that has to be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from mapping_engine.engine.form import NOTHING, form_encoded

MASK = "***"
"""What a reader sees of what may stand in a URL, and must not be shown."""

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
    :meth:`encode` writes it. Body, headers and URL may hold secrets and personal data: ``repr``
    leaves them out, or shows the :attr:`shown_url`.
    """

    method: str
    url: str
    body: dict[str, Any] = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    format: str
    masked_url: str | None = field(default=None, repr=False, compare=False)

    @property
    def shown_url(self) -> str:
        """The URL for logs: `***` stands for a secret, and for what tells of a person."""
        return self.url if self.masked_url is None else self.masked_url

    def __repr__(self) -> str:
        """The request without what must not be shown."""
        return f"Request(method={self.method!r}, url={self.shown_url!r}, format={self.format!r})"

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
