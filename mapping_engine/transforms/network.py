"""Addresses of machines in a network."""

from __future__ import annotations

import re

from mapping_engine.transforms.declare import Example, Json, Rejected, transform

_LONGEST = 1024
_WITH_PORT = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}")
_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_PLAIN = re.compile(rf"{_BYTE}(?:\.{_BYTE}){{3}}").fullmatch
_NONE = Rejected("is no IP address")


@transform(
    examples=(
        Example(" 192.0.2.1 ", "192.0.2.1"),
        Example("192.0.2.1, 198.51.100.7", "192.0.2.1"),
        Example("unknown, 198.51.100.7:8080", "198.51.100.7"),
        Example("[2001:db8::1]:443", "2001:db8::1"),
        Example("192.0.2.256", Rejected("is no IP address")),
        Example("fe80::1%eth0", Rejected("is no IP address")),
    ),
)
def ip_address(value: str) -> Json:
    """The first IPv4 or IPv6 address of a text or of a chain of proxies, without a port."""
    if _PLAIN(value):
        return value
    from ipaddress import ip_address as parsed  # for start-up time

    for part in value[:_LONGEST].split(","):
        text = part.strip()
        port = _WITH_PORT.fullmatch(text)
        text = (port[1] or port[2]) if port else text
        try:
            parsed(text)
        except ValueError:
            continue
        if "%" not in text:
            return text
    return _NONE
