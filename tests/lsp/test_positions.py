"""Places in a text, and names of files."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="the language server is an extra")


from mapping_engine.lsp.cursor import place_at, place_to_type
from mapping_engine.lsp.positions import Positions
from mapping_engine.lsp.server import path_of
from tests.lsp.editor import CLIENT, IDENTITY, PACK, TRACK

pytestmark = CLIENT


@pytest.mark.parametrize("file", [PACK / "rules.yaml", IDENTITY, TRACK], ids=lambda p: p.name)
def test_half_typed_text_has_no_place_that_breaks(file: Path) -> None:
    text = file.read_text(encoding="utf-8")[:3000]
    for end in range(0, len(text), 151):
        place_at(text[:end], end)
        place_to_type(text[:end], end)
        place_to_type(text, end)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_places_and_offsets_are_inverse(encoding: str) -> None:
    text = "a😀é\r\n\u2028x\r\r\n😀"
    positions = Positions(text, encoding)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n":
            assert positions.offset(positions.position(offset)) == offset


@pytest.mark.parametrize(
    "uri", ["file:///%00", "file:///%ff", "file://", "untitled:x", "%", "", f"file:///{'a' * 5000}"]
)
def test_odd_names_of_files_are_no_files_and_no_crash(uri: str) -> None:
    path = path_of(uri)
    assert path is None or not path.is_file()
