"""RE2's patterns where RE2 is not installed: in linear time as well, and with the same verdicts.

Rust's regular expressions, which come with the JSON Schema validator, are of the same family. What
they read differently is written out in a way that both read alike, or refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType

INSTALL = "it needs one more package: pip install 'mapping-engine[re2]'"
_TOKEN = re.compile(r"\\(?:[pP](?:\{\^?\w+\}|\w)|x\{[0-9A-Fa-f]+\}|.)|\[:\^?\w+:\]|.", re.DOTALL)
_SPACE = r"\t\n\f\r "
_OUTSIDE = MappingProxyType(
    {r"\s": f"[{_SPACE}]", r"\S": f"[^{_SPACE}]", r"\b": r"(?-u:\b)", r"\B": r"(?-u:\B)"}
)
_INSIDE = MappingProxyType(
    {
        r"\s": _SPACE, "[": r"\[", "&": r"\&", "~": r"\~",
        "[:alpha:]": "A-Za-z", "[:digit:]": "0-9", "[:alnum:]": "0-9A-Za-z",
        "[:upper:]": "A-Z", "[:lower:]": "a-z", "[:space:]": r"\t\n\x0B\f\r ",
        "[:word:]": "0-9A-Za-z_", "[:xdigit:]": "0-9A-Fa-f",
    }
)  # fmt: skip
_SAME = frozenset("pPdDwWsSnrtfvaAzx")
"""Letters that mean the same after a backslash, or are written out."""
_REPEAT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_MOST = 1000


def portable(pattern: str, *, whole: bool) -> Callable[[str], bool]:
    """Whether a text matches, as a ``whole`` or somewhere; raises ValueError where none can say."""
    import jsonschema_rs

    text = translated(pattern)
    schema = {"pattern": rf"\A(?:{text})\z" if whole else text}
    try:
        options = jsonschema_rs.RegexOptions()
        return jsonschema_rs.Draft202012Validator(schema, pattern_options=options).is_valid
    except jsonschema_rs.ValidationError:
        raise ValueError(f"it cannot be read, or {INSTALL}") from None


def translated(pattern: str) -> str:
    """The pattern, in which that is written out, or refused, what others read differently."""
    made: list[str] = []
    inside = False
    tokens = [found[0] for found in _TOKEN.finditer(pattern)]
    for place, token in enumerate(tokens):
        if token == "\\" or (len(token) > 1 and token[0] == "\\" and not _is_known(token)):
            raise ValueError(f"`{token}` cannot be read, or {INSTALL}")
        if inside:
            opened = tokens[place - 1] == "[" or tokens[place - 2 : place] == ["[", "^"]
            if token == "]" and opened and made[-1] in ("[", "^"):
                token = r"\]"
            elif token == "]":
                inside = False
            elif token in (r"\S", r"\b", r"\B") or (token[:2] == "[:" and token not in _INSIDE):
                raise ValueError(f"`{token}` in a class cannot be read, or {INSTALL}")
            elif token == "-" and tokens[place - 1] == "-":
                token = r"\-"
            made.append(_INSIDE.get(token, token))
            continue
        if token.startswith("[:"):
            raise ValueError(f"`{token}` cannot be read, or {INSTALL}")
        if token == "{" and not _is_repeat(pattern, sum(map(len, tokens[:place]))):
            raise ValueError(f"`{{` is no repeat; write `\\{{`, or {INSTALL}")
        inside = token == "["
        made.append(_OUTSIDE.get(token, token))
    return "".join(made)


def _is_known(token: str) -> bool:
    return token[1] in _SAME or token[1] in "bB" or not (token[1].isalnum() or ord(token[1]) > 127)


def _is_repeat(pattern: str, place: int) -> bool:
    found = _REPEAT.match(pattern, place)
    return found is not None and all(int(each) <= _MOST for each in found.groups() if each)
