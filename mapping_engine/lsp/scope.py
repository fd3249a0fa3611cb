"""The names that can be used at a place, and the types of what is written there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mapping_engine.lsp.cursor import Place
from mapping_engine.lsp.tokens import Form, Word, steps_of, tokens
from mapping_engine.model.call_types import item_of
from mapping_engine.model.json_types import items_schema, property_schema, setting_type
from mapping_engine.model.load import Examined
from mapping_engine.model.model import BUILTINS, LATE, Model
from mapping_engine.model.walk import DEFAULT_ITEM
from mapping_engine.source.node import Scalar, Sequence
from mapping_engine.types.kinds import NUMBER
from mapping_engine.types.type import IDENTIFYING, SECRET, UNKNOWN, Type

Schema = Mapping[str, Any]
PIPED = "value"
"""The name of the value that is piped into a pipeline."""
_LATE_SECTIONS = ("request", "warn", "define", "override", "amend")
_WITHOUT_ITEM = (
    "each",
    "when",
    "rest_of",
    "copy_of",
    "without",
    "keep",
    "hash",
    "default",
    "one_of",
)
_PIPELINE_NAMES = frozenset(("tables",))


class Scope:
    """What is known at one place; of the pack, nothing where it could never be read."""

    def __init__(self, place: Place, examined: Examined | None) -> None:
        self.place = place
        self.examined = examined
        self.items = dict(_items(place))
        """The names of list items, and the expressions that make the lists."""

    @property
    def model(self) -> Model | None:
        """The model of the pack."""
        return self.examined.model if self.examined else None

    @property
    def in_pipeline(self) -> bool:
        """Whether only the names of a pipeline are known here."""
        return self.place.under("pipelines")

    @property
    def parameters(self) -> dict[str, Scalar]:
        """The parameters of the pipeline around the place."""
        if not self.in_pipeline:
            return {}
        given = next((level.node.get("parameters") for level in self.place.levels[2:3]), None)
        items = given.items if isinstance(given, Sequence) else ()
        return {item.text: item for item in items if isinstance(item, Scalar)}

    def names(self) -> dict[str, str]:
        """The names that may stand after `$`, each with what it is."""
        if self.in_pipeline:
            found = {name: BUILTINS[name] for name in _PIPELINE_NAMES}
            found[PIPED] = "the value that is piped in"
            return found | dict.fromkeys(self.parameters, "a parameter of this pipeline")
        late = self.place.levels[:1] and self.place.levels[0].key in _LATE_SECTIONS
        found = {name: doc for name, doc in BUILTINS.items() if late or name not in LATE}
        found |= dict.fromkeys(self.items, "the item of the list in `each`")
        if self.model is not None:
            for name, block in self.model.definitions.items():
                found[name] = block.doc.text if block.doc else "a definition"
            found |= dict.fromkeys(self.model.fan_out_names, "a variable of the fan-out")
        return found

    def type_of(self, written: str) -> Type | None:
        """The type of a path of the event, or of `$name` and what follows it."""
        if self.model is None:
            return None
        steps = steps_of(written.removeprefix("$"))
        if not written.startswith("$"):
            return self.model.vocabulary.type_of(steps)
        if not steps:
            return None
        if steps[0] == "settings":
            schema = self.setting(steps[1:])
            return setting_type(schema) if schema is not None and steps[1:] else None
        start = self._type_of_name(steps[0])
        return start and self.below(start, steps[1:])

    def setting(self, steps: tuple[str, ...]) -> Schema | None:
        """The schema of a setting."""
        root = self.model.settings_schema if self.model else None
        return schema_at(root, steps, root) if root is not None else None

    def payload(self) -> Schema | None:
        """The schema of the payload object whose fields are written around the place."""
        if self.model is None or not self.place.under("fields"):
            return None
        root = self.model.payload_schema
        schema: Schema | None = root
        for above, level in zip(self.place.levels, self.place.levels[1:-1], strict=False):
            if above.key == "fields" and level.block is None and schema is not None:
                schema = schema_at(root, (level.key,), _object(root, schema))
        return _object(root, schema) if schema is not None else None

    def _type_of_name(self, name: str) -> Type | None:
        assert self.examined is not None
        model, facts = self.examined.model, self.examined.facts
        if name in self.items:
            listed = self._type_of_list(self.items[name])
            return item_of(listed) or model.vocabulary.as_list(listed)
        fan_out = model.file.fan_out
        for variable in fan_out.each if fan_out else ():
            if variable.name == name and variable.value is not None:
                return item_of(facts.type_of(variable.value)) or UNKNOWN
        if name in model.definitions:
            return facts.type_of(model.definitions[name])
        return Type(NUMBER, False) if name in ("now", "now_ms") else None

    def _type_of_list(self, each: Scalar) -> Type:
        words = tokens(each, Form.EXPRESSION)
        if len(words) == 1 and words[0].word in (Word.PATH, Word.REFERENCE):
            return self.type_of(words[0].text) or UNKNOWN
        return UNKNOWN

    def below(self, start: Type, steps: tuple[str, ...]) -> Type:
        """The type some steps below a value."""
        assert self.model is not None
        if steps[:1] == ("[]",) and start.described is None and start.item is not None:
            return self.below(start.item, steps[1:])
        return self.model.vocabulary.below(start, steps) if steps else start


def type_words(found: Type) -> str:
    """A type in words: its kinds, and what is personal or secret about it."""
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


def schema_at(root: Schema, steps: tuple[str, ...], start: Schema) -> Schema | None:
    """The schema some steps below ``start``, or None where nothing is declared."""
    schema: Schema | None = start
    for step in steps:
        if schema is None:
            return None
        schema = items_schema(root, schema) if step == "[]" else property_schema(root, schema, step)
    return schema


def _object(root: Schema, schema: Schema) -> Schema:
    """The object itself, or the items of a list of objects."""
    return items_schema(root, schema) if "items" in schema else schema


def _items(place: Place) -> Iterator[tuple[str, Scalar]]:
    for level in place.levels:
        each = level.node.get("each")
        if isinstance(each, Scalar) and level.key not in _WITHOUT_ITEM:
            item = level.node.get("item")
            yield (item.text if isinstance(item, Scalar) else DEFAULT_ITEM), each
