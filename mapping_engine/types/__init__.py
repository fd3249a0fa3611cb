"""What is known of a value before any event is seen: its kinds, whether it may be missing, tags."""

from mapping_engine.types.kinds import ANY, BOOLEAN, LIST, NUMBER, OBJECT, TEXT, Kinds, kind_of
from mapping_engine.types.kinds import is_missing as is_missing
from mapping_engine.types.type import Described, Type, join

__all__ = [
    "ANY",
    "BOOLEAN",
    "LIST",
    "NUMBER",
    "OBJECT",
    "TEXT",
    "Described",
    "Kinds",
    "Type",
    "is_missing",
    "join",
    "kind_of",
]
