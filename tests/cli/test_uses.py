"""`mapping-engine uses`: who reads a path, a setting or a name, in all packs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapping_engine.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
ADWAVE, OFFLINE = str(ROOT / "examples" / "adwave"), "facebook_offline_conversions"


def uses(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["uses", *arguments])


def fields(word: str) -> list[str]:
    found = json.loads(uses(word, ADWAVE, "--json").stdout)["fields"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("messageId", ["id"]),  # a path that a field reads
        ("properties.order_id", ["id", "extra"]),  # behind a name; and where all around is copied
        ("$order_id", ["id"]),
        ("$settings.codes", ["code"]),
        ("$settings.token", []),  # read by the request alone
        ("rows", ["code"]),  # a transform
        ("$item", ["items[].quantity", "items[].price", "items[].sku"]),
    ],
)
def test_the_fields_that_depend_on_a_word(word: str, expected: list[str]) -> None:
    assert sorted(fields(word)) == sorted(expected)


def test_an_alternative_that_amend_names_is_a_use_and_a_field_is_none() -> None:
    places = json.loads(uses("$other_email", OFFLINE, "--json").stdout)["places"]
    lines = Path(ROOT, "rules", OFFLINE, "rules.yaml").read_text("utf-8").splitlines()
    (line,) = [n for n, text in enumerate(lines, 1) if "drop: [$other_email]" in text]
    assert f"rules/{OFFLINE}/rules.yaml:{line}:12" in places
    assert uses("brand", ADWAVE).exit_code == 1  # `drop: [id, brand, category]`, of fields


def test_a_place_that_several_packs_share_is_said_once_with_their_names() -> None:
    found = uses("phone_digits")
    assert found.exit_code == 0
    (place,) = [line for line in found.stdout.splitlines() if line.startswith("rules/")]
    assert "facebook_conversions, facebook_offline_conversions" in place


def test_what_nobody_uses_exits_with_1_and_a_wrong_pack_with_2() -> None:
    found = uses("nothing.there", ADWAVE)
    assert found.exit_code == 1
    assert found.stderr == "no use of `nothing.there` is found; it is written as in the rules\n"
    assert uses("event", "nowhere").exit_code == 2
