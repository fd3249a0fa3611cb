"""Rule tests fail readably, and can fail."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mapping_engine import RuleError, check, load
from mapping_engine.source.bundled import bundled_folder
from mapping_engine.testing import collect, run_tests
from mapping_engine.testing.cases import merged

CASE = """
tests: 1
settings: {{accessToken: t, eventsToIds: [{{from: Other, to: 1}}]}}
event: {{type: track, event: E, userId: u, properties: {{currency: eur}}}}
cases:
  - name: a case
    {change}
    expect: {expect}
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    source = bundled_folder("rules").joinpath("facebook_offline_conversions")
    for name in ("rules.yaml", "settings.schema.json", "payload.schema.json"):
        (tmp_path / name).write_text(source.joinpath(name).read_text("utf-8"), "utf-8")
    (tmp_path / "tests").mkdir()
    return tmp_path


def differences(pack: Path, expect: str, change: str = "event: {}") -> list[str]:
    text = CASE.format(expect=expect, change=change)
    (pack / "tests" / "case.yaml").write_text(text)
    (result,) = run_tests(pack)
    return list(result.differences)


@pytest.mark.parametrize(
    "expect",
    [
        "{payload: {currency: EUR, match_keys: {extern_id: u}}}",
        "{requests: 1, url: https://graph.facebook.com/v16.0/1/events}",
        "{payloads: [{event_name: Other}]}",
        "{absent: [match_keys.email, contents], no_warnings: true}",
        "{body: {upload_tag: RudderStack}}",
        "{method: POST, format: form}",
        "{headers: {content-type: application/x-www-form-urlencoded, X-Other: null}}",
        "{absent: ['contents[0].quantity', 'contents[].id']}",
    ],
)
def test_what_holds_passes(expect: str, pack: Path) -> None:
    assert differences(pack, expect) == []


@pytest.mark.parametrize(
    ("expect", "line"),
    [
        ("{payload: {currency: USD}}", 'currency: expected "USD", got "EUR"'),
        ("{payload: {value: '0'}}", 'value: expected "0", got 0'),
        ("{payload: {value: false}}", "value: expected false, got 0"),
        ("{requests: 2}", "expected 2 requests, got 1"),
        ("{payloads: [{}, {}]}", "expected 2 payloads, got 1"),
        ("{absent: [currency]}", 'currency: expected nothing, got "EUR"'),
        ("{url: https://x}", "url[0]: expected"),
        ("{error: {kind: instrumentation}}", "expected an error, got none"),
        ("{method: PUT}", "method: expected PUT, got POST"),
        ("{format: json}", "format: expected json, got form"),
        ("{headers: {Content-Type: text/plain}}", "headers.content-type: expected"),
        ("{headers: {Content-Type: null}}", "headers.content-type: expected nothing"),
        ("{headers: {}, exact: true}", "headers.content-type: expected nothing"),
        ("{payload: {currency: EUR}, exact: true}", "event_name: expected nothing"),
        ("{payload: {match_keys: {}}, exact: true}", "match_keys.extern_id: expected nothing"),
        ("{body: {}, exact: true}", "body.upload_tag: expected nothing"),
        ("{warnings: [too old]}", "no warning holds 'too old'"),
        ("{payload: {match_keys: {email: [{sha256: a}]}}}", "match_keys.email: expected"),
    ],
)
def test_what_does_not_hold_is_shown(expect: str, line: str, pack: Path) -> None:
    assert any(line in found for found in differences(pack, expect))


def test_a_difference_names_the_line_of_the_rule(pack: Path) -> None:
    (found,) = differences(pack, "{payload: {match_keys: {extern_id: v}}}")
    rules = (pack / "rules.yaml").read_text().splitlines()
    line = int(found.rstrip(")").rpartition(":")[2])
    assert rules[line - 1].strip().startswith("extern_id:")


def test_an_error_is_compared_by_kind_code_path_and_message(pack: Path) -> None:
    change = "event: {userId: null}"
    good = "{error: {kind: instrumentation, code: EV05, message: is required}}"
    assert differences(pack, good, change) == []
    assert differences(pack, "{error: {code: EV01}}", change) == [
        "error.code: expected EV01, got EV05"
    ]
    assert "unexpected error" in differences(pack, "{requests: 1}", change)[0]
    (found,) = differences(pack, "{error: {message: is no number}}", change)
    assert found.startswith("error.message: expected a part 'is no number', got ")
    assert differences(pack, "{error: {code: EV01}}") == ["expected an error, got none"]


def test_a_warning_may_be_one_too_many(pack: Path) -> None:
    change = "event: {properties: {price: many}}"
    (found,) = differences(pack, "{no_warnings: true}", change)
    assert found.startswith("expected no warnings, got [")


def test_a_difference_of_a_field_that_no_rule_writes_has_no_line(pack: Path) -> None:
    (found,) = differences(pack, "{payload: {nowhere: 1}}")
    assert found.startswith("nowhere: expected 1")
    assert not found.endswith(")")


def test_mistakes_in_test_files_have_places(pack: Path) -> None:
    (pack / "tests" / "bad.yaml").write_text("tests: 1\ncases:\n  - nam: x\n")
    with pytest.raises(RuleError) as caught:
        collect(pack)
    assert next(d.code for d in caught.value.diagnostics) == "SH01"
    assert caught.value.diagnostics[0].span.line == 3


@pytest.mark.parametrize("text", ["- tests: 1\n", "tests\n"])
def test_a_test_file_is_a_mapping(text: str, pack: Path) -> None:
    (pack / "tests" / "bad.yaml").write_text(text)
    with pytest.raises(RuleError) as caught:
        collect(pack)
    (found,) = caught.value.diagnostics
    assert found.message == "a test file is a mapping of keys and values"


def test_a_merge_patch_replaces_merges_and_removes() -> None:
    base = {"a": {"b": 1, "c": 2}, "d": [1]}
    assert merged(base, {"a": {"b": None, "e": 3}, "d": [2]}) == {"a": {"c": 2, "e": 3}, "d": [2]}
    assert base == {"a": {"b": 1, "c": 2}, "d": [1]}


def test_the_bundled_pack_loads() -> None:
    assert load("facebook_offline_conversions").title == "Facebook Offline Conversions"


PRODUCTS = "event: {properties: {products: [{product_id: a, quantity: 2}, {product_id: b}]}}"


@pytest.mark.parametrize("path", ["contents[0].quantity", "contents[].id", "contents[1].id"])
def test_what_is_absent_inside_lists_can_fail(path: str, pack: Path) -> None:
    found = differences(pack, f"{{absent: ['{path}']}}", PRODUCTS)
    assert found
    assert all(line.startswith(f"{path}: expected nothing, got ") for line in found)


def test_a_clock_without_a_zone_is_the_same_everywhere(
    pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        for clock in ("2024-01-01T00:00:00", "2024-01-01", "1704067200"):
            change = f'clock: "{clock}"'
            assert differences(pack, "{payload: {event_time: 1704067200}}", change) == []
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_case_has_a_clock_of_its_own(pack: Path) -> None:
    for clock, seconds in [("2024-01-01", 1704067200), ("2024-01-02", 1704153600)]:
        change = f'clock: "{clock}T00:00:00Z"'
        assert differences(pack, f"{{payload: {{event_time: {seconds}}}}}", change) == []


def test_a_path_into_a_list_is_taken_out(pack: Path) -> None:
    change = "without: ['properties.products[0]']"
    text = CASE.format(expect="{payload: {contents: [{id: b}]}}", change=change)
    products = "products: [{product_id: a}, {product_id: b}]"
    text = text.replace("currency: eur", f"currency: eur, {products}")
    (pack / "tests" / "case.yaml").write_text(text)
    (result,) = run_tests(pack)
    assert result.differences == ()


@pytest.mark.parametrize(
    ("change", "expect", "message", "help"),
    [
        ("without: [properties.curency]", "{requests: 1}", "no `properties.curency`", "`currency`"),
        ("without: [propertes.a]", "{requests: 1}", "no `propertes.a`", "`properties`"),
        ("without: ['properties.products[0]']", "{requests: 1}", "to take out", "drop it"),
        ("event: {}", "{}", "the case expects nothing", "say what"),
        ("clock: noon", "{requests: 1}", "the clock is a time", None),
        ("event: {}", "{error: {code: EV5}}", "expected one of `EV01`", "EV0"),
        ("event: {}", "{error: {kind: payloads}}", "one of `instrumentation`", "`payload`"),
        ("settings: {accesToken: t}", "{requests: 1}", "sets `accesToken`", "`accessToken`"),
        ("settings: {eventsToIds: [{form: a}]}", "{requests: 1}", "`eventsToIds.form`", "`from`"),
    ],
)
def test_what_a_case_misspells_or_leaves_out_is_a_mistake(
    change: str, expect: str, message: str, help: str | None, pack: Path
) -> None:
    (pack / "tests" / "case.yaml").write_text(CASE.format(expect=expect, change=change))
    found = [each for each in check(pack) if each.code in ("TE02", "TE03", "SH03")]
    (one,) = found
    assert message in one.message
    assert help is None or help in (one.help or "")


def test_a_name_of_a_case_is_used_once(pack: Path) -> None:
    text = CASE.format(expect="{requests: 1}", change="event: {}")
    (pack / "tests" / "case.yaml").write_text(text + "  - {name: a case, expect: {requests: 1}}\n")
    (found,) = [each for each in check(pack) if each.code == "TE03"]
    assert found.message == "two cases have this name"
    assert found.labels[0].span.line < found.span.line


@pytest.mark.parametrize(("name", "is_told"), [("colour", False), ("accesToken", True)])
def test_settings_that_shall_be_refused_may_have_names_that_are_near_to_none(
    name: str, is_told: bool, pack: Path
) -> None:
    change, expect = f"settings: {{{name}: t}}", "{error: {kind: configuration}}"
    (pack / "tests" / "case.yaml").write_text(CASE.format(expect=expect, change=change))
    assert ("TE02" in {each.code for each in check(pack)}) is is_told


ANSWER = "events: [{}, {event: Other}]\n    answer: {status: 200, body: {id: '1'}}"


@pytest.mark.parametrize(
    "expect",
    [
        "{batches: [[0, 1]], unsent: []}",
        "{batches: [2], combined: [{access_token: t, data: [{}, {}]}]}",
        "{answer: {action: delivered, delivered: [0, 1], again: [], after: null}}",
    ],
)
def test_cases_of_batches_and_answers_pass(pack: Path, expect: str) -> None:
    change = ANSWER if "answer" in expect else ANSWER.split("\n")[0]
    assert differences(pack, expect, change) == []


def test_without_an_event_of_its_own_a_case_is_about_the_first_of_several(pack: Path) -> None:
    text = CASE.format(expect="{payload: {event_name: Purchase}}", change="events: EVENTS")
    head, _, rest = text.partition("event: ")
    event = rest.partition("\n")[0]
    alone = head + rest.partition("\n")[2].replace("EVENTS", f"[{event}, {{}}]")
    (pack / "tests" / "case.yaml").write_text(alone)
    (result,) = run_tests(pack)
    [found] = result.differences
    assert 'event_name: expected "Purchase", got "Other"' in found


@pytest.mark.parametrize(
    ("expect", "answer", "said"),
    [
        ("{batches: [[0], [1]]}", "", "batches: expected [[0], [1]], got [2] events"),
        ("{batches: [[1, 0]]}", "", "batches[0]: expected [1, 0], got [0, 1]"),
        ("{batches: [3]}", "", "batches[0]: expected 3, got 2"),
        ("{batches: [2], combined: [{data: [{}]}]}", "", "combined[0].data: expected"),
        ("{unsent: [1]}", "", "unsent: expected [1], got []"),
        ("{answer: {action: retry}}", "200", "answer.action: expected retry, got delivered"),
        ("{answer: {delivered: [0]}}", "200", "answer.delivered: expected [0], got [0, 1]"),
        ("{answer: {dropped: [0]}}", "200", "answer.dropped: expected ['0'], got []"),
        (
            "{answer: {dropped: {0: odd, 1: x}}}",
            "404",
            "answer.dropped.0: expected `odd`, got `the",
        ),
        ("{answer: {again: [[0]]}}", "500", "answer.again[0]: expected [0], got [0, 1]"),
        ("{answer: {after: 5}}", "500", "answer.after: expected 5, got null"),
        ("{answer: {stop: word}}", "500", "answer.stop: expected word, got None"),
        ("{answer: {message: odd}}", "404", "answer.message: expected `odd`, got `the receiver"),
    ],
)
def test_cases_of_batches_and_answers_can_fail(
    pack: Path, expect: str, answer: str, said: str
) -> None:
    given = f"\n    answer: {{status: {answer}}}" if answer else ""
    [found, *_] = differences(pack, expect, f"events: [{{}}, {{}}]{given}")
    assert said in found


@pytest.mark.parametrize(
    ("expect", "change", "said"),
    [
        ("{requests: 1}", "answer: {status: 200}", "nothing is expected of the answer"),
        ("{answer: {action: retry}}", "event: {}", "no `answer` is given"),
        ("{batches: [1]}", "events: {a: 1}", "`events` is a list of events"),
    ],
)
def test_an_answer_without_its_other_half_is_a_mistake(
    pack: Path, expect: str, change: str, said: str
) -> None:
    with pytest.raises(RuleError) as refused:
        differences(pack, expect, change)
    assert said in refused.value.diagnostics[0].message
