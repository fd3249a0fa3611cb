"""Which values may hold nulls that are meant to be sent."""

from __future__ import annotations

from mapping_engine.core.model import PAYLOAD, Model
from mapping_engine.core.nodes import (
    Call,
    Copy,
    Entries,
    FirstOf,
    ForEach,
    Guard,
    Items,
    Name,
    Node,
    Object,
)
from mapping_engine.transforms import REGISTRY
from mapping_engine.transforms.declare import Flow


def keeps_nulls(model: Model, node: Node) -> bool:
    """Whether a value is, or is made from, what the rules want to hold null.

    All else is sent without the nulls in it.
    """
    opened: set[str] = set()
    waiting = [node]
    while waiting:
        match waiting.pop():
            case Copy(empty=True) | Entries(empty=True):
                return True
            case Copy(added=Object() as added):
                waiting.append(added)
            case Object(fields=fields):
                if any(each.null for each in fields):
                    return True
                waiting += (each.value for each in fields)
                waiting += (each.default for each in fields if each.default is not None)
            case FirstOf(alternatives=arms):
                waiting += (arm.value for arm in arms)
            case Guard(value=inner) | ForEach(body=inner) | Entries(value=inner):
                waiting.append(inner)
            case Items(items=items, fill=fill):
                if fill is not None and fill.value is None:
                    return True
                waiting += items
            case Call(name=name, input=Node() as inner) if name in REGISTRY:
                waiting += [inner] if REGISTRY[name].flow is Flow.KEEP else []
            case Name(name=name) if name not in opened:
                opened.add(name)
                named = model.fields if name == PAYLOAD else model.definitions.get(name)
                waiting += [] if named is None else [named]
    return False
