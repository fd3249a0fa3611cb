"""How the commands end: full disks, closed pipes, closed inputs, Ctrl-C, files that are taken.

Each test starts real processes, as a shell does.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Timer, get_ident

import pytest

from mapping_engine.cli.status import Status, Terminated, interruptible

ROOT = Path(__file__).resolve().parents[2]
PACK = "facebook_conversions"
GOOD = {"type": "track", "event": "Product Added", "userId": "u", "traits": {"email": "q7@z9.org"}}
SETTINGS = {"datasetId": "1", "accessToken": "TOKEN-4711", "actionSource": "website"}
CALLS = {
    "mapping-engine": "from mapping_engine.cli.start import mapping_engine as main; main()",
    "rules-check": "from mapping_engine.cli.start import rules_check as main; main()",
}
NOW = ("--now", "2026-11-26T12:00:00Z")
COMMANDS = [
    ("mapping-engine", "--help"),
    ("mapping-engine", "--version"),
    ("mapping-engine", "apply", PACK, "--settings", "settings.json", "events.ndjson", *NOW),
    ("mapping-engine", "explain", PACK, "--settings", "settings.json", "events.ndjson", *NOW),
    ("mapping-engine", "compile", PACK, "--show"),
    ("mapping-engine", "docs", PACK),
    ("mapping-engine", "packs"),
    ("mapping-engine", "test", PACK),
    ("mapping-engine", "transforms"),
    ("rules-check", "--list"),
    ("rules-check", "--explain", "FB01"),
    ("rules-check", PACK),
]
has_full_disk = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("settings.json").write_text(json.dumps(SETTINGS))
    Path("events.ndjson").write_text(f"{json.dumps(GOOD)}\n" * 3)
    return tmp_path


def python(command: str) -> list[str]:
    return [sys.executable, "-c", CALLS[command]]


def shell(line: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a shell makes of a line, in which `"$@"` is a command."""
    command = [*python(arguments[0]), *arguments[1:]]
    return subprocess.run(
        ["bash", "-c", line, "bash", *command],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def apply(*arguments: str, line: str = '"$@"') -> subprocess.CompletedProcess[str]:
    return shell(line, "mapping-engine", "apply", PACK, "--settings", "settings.json", *arguments)


@has_full_disk
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_full_disk_ends_every_command_with_a_message_and_2(command: tuple[str, ...]) -> None:
    found = shell('"$@" >/dev/full', *command)
    assert found.returncode == 2
    assert "error: standard output cannot be written: No space left" in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_closed_output_ends_every_command_with_a_message_and_2(command: tuple[str, ...]) -> None:
    found = shell('"$@" >&-', *command)
    assert found.returncode == 2
    assert "error: standard output is closed" in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_closed_pipe_ends_every_command_silently_with_141(command: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    line = [*python(command[0]), *command[1:]]
    found = subprocess.run(line, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (found.returncode, found.stderr) == (141, "")


@has_full_disk
def test_a_full_disk_under_errors_or_warnings_is_named(folder: Path) -> None:
    Path("events.ndjson").write_text('{"type": "alias"}\n')
    found = apply("events.ndjson", "--errors", "/dev/full")
    assert found.returncode == 2
    assert "error: `/dev/full` cannot be written: No space left" in found.stderr
    assert "1 events, 0 requests, 1 failed" in found.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("mapping-engine", "apply", PACK, "--settings", "settings.json"),
        ("mapping-engine", "apply", PACK, "--settings", "-", "events.ndjson"),
        ("mapping-engine", "explain", PACK, "--settings", "settings.json"),
        ("rules-check", "-"),
    ],
    ids=" ".join,
)
def test_a_closed_input_ends_with_a_message_and_2(command: tuple[str, ...]) -> None:
    found = shell('"$@" <&-', *command)
    assert found.returncode == 2
    assert re.search(r"(stdin|`-`|standard input).* cannot be read: it is closed", found.stderr)
    assert "Traceback" not in found.stderr


def test_ctrl_c_ends_with_130_and_what_was_done() -> None:
    command = [*python("mapping-engine"), "apply", PACK, "--settings", "settings.json", *NOW]
    with subprocess.Popen(
        command,
        bufsize=0,  # what is read ahead of a line would be lost to `communicate`
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        line = json.dumps(GOOD).encode() + b"\n"
        process.stdin.write(line * 50)  # no more than its output holds unread
        process.stdin.flush()
        first = process.stdout.readline()  # it is at work
        process.send_signal(signal.SIGINT)
        rest, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in told
    counted = re.search(rb"(\d+) events, (\d+) requests, 0 failed\ninterrupted\n$", told)
    assert counted
    lines = (first + rest).splitlines(keepends=True)
    assert all(line.endswith(b"\n") for line in lines)
    assert len(lines) == int(counted[2])


def test_ctrl_c_waits_for_the_end_of_an_event() -> None:
    before = signal.getsignal(signal.SIGINT)  # it is ignored where the tests run in the background
    with interruptible() as interruption:
        steps = interruption.steps("abc")
        assert next(steps) == "a"
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            next(steps)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_signal_that_comes_to_another_thread_ends_the_wait_for_input() -> None:
    told, tell = os.pipe()
    is_too_late = Event()

    def give_up() -> None:
        is_too_late.set()
        os.write(tell, b"input")

    elsewhere = Timer(0.1, lambda: signal.pthread_kill(get_ident(), signal.SIGTERM))
    late = Timer(30, give_up)
    with interruptible():
        elsewhere.start()
        late.start()
        with pytest.raises(Terminated):
            os.read(told, 1)
    late.cancel()
    assert not is_too_late.is_set()
    os.close(told)
    os.close(tell)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("events.ndjson", "--errors", "events.ndjson"), '"$@"'),
        (("events.ndjson", "--errors", "./events.ndjson"), '"$@"'),
        (("events.ndjson", "--errors", "link.ndjson"), 'ln -s events.ndjson link.ndjson; "$@"'),
        (("events.ndjson", "--errors", "link.ndjson"), 'ln events.ndjson link.ndjson; "$@"'),
        (("events.ndjson", "--warnings", "settings.json"), '"$@"'),
        (("events.ndjson", "--errors", "new", "--warnings", "./new"), '"$@"'),
        (("--errors", "events.ndjson"), '"$@" < events.ndjson'),
        (("events.ndjson",), '"$@" >> events.ndjson'),
        (("events.ndjson", "--errors", "out"), '"$@" > out'),
    ],
)
def test_an_output_that_is_read_or_written_already_is_refused(
    arguments: tuple[str, ...], line: str
) -> None:
    before = Path("events.ndjson").read_bytes(), Path("settings.json").read_bytes()
    found = apply(*arguments, line=line)
    assert found.returncode == 2
    assert "would overwrite" in found.stderr
    assert (Path("events.ndjson").read_bytes(), Path("settings.json").read_bytes()) == before
    assert not Path("new").exists()


def test_a_device_may_be_named_twice() -> None:
    assert (
        apply("events.ndjson", *NOW, "--errors", "/dev/null", "--warnings", "/dev/null").returncode
        == 0
    )


def test_an_output_must_not_be_a_file_of_the_pack() -> None:
    rules = ROOT / "rules" / PACK
    text = (rules / "rules.yaml").read_text("utf-8")
    Path("pack").mkdir()
    for file in rules.iterdir():
        if file.is_file():
            Path("pack", file.name).write_bytes(file.read_bytes())
    found = shell('"$@"', "mapping-engine", "apply", "pack", "--settings", "settings.json",
                  "events.ndjson", "--errors", "pack/rules.yaml")  # fmt: skip
    assert found.returncode == 2
    assert Path("pack/rules.yaml").read_text("utf-8") == text


def test_files_that_may_hold_personal_data_are_private() -> None:
    Path("old").write_text("")
    Path("old").chmod(0o644)
    assert apply("events.ndjson", *NOW, "--errors", "old", "--warnings", "new").returncode == 0
    assert [Path(name).stat().st_mode & 0o777 for name in ("old", "new")] == [0o600, 0o600]


def test_a_missing_second_file_says_what_was_done() -> None:
    found = apply("events.ndjson", "missing.ndjson", *NOW)
    assert found.returncode == 2
    assert "error: the events file `missing.ndjson` cannot be read: No such file" in found.stderr
    assert "3 events, 3 requests, 0 failed" in found.stderr
    assert len(found.stdout.splitlines()) == 3


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
def test_letters_that_a_terminal_lacks_are_escaped(encoding: str) -> None:
    event = {**GOOD, "event": "日本 \ud83d", "properties": {"plan": "…"}}
    Path("events.ndjson").write_text(json.dumps(event) + "\n")
    line = f'PYTHONIOENCODING={encoding} "$@"'
    arguments = ("explain", PACK, "events.ndjson", "--settings", "settings.json", *NOW)
    found = shell(line, "mapping-engine", *arguments)
    assert "Traceback" not in found.stderr
    assert found.returncode in (0, 1)


@pytest.mark.parametrize("time", ["nan", "inf", "-inf", "1e400", "NaN", "1e18", "-1e18"])
def test_a_time_that_is_none_is_a_usage_error(time: str) -> None:
    found = apply("events.ndjson", f"--now={time}")
    assert found.returncode == 2
    assert "a time such as" in found.stderr


def test_the_exit_statuses_are_those_of_the_table() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| ", readme, re.MULTILINE)
    assert [int(number) for number in rows] == [status.value for status in Status]


def test_no_command_ends_with_another_status() -> None:
    for file in (ROOT / "mapping_engine" / "cli").rglob("*.py"):
        for given in re.findall(r"(?:sys\.exit|ctx\.exit|SystemExit)\((.*?)\)", file.read_text()):
            assert given.startswith(("Status.", "_INTERRUPTED")), (file, given)
