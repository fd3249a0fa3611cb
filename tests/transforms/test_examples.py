"""What every transform says of itself is true."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from mapping_engine.transforms import FAMILIES, REGISTRY, Example, Flow, Rejected, Transform
from mapping_engine.transforms.listing import listing
from mapping_engine.types.kinds import is_missing, kind_of

ALL = list(REGISTRY.values())
EXAMPLES = [
    pytest.param(transform, example, id=f"{transform.name}-{number}")
    for transform in ALL
    for number, example in enumerate(transform.examples, 1)
]


@pytest.mark.parametrize(("transform", "example"), EXAMPLES)
def test_an_example_gives_the_result_it_shows(transform: Transform, example: Example) -> None:
    found = transform.function(example.value, *example.arguments)
    assert (None if is_missing(found) else found) == example.result
    assert kind_of(None if is_missing(found) else found) == kind_of(example.result)


@pytest.mark.parametrize(("transform", "example"), EXAMPLES)
def test_an_example_gives_the_same_when_its_arguments_are_bound_once(
    transform: Transform, example: Example
) -> None:
    bound = transform.bound(*example.arguments)
    for _ in range(2):
        found = bound(example.value)
        assert (None if is_missing(found) else found) == example.result


@pytest.mark.parametrize(("transform", "example"), EXAMPLES)
def test_an_example_is_a_call_the_engine_would_make(transform: Transform, example: Example) -> None:
    assert kind_of(example.value) in transform.accepts
    for parameter, argument in zip(transform.parameters, example.arguments, strict=True):
        if parameter.required or argument is not None:
            assert kind_of(argument) in parameter.kinds
    if not isinstance(example.result, Rejected) and example.result is not None:
        assert kind_of(example.result) in transform.returns


@pytest.mark.parametrize("transform", ALL, ids=lambda transform: transform.name)
def test_a_transform_is_documented_and_has_two_examples(transform: Transform) -> None:
    assert len(transform.examples) >= 2
    assert transform.doc.endswith(".")
    assert transform.summary
    assert not transform.summary.endswith(".")
    assert all(parameter.doc for parameter in transform.parameters)


@pytest.mark.parametrize("transform", ALL, ids=lambda transform: transform.name)
def test_required_parameters_come_first_and_defaults_have_the_right_kind(
    transform: Transform,
) -> None:
    required = [parameter.required for parameter in transform.parameters]
    assert required == sorted(required, reverse=True)
    for parameter in transform.parameters:
        assert parameter.default is None or kind_of(parameter.default) in parameter.kinds


def test_a_name_is_declared_once() -> None:
    declared = [transform.name for family in FAMILIES.values() for transform in family]
    assert sorted(declared) == sorted(REGISTRY)
    assert all(re.fullmatch("[a-z][a-z0-9_]*", name) for name in declared)


def test_the_registry_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        REGISTRY["trim"] = REGISTRY["lower"]  # type: ignore[index]


def test_only_hashing_honours_the_switch_and_only_a_path_reads_the_event() -> None:
    assert [t.name for t in ALL if t.honours_hashing_switch] == ["hashed"]
    assert [t.name for t in ALL if t.flow is Flow.HASH] == ["hashed", "md5", "sha1", "hmac"]
    assert [t.name for t in ALL if t.reads_event] == ["at"]


def test_the_listing_has_a_row_for_every_transform() -> None:
    rows = {row.name: row for row in listing()}
    assert rows.keys() == REGISTRY.keys()
    assert rows["replace"].signature == "text |> replace(old: text, new?: text) -> text"
    assert rows["replace"].examples[0] == "'a_b_c' |> replace('_', new=' ') → 'a b c'"
    assert rows["at"].signature == "at(path: text, under?: text) -> any"
    assert rows["trim"].examples[-1] == r"' \t' |> trim → missing"
    assert rows["number"].examples[-1] == "'1e999' |> number → rejected: is too large a number"


def test_every_reason_is_one_fixed_sentence_that_continues_the_name_of_a_path() -> None:
    folder = Path(__file__).parents[2] / "mapping_engine" / "transforms"
    reasons = [
        call.args[0]
        for file in folder.glob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "Rejected"
    ]
    assert len(reasons) > 20
    for reason in reasons:
        parts = reason.values if isinstance(reason, ast.JoinedStr) else [reason]
        first = parts[0]
        assert isinstance(first, ast.Constant)
        assert isinstance(first.value, str)
        assert re.match(r"(is|has|holds|does|becomes) ", first.value)
        assert not first.value.endswith(".")
        for part in parts:
            if isinstance(part, ast.FormattedValue):
                assert ast.unparse(part.value) in {"number_text(minimum)", "number_text(maximum)"}
