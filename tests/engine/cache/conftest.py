"""A cache of its own for each test, a small pack, and a count of what was read."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping_engine.core.load import Loader
from mapping_engine.core.model import Model
from tools.check_example import completed, write_pack

RULES = """\
use: [./fragment.yaml, iso/codes]
table_files: {sizes: ./sizes.json}
fields:
  x: p.a |> lookup($tables.sizes)
  text: $something
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the cache will be; it does not exist."""
    folder = tmp_path / "above" / "cache"
    folder.parent.mkdir(mode=0o700)
    monkeypatch.setenv("MAPPING_ENGINE_CACHE", str(folder))
    return folder


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack that reads a file of every kind, and bundled ones."""
    folder = tmp_path / "pack"
    write_pack(folder, completed(RULES))
    (folder / "sizes.json").write_text('{"S": "small"}\n', "utf-8")
    with (folder / "settings.schema.json").open("a") as schema:
        schema.write("\n")
    return folder


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the packs that were read, not taken from the cache."""
    found: list[str] = []
    load = Loader.load

    def counted(self: Loader, name: str, entry: str) -> Model | None:
        found.append(name)
        return load(self, name, entry)

    monkeypatch.setattr(Loader, "load", counted)
    return found
