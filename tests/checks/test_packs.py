"""A larger pack: clean as it is, and each mistake planted in it is found by the check for it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mapping_engine.checks import Options, check_all
from mapping_engine.testing import run_tests
from tools.check_example import TODAY, completed, write_pack

CRM = Path(__file__).parent / "packs" / "crm"
COMPANY = "  company: $company |> tidy(80)"
SKU = "sku: {value: $item.sku |> text, required: true}"
SOME = "some: {when: $amount > 0, constant: 2}"
BIG = "big: {when: $amount >= 1000 and $stage == 'won', constant: 3}"


def found(rules: str, folder: Path) -> set[str]:
    shutil.copytree(CRM, folder / "crm")
    (folder / "crm" / "rules.yaml").write_text(rules)
    return {each.code for each in check_all([str(folder / "crm")], Options(TODAY)).diagnostics}


def test_it_is_clean() -> None:
    assert check_all([str(CRM)], Options(TODAY)).diagnostics == ()


def test_its_rule_tests_pass() -> None:
    results = run_tests(CRM)
    assert results
    assert [result.text() for result in results if not result.passed] == []


LEAKS = [
    (COMPANY, '  company: {template: "{traits.name} of {$company}"}'),
    (COMPANY, "  company: jmespath(join(' ', [traits.name, traits.email]))"),
    (COMPANY, "  company: at('traits.email') |> text"),
    ("  skus: $items", '  skus: "[traits.email |> text]"'),
    ("    X-Event: event", "    X-Event: traits.email"),
    ("dry_run: $settings.dryRun", "dry_run: context.traits.phone"),
    ("/lists/{$list}/", "/lists/{traits.email}/"),
    ("message: no e-mail", 'message: "no e-mail for {traits.name}"'),
    ("  list: $settings.lists", "  list: traits.email |> list"),
    (SKU, "sku: {value: $item.email |> text, required: true}"),
    ("  extra: {rest_of: properties, without: [tags, region]}", "  extra: traits"),
    ("as: email, then: hashed", "as: email"),
    ("value: event |> lookup", "value: traits.name |> lookup"),
    (SOME, "some: {when: $amount > 0, value: traits.gender}"),
    ("fields:\n  id:", "override:\n  user_id: traits.email\nfields:\n  id:"),
    ("default: EUR", "default: $email"),
]


@pytest.mark.parametrize(("old", "new"), LEAKS)
def test_personal_data_is_found_on_every_way_out(old: str, new: str, tmp_path: Path) -> None:
    assert "PI02" in found((CRM / "rules.yaml").read_text().replace(old, new), tmp_path)


SECRETS = [
    (COMPANY, "  company: $settings.apiKey"),
    ("/lists/{$list}/", "/lists/{$settings.apiKey}/"),
    ("message: no e-mail", 'message: "no {$settings.apiKey}"'),
]


@pytest.mark.parametrize(("old", "new"), SECRETS)
def test_secrets_are_found_on_every_way_out(old: str, new: str, tmp_path: Path) -> None:
    assert "PI06" in found((CRM / "rules.yaml").read_text().replace(old, new), tmp_path)


MISTAKES = [
    ("as: email, then: hashed", "then: hashed", "PI01"),
    ("then: hashed}", "then: hashed |> truncate(10)}", "PI04"),
    ("'won', constant: 3", "'wonn', constant: 3", "TX05"),
    ("$items |> first", '"$items[0].x"', "SE08"),
    ("$settings.mode == 'test'", "$settings.mode == 'tset'", "TX05"),
    ("value: $cents, default: 0", "value: $amount, default: 0", "OU02"),
    ("value: $cents, default: 0", "value: $cents, default: -1", "OU02"),
    ("Demo Booked: qualified", "Demo Booked: qualifed", "OU02"),
    (f"{BIG}\n      {SOME}", f"{SOME}\n      {BIG}", "PR05"),
    ("  skus: $items", "  skus: $items |> first", "OU02"),
    ("    each: properties.products\n    fields:", "    fields:", "FO02"),
    ("keep_when: $p.sku ?? $p.id", "keep_when: $p.skuu ?? $p.id", "SE08"),
    ("one_of: ['EUR', 'USD']", "one_of: ['EUR', 'USDD']", "OU02"),
    ("{$api.base}/{$region}", "{$api.base}//{$region}", "OU06"),
    ("as: text, required: true}", "as: text}", "OU05"),
    ("tidy(80)", "tidi(80)", "TX01"),
    ("company: $company |> tidy", "company: properties.tags |> tidy", "TX03"),
]


@pytest.mark.parametrize(("old", "new", "code"), MISTAKES)
def test_a_planted_mistake_is_found(old: str, new: str, code: str, tmp_path: Path) -> None:
    text = (CRM / "rules.yaml").read_text()
    assert old in text
    assert code in found(text.replace(old, new), tmp_path)


def test_a_file_of_tests_may_be_called_like_a_rule_file(tmp_path: Path) -> None:
    pack = tmp_path / "mine"
    write_pack(pack, completed("fields:\n  x: p.a\n"))
    (pack / "tests").mkdir(exist_ok=True)
    (pack / "tests" / "rules.yaml").write_text(
        "tests: 1\nevent: {p: {a: b}}\ncases: [{name: x, expect: {payload: {x: b}}}]\n", "utf-8"
    )
    assert check_all([str(tmp_path)], Options(TODAY)).diagnostics == ()
