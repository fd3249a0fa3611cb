"""The names that can be used at a place, and the types of what is written there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypeAlias

from mapping_engine.core.expressions import DEFAULT_ITEM
from mapping_engine.core.item_types import item_of
from mapping_engine.core.load import Examined
from mapping_engine.core.model import BUILTINS, PAYLOAD, PAYLOADS, PIPED, Model
from mapping_engine.core.sending import OF_ANSWER, OF_REQUEST
from mapping_engine.core.spell import is_written
from mapping_engine.file.expression_shapes import EXPRESSION
from mapping_engine.file.json_types import items_schema, property_schema, setting_type
from mapping_engine.lsp import declared
from mapping_engine.lsp.cursor import Cursor, Level
from mapping_engine.lsp.tokens import Word, steps_of, tokens
from mapping_engine.source.node import ListNode, ScalarNode
from mapping_engine.types.kinds import NUMBER
from mapping_engine.types.type import IDENTIFYING, SECRET, UNKNOWN, Type
from mapping_engine.vocabulary import Vocabulary

Schema: TypeAlias = Mapping[str, Any]
_LATE_SECTIONS = (
    "request",
    "requests",
    "headers",
    "query",
    "refuse",
    "warn",
    "define",
    "override",
    "amend",
)
_OTHER_VOCABULARIES = {"batch": OF_REQUEST, "answers": OF_ANSWER}
_LATE = (PAYLOAD, PAYLOADS)
_WITHOUT_ITEM = frozenset(("each", "entries_of", "when", "default", "one_of"))


class CursorScope:
    """What is known at one place."""

    def __init__(self, place: Cursor, examined: Examined | None) -> None:
        self.place = place
        self.examined = examined
        self.in_pipeline = place.under("pipelines")
        """Whether only the names of a pipeline are known here."""
        self.items = dict(found for level in place.levels for found in _items_of(level))
        """The names of list items, and the expressions that make the lists."""
        levels = place.levels[2:3] if self.in_pipeline else ()
        given = next((level.node.get("parameters") for level in levels), None)
        listed = given.items if isinstance(given, ListNode) else ()
        self.parameters = {each.text: each for each in listed if isinstance(each, ScalarNode)}
        """The parameters of the pipeline around the place."""

    def names(self) -> dict[str, str]:
        """The names that may stand after `$`, each with what it is."""
        if self.in_pipeline:
            found = {"tables": BUILTINS["tables"], PIPED: "the value that is piped in"}
            return found | dict.fromkeys(self.parameters, "a parameter of this pipeline")
        late = self.place.levels[:1] and self.place.levels[0].key in _LATE_SECTIONS
        found = {name: doc for name, doc in BUILTINS.items() if late or name not in _LATE}
        found |= dict.fromkeys(self.items, "the item of the list in `each`")
        if self.examined is not None:
            model = self.examined.model
            docs = declared.definition_docs(self.examined)
            written = filter(is_written, model.definitions)
            found |= {name: docs.get(name) or "a definition" for name in written}
            found |= {
                name: "a variable of the fan-out"
                for each in model.requests
                for name in each.fan_out_names
            }
        return found

    def vocabulary(self, examined: Examined) -> Vocabulary:
        """What paths are held against here: an event, a request (`batch`) or an answer."""
        keys = [level.key for level in self.place.levels]
        section = next(iter(keys[2:] if keys[:1] == ["requests"] else keys), "")
        return _OTHER_VOCABULARIES.get(section, examined.model.vocabulary)

    def type_of(self, written: str) -> Type | None:
        """The type of a path of the event, or of `$name` and what follows it."""
        if self.examined is None:
            return None
        vocabulary = self.vocabulary(self.examined)
        steps = steps_of(written.removeprefix("$"))
        if not written.startswith("$"):
            return vocabulary.type_of(steps)
        if not steps:
            return None
        name, *rest = steps
        if name == "settings":
            schema = self.setting(tuple(rest))
            root = self.examined.model.settings_schema
            return setting_type(root, schema) if schema is not None and rest else None
        found = self._type_of_name(name, self.examined)
        while found is not None and rest[:1] == ["[]"] and not found.described and found.item:
            found = found.item
            del rest[0]
        return vocabulary.below(found, tuple(rest)) if found is not None and rest else found

    def setting(self, steps: tuple[str, ...]) -> Schema | None:
        """The schema of a setting, or None where nothing is declared."""
        return _declared(self.examined.model.settings_schema, steps) if self.examined else None

    def in_payload(self, steps: tuple[str, ...]) -> Schema | None:
        """The schema of a part of the payload, or None where nothing is declared."""
        model = self.request()
        return _declared(model.payload_schema, steps) if model else None

    def request(self) -> Model | None:
        """The kind of request that the place is in: the first, where it is in none of several."""
        models, levels = self.examined.model.requests if self.examined else (), self.place.levels
        if levels[0].key == "requests" and len(levels) > 2:
            models = tuple(each for each in models if each.request.name == levels[1].key)
        return models[0] if models else None

    def payload_way(self) -> tuple[str, ...] | None:
        """The steps in the payload to the object whose fields are written around the place.

        A step `[]` leads to the items of a list. None where no fields of a payload are.
        """
        levels, model = self.place.levels, self.request()
        levels = levels[2:] if levels[0].key == "requests" else levels
        if model is None or not levels or levels[0].key != "fields":
            return None
        way: list[str] = []
        for above, level in pairwise(levels):
            if above.key == "fields" and above.block is not None:
                found = self.in_payload(tuple(way))
                way += ["[]"] if found and "items" in found else []
                way += [level.key] if level is not levels[-1] else []
        return tuple(way)

    def payload(self) -> Schema | None:
        """The schema of the payload object whose fields are written around the place."""
        way = self.payload_way()
        return self.in_payload(way) if way is not None else None

    def _type_of_name(self, name: str, examined: Examined) -> Type | None:
        if name in self.items:
            words = tokens(self.items[name], EXPRESSION)
            kinds = {each.word for each in words}
            is_plain = kinds.isdisjoint((Word.PIPE, Word.CALL))  # a path, a name, or `??`
            first = next((w for w in words if w.word in (Word.PATH, Word.REFERENCE)), None)
            outside = self._around(name)
            listed = outside.type_of(first.text) if first is not None and is_plain else None
            return item_of(listed or UNKNOWN) or examined.model.vocabulary.as_list(
                listed or UNKNOWN
            )
        moment = Type(NUMBER, False) if name in ("now", "now_ms") else None
        return examined.facts.names.get(name, moment)

    def _around(self, name: str) -> CursorScope:
        """What is known where the list is written whose items have this name."""
        levels = self.place.levels
        depth = max(i for i, each in enumerate(levels) if name in dict(_items_of(each)))
        return CursorScope(replace(self.place, levels=levels[:depth]), self.examined)


def _declared(root: Schema, steps: tuple[str, ...]) -> Schema | None:
    schema: Schema | None = root
    for step in steps:
        if schema is None:
            return None
        is_item = step == "[]"
        schema = items_schema(root, schema) if is_item else property_schema(root, schema, step)
    return schema


def _items_of(level: Level) -> Iterator[tuple[str, ScalarNode]]:
    each = level.node.get("each") or level.node.get("entries_of")
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
