"""What tests of the engine have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mapping_engine import Destination, load
from tests.engine.mini import HEAD, REQUEST, VOCABULARY, Mini


@pytest.fixture
def mini(tmp_path: Path) -> Mini:
    def make(
        rules: str, settings: dict[str, Any] | None = None, request: str = REQUEST
    ) -> Destination:
        (tmp_path / "rules.yaml").write_text(HEAD + request + rules)
        (tmp_path / "vocabulary.yaml").write_text(VOCABULARY)
        (tmp_path / "settings.schema.json").write_text(
            '{"properties": {"on": {"type": "boolean"}}}'
        )
        (tmp_path / "payload.schema.json").write_text('{"type": "object"}')
        return load(tmp_path).bind(settings or {}, clock=lambda: 100.0)

    return make
