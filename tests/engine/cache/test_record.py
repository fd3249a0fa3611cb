"""A record gives a model, or nothing; it runs nothing."""

from __future__ import annotations

import builtins
import functools
import os
import pickle
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from mapping_engine import load
from mapping_engine.core.model import Model
from mapping_engine.engine.cache.record import MAGIC, Record, Unusable, restored, written
from mapping_engine.engine.loading import bundled_packs, read_pack
from mapping_engine.file.blocks import keys_of
from mapping_engine.file.shapes import Text
from mapping_engine.file.values import FieldBlock
from mapping_engine.selectors import parse_selector
from mapping_engine.source.node import Style


class Calls:
    """Pickles as a call of a function."""

    def __init__(self, function: Callable[..., Any], *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[object, ...]]:
        return self.call


def forged(body: bytes) -> bytes:
    """A record whose digest is right."""
    return MAGIC + sha256(body).digest() + body


def holding(thing: object) -> bytes:
    return pickle.dumps(({}, {}, thing), protocol=5)


def global_of(module: str, name: str) -> bytes:
    """A pickle of the thing with this name, which need not be one that can be pickled."""
    return b"\x80\x04}}\x8c" + _text(module) + b"\x8c" + _text(name) + b"\x93\x87."


def _text(text: str) -> bytes:
    return bytes([len(text)]) + text.encode()


def test_the_calls_below_would_run_in_a_plain_pickle(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    pickle.loads(holding(Calls(os.system, f"touch {marker}")))
    assert marker.exists()


@pytest.mark.parametrize(
    "evil",
    [
        lambda marker: Calls(os.system, f"touch {marker}"),
        lambda marker: Calls(builtins.eval, f"open({str(marker)!r}, 'w')"),
        lambda marker: Calls(builtins.exec, f"open({str(marker)!r}, 'w')"),
        lambda marker: Calls(builtins.open, str(marker), "w"),
        lambda marker: Calls(os.mkdir, str(marker)),
        lambda marker: Calls(functools.partial, os.mkdir, str(marker)),
        lambda marker: Calls(getattr, Calls(__import__, "os"), "system"),
        lambda marker: Calls(pickle.loads, holding(Calls(os.mkdir, str(marker)))),
        lambda marker: Calls(parse_selector, "a"),
        lambda marker: Calls(keys_of, Model),
        lambda marker: Text(),
    ],
)
def test_a_forged_record_runs_nothing_and_the_pack_is_read(
    place: Path, pack: Path, reads: list[str], tmp_path: Path, evil: Callable[[Path], object]
) -> None:
    load(pack)
    [record] = place.iterdir()
    marker = tmp_path / "ran"
    data = forged(holding(evil(marker)))
    with pytest.raises(Unusable):
        restored(data)
    record.write_bytes(data)
    assert load(pack).name == "pack"
    assert not marker.exists()
    assert len(reads) == 2
    assert record.read_bytes() != data


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("mapping_engine.core.model", "Model.title"),
        ("mapping_engine.core.model", "Model.__init__.__globals__"),
        ("mapping_engine.core.model", "dataclass"),
        ("mapping_engine.core.model", "BUILTINS"),
        ("mapping_engine.core.model", "MappingFile"),
        ("mapping_engine.core.load", "Loader"),
        ("mapping_engine.file.shapes", "Any"),
        ("mapping_engine.file.shapes", "Text"),
        ("mapping_engine.file.shapes", "literal"),
        ("builtins", "dict"),
        ("antigravity", "geohash"),
    ],
)
def test_nothing_but_the_classes_of_models_is_found(module: str, name: str) -> None:
    with pytest.raises(Unusable) as caught:
        restored(forged(global_of(module, name)))
    assert isinstance(caught.value.__cause__, pickle.UnpicklingError)
    assert "no part of a model" in str(caught.value.__cause__)


NUMBER = b"K\x01"
TEXT = b"\x8c" + _text("x")
BASES = b"\x8c" + _text("mapping_engine.core.model") + b"\x8c" + _text("Model") + b"\x93\x85"


@pytest.mark.parametrize(
    ("changed", "name", "value"),
    [
        (Model, "title", NUMBER),
        (Model, "__doc__", NUMBER),
        (Model, "surprise", NUMBER),
        (Model, "__name__", TEXT),
        (Model, "__qualname__", TEXT),
        (FieldBlock, "__bases__", BASES),
        (Style, "surprise", NUMBER),
        (Style, "__doc__", NUMBER),
    ],
)
def test_a_forged_record_changes_no_class(changed: type, name: str, value: bytes) -> None:
    before = dict(vars(changed)), getattr(changed, name, None)
    state = b"\x8c" + _text(changed.__module__) + b"\x8c" + _text(changed.__name__) + b"\x93"
    state += b"N}\x8c" + _text(name) + value + b"s\x86b0"
    model = read_pack("facebook_offline_conversions").model
    assert model is not None
    whole = written(Record(model, {}, {}))[len(MAGIC) + 32 :]
    assert restored(forged(whole)).model == model
    with pytest.raises(Unusable, match="not one of a model"):
        restored(forged(whole[:2] + state + whole[2:]))
    assert (dict(vars(changed)), getattr(changed, name, None)) == before


@pytest.mark.parametrize(
    "body", [b"", b"\x80\x05", pickle.dumps(1), pickle.dumps((1, 2)), holding(None), holding("m")]
)
def test_what_is_no_record_is_not_used(body: bytes) -> None:
    with pytest.raises(Unusable):
        restored(forged(body))


def test_answers_are_digests_or_truths() -> None:
    model = read_pack("facebook_offline_conversions").model
    assert model is not None
    data = written(Record(model, {"rules.yaml": "no digest"}, {}))  # type: ignore[dict-item]
    with pytest.raises(Unusable):
        restored(data)


@pytest.mark.parametrize("pack", bundled_packs())
def test_a_record_names_no_function_and_parses_no_selector_again(pack: str) -> None:
    model = read_pack(pack).model
    assert model is not None
    data = written(Record(model, {}, {}))
    assert b"_rebuilt" not in data
    assert restored(data).model == model
