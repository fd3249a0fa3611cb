"""A required object or list that has nothing in it names the sources that it is made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping_engine import InstrumentationError, load
from tools.check_example import completed, write_pack

FIELDS = """
define:
  plan: p.plan ?? p.tier
fields:
  user:
    required: true
    fields: {id: p.user, plan: $plan, deep: {fields: {a: p.a}}}
"""
LIST = "fields:\n  items: {required: true, each: p.items, fields: {id: $item.id}}\n"


@pytest.mark.parametrize(
    ("rules", "names"),
    [(FIELDS, ["p.user", "p.plan", "p.tier", "p.a"]), (LIST, ["p.items"])],
)
def test_the_sources_are_named(rules: str, names: list[str], tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    write_pack(pack, completed(rules))
    (pack / "payload.schema.json").write_text("{}", "utf-8")
    with pytest.raises(InstrumentationError) as caught:
        load(pack).bind({}).apply({"type": "track"})
    assert caught.value.code == "EV05"
    assert f"has a value: {', '.join(names)}" in caught.value.message
