"""What is filled into a URL: what the rules hold, where it starts, or a part that is encoded."""

from __future__ import annotations

import re

from mapping_engine.core.choices import choices
from mapping_engine.core.inference import constant
from mapping_engine.core.model import Model
from mapping_engine.core.nodes import Call, Name, Node
from mapping_engine.transforms import REGISTRY

OWN, BASE, PART = "own", "base", "part"
"""Constants of the rules stay as they are, a base has to be a URL, and all else is encoded."""
is_base_url = re.compile(
    r"https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?"
).fullmatch
"""A scheme and a host, and the beginning of a path, in the characters that URLs have (RFC 3986)."""


def part_kind(node: Node, model: Model, *, first: bool) -> str:
    """How a value is filled into a URL; ``first`` where nothing stands before it."""
    if first and not (isinstance(node, Name) and node.name == "api"):
        return BASE
    if first:
        return OWN
    return OWN if not model.request.segments and _is_own(node, model) else PART


def _is_own(node: Node, model: Model) -> bool:
    """Whether a value stands in the rules, or is looked up in a table of theirs."""
    parts = choices(model.definitions, node)
    if parts != [node]:
        return all(_is_own(each, model) for each in parts)
    if isinstance(node, Name) and node.tail is None and node.name in model.definitions:
        return _is_own(model.definitions[node.name], model)
    if isinstance(node, Name):
        return node.name in ("api", "tables")
    target = REGISTRY.get(node.name) if isinstance(node, Call) else None
    if target is None or target.yields is None or not isinstance(node, Call):
        return constant(model, node)[0]
    given = [constant(model, each)[1] for each in node.arguments if each is not None]
    return target.yields(*given) is not None
