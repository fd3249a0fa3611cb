"""The commands as a shell user meets them: what they print, where, and how they exit."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mapping_engine.cli.main import main
from mapping_engine.cli.rules_check import main as rules_check

PACK = "facebook_offline_conversions"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
GOOD = {"type": "track", "event": "Product Added", "userId": "u", "traits": {"email": "q7@z9.org"}}
SETTINGS = {"accessToken": "TOKEN-4711", "eventsToIds": [{"from": "AddToCart", "to": "111"}]}


@pytest.fixture
def settings(tmp_path: Path) -> str:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(SETTINGS))
    return str(path)


def run(*arguments: str, given: bytes | str = b"") -> Result:
    return CliRunner().invoke(main, list(arguments), input=given)


def lines(*events: Any) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def test_requests_go_to_standard_output_one_a_line(settings: str) -> None:
    result = run("apply", PACK, "--settings", settings, given=lines(GOOD, GOOD))
    assert result.exit_code == 0
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [request["line"] for request in found] == [1, 2]
    assert found[0]["url"].endswith("/111/events")


def test_a_json_array_is_read_as_its_events(settings: str) -> None:
    given = json.dumps([GOOD, GOOD, GOOD])
    result = run("apply", PACK, "--settings", settings, "-", given=given)
    assert len(result.stdout.splitlines()) == 3


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"type": "track", ', "not a JSON document"),
        (b'{"a": 1, "a": 2}', "repeats a key"),
        (b'{"a": NaN}', "`NaN` is no JSON number"),
        (b'{"a": -Infinity}', "no JSON number"),
        (b'{"a": "\xff"}', "is not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too many digits"),
        (b'"a text"', "an event is a JSON object"),
        (b"null", "an event is a JSON object"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value,
)
def test_a_bad_line_is_an_error_with_its_number_and_the_others_go_on(
    line: bytes, reason: str, settings: str, tmp_path: Path
) -> None:
    errors = tmp_path / "errors.ndjson"
    given = lines(GOOD) + line + b"\n" + lines(GOOD)
    result = run("apply", PACK, "--settings", settings, "--errors", str(errors), given=given)
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 2
    record = json.loads(errors.read_text())
    assert record["line"] == 2
    assert reason in record["error"]["message"]


def test_the_last_line_may_be_cut_off(settings: str) -> None:
    result = run("apply", PACK, "--settings", settings, given=lines(GOOD) + b'{"type": "tr')
    assert result.exit_code == 1
    assert "stdin:2:" in result.stderr
    assert len(result.stdout.splitlines()) == 1


def test_bad_events_are_kept_only_when_asked_for(settings: str, tmp_path: Path) -> None:
    errors = tmp_path / "errors.ndjson"
    bad = {**GOOD, "type": "page"}
    for flag, kept in (([], False), (["--keep-events"], True)):
        options = ["--settings", settings, "--errors", str(errors), *flag]
        run("apply", PACK, *options, given=lines(bad))
        assert ("q7@z9.org" in errors.read_text()) is kept


def test_warnings_can_be_kept(settings: str, tmp_path: Path) -> None:
    path = tmp_path / "warnings.ndjson"
    event = {**GOOD, "traits": {"phone": "no"}}
    run("apply", PACK, "--settings", settings, "--warnings", str(path), given=lines(event))
    assert json.loads(path.read_text())["warning"]["fields"] == ["match_keys.phone"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("apply", PACK),
        ("apply", PACK, "--settings", "no-such-file.json"),
        ("apply", "no_such_pack", "--settings", "SETTINGS"),
        ("apply", PACK, "--settings", "SETTINGS", "no-such-events.ndjson"),
        ("apply", PACK, "--settings", "SETTINGS", "--now", "noon"),
        ("explain", "no_such_pack", "--settings", "SETTINGS"),
        ("test", "no_such_pack"),
        ("transforms", "no_such_transform"),
    ],
)
def test_a_usage_error_ends_with_2_and_no_traceback(
    arguments: tuple[str, ...], settings: str
) -> None:
    result = run(*(settings if a == "SETTINGS" else a for a in arguments))
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert result.stderr


@pytest.mark.parametrize("text", ["", "[]", "{", '{"accessToken": 5}', '{"accessToken": ""}'])
def test_settings_that_are_wrong_end_with_2(text: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    result = run("apply", PACK, "--settings", str(path), given=lines(GOOD))
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_explain_shows_neither_personal_values_nor_secrets(settings: str) -> None:
    for form in ([], ["--json"]):
        result = run("explain", PACK, "--settings", settings, *form, given=lines(GOOD))
        assert result.exit_code == 0
        assert "traits.email" in result.stdout
        assert "q7@z9.org" not in result.stdout
        assert "TOKEN-4711" not in result.stdout


def test_explain_has_a_legend_of_all_that_it_shows() -> None:
    legend = run("explain", "--help").stdout
    given = (f"{EXAMPLES}/events.ndjson", "--settings", f"{EXAMPLES}/settings.json")
    shown = run("explain", PACK, *given).stdout
    for mark in ("*", "-", "|>", "row", "when", "left out"):
        assert re.search(rf"[ =]{re.escape(mark)}[ :]", shown), mark
        assert re.search(rf"^ +{re.escape(mark)}  +\w", legend, re.M), mark
    data = run("explain", PACK, *given, "--json").stdout
    outcomes = set(re.findall(r'"outcome":"([^"]+)"', data))
    assert len(outcomes) > 5
    assert [outcome for outcome in outcomes - {"used"} if outcome not in legend] == []


def test_explain_of_one_field_names_the_rule_line(settings: str) -> None:
    options = ["--settings", settings, "--field", "match_keys.email"]
    result = run("explain", PACK, *options, given=lines(GOOD))
    assert "rules/fragments/rudderstack/person.yaml:" in result.stdout
    assert "content_type" not in result.stdout


def test_transforms_lists_all_of_them() -> None:
    from mapping_engine.transforms import REGISTRY

    listed = run("transforms", "--json").stdout.splitlines()
    assert {json.loads(line)["name"] for line in listed} == set(REGISTRY)
    assert "text |> trim -> text" in run("transforms").stdout
    assert "rejected" in run("transforms", "matching").stdout


def test_of_many_bad_events_the_first_are_shown(settings: str) -> None:
    result = run("apply", PACK, "--settings", settings, given=b"x\n" * 23)
    assert result.exit_code == 1
    told = [line for line in result.stderr.splitlines() if line.startswith("stdin")]
    assert [line.split(": ")[0] for line in told] == [f"stdin:{n}" for n in range(1, 21)]
    assert "and 3 more; --errors FILE keeps them all" in result.stderr


def test_settings_that_nothing_declares_are_warned_of(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(json.dumps({**SETTINGS, "acessToken": "x"}))
    result = run("apply", PACK, "--settings", str(tmp_path / "s.json"), given=lines(GOOD))
    assert result.exit_code == 0
    assert result.stderr.startswith("warning: ")
    assert "acessToken" in result.stderr


def test_explain_shows_what_is_wrong_with_a_line(settings: str) -> None:
    result = run("explain", PACK, "--settings", settings, "-", given=b"no event\n")
    assert result.exit_code == 1
    assert "not a JSON document" in result.output


def test_rule_tests_pass_fail_or_are_absent(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EXAMPLES / "walk", tmp_path / "walk"))
    shutil.rmtree(folder / "tests", ignore_errors=True)
    result = run("test", str(folder))
    assert (result.exit_code, "there are no rule tests" in result.stderr) == (2, True)
    (folder / "tests").mkdir()
    event = (folder / "event.json").read_text()
    settings = (folder / "settings.json").read_text()
    case = "cases: [{name: one, expect: {requests: 9}}]"
    case = f"tests: 1\nsettings: {settings}\nevent: {event}\n{case}\n"
    (folder / "tests" / "one.yaml").write_text(case)
    result = run("test", str(folder))
    assert result.exit_code == 1
    assert "0 passed, 1 failed" in result.output
    assert "one" in result.output


def test_rules_check_finds_nothing_in_the_bundled_pack() -> None:
    result = CliRunner().invoke(rules_check, [PACK, "--today", "2026-06-01", "--strict"])
    assert (result.exit_code, result.stdout.strip()) == (0, "no mistakes found")


def test_rules_check_names_the_successor_of_an_api_that_is_switched_off(tmp_path: Path) -> None:
    walk = (EXAMPLES / "walk" / "rules.yaml").read_text("utf-8")
    for name in ("settings.schema.json", "payload.schema.json"):
        (tmp_path / name).write_bytes((EXAMPLES / "walk" / name).read_bytes())
    base = '"https://api.walk.example"'
    rules = walk.replace(base, f"{base}, sunset: 2025-05-14, successor: facebook_conversions")
    (tmp_path / "rules.yaml").write_text(rules)
    result = CliRunner().invoke(rules_check, [str(tmp_path), "--today", "2026-01-01"])
    assert result.exit_code == 0
    assert "FO05 api-sunset" in result.stdout
    assert "move to the pack `facebook_conversions`" in result.stdout
    strict = CliRunner().invoke(rules_check, [str(tmp_path), "--today", "2026-01-01", "--strict"])
    assert strict.exit_code == 1


def test_the_rules_of_this_project_pass_strictly_on_any_day() -> None:
    rules = str(EXAMPLES.parent / "rules")
    result = CliRunner().invoke(rules_check, [rules, "--strict", "--today", "2027-01-01"])
    assert (result.exit_code, result.stdout.strip()) == (0, "no mistakes found")


def test_apply_and_explain_say_that_an_api_is_switched_off(settings: str) -> None:
    for name in ("apply", "explain"):
        told = run(name, PACK, "--settings", settings, given=lines(GOOD)).stderr
        assert "switched off on 2025-05-14; move to the pack `facebook_conversions`" in told
        before = ("--now", "2024-01-01")
        assert "switched" not in run(name, PACK, "--settings", settings, *before).stderr


def test_packs_shows_titles_and_successors() -> None:
    shown = {line.split()[0]: line for line in run("packs").stdout.splitlines()}
    assert shown["facebook_conversions"].split() == [
        "facebook_conversions",
        "Facebook",
        "Conversions",
    ]
    assert shown[PACK].endswith(
        "(the API was switched off on 2025-05-14; its successor is facebook_conversions)"
    )


def test_apply_counts_warnings_and_says_how_to_see_them(settings: str, tmp_path: Path) -> None:
    given = lines({**GOOD, "traits": {"phone": "no"}})
    told = run("apply", PACK, "--settings", settings, given=given)
    assert told.exit_code == 0
    assert "1 warning; --warnings FILE keeps them" in told.stderr
    file = str(tmp_path / "warnings")
    told = run("apply", PACK, "--settings", settings, "--warnings", file, given=given)
    assert f"1 warning; in {file}" in told.stderr


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ({"integrations": {"All": False}}, "switches this destination off: `integrations.All`"),
        (
            {"integrations": {"Facebook Offline Conversions": False}},
            "`integrations.Facebook Offline Conversions` is false",
        ),
    ],
)
def test_explain_says_why_there_is_no_request(
    event: dict[str, Any], why: str, settings: str
) -> None:
    found = run("explain", PACK, "--settings", settings, given=lines({**GOOD, **event}))
    assert found.exit_code == 0
    assert why in found.stdout
    data = run("explain", PACK, "--settings", settings, "--json", given=lines({**GOOD, **event}))
    assert why in json.loads(data.stdout)["nothing"]


def test_explain_says_which_rule_skips_an_event(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text('{"account": "1", "token": "t"}')
    event = {"type": "track", "event": "Other", "userId": "u"}
    pack = str(EXAMPLES / "adwave")
    found = run("explain", pack, "--settings", str(file), given=lines(event))
    assert re.search(
        r"no request: the event is skipped, as .* is missing .*rules\.yaml:\d+", found.stdout
    )


def test_explain_names_the_line_of_each_event(settings: str) -> None:
    given = lines(GOOD) + b"\n" + lines(GOOD)
    found = run("explain", PACK, "--settings", settings, given=given)
    assert re.findall(r"^stdin:\d+", found.stdout, re.M) == ["stdin:1", "stdin:3"]
    data = run("explain", PACK, "--settings", settings, "--json", given=given).stdout
    assert [json.loads(line)["line"] for line in data.splitlines()] == [1, 3]


@pytest.mark.parametrize(
    ("field", "near"),
    [("email", "`match_keys.email`"), ("match_keys.emial", "`match_keys.email`")],
)
def test_explain_of_a_field_that_no_rule_makes_ends_with_2(
    field: str, near: str, settings: str
) -> None:
    found = run("explain", PACK, "--settings", settings, "--field", field, given=lines(GOOD))
    assert found.exit_code == 2
    assert f"no rule makes the field `{field}`; did you mean {near}" in found.stderr


def test_explain_knows_fields_in_lists(settings: str) -> None:
    products = [{"product_id": "a"}, {"product_id": "b"}]
    given = lines({**GOOD, "properties": {"products": products}})
    for field, count in (("contents[].id", 2), ("contents[1].id", 1), ("contents[7].id", 0)):
        found = run("explain", PACK, "--settings", settings, "--field", field, given=given)
        assert found.exit_code == 0
        assert len(re.findall(r"contents\[\d\]\.id = ", found.stdout)) == count
        assert ("there is no such item" in found.stdout) is (count == 0)


def test_explain_shows_what_it_showed_for_one_request_only_once(tmp_path: Path) -> None:
    given = f"{EXAMPLES}/events.ndjson"
    options = ("--settings", f"{EXAMPLES}/settings.json", "--field", "match_keys.email")
    shown = run("explain", PACK, given, *options).stdout.split("\n\n")
    first = [part for part in shown if part.startswith("request")][:2]
    assert "traits.email" in first[0]
    assert "traits.email" not in first[1]
    assert "(shown above)" in first[1]


def test_rules_check_shows_mistakes_and_exits_with_1(tmp_path: Path) -> None:
    path = tmp_path / "names.yaml"
    path.write_text("fragment: 1\ndefin:\n  a: traits.email\n")
    full = CliRunner().invoke(rules_check, [str(path)])
    assert full.exit_code == 1
    assert "did you mean `define`?" in full.stdout
    concise = CliRunner().invoke(rules_check, ["--format", "concise", str(path)])
    assert "names.yaml:2:1: error: unknown key `defin` in a fragment [SH01" in concise.stdout
    data = CliRunner().invoke(rules_check, ["--format", "json", str(path)])
    assert json.loads(data.stdout)[0]["code"] == "SH01"


def test_rules_check_of_nothing_ends_with_2(tmp_path: Path) -> None:
    assert CliRunner().invoke(rules_check, [str(tmp_path)]).exit_code == 2
    assert CliRunner().invoke(rules_check, ["no_such_pack"]).exit_code == 2


@pytest.mark.parametrize("name", ["apply", "explain"])
def test_a_closed_pipe_is_no_error(name: str, settings: str) -> None:
    code = "from mapping_engine.cli.main import main; main()"
    command = [sys.executable, "-c", code, name, PACK, "--settings", settings]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stdin.write(lines(*[GOOD] * 200))
        process.stdin.close()
        assert b"Traceback" not in process.stderr.read()


def test_a_terminal_shows_how_far_it_is(settings: str) -> None:
    pty = pytest.importorskip("pty")
    code = "from mapping_engine.cli.main import main; main()"
    command = [sys.executable, "-c", code, "apply", PACK, "--settings", settings]
    command += ["--now", "2024-01-01"]  # when its API still lived
    here, there = pty.openpty()
    try:
        subprocess.run(command, input=lines(*[GOOD] * 101), stdout=subprocess.PIPE, stderr=there)
        shown = os.read(here, 1000).decode()
    finally:
        os.close(there)
        os.close(here)
    assert shown.split("\r") == [
        "101 events, 101 requests, 0 failed",
        "101 events, 101 requests, 0 failed",
        "\n",
    ]


def test_a_file_of_messages_does_not(settings: str) -> None:
    day = ("--now", "2024-01-01")
    given = lines({**GOOD, "originalTimestamp": "2024-01-01"})
    assert run("apply", PACK, "--settings", settings, *day, given=given).stderr == ""


def test_compile_shows_the_code_or_how_much_it_is() -> None:
    told = run("compile", PACK)
    assert re.fullmatch(rf"{PACK}: \d+ functions, \d+ lines\n", told.stdout)
    shown = run("compile", PACK, "--show").stdout
    assert "rules/fragments/rudderstack/person.yaml:" in shown
    assert len(run("compile", PACK, "--show", "--warnings").stdout) > len(shown)
    assert run("compile", "nowhere").exit_code == 2


def test_combined_requests_name_the_places_of_their_events(settings: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first.ndjson", tmp_path / "second.ndjson"
    first.write_bytes(lines(GOOD, {"type": "alias"}))
    second.write_bytes(lines(GOOD))
    result = run("apply", PACK, "--settings", settings, "--batch", str(first), str(second))
    assert result.exit_code == 1
    [request] = map(json.loads, result.stdout.splitlines())
    assert request["events"] == [
        {"event": 0, "file": str(first), "line": 1},
        {"event": 2, "file": str(second), "line": 1},
    ]
    assert len(request["body"]["data"]) == 2
    assert f"{first}:2" in result.stderr
    assert "3 events, 1 requests, 1 failed" in result.stderr
