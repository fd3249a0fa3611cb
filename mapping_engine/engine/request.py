"""One HTTP call that has to be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from mapping_engine.engine.form import NOTHING, form_encoded
from mapping_engine.engine.xml import xml_encoded

MASK = "***"
"""What a reader sees of what may stand in a URL, and must not be shown."""
CONTENT_TYPES = {
    "form": "application/x-www-form-urlencoded",
    "json": "application/json",
    "text": "text/plain; charset=utf-8",
    "xml": "application/xml",
    "ndjson": "application/x-ndjson",
}
"""The content types of bodies; there is none where the format is ``none``."""


class _Prepared:
    """What the settings have made ready for a request, and is no part of it as data."""

    __slots__ = ("_known",)

    _known: Mapping[str, bytes]
    """Texts of the body with their encodings; a request that was made otherwise has none."""


@dataclass(slots=True)
class Request(_Prepared):
    """A request ready to be sent; it belongs to who asked for it, and may be changed.

    ``body`` is plain data, most often a dict, and ``format`` (``form``, ``json``, ``text``,
    ``xml``, ``ndjson`` or ``none``) says how :meth:`encode` writes it. Requests of a pack with
    several kinds have the ``name`` of theirs. Body, headers and URL may hold secrets and personal
    data: ``repr`` leaves them out, or shows the :attr:`shown_url`.
    """

    method: str
    url: str
    body: Any = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    format: str
    name: str = ""
    masked_url: str | None = field(default=None, repr=False, compare=False)

    @property
    def shown_url(self) -> str:
        """The URL for logs: `***` stands for a secret, and for what tells of a person."""
        return self.url if self.masked_url is None else self.masked_url

    def __repr__(self) -> str:
        """The request without what must not be shown."""
        name = f", name={self.name!r}" if self.name else ""
        shown = f"method={self.method!r}, url={self.shown_url!r}, format={self.format!r}{name}"
        return f"Request({shown})"

    def encode(self) -> bytes:
        """The bytes of the body; in a form, lists and objects go as JSON."""
        match self.format:
            case "json":
                return orjson.dumps(self.body)
            case "form":
                return form_encoded(self.body, self._encodings())
            case "text":
                return str(self.body).encode()
            case "xml":
                return xml_encoded(self.body)
            case "ndjson":
                return b"".join(orjson.dumps(line) + b"\n" for line in self.body)
            case _:
                return b""

    def _encodings(self) -> Mapping[str, bytes]:
        try:
            return self._known
        except AttributeError:
            return NOTHING

    def to_dict(self) -> dict[str, Any]:
        """The request as plain data: method, url, body, headers, format, and a name if it has."""
        found = {
            "method": self.method,
            "url": self.url,
            "body": self.body,
            "headers": self.headers,
            "format": self.format,
        }
        return {**found, "name": self.name} if self.name else found
