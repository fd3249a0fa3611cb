"""Write grammar/*.schema.json, the JSON Schemas of the rule files: `python -m tools.editor_schema`.

They are made from the same declarations that the loader reads files with; with `--check` nothing is
written, and the exit status says whether the files are as they should be.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from mapping_engine.file.blocks import Block, block_schema
from mapping_engine.file.documents import FragmentFile, MappingFile
from mapping_engine.file.json_types import JsonSchema
from mapping_engine.file.migration_file import MigrationFile
from mapping_engine.file.shapes import Definitions
from mapping_engine.file.vocabulary_file import VocabularyFile
from mapping_engine.testing.file import TestsFile

FOLDER = Path(__file__).parent.parent / "grammar"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
DOCUMENTS: dict[str, type[Block]] = {
    "mapping": MappingFile,
    "fragment": FragmentFile,
    "vocabulary": VocabularyFile,
    "tests": TestsFile,
    "migration": MigrationFile,
}


def editor_schema(document: type[Block]) -> JsonSchema:
    """The JSON Schema of one kind of file."""
    definitions: Definitions = {}
    reference = block_schema(document, definitions)
    return {"$schema": DIALECT, "title": document.what, **reference, "$defs": definitions}


def generated() -> dict[str, str]:
    """The text of every schema file by its name."""
    return {
        f"{name}.schema.json": json.dumps(editor_schema(document), indent=2) + "\n"
        for name, document in DOCUMENTS.items()
    }


def stale() -> list[str]:
    """The names of the files that differ from what the declarations say."""
    return [name for name, text in generated().items() if _read(FOLDER / name) != text]


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def main(arguments: list[str]) -> int:
    """Write the files, or only look at them where ``--check`` is given."""
    names = stale()
    if "--check" in arguments:
        for name in names:
            print(f"grammar/{name} is out of date: run `make schema`", file=sys.stderr)
        return 1 if names else 0
    for name in names:
        (FOLDER / name).write_text(generated()[name], encoding="utf-8")
        print(f"wrote grammar/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
