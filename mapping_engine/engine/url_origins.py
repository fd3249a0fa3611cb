"""Where a URL leads: whoever makes one may not choose the host that is sent to."""

from __future__ import annotations

import re

from mapping_engine.frozen import Frozen
from mapping_engine.types.kinds import Json

_URL = re.compile(
    r"(https?)://(?:([^\s/?#@\\\x00-\x20]*)@)?([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?"
    r"(?:[/?#][^\s\\\x00-\x20\x7f]*)?",
    re.IGNORECASE,
)
_PORTS = {"http": "80", "https": "443"}


class Origin(Frozen):
    """What decides who receives a request."""

    scheme: str
    user: str
    host: str
    port: str


def origin_of(url: str) -> Origin | None:
    """Where a URL leads; None where it is no URL of HTTP with a host."""
    found = _URL.fullmatch(url)
    if found is None:
        return None
    scheme = found[1].lower()
    return Origin(scheme, found[2] or "", found[3].lower(), found[4] or _PORTS[scheme])


def leads_within(origin: Origin, accepted: list[Json]) -> bool:
    """Whether a URL leads to one of the URLs or hosts that are accepted, also in lists of them."""
    return any(
        leads_within(origin, each) if type(each) is list else _leads_to(origin, each)
        for each in accepted
    )


def _leads_to(origin: Origin, accepted: Json) -> bool:
    if type(accepted) is not str:
        return False
    if "://" in accepted:
        return origin_of(accepted) == origin
    if origin.user or not accepted:
        return False
    host, _, port = accepted.lower().rpartition(":") if ":" in accepted else (accepted, "", "")
    host = host.lower()
    return accepted == "*" or (host, port or _PORTS[origin.scheme]) == (origin.host, origin.port)
