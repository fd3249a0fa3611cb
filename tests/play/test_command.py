"""`mapping-engine play`: what it serves, and how it begins and ends."""

from __future__ import annotations

import json
import re
import shlex
import signal
import socket
import subprocess
import sys
import webbrowser
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner, Result

from mapping_engine.cli.main import main
from mapping_engine.play.http_server import PlayServer
from mapping_engine.play.trial import Trial
from tests.play.serving import EVENT, ROOT, SETTINGS, own_pack

SHOWN = re.compile(r"^mapping-engine (play .*)$", re.MULTILINE)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Trial]:
    """What would be served; nothing is, and no browser starts."""
    found: list[Trial] = []
    monkeypatch.setattr(PlayServer, "serve_forever", lambda server: found.append(server.trial))
    monkeypatch.setattr(webbrowser, "get", lambda: webbrowser.GenericBrowser("lynx"))
    return found


def play(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["play", *arguments])


@pytest.mark.parametrize("page", ["README.md", "docs/play.md"])
def test_the_command_that_is_shown_serves_the_event_that_is_shown(
    served: list[Trial], page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    (command,) = SHOWN.findall((ROOT / page).read_text("utf-8"))
    assert CliRunner().invoke(main, shlex.split(command)).exit_code == 0
    (sample,) = served[0].samples
    assert sample.name == "first.ndjson:1"
    assert json.loads(sample.event) == json.loads((ROOT / "examples/first.ndjson").read_text())
    assert sample.now == "2023-04-19T00:00:00Z"


def test_without_events_those_of_the_rule_tests_are_there(
    served: list[Trial], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pack = own_pack(tmp_path)
    assert play(str(pack), "--no-browser").exit_code == 0
    assert len(served[0].samples) == 9
    assert served[0].samples[0].name == "conversions.yaml: an order is a sale"
    assert served[0].samples[0].now == "2024-01-01T12:00:00Z"
    (pack / "tests" / "conversions.yaml").unlink()
    assert play(str(pack)).exit_code == 0
    assert [each.event for each in served[1].samples] == ["{}"]


def test_a_line_that_is_no_event_is_there_to_be_mended(
    served: list[Trial], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("settings.json").write_text(json.dumps(SETTINGS))
    Path("events.ndjson").write_text(json.dumps(EVENT) + '\n{"type": }\n')
    given = (str(own_pack(tmp_path)), "events.ndjson", "--settings", "settings.json")
    assert play(*given).exit_code == 0
    assert [each.event for each in served[0].samples][1:] == ['{"type": }']


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "there is no pack `nowhere`"),
        (["webhook", "examples/first.ndjson"], "name the settings"),
        (["webhook", "--port", "70000"], "the port 70000 cannot be used"),
    ],
)
def test_what_cannot_be_served_ends_with_a_message(
    served: list[Trial], arguments: list[str], message: str
) -> None:
    found = play(*arguments)
    assert (found.exit_code, served) == (2, [])
    assert message in found.output


def test_a_port_that_is_taken_is_told(served: list[Trial]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"the port {port} cannot be used" in play("webhook", "--port", port).output


def heeding_ctrl_c() -> None:
    """What a shell starts in the background ignores it, and so would what the tests start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_it_serves_until_ctrl_c_and_shows_where() -> None:
    command = [str(Path(sys.executable).parent / "mapping-engine"), "play", "webhook"]
    with subprocess.Popen(
        [*command, "--no-browser"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heeding_ctrl_c,
    ) as running:
        assert running.stderr is not None
        url = running.stderr.readline().strip()
        with urlopen(url) as page:
            assert b"<!doctype html>" in page.read()
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == 130
        assert "Traceback" not in running.stderr.read()


def test_only_a_browser_with_windows_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    from mapping_engine.cli.play import _open

    opened: list[str] = []

    class Window(webbrowser.BaseBrowser):
        def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
            opened.append(url)
            return True

    def none() -> webbrowser.BaseBrowser:
        raise webbrowser.Error("could not locate runnable browser")

    for get in (Window, none, lambda: webbrowser.GenericBrowser("lynx")):
        monkeypatch.setattr(webbrowser, "get", get)
        _open("http://127.0.0.1:1/once")
    assert opened == ["http://127.0.0.1:1/once"]
