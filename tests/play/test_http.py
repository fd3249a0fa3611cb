"""The server behind the page of `play`: who may ask, what is answered, and what is never told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from mapping_engine.cli.play import samples_of_tests
from mapping_engine.play.http_server import LARGEST, PlayServer
from mapping_engine.play.trial import Sample
from mapping_engine.testing.cases import collect
from mapping_engine.testing.runner import run_tests
from mapping_engine.transforms.hashing import digest
from tests.play.serving import EVENT, NOW, PERSON, SETTINGS, TOKEN, own_pack, serving


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack of one's own, in the folder `rules` of the working directory."""
    monkeypatch.chdir(tmp_path)
    return own_pack(tmp_path)


@pytest.fixture
def server(pack: Path) -> Iterator[PlayServer]:
    with serving(str(pack)) as found:
        yield found


def sent(
    server: PlayServer, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body, given)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def ask(server: PlayServer, name: str, /, **given: Any) -> dict[str, Any]:
    """The whole answer of the server, with an error or an `answer`."""
    page = {"event": json.dumps(EVENT, indent=2), "settings": json.dumps(SETTINGS), "now": NOW}
    body = json.dumps({"texts": {}, "sample": 0, **page, **given}).encode()
    path = f"/{server.token}/{name}"
    found: dict[str, Any] = json.loads(
        sent(server, "POST", path, body, Content_Type="application/json")[1]
    )
    return found


def answer(server: PlayServer, name: str, /, **given: Any) -> Any:
    found = ask(server, name, **given)
    assert "error" not in found, found
    return found["answer"]


def edited(server: PlayServer, old: str, new: str) -> dict[str, str]:
    """The texts of the page after an edit of the rule file."""
    file = answer(server, "start")["files"][0]
    assert old in file["text"]
    return {file["name"]: file["text"].replace(old, new)}


# Who may ask


def test_the_page_is_served_to_who_knows_the_token(server: PlayServer) -> None:
    found, text = sent(server, "GET", f"/{server.token}/")
    assert (found.status, b"<!doctype html>" in text) == (200, True)
    assert found.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert found.headers["Referrer-Policy"] == "no-referrer"
    assert found.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/play.js", "/wrong/", "/wrong/start", "//start", "/%ff/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_the_token_everything_is_refused(
    server: PlayServer, method: str, path: str
) -> None:
    found, text = sent(server, method, path, b"{}", Content_Type="application/json")
    assert (found.status, json.loads(text)["error"]["code"]) == (403, "IN01")


def test_another_host_or_origin_is_refused(server: PlayServer) -> None:
    path, port = f"/{server.token}/", server.server_port
    assert sent(server, "GET", path, Host=f"evil.test:{port}")[0].status == 403
    assert sent(server, "GET", path, Host="127.0.0.1:1")[0].status == 403
    assert sent(server, "POST", f"{path}start", b"{}", Origin="https://evil.test")[0].status == 403
    assert sent(server, "GET", path, Host=f"localhost:{port}")[0].status == 200


def test_it_listens_on_this_machine_alone(server: PlayServer) -> None:
    assert server.server_address[0] == "127.0.0.1"


def test_the_address_that_a_browser_is_started_with_leads_there_once(server: PlayServer) -> None:
    first = "/" + server.first_url.rpartition("/")[2]
    found, _ = sent(server, "GET", first)
    assert (found.status, found.headers["Location"]) == (303, server.url)
    assert sent(server, "GET", first)[0].status == 403


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content_Type": "text/plain"}, b"{}", 415),
        ({"Content_Type": "application/json", "Content_Length": str(LARGEST + 1)}, b"", 413),
        ({"Content_Type": "application/json", "Content_Length": "9" * 40}, b"", 413),
        ({"Content_Type": "application/json", "Content_Length": "-1"}, b"", 411),
        ({"Content_Type": "application/json"}, b"{", 400),
        ({"Content_Type": "application/json"}, b"[" * 100_000, 400),
        ({"Content_Type": "application/json"}, b"[]", 400),
        ({"Content_Type": "application/json"}, b'{"texts": {"a": 1}}', 400),
        ({"Content_Type": "application/json"}, b'{"sample": 7}', 400),
        ({"Content_Type": "application/json"}, b'{"texts": {"../../etc/passwd": ""}}', 400),
    ],
)
def test_what_is_no_question_is_an_error_with_a_code(
    server: PlayServer, headers: dict[str, str], body: bytes, status: int
) -> None:
    found, text = sent(server, "POST", f"/{server.token}/apply", body, **headers)
    assert found.status == status
    assert json.loads(text)["error"]["code"].startswith("IN")
    assert b"Traceback" not in text


@pytest.mark.parametrize(("method", "path"), [("GET", "x.py"), ("POST", "x"), ("PUT", "start")])
def test_nothing_else_is_there(server: PlayServer, method: str, path: str) -> None:
    found, text = sent(
        server, method, f"/{server.token}/{path}", b"{}", Content_Type="application/json"
    )
    assert found.status in (404, 501)
    assert json.loads(text)["error"]["code"] == "IN01"


def test_a_mistake_of_ours_tells_nothing(
    server: PlayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise KeyError(PERSON)

    monkeypatch.setattr("mapping_engine.play.http_server.applied", broken)
    found = ask(server, "apply")
    assert PERSON not in json.dumps(found)
    assert "KeyError" in found["error"]["message"]


# What becomes of the event


def field(found: dict[str, Any], path: str) -> dict[str, Any]:
    return next(f for f in found["payloads"][0]["fields"] if f["path"] == path)


def test_a_field_has_its_value_its_chain_and_its_places(server: PlayServer) -> None:
    found = field(answer(server, "apply"), "user.email_sha256")
    assert found["value"] == f'"{digest(PERSON)}"'
    assert found["span"]["file"] == "rules/adwave/rules.yaml"
    lines = json.dumps(EVENT, indent=2).splitlines()
    assert [lines[each["line"] - 1].strip() for each in found["sources"]] == [
        f'"email": "{PERSON}"'
    ]
    (chain,) = (each for each in walk(found["entries"]) if each["label"] == "$given_email")
    tried = [(each["label"], each["outcome"]) for each in chain["children"]]
    assert tried[:3] == [
        ("traits.email |> email", "invalid"),
        ("context.traits.email |> email", "used"),
        ("properties.email |> email", "skipped"),
    ]


def walk(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in entries:
        yield each
        yield from walk(each["children"])


def test_an_edit_of_rules_event_or_settings_counts_at_once(server: PlayServer) -> None:
    changed = edited(server, "default: EUR", "default: CHF")
    assert field(answer(server, "apply"), "currency")["value"] == '"EUR"'
    assert field(answer(server, "apply", texts=changed), "currency")["value"] == '"CHF"'
    other = json.dumps({**EVENT, "properties": {"total": 3}})
    assert field(answer(server, "apply", event=other), "amount")["value"] == "3"
    (request,) = answer(server, "apply", settings=json.dumps({**SETTINGS, "account": "9"}))[
        "requests"
    ]
    assert request["url"] == "https://api.adwave.example/v2/accounts/9/conversions"


def test_a_file_that_changes_on_the_disk_counts_too(server: PlayServer, pack: Path) -> None:
    answer(server, "start")
    assert field(answer(server, "apply"), "currency")["value"] == '"EUR"'
    rules = pack / "rules.yaml"
    rules.write_text(rules.read_text().replace("default: EUR", "default: CHF"))
    assert field(answer(server, "apply"), "currency")["value"] == '"CHF"'


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"event": "{"}, "EV02"),
        ({"event": '{"type": "identify"}'}, "EV04"),
        ({"event": '"\ud83d"'}, "EV01"),
    ],
)
def test_an_event_that_is_refused_says_why(
    server: PlayServer, given: dict[str, str], code: str
) -> None:
    assert answer(server, "apply", **given)["error"]["code"] == code


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"settings": "{"}, "CF01"),
        ({"settings": "[]"}, "CF01"),
        ({"settings": '{"account": 3, "token": "t"}'}, "CF01"),
        ({"now": "noon"}, "CF04"),
    ],
)
def test_what_keeps_rules_from_running_is_an_error(
    server: PlayServer, given: dict[str, str], code: str
) -> None:
    assert ask(server, "apply", **given)["error"]["code"] == code


def test_findings_of_edited_rules_come_with_fixes(server: PlayServer) -> None:
    changed = edited(server, "required: true, invalid", "requierd: true, invalid")
    assert ask(server, "apply", texts=changed)["error"]["code"] == "RL01"
    (finding,) = answer(server, "check", texts=changed)["findings"]
    assert (finding["code"], finding["fix"]["replacement"]) == ("SH01", "required")
    assert answer(server, "check")["findings"] == []


def test_differences_are_between_the_disk_and_the_page(pack: Path) -> None:
    two = [Sample(name, json.dumps(EVENT), {**SETTINGS}, {}, NOW) for name in ("a", "b")]
    with serving(str(pack), *two) as server:
        assert answer(server, "compare")["differing"] == 0
        found = answer(server, "compare", texts=edited(server, "default: EUR", "default: CHF"))
    assert (found["events"], found["differing"]) == (2, 2)
    (row,) = found["rows"]
    assert (row["what"], row["events"]) == ("body.conversions[].currency", 2)
    assert "CHF" not in json.dumps(found)


def test_files_that_broken_rules_hide_are_found_when_they_are_mended(pack: Path) -> None:
    rules = (pack / "rules.yaml").read_text()
    (pack / "rules.yaml").write_text("mapping: [\n")
    with serving(str(pack)) as server:
        (file,) = answer(server, "start")["files"]
        found = answer(server, "start", texts={file["name"]: rules})["files"]
        assert found[0]["text"] == "mapping: [\n"
        assert len(found) > 3


# What is never shown


def test_secrets_stay_in_the_process(server: PlayServer) -> None:
    shown = answer(server, "sample")
    assert json.loads(shown["settings"]) == {"account": "4711", "token": "***"}
    told = [ask(server, n, settings=shown["settings"]) for n in ("apply", "compare", "test")]
    assert "answer" in told[0]
    assert TOKEN not in json.dumps(told)


def test_settings_of_rules_that_cannot_be_read_are_hidden_whole(pack: Path) -> None:
    (pack / "rules.yaml").write_text("mapping: 2\n")
    with serving(str(pack)) as server:
        assert answer(server, "sample")["settings"] == '"***"'
        assert ask(server, "apply", settings='"***"')["error"]["code"] == "RL01"


def test_a_command_of_curl_holds_neither_secrets_nor_what_tells_of_a_person(
    server: PlayServer,
) -> None:
    (request,) = answer(server, "apply")["requests"]
    assert request["curl"] == (
        "curl -X POST https://api.adwave.example/v2/accounts/4711/conversions \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        "  -H 'Authorization: Bearer ***' \\\n"
        '  --data-raw \'{"conversions":[{"id":"***","code":"SALE","time":1704103200000,'
        '"user":{"id":"***","email_sha256":"***"},"amount":12.5,"currency":"EUR",'
        '"extra":{"coupon":"***"}}]}\''
    )


def test_a_header_that_settings_choose_is_masked_under_any_name() -> None:
    settings = {
        "webhookUrl": "https://in.example.com/e",
        "headers": [{"from": "content-type", "to": f"application/{TOKEN}"}],
    }
    sample = Sample("one", json.dumps(EVENT), settings, {}, NOW)
    with serving("webhook", sample) as server:
        (request,) = answer(server, "apply", settings=json.dumps(settings))["requests"]
    assert "-H 'content-type: ***'" in request["curl"]
    assert TOKEN not in json.dumps(request)


def test_an_event_that_no_rule_test_can_hold_is_not_saved() -> None:
    (sample,) = (s for s in samples_of_tests("posthog") if s.name.endswith("are not merged"))
    given = {"event": sample.event, "settings": json.dumps(sample.settings), "now": sample.now}
    with serving("posthog", sample) as server:
        found = ask(server, "test", name="with null", **given)
    assert (
        found["error"]["help"] == "in the event of a rule test, null means that a key is taken out"
    )


def test_the_chain_tells_personal_values_by_their_length(server: PlayServer) -> None:
    found = field(answer(server, "apply"), "user.email_sha256")
    assert PERSON not in json.dumps(found)


# What is saved


def test_rules_are_written_only_when_they_are_saved(server: PlayServer, pack: Path) -> None:
    before = (pack / "rules.yaml").read_text()
    (name, text) = next(iter(edited(server, "default: EUR", "default: CHF").items()))
    answer(server, "apply", texts={name: text})
    assert (pack / "rules.yaml").read_text() == before
    answer(server, "save", file=name, text=text, was=before)
    assert (pack / "rules.yaml").read_text() == text


def test_line_ends_and_the_mode_of_a_file_stay(server: PlayServer, pack: Path) -> None:
    rules = pack / "rules.yaml"
    rules.write_bytes(rules.read_bytes().replace(b"\n", b"\r\n"))
    rules.chmod(0o640)
    file = answer(server, "start")["files"][0]
    assert "\r" not in file["text"]
    answer(server, "save", file=file["name"], text=file["text"] + "\n", was=file["text"])
    assert rules.read_bytes().endswith(b"\r\n\r\n")
    assert rules.stat().st_mode & 0o777 == 0o640


def test_what_changed_on_the_disk_meanwhile_is_not_lost(server: PlayServer, pack: Path) -> None:
    file = answer(server, "start")["files"][0]
    (pack / "rules.yaml").write_text("# by another editor\n")
    found = ask(server, "save", file=file["name"], text="x", was=file["text"])
    assert "has changed on the disk" in found["error"]["message"]
    assert (pack / "rules.yaml").read_text() == "# by another editor\n"


def test_what_comes_with_the_package_is_read_only(server: PlayServer) -> None:
    files = answer(server, "start")["files"]
    bundled = next(file for file in files if file["name"].endswith("rudderstack/person.yaml"))
    assert [file["own"] for file in files[:1]] == [True]
    assert bundled["own"] is False
    same = bundled["text"]  # else a mistake would write into the checkout
    found = ask(server, "save", file=bundled["name"], text=same, was=same)
    assert "is not changed" in found["error"]["message"]


def test_a_pack_of_the_project_is_own_by_its_bare_name(pack: Path) -> None:
    Path("mapping.toml").write_text('fragments = "parts"\n')
    Path("parts/own").mkdir(parents=True)
    Path("parts/own/part.yaml").write_text("fragment: 1\ndefine: {extra: type}\n")
    rules = pack / "rules.yaml"
    rules.write_text(rules.read_text().replace("use: [", "use: [own/part, ", 1))
    with serving("adwave") as server:
        files = answer(server, "start")["files"]
        own = [file["name"] for file in files if file["own"]]
        assert own[0].endswith("adwave/rules.yaml")
        assert [name for name in own if name.endswith("own/part.yaml")] != []
        assert not any("rudderstack" in name for name in own)
        answer(server, "save", file=own[0], text="# anew\n", was=files[0]["text"])
    assert rules.read_text() == "# anew\n"


def test_a_rule_test_is_shown_added_and_passes(server: PlayServer, pack: Path) -> None:
    file = pack / "tests" / "play.yaml"
    shown = answer(server, "test", name="an order: no comma")
    assert not file.exists()
    assert 'name: "an order: no comma"' in shown["yaml"]
    answer(server, "test", name="an order", keep=True)
    refused = json.dumps({"type": "identify"})
    answer(server, "test", name="another call", keep=True, event=refused)
    names = [case.name for case in collect(pack) if case.file.endswith("play.yaml")]
    assert names == ["an order", "another call"]
    assert all(result.passed for result in run_tests(pack))
    assert TOKEN not in file.read_text()


def test_a_rule_test_of_the_same_name_is_not_added(server: PlayServer, pack: Path) -> None:
    answer(server, "test", name="an order", keep=True)
    before = (pack / "tests" / "play.yaml").read_text()
    assert ask(server, "test", name="an order", keep=True)["error"]["code"] == "IN02"
    assert (pack / "tests" / "play.yaml").read_text() == before


def test_a_bundled_pack_is_not_written_to() -> None:
    with serving("webhook", *samples_of_tests("webhook")) as server:
        started = answer(server, "start")
        assert not any(file["own"] for file in started["files"])
        sample = answer(server, "sample")
        found = answer(server, "test", name="x", **sample)
        assert (found["file"], found["saved"]) == (None, False)
        assert ask(server, "test", name="x", keep=True, **sample)["error"]["code"] == "IN02"


@pytest.mark.parametrize("name", ["customerio", "posthog"])
def test_an_event_of_each_rule_test_can_be_tried(name: str) -> None:
    samples = [*samples_of_tests(name)][:30]
    with serving(name, *samples) as server:
        for number, sample in enumerate(samples):
            given = {"event": sample.event, "now": sample.now, "sample": number}
            found = ask(server, "apply", settings=json.dumps(sample.settings), **given)
            assert "answer" in found or found["error"]["kind"] == "configuration"
