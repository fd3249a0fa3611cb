"""The record of a pack: what was read of it, and what that was read from.

A magic line, the SHA-256 of the rest, and a pickle. The digest finds what was cut or damaged. It
cannot find what was forged: for that, only the classes that models are made of can be unpickled,
no function, and no other class.
"""

from __future__ import annotations

import copyreg
import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from datetime import date
from enum import EnumType
from hashlib import sha256
from typing import Any

from mapping_engine.core import model
from mapping_engine.core.model import Model
from mapping_engine.diagnostics import span
from mapping_engine.expression import ast
from mapping_engine.file import amend, documents, shapes, values
from mapping_engine.selectors import Selector, parse
from mapping_engine.source import node
from mapping_engine.source.observed import Answers
from mapping_engine.types import kinds
from mapping_engine.types import type as type_module
from mapping_engine.vocabulary import vocabulary

MAGIC = b"mapping-engine record 1\n"
MOST_BYTES = 32 * 1024 * 1024
_BODY = len(MAGIC) + 32
_MODULES = (
    span,
    ast,
    amend,
    documents,
    model,
    shapes,
    values,
    parse,
    node,
    kinds,
    type_module,
    vocabulary,
)
"""Where the dataclasses and enumerations are declared that a model is made of."""


_IDENTITY = ("__bases__", "__name__", "__qualname__")


class Unusable(Exception):
    """A record that is not whole, not of this format, or holds what no model holds."""


@dataclass(frozen=True)
class Record:
    """A model, and what its pack and the bundled rules answered while it was read."""

    model: Model
    pack: Answers
    bundled: Answers


def written(record: Record) -> bytes:
    """The bytes of a record. Raises whatever pickling raises, for a model that is too deep, say."""
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream, protocol=5)
    pickler.dispatch_table = copyreg.dispatch_table | {Selector: _selector}
    pickler.dump((record.pack, record.bundled, record.model))
    body = stream.getvalue()
    return MAGIC + sha256(body).digest() + body


def _selector(selector: Selector) -> tuple[Callable[..., Selector], tuple[object, ...]]:
    """A selector with its tree: parsing the text again is what a record is to save."""
    return Selector, (selector.text, selector.tree)


def restored(data: bytes) -> Record:
    """The record in ``data``. Raises Unusable, and runs nothing that the bytes name."""
    body = memoryview(data)[_BODY:]
    if data[:_BODY] != MAGIC + sha256(body).digest():
        raise Unusable("the bytes are damaged, or of another format")
    unpickler = _Restricted(io.BytesIO(body))
    try:
        pack, bundled, found = unpickler.load()
    except Exception as error:
        raise Unusable("the record cannot be unpickled") from error
    finally:
        changed = unpickler.undo_changes()
    if changed or type(found) is not Model or not (_are_answers(pack) and _are_answers(bundled)):
        raise Unusable("the record is not one of a model")
    return Record(found, pack, bundled)


def _are_answers(found: object) -> bool:
    return type(found) is dict and all(
        type(name) is str and type(answer) in (bytes, bool) for name, answer in found.items()
    )


class _Restricted(pickle.Unpickler):
    """Finds the classes of models only.

    A forged pickle could still set attributes of a class that it names, which every later object
    would have: those are looked at before and after.
    """

    def __init__(self, stream: io.BytesIO) -> None:
        super().__init__(stream)
        self._found: dict[type, dict[str, Any]] = {}

    def find_class(self, module: str, name: str) -> type:
        """A class that models are made of. Raises UnpicklingError for everything else."""
        if (module, name) == ("datetime", "date"):
            return date
        home = next((each for each in _MODULES if each.__name__ == module), None)
        found = vars(home).get(name) if home else None
        if not isinstance(found, type) or found.__module__ != module or not _is_data(found):
            raise pickle.UnpicklingError(f"no part of a model: {module}.{name}")
        self._found.setdefault(found, _attributes(found))
        return found

    def undo_changes(self) -> bool:
        """Whether a class was changed, which is undone."""
        changed = False
        for found, before in self._found.items():
            now = _attributes(found)
            for name in now.keys() | before.keys():
                if name not in before:
                    type.__delattr__(found, name)
                elif now.get(name) is not before[name]:
                    type.__setattr__(found, name, before[name])
                else:
                    continue
                changed = True
        return changed


def _attributes(found: type) -> dict[str, Any]:
    """What can be set of a class: all that it declares, and what it is."""
    return {**vars(found), **{name: getattr(found, name) for name in _IDENTITY}}


def _is_data(found: type) -> bool:
    return is_dataclass(found) or isinstance(found, EnumType)
