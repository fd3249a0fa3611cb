"""The names that can be used at a place, and the types of what is written there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mapping_engine.core.desugar import DEFAULT_ITEM
from mapping_engine.core.item_types import item_of
from mapping_engine.core.load import Examined
from mapping_engine.core.model import BUILTINS, PAYLOAD, PIPED
from mapping_engine.core.spell import is_written
from mapping_engine.file.expression_shapes import EXPRESSION
from mapping_engine.file.json_types import items_schema, property_schema, setting_type
from mapping_engine.lsp import declared
from mapping_engine.lsp.cursor import Cursor
from mapping_engine.lsp.tokens import Word, steps_of, tokens
from mapping_engine.source.node import ListNode, ScalarNode
from mapping_engine.types.kinds import NUMBER
from mapping_engine.types.type import IDENTIFYING, SECRET, UNKNOWN, Type, type_of_constant

_LATE_SECTIONS = ("request", "refuse", "warn", "define", "override", "amend")
_WITHOUT_ITEM = (
    "each",
    "when",
    "rest_of",
    "copy_of",
    "without",
    "only",
    "keep",
    "hash",
    "default",
    "one_of",
)
_PIPELINE_NAMES = frozenset(("tables",))


class CursorScope:
    """What is known at one place."""

    def __init__(self, place: Cursor, examined: Examined | None) -> None:
        self._place = place
        self._examined = examined
        self.items = dict(_items(place))
        """The names of list items, and the expressions that make the lists."""

    @property
    def in_pipeline(self) -> bool:
        """Whether only the names of a pipeline are known here."""
        return self._place.under("pipelines")

    @property
    def parameters(self) -> dict[str, ScalarNode]:
        """The parameters of the pipeline around the place."""
        if not self.in_pipeline:
            return {}
        given = next((level.node.get("parameters") for level in self._place.levels[2:3]), None)
        items = given.items if isinstance(given, ListNode) else ()
        return {item.text: item for item in items if isinstance(item, ScalarNode)}

    def names(self) -> dict[str, str]:
        """The names that may stand after `$`, each with what it is."""
        if self.in_pipeline:
            found = {name: BUILTINS[name] for name in _PIPELINE_NAMES}
            found[PIPED] = "the value that is piped in"
            return found | dict.fromkeys(self.parameters, "a parameter of this pipeline")
        late = self._place.levels[:1] and self._place.levels[0].key in _LATE_SECTIONS
        found = {name: doc for name, doc in BUILTINS.items() if late or name != PAYLOAD}
        found |= dict.fromkeys(self.items, "the item of the list in `each`")
        if self._examined is not None:
            model = self._examined.model
            docs = declared.docs(self._examined)
            written = filter(is_written, model.definitions)
            found |= {name: docs.get(name) or "a definition" for name in written}
            found |= dict.fromkeys(model.fan_out_names, "a variable of the fan-out")
        return found

    def type_of(self, written: str) -> Type | None:
        """The type of a path of the event, or of `$name` and what follows it."""
        if self._examined is None:
            return None
        steps = steps_of(written.removeprefix("$"))
        if not written.startswith("$"):
            return self._examined.model.vocabulary.type_of(steps)
        if not steps:
            return None
        if steps[0] == "settings":
            schema = self.setting(steps[1:])
            return setting_type(dict(schema)) if schema is not None and steps[1:] else None
        start = self._type_of_name(steps[0])
        return start and self._below(start, steps[1:])

    def setting(self, steps: tuple[str, ...]) -> Mapping[str, Any] | None:
        """The schema of a setting."""
        root = self._examined.model.settings_schema if self._examined else None
        return schema_at(root, steps) if root is not None else None

    def payload(self) -> Mapping[str, Any] | None:
        """The schema of the payload object whose fields are written around the place."""
        if self._examined is None or not self._place.under("fields"):
            return None
        root = self._examined.model.payload_schema
        schema: Mapping[str, Any] | None = root
        for above, level in zip(self._place.levels, self._place.levels[1:-1], strict=False):
            if above.key == "fields" and level.block is None and schema is not None:
                schema = schema_at(root, (level.key,), _object(root, schema))
        return _object(root, schema) if schema is not None else None

    def _type_of_name(self, name: str) -> Type | None:
        assert self._examined is not None
        model, facts = self._examined.model, self._examined.facts
        if name in self.items:
            listed = self._type_of_list(self.items[name])
            return item_of(listed) or model.vocabulary.as_list(listed)
        if name in facts.names:
            return facts.names[name]
        return Type(NUMBER, False) if name in ("now", "now_ms") else None

    def _type_of_list(self, each: ScalarNode) -> Type:
        words = tokens(each, EXPRESSION)
        if len(words) == 1 and words[0].word in (Word.PATH, Word.REFERENCE):
            return self.type_of(words[0].text) or UNKNOWN
        return UNKNOWN

    def _below(self, start: Type, steps: tuple[str, ...]) -> Type:
        assert self._examined is not None
        if steps[:1] == ("[]",) and start.described is None and start.item is not None:
            return self._below(start.item, steps[1:])
        return self._examined.model.vocabulary.below(start, steps) if steps else start


def schema_at(
    root: Mapping[str, Any], steps: tuple[str, ...], start: Mapping[str, Any] | None = None
) -> Mapping[str, Any] | None:
    """The schema some steps below ``start``, or None where nothing is declared."""
    schema: Mapping[str, Any] | None = root if start is None else start
    for step in steps:
        if schema is None:
            return None
        below = items_schema if step == "[]" else None
        schema = below(root, schema) if below else property_schema(root, schema, step)
    return schema


def type_of_table(examined: Examined, name: str) -> Type:
    """The type of a table."""
    return type_of_constant(examined.model.tables[name])


def _object(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object itself, or the items of a list of objects."""
    return items_schema(root, schema) if "items" in schema else schema


def _items(place: Cursor) -> Iterator[tuple[str, ScalarNode]]:
    for level in place.levels:
        each = level.node.get("each")
        if isinstance(each, ScalarNode) and level.key not in _WITHOUT_ITEM:
            item = level.node.get("item")
            yield (item.text if isinstance(item, ScalarNode) else DEFAULT_ITEM), each


def type_words(found: Type) -> str:
    """What a value may be, and whom it tells of, in words."""
    words = [str(found.kinds)]
    kinds = sorted(found.personal_kinds)
    if kinds:
        words.append(f"personal data ({', '.join(kinds)})")
    if IDENTIFYING in found.tags:
        words.append("identifies a person")
    if SECRET in found.tags:
        words.append("secret")
    if found.is_digest:
        words.append("a digest")
    return ", ".join(words)
