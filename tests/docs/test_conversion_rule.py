"""The example of docs/language.md for chains and conversion does what its comments say."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping_engine import load
from tests.docs.test_documentation import LANGUAGE, blocks
from tools.check_example import completed, write_pack

EVENT = {"type": "track", "properties": {"total": "free", "value": "5"}}


@pytest.mark.parametrize("told", [False, True])
def test_the_example_of_the_rule_for_conversion(tmp_path: Path, told: bool) -> None:
    (text,) = [text for text in blocks(LANGUAGE, "yaml") if "# 5" in text]
    pack = tmp_path / "pack"
    write_pack(pack, completed(f"event: rudderstack/track\n{text}"))
    (pack / "payload.schema.json").write_text("{}", "utf-8")
    destination = load(pack).bind({})
    outcome = destination.outcome(EVENT) if told else destination.interpreted(EVENT)
    (request,) = outcome.requests
    assert request.body == {"payload": {"a": 5, "b": 5, "e": "5"}}
    assert [warning.fields for warning in outcome.warnings] == [("c", "d")]
