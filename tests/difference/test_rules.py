"""What two versions of a pack say otherwise, and what that can change."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mapping_engine.core.load import Examined
from mapping_engine.difference import RulesDifference, compare_rules
from mapping_engine.difference.report import rules_markdown, rules_text
from mapping_engine.engine.loading import read_pack

ADWAVE = Path(__file__).resolve().parents[2] / "examples" / "adwave"
Edited = Callable[..., RulesDifference]


def examined(folder: Path) -> Examined:
    found = read_pack(folder)
    assert found.model is not None, found.diagnostics
    assert found.examined is not None
    return found.examined


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """What changes where a text of a file of the pack is replaced by another one."""

    def difference(*replacements: tuple[str, str], file: str = "rules.yaml") -> RulesDifference:
        shutil.copytree(ADWAVE, tmp_path / "new", dirs_exist_ok=True)
        place = tmp_path / "new" / file
        text = place.read_text("utf-8")
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        place.write_text(text, "utf-8")
        return compare_rules(examined(ADWAVE), examined(tmp_path / "new"))

    return difference


def told(found: RulesDifference) -> list[tuple[str, str, str | None, str | None]]:
    return [(each.section, each.name, each.old, each.new) for each in found.changes]


def test_the_same_rules_say_the_same() -> None:
    found = compare_rules(examined(ADWAVE), examined(ADWAVE))
    assert not found
    assert rules_text(found) == "the rules say the same\n"


def test_layout_comments_and_shorthand_make_no_difference(edited: Edited) -> None:
    assert not edited(
        ("  time: $event_time_ms\n", "  # when it happened\n  time: {value: $event_time_ms}\n"),
        ("{first_of: $user_id, as: text}", "\n        first_of: [$user_id]\n        as: text"),
    )


def test_the_order_of_sources_is_a_difference(edited: Edited) -> None:
    found = edited(("[messageId, $order_id]", "[$order_id, messageId]"))
    ((section, name, old, new),) = told(found)
    assert (section, name) == ("fields", "id")
    assert old is not None
    assert new is not None
    assert old.index("messageId") < old.index("order")
    assert new.index("order") < new.index("messageId")


def test_fields_tables_defaults_and_the_request_are_compared(edited: Edited) -> None:
    found = edited(
        ("default: EUR", "default: USD"),
        ("Product Added: CART", "Product Added: LEAD"),
        ('/conversions"', '/sales"'),
        ("  items: $contents\n", ""),
    )
    assert {(section, name.partition(".")[0]) for section, name, _, _ in told(found)} == {
        ("request", "url"),
        ("fields", "items[]"),
        ("fields", "currency"),
        ("tables", "codes"),
    }
    assert [each.new for each in found.changes if each.name == "items[]"] == [None]


def test_a_hash_that_comes_or_goes_is_said(edited: Edited) -> None:
    kept = edited(("first_of: $email, as: email", "first_of: context.traits.email, as: email"))
    assert not kept.hashing
    gone = edited(("      email_sha256: {first_of: $email, as: email, then: hashed}\n", ""))
    assert [each.name for each in gone.hashing] == ["user.email_sha256"]
    assert "can change what is hashed, or sent in clear: fields user.email_sha256" in rules_text(
        gone
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("lower(type) == 'track'", "lower(type) in ['track', 'page']"),
        ("skip_when: $conversion is missing", "skip_when: $conversion == 'CART'"),
        ("Order Completed: SALE, ", ""),
        ("rows($settings.codes, event) |> first", "rows($settings.codes, type) |> first"),
        ('value: "$conversion |>', 'value: "$conversion |> upper |>'),
        ("as: text, required: true", "as: text |> trim, required: true"),
    ],
)
def test_what_can_change_who_is_sent_is_said_also_where_it_is_far_away(
    old: str, new: str, edited: Edited
) -> None:
    found = edited((old, new))
    assert found.accepting
    assert "can change which events are sent" in rules_text(found)


def test_a_rule_has_its_place_among_rules_and_a_switch_its_name(edited: Edited) -> None:
    found = edited(
        ("  - skip_when: $conversion is missing", "  - skip_when: userId == 'qa'"),
        ("[Adwave]", "[Adwave, ADWAVE]"),
    )
    assert {(section, name) for section, name, _, _ in told(found)} == {
        ("events", "rule 2"),
        ("switch", "ADWAVE"),
    }
    assert len(found.accepting) == 3


@pytest.mark.parametrize(
    ("old", "new", "file"),
    [
        ("default: EUR", "default: USD", "rules.yaml"),
        ("tables:\n", "tables:\n  shops: {a: north}\n", "rules.yaml"),
        ('"account": {', '"shop": {"type": "string"}, "account": {', "settings.schema.json"),
    ],
)
def test_what_cannot_change_who_is_sent_is_not_said_to(
    old: str, new: str, file: str, edited: Edited
) -> None:
    found = edited((old, new), file=file)
    assert found
    assert not found.accepting
    assert "cannot change which events are sent" in rules_text(found)


def test_what_is_written_in_a_schema_about_values_counts_and_notes_do_not(edited: Edited) -> None:
    assert edited(('"type": "string"', '"type": ["string", "null"]'), file="settings.schema.json")


def test_a_report_for_a_pull_request_is_a_table(edited: Edited) -> None:
    page = rules_markdown(edited(("default: EUR", "default: USD")))
    assert "| fields | currency |" in page
    assert page.endswith("- Cannot change which events are sent.\n")
