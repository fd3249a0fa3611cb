"""What conditions say of the values that they are about, and what they do not say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mapping_engine import RuleError, load
from mapping_engine.checks import check
from mapping_engine.engine.loading import refused
from mapping_engine.types.type import Type
from tools.check_example import completed, write_pack

SETTINGS = {
    "properties": {
        "mode": {"enum": ["fast", "slow", None]},
        "rows": {
            "type": "array",
            "default": [],
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string", "minLength": 1}, "n": {"type": "number"}},
            },
        },
    }
}
VOCABULARY = """
vocabulary: 1
event: {either: text or number, several: text or list or object, texts: list of text}
personal: {names: {email: [email]}}
"""


def type_of(block: str, folder: Path) -> Type:
    """The type of a definition."""
    pack = folder / "pack"
    write_pack(pack, completed(f"define:\n  it: {block}\nfields:\n  x: $it\n"))
    (pack / "vocabulary.yaml").write_text(VOCABULARY)
    (pack / "settings.schema.json").write_text(json.dumps(SETTINGS))
    (pack / "payload.schema.json").write_text("{}")
    return load(pack).facts().names["it"]


@pytest.mark.parametrize(
    ("when", "kinds"),
    [
        ("either is text", "text"),
        ("either is not text", "number"),
        ("not (either is text)", "number"),
        ("either is present and either is number", "number"),
        ("either == 'a'", "text"),
        ("not (either != 1)", "number"),
        ("either in ['a', 'b']", "text"),
        ("either > 5", "number"),
        ("either is text or either is number", "text or number"),
        ("either != 'a'", "text or number"),
        ("not (either == 'a')", "text or number"),
        ("several is text", "text or number"),
        ("either is boolean", "text or number"),
    ],
)
def test_a_condition_narrows_the_value_that_it_is_about(
    when: str, kinds: str, tmp_path: Path
) -> None:
    made = type_of(f'{{when: "{when}", value: either}}', tmp_path)
    assert str(made.kinds) == kinds
    assert made.missing


def test_it_narrows_what_is_made_of_the_value(tmp_path: Path) -> None:
    made = type_of('{when: "either in [1, 2]", value: either |> number}', tmp_path)
    assert made.values == (1, 2)


def test_an_item_is_narrowed_by_what_keeps_it(tmp_path: Path) -> None:
    made = type_of('{each: "[either, 5]", keep_when: $item is text, value: $item}', tmp_path)
    assert made.item is not None
    assert str(made.item.kinds) == "text"


def test_another_item_of_the_same_name_is_not(tmp_path: Path) -> None:
    inner = '{each: "[either]", value: $item}'
    made = type_of(
        f'{{each: "[[either]]", keep_when: $item is list, fields: {{y: {inner}}}}}', tmp_path
    )
    assert made.item is not None
    assert made.item.fields is not None
    below = made.item.fields["y"].item
    assert below is not None
    assert str(below.kinds) == "text or number"


@pytest.mark.parametrize(
    ("items", "missing"),
    [
        ("rows($settings.rows, either)", False),
        ("texts |> compact", False),
        ("either |> list", False),
        ("[either, texts[0]]", False),
        ("texts", True),
        ("either |> text |> split(',')", True),
        ("$settings.rows[].n", False),
    ],
)
def test_items_are_missing_only_where_they_may_be(
    items: str, missing: bool, tmp_path: Path
) -> None:
    made = type_of(f'{{each: "{items}", fields: {{y: $item}}}}', tmp_path)
    assert made.item is not None
    assert made.item.fields is not None
    assert made.item.fields["y"].missing is missing


def test_a_projection_of_settings_is_a_list(tmp_path: Path) -> None:
    made = type_of('"$settings.rows[].name"', tmp_path)
    assert str(made.kinds) == "list"
    assert made.item is not None
    assert str(made.item.kinds) == "text"


def test_rules_are_refused_for_the_first_error_not_for_a_remark(tmp_path: Path) -> None:
    write_pack(tmp_path / "pack", completed("define:\n  a: p.unknown\nfields:\n  x: $b\n"))
    found = tuple(check(tmp_path / "pack"))
    assert found[0].severity.value != "error"
    assert "`$b` is not defined" in refused("x", found).message
    with pytest.raises(RuleError, match="not defined"):
        load(tmp_path / "pack")
