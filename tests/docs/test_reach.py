"""docs/reach.md shows what destinations need; every example makes the requests that are shown."""

from __future__ import annotations

import re

import pytest

from tools.reach import EXAMPLE, PAGE, ROOT, made, refreshed

TEXT = PAGE.read_text("utf-8")


def test_the_requests_shown_are_those_that_the_rules_make() -> None:
    assert refreshed(TEXT) == TEXT, "run `python -m tools.reach`"


def test_every_block_of_rules_is_an_example() -> None:
    assert TEXT.count("```yaml\n") == len(EXAMPLE.findall(TEXT))


def test_every_row_of_the_table_leads_somewhere() -> None:
    rows = [row for row in TEXT.splitlines() if row.startswith("| ")][2:]
    for row in rows:
        for page, anchor in re.findall(r"\]\(([\w.]*)#([\w-]+)\)", row):
            text = (ROOT / "docs" / page).read_text("utf-8") if page else TEXT
            heads = re.findall(r"^#+ (.*)", text, re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in heads}
        assert "](" in row or "| the host" in row, row


@pytest.mark.parametrize("rules", ["fields: {x: $nope}\n", "fields: [\n"])
def test_rules_that_cannot_be_used_are_noticed(rules: str) -> None:
    with pytest.raises(Exception, match="cannot be used"):
        list(made(rules, "{}"))
