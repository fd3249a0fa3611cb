"""A list, `first_of` and `??` are one thing: the payload schema judges each alternative."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping_engine import RuleError, load
from mapping_engine.core.choices import choices, sources
from mapping_engine.core.nodes import Node
from mapping_engine.core.spell import spell
from tests.core.conftest import Core
from tools.check_example import completed, write_pack

FORMS = [
    "p.b ?? 'none'",
    "{first_of: [p.b, type]}",
    "{first_of: [\"p.b ?? 'none'\"]}",
    "{first_of: [\"p.b ?? 'none'\", type]}",
    "{first_of: [type, \"(p.b ?? 'none') ?? type\"]}",
]


@pytest.mark.parametrize("form", FORMS)
def test_an_alternative_that_never_fits_is_found_wherever_it_stands(
    form: str, tmp_path: Path
) -> None:
    write_pack(tmp_path / "pack", completed(f"fields:\n  text: {form}\n"))
    with pytest.raises(RuleError) as caught:
        load(tmp_path / "pack")
    (found,) = caught.value.diagnostics
    assert (found.code, found.span.line) == ("OU02", 2)
    shown = (tmp_path / "pack/rules.yaml").read_text()[found.span.offset : found.span.end_offset]
    assert shown == "p.b"


@pytest.mark.parametrize("other", ["$b", "[$b]", "{when: type is present, value: $b}", "$c"])
def test_conversion_reaches_the_alternatives_behind_every_name(other: str, tmp_path: Path) -> None:
    rules = f"define:\n  b: [p.a, p.b]\n  c: $b\n  a: {other}\nfields:\n"
    write_pack(tmp_path / "pack", completed(f"{rules}  x: {{first_of: [$a], as: number}}\n"))
    (tmp_path / "pack/payload.schema.json").write_text("{}")
    destination = load(tmp_path / "pack").bind({"token": "t"})
    event = {"type": "x", "p": {"a": "free", "b": "5"}}
    for outcome in (destination.outcome(event), destination.interpreted(event)):
        assert outcome.requests[0].body == {"payload": {"x": 5}}
        assert outcome.warnings == ()


@pytest.mark.parametrize("written", ["$chain", "[$chain]", "[$chain, $chain]"])
def test_the_choices_of_a_chain_are_those_behind_its_names_each_once(
    written: str, core: Core
) -> None:
    chains = "chain: [p.a, $inner, p.c]\n  inner: [name, p.b]"
    definitions = core(f"define:\n  {chains}\n  x: {written}\n").definitions
    for found in (choices, sources):
        nodes = found(definitions, definitions["x"])
        shown = [spell(each) for each in nodes if isinstance(each, Node)]
        assert shown == ["p.a", "name", "p.b", "p.c"]
