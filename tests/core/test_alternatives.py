"""A list, `first_of` and `??` are one thing: the payload schema judges each alternative."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping_engine import RuleError, load
from tools.check_example import completed, write_pack

FORMS = [
    "p.b ?? 'none'",
    "{first_of: [p.b, type]}",
    '{first_of: ["p.b ?? \'none\'"]}',
    '{first_of: ["p.b ?? \'none\'", type]}',
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
