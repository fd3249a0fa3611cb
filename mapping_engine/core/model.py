"""A whole mapping, read and resolved: what the engine compiles and the checks examine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mapping_engine.file.documents import MappingFile
from mapping_engine.file.values import PipelineBlock, ValueBlock
from mapping_engine.vocabulary import Vocabulary

BUILTINS = {
    "settings": "the destination's settings",
    "api": "the constants under `api`",
    "tables": "the tables of this mapping and its fragments",
    "now": "the time of the clock, in whole seconds since 1970",
    "now_ms": "the time of the clock, in whole milliseconds since 1970",
    "integration": "the options for this destination in the event",
    "payload": "the payload of this request",
}
LATE = frozenset({"payload"})
"""Names that exist only once the payload is made."""


@dataclass(frozen=True)
class Model:
    """A mapping file with everything it uses.

    Definitions, pipelines and tables are those of the file and of its fragments, by name.
    ``texts`` holds the text of every rule file read, for snippets in diagnostics.
    """

    name: str
    file: MappingFile
    definitions: Mapping[str, ValueBlock]
    pipelines: Mapping[str, PipelineBlock]
    tables: Mapping[str, object]
    vocabulary: Vocabulary
    settings_schema: dict[str, Any]
    payload_schema: dict[str, Any]
    texts: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def title(self) -> str:
        """The destination's name for people."""
        return self.file.title.text if self.file.title else self.name

    @property
    def api(self) -> dict[str, str]:
        """The constants under ``api``."""
        block = self.file.api
        if block is None:
            return {}
        found = {"base": block.base.text}
        if block.version:
            found["version"] = block.version.text
        if block.sunset:
            found["sunset"] = block.sunset.isoformat()
        if block.successor:
            found["successor"] = block.successor.text
        return found

    @property
    def fan_out_names(self) -> tuple[str, ...]:
        """The fan-out variables, in order."""
        fan_out = self.file.fan_out
        return tuple(variable.name for variable in fan_out.each) if fan_out else ()
