"""The random rules use every key, every transform and every kind of argument and of settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.expression import CallExpression, print_expression
from mapping_engine.file.amend import AmendBlock
from mapping_engine.file.blocks import Block, keys_of, read_block
from mapping_engine.file.documents import (
    AcceptBlock,
    ApiBlock,
    FanOutBlock,
    LimitsBlock,
    MappingFile,
    NamedRequestBlock,
    NoneBlock,
    RefuseBlock,
    WarnBlock,
)
from mapping_engine.file.request_blocks import AuthBlock, RequestBlock, UrlBlock
from mapping_engine.file.shapes import Named
from mapping_engine.file.value_blocks import (
    ArmBlock,
    FieldBlock,
    PipelineBlock,
    PlainBlock,
    ValueBlock,
)
from mapping_engine.file.walk import expressions, parts
from mapping_engine.source.node import MappingNode, Source
from mapping_engine.source.yaml_text import read_yaml
from mapping_engine.transforms import REGISTRY
from tests.engine.random_calls import CALLING, SETTINGS, every_call, origins
from tests.engine.random_rules import rules
from tests.engine.ways import SETTINGS_SCHEMA, SHARED, mapping_of
from tools.check_example import completed

Use = tuple[str, ...]
Drawn = TypeVar("Drawn")
BLOCKS: list[type[Block]] = [
    AcceptBlock, AmendBlock, ApiBlock, ArmBlock, AuthBlock, FanOutBlock, FieldBlock, LimitsBlock,
    MappingFile, NamedRequestBlock, NoneBlock, PipelineBlock, PlainBlock, RefuseBlock, RequestBlock,
    UrlBlock, ValueBlock, WarnBlock,
]  # fmt: skip
FOR_READERS = {
    "doc", "title", "description", "sunset", "successor", "settings_warn", "batch", "answers",
}  # fmt: skip
"""Keys that change nothing of what becomes of an event."""
OF_EXTENDING: set[Use] = {("MappingFile", "extends"), ("MappingFile", "drop")}
"""Keys behind which another pack stands: tests/file/test_extending.py is about these."""
_NAMED: set[Use] = {
    (block.__name__, name) for block in BLOCKS for name in keys_of(block) if name not in FOR_READERS
}
KEYS = _NAMED - OF_EXTENDING
CALLS: set[Use] = {(name,) for name in REGISTRY} | {
    (transform.name, each.name, origin)
    for transform in REGISTRY.values()
    for each in transform.parameters
    for origin in origins(transform, each)
}
KINDS = {"string", "number", "boolean", "array", "object", "null"}
ABSENT = "absent"


def blocks_in(part: object) -> Iterator[Block]:
    """Every block in a document, the document itself too."""
    waiting = [part]
    while waiting:
        found = waiting.pop()
        match found:
            case Block():
                yield found
                waiting += vars(found).values()
            case Named(value=value):
                waiting.append(value)
            case tuple():
                waiting += found


def read(text: str) -> Block:
    """The document in a text."""
    node = read_yaml(Source("rules.yaml", completed(text)), Diagnostics())
    assert isinstance(node, MappingNode)
    block = read_block(MappingFile, node, Diagnostics())
    assert block is not None
    return block


def keys_in(text: str) -> set[Use]:
    """The keys that a rule file uses."""
    blocks = blocks_in(read(text))
    return {(type(block).__name__, name) for block in blocks for name in block.places}


def origin_of(argument: str) -> str:
    """Where an argument comes from, as it is written."""
    for start, origin in [("$tables", "table"), ("$settings.any", "any setting")]:
        if argument.startswith(start):
            return origin
    if argument.startswith("$settings"):
        return "settings"
    return "event" if argument.startswith("p.") else "literal"


def calls_in(text: str) -> set[Use]:
    """The transforms that a rule file calls, and where their arguments come from."""
    found: set[Use] = set()
    for node in (part for whole in expressions(read(text)) for part in parts(whole)):
        if not isinstance(node, CallExpression) or node.name not in REGISTRY:
            continue
        found.add((node.name,))
        parameters = REGISTRY[node.name].parameters
        by_name = dict(zip((each.name for each in parameters), node.arguments, strict=False))
        by_name |= dict(node.named)
        found |= {
            (node.name, name, origin_of(print_expression(each))) for name, each in by_name.items()
        }
    return found


def kind_of(value: object) -> str:
    """The kind of a value, in the words of JSON Schema."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def declared(schema: dict[str, Any]) -> set[str]:
    """The kinds of value that a setting may have."""
    if "enum" in schema:
        return {kind_of(each) for each in schema["enum"]}
    kinds = schema.get("type", sorted(KINDS))
    return {kinds} if isinstance(kinds, str) else set(kinds)


def settings_in(drawn: dict[str, object]) -> set[Use]:
    """The kinds of the settings, those that are not given too."""
    names = SETTINGS_SCHEMA["properties"]
    return {(name, kind_of(drawn[name]) if name in drawn else ABSENT) for name in names}


def missing(
    drawn: st.SearchStrategy[Drawn],
    wanted: set[Use],
    used: Callable[[Drawn], set[Use]],
    accepted: Callable[[Drawn], object] = bool,
    word: int | None = None,
) -> set[Use]:
    """What none of 1,500 examples uses that are accepted; the same each time.

    An example is read only where it holds the word of something that is left.
    """
    left = set(wanted)

    class AllDrawn(Exception):
        """Nothing is left."""

    @settings(
        deadline=None, max_examples=1_500, derandomize=True, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(drawn)
    def draw(example: Drawn) -> None:
        may_be_new = word is None or any(use[word] in str(example) for use in left)
        if may_be_new and (found := left & used(example)):
            accepted(example)
            left.difference_update(found)
        if not left:
            raise AllDrawn

    with suppress(AllDrawn):
        draw()
    return left


@pytest.mark.unmeasured
def test_random_rules_use_every_key() -> None:
    assert missing(rules(), KEYS, keys_in, mapping_of, word=1) == set()


PARTS = 8


@pytest.mark.unmeasured
@pytest.mark.parametrize("part", range(PARTS))
def test_random_calls_are_of_every_transform_with_arguments_from_everywhere(part: int) -> None:
    names = [name for place, name in enumerate(CALLING) if place % PARTS == part]
    wanted = {each for each in CALLS if each[0] in names}
    drawn = every_call(part, PARTS)
    found = missing(drawn, wanted, calls_in, lambda text: mapping_of(SHARED + text), word=0)
    assert found == set()


@pytest.mark.unmeasured
def test_random_settings_are_of_every_kind_that_is_declared() -> None:
    properties = SETTINGS_SCHEMA["properties"]
    kinds = {(name, kind) for name, schema in properties.items() for kind in declared(schema)}
    absent = {(name, ABSENT) for name in properties if name != "token"}
    assert missing(SETTINGS, kinds | absent, settings_in) == set()


def test_settings_are_declared_of_every_kind() -> None:
    properties = SETTINGS_SCHEMA["properties"].values()
    alone = [declared(each) for each in properties if len(declared(each)) == 1]
    assert set.union(*alone) == KINDS - {"null"}
    assert {"string", "null"} in map(declared, properties)
    assert {} in properties
