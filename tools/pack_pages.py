"""Write a page for each bundled pack from its rules: `python -m tools.pack_pages`."""

from __future__ import annotations

from pathlib import Path

from mapping_engine.engine.loading import bundled_packs, read_pack
from mapping_engine.reference import reference_page

FOLDER = Path(__file__).parent.parent / "docs" / "packs"


def pages() -> dict[str, str]:
    """The text of every page, by the name of its file."""
    found = {}
    for name in bundled_packs():
        examined = read_pack(name).examined
        assert examined is not None
        found[f"{name}.md"] = reference_page(examined)
    return found


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")
