"""Parts of URLs. A relative or broken URL has none, which is no error."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mapping_engine.transforms.declare import Example, Json, Parameter, transform
from mapping_engine.transforms.forms import nfc
from mapping_engine.types.kinds import BOOLEAN, TEXT

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_LONGEST = 64 * 1024
_USUAL_PORTS = {"http": 80, "https": 443}
_ENCODED_NAME = re.compile(r"[?&][^=&?]*[%+\t\r\n]")
"""A parameter's name that may read otherwise than it is written."""
_USUAL = re.compile(
    r"https?://[A-Za-z0-9._-]{1,255}(?::[0-9]{1,5})?(?:/[!\"$-.0-;=@-Z\\^-~/]*)?"
    r"\?([!\"$-Z\\^-~]{0,4096})(?:#[!-~]*)?\Z"
)
"""A URL of ASCII marks that needs no care, and its query."""


@transform(
    finds=True,
    parameters=(Parameter("name", TEXT, doc="The parameter's name."),),
    examples=(
        Example("https://a.example/?x=1&ref=a%20b&ref=c", "a b", ("ref",)),
        Example("https://a.example/?ref=", None, ("ref",)),
        Example("/page?ref=a", None, ("ref",)),
        Example("https://[broken?ref=a", None, ("ref",)),
    ),
)
def query_parameter(value: str, name: str) -> Json:
    """The first value of a parameter in a URL's query, decoded."""
    if len(value) > _LONGEST:
        return None
    if f"{name}=" not in value and not _has_encoded_name(value):
        return None
    usual = _USUAL.match(value)
    if usual is None:
        url = _split(value)
        query = url.query if url is not None else ""
    else:
        query = usual[1]
    for pair in query.split("&"):
        key, _, found = pair.partition("=")
        if found and _decoded(key) == name:
            return _decoded(found)
    return None


def _has_encoded_name(url: str) -> bool:
    if "?" not in url or ("%" not in url and "+" not in url and url.isprintable()):
        return False
    return _ENCODED_NAME.search(url) is not None


def _decoded(text: str) -> str:
    if "%" not in text and "+" not in text:
        return text
    from urllib.parse import unquote_plus  # for start-up time

    return unquote_plus(text)


@transform(
    finds=True,
    parameters=(
        Parameter(
            "port",
            BOOLEAN,
            required=False,
            default=False,
            doc="Whether a port that is not the usual one follows: `shop.example:8443`.",
        ),
    ),
    examples=(
        Example("https://user@Shop.Example:8443/a", "shop.example", (False,)),
        Example("https://Shop.Example:8443/a", "shop.example:8443", (True,)),
        Example("https://Shop.Example:443/a", "shop.example", (True,)),
        Example("/page", None, (False,)),
        Example("https://[broken", None, (False,)),
    ),
)
def url_host(value: str, port: bool = False) -> Json:
    """The host name of a URL, in lower case."""
    url = _split(value)
    if url is None or not port or not url.hostname:
        return None if url is None else url.hostname
    try:
        number = url.port
    except ValueError:
        return None
    if number is None or number == _USUAL_PORTS.get(url.scheme):
        return url.hostname
    return f"{url.hostname}:{number}"


def _split(text: str) -> SplitResult | None:
    from urllib.parse import urlsplit  # for start-up time

    if len(text) > _LONGEST or nfc(text) is None:
        return None
    try:
        url = urlsplit(text.strip())
    except ValueError:
        return None
    return url if url.scheme and url.netloc else None
