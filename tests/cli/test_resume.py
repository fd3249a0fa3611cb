"""Runs over several processes, and runs that go on: what is the same, and what is refused."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mapping_engine.cli import chunks
from mapping_engine.cli.main import main
from tests.cli.killing import workers

ROOT = Path(__file__).resolve().parents[2]
WALK = ROOT / "examples" / "walk"
SETTINGS = {"shops": ["TOKEN-4711"]}
OUTPUTS = {"output": "requests", "errors": "errors", "warnings": "warnings"}
SMALL = (
    "from mapping_engine.cli import applying, chunks; chunks.CHUNK, applying.EVERY = 3000, 2; "
    "from mapping_engine.cli.start import mapping_engine as main; main()"
)
NOW = "--now=2026-11-26T12:00:00Z"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("settings.json").write_text(json.dumps(SETTINGS))
    write_events("events.ndjson", 120)
    return tmp_path


def event(number: int) -> dict[str, object]:
    return {"type": "track", "messageId": f"m{number}", "properties": {"value": number % 7 or None}}


def write_events(name: str, count: int) -> None:
    lines = [json.dumps(event(number)) if number % 11 else "{x" for number in range(count)]
    Path(name).write_text("\n".join(lines) + "\n")


def command(*arguments: str, pack: Path = WALK) -> list[str]:
    return [sys.executable, "-c", SMALL, "apply", str(pack), "--settings=settings.json", *arguments]


def apply(*arguments: str, pack: Path = WALK) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command(*arguments, pack=pack), capture_output=True, text=True, env=env)


def into(folder: str) -> list[str]:
    Path(folder).mkdir()
    return [f"--{option}={folder}/{name}" for option, name in OUTPUTS.items()]


def read(folder: str) -> list[bytes]:
    return [Path(folder, name).read_bytes() for name in OUTPUTS.values()]


@pytest.mark.parametrize("option", ["--batch", "--keep-events"])
def test_two_processes_write_and_say_what_one_writes_and_says(option: str) -> None:
    pack = WALK
    if option == "--batch":
        pack = Path("batching")
        subprocess.run(["cp", "-r", str(WALK), "batching"], check=True)
        with Path("batching/rules.yaml").open("a") as rules:
            rules.write("\nbatch: {at_most: 7, into: orders}\n")
    one = apply("events.ndjson", NOW, "--jobs=1", option, *into("one"), pack=pack)
    two = apply("events.ndjson", NOW, "--jobs=2", option, *into("two"), pack=pack)
    assert all(read("one")), one.stderr
    assert read("one") == read("two")
    assert (one.returncode, one.stderr.replace("one/", "two/")) == (two.returncode, two.stderr)
    assert one.returncode == 1
    assert (len(read("one")[0].splitlines()) < 20) is (option == "--batch")


def test_errors_that_no_file_takes_are_shown_alike() -> None:
    one, two = (apply("events.ndjson", NOW, f"--jobs={jobs}") for jobs in (1, 2))
    assert (one.stdout, one.stderr) == (two.stdout, two.stderr)
    assert "{x" not in one.stderr


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=str)
def test_a_stopped_run_says_where_it_stands(number: signal.Signals, jobs: int) -> None:
    os.mkfifo("more.ndjson")
    arguments = ("events.ndjson", "more.ndjson", f"--jobs={jobs}", NOW)
    with (
        subprocess.Popen(
            command(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT), "SECRET": "TOKEN-4711"},
        ) as process,
        open("more.ndjson", "wb") as more,
    ):  # from here on it waits for more
        more.write(b"\n" * 100)
        more.flush()
        for worker in workers(process.pid):
            given, variables = (Path(f"/proc/{worker}/{name}") for name in ("cmdline", "environ"))
            if b"jobs.worker" in given.read_bytes():  # else it has not begun yet
                assert b"TOKEN" not in given.read_bytes() + variables.read_bytes()
        process.send_signal(number)
        written, told = process.communicate(timeout=120)
    assert process.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143}[number]
    assert b"Traceback" not in told
    assert b"stopped at " in told
    assert all(json.loads(line) for line in written.splitlines())


# Runs that go on


def stopped(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A run that comes to a file that is broken, and leaves its progress."""
    Path("broken.ndjson").write_bytes(b"\xff\xfe")
    found = apply("events.ndjson", "broken.ndjson", "--output=requests", *arguments)
    assert found.returncode == 2
    return found


def resumed(*arguments: str, pack: Path = WALK) -> subprocess.CompletedProcess[str]:
    files = ("events.ndjson", "broken.ndjson")
    return apply(*files, "--output=requests", "--resume", *arguments, pack=pack)


def test_a_run_that_was_stopped_goes_on_once_the_reason_is_gone() -> None:
    told = stopped("--errors=errors").stderr
    assert re.search(r"stopped at events.ndjson:121, behind [\d,]+ bytes of it; the same", told)
    write_events("broken.ndjson", 5)
    again = apply("events.ndjson", "broken.ndjson", "--errors=errors", "--output=requests")
    assert "[RS01 resume] (go on with it by --resume" in again.stderr
    found = resumed("--errors=errors", "--jobs=2")
    assert found.returncode == 1
    assert "125 events, 113 requests, 12 failed" in found.stderr
    assert not Path("requests.progress").exists()
    assert len({*Path("requests").read_text().splitlines()}) == 113
    assert len({*Path("errors").read_text().splitlines()}) == 12


def test_what_has_changed_since_is_named() -> None:
    stopped()
    progress = Path("requests.progress")
    assert "TOKEN" not in progress.read_text()
    assert progress.stat().st_mode & 0o777 == 0o600
    Path("more.ndjson").write_text("")
    for arguments, told in (
        (("--errors=other",), "--errors"),
        (("--keep-events",), "--keep-events"),
        ((NOW,), "--now"),
        (("more.ndjson",), "which files of events there are"),
    ):
        found = resumed(*arguments)
        assert found.returncode == 2
        assert f"this has changed: {told} [RS02 resume]" in found.stderr
    Path("settings.json").write_text(json.dumps({"shops": ["TOKEN-4712"]}))
    os.utime("events.ndjson", (0, 0))
    found = resumed()
    assert "this has changed: the settings, `events.ndjson` [RS02 resume]" in found.stderr
    assert "TOKEN" not in found.stderr


def test_outputs_that_are_gone_are_not_gone_on_with() -> None:
    stopped()
    Path("requests").unlink()
    assert "`requests` has 0 bytes" in resumed().stderr


def test_rules_that_have_changed_are_named() -> None:
    subprocess.run(["cp", "-r", str(WALK), "walk"], check=True)
    Path("broken.ndjson").write_bytes(b"\xff\xfe")
    files = ("events.ndjson", "broken.ndjson")
    apply(*files, "--output=requests", pack=Path("walk"))
    rules = Path("walk/rules.yaml")
    rules.write_text(rules.read_text().replace("title: Walk", "title: Walks"))
    assert "this has changed: `walk/rules.yaml` [RS02" in resumed(pack=Path("walk")).stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("events.ndjson",), "name --output FILE"),
        (("-", "--output=requests"), "standard input cannot be read twice"),
        (("events.ndjson", "--output=requests", "--batch"), "what waits to be combined"),
        (("events.ndjson", "--output=x.parquet"), "whole only at its end"),
        (("events.ndjson", "--output=/dev/null"), "is no file"),
        (("events.ndjson", "--output=requests"), "there is no run to go on with"),
    ],
)
def test_what_cannot_be_gone_on_with_is_refused(arguments: tuple[str, ...], told: str) -> None:
    found = apply(*arguments, "--resume")
    assert found.returncode == 2
    assert "[RS01 resume]" in found.stderr
    assert told in found.stderr


@pytest.mark.parametrize("arguments", [("missing.ndjson",), ("events.ndjson", "--errors=/no/such")])
def test_a_run_that_did_nothing_leaves_no_progress(arguments: tuple[str, ...]) -> None:
    assert apply(*arguments, "--output=requests").returncode == 2
    assert not Path("requests.progress").exists()


def test_over_files_the_clock_stands_still() -> None:
    subprocess.run(["cp", "-r", str(WALK), "walk"], check=True)
    rules = Path("walk/rules.yaml")
    text = rules.read_text().replace(
        "json: {orders: [$payload]}", "json: {orders: [$payload], at: $now}"
    )
    rules.write_text(text)
    found = apply("events.ndjson", pack=Path("walk"))
    assert len({json.loads(line)["body"]["at"] for line in found.stdout.splitlines()}) == 1


# Memory


@pytest.mark.unmeasured
@pytest.mark.parametrize(("form", "jobs"), [("ndjson", 1), ("ndjson", 2), ("json", 1), ("csv", 1)])
def test_memory_does_not_grow_with_the_file(form: str, jobs: int) -> None:
    def most(count: int) -> int:
        Path(f"e.{form}").write_text(large(form, count))
        code = f"from tests.cli.test_resume import measured; measured('e.{form}', {jobs})"
        found = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=True,
        )
        return int(found.stdout.splitlines()[-1])

    assert most(5000) < 1.25 * most(500)


def large(form: str, count: int) -> str:
    """So many events of 2 KB."""
    if form == "csv":
        return "type,messageId,properties.value\n" + f"track,{'m' * 2000},3\n" * count
    text = json.dumps({**event(3), "messageId": "m" * 2000})
    return f"[{', '.join([text] * count)}]" if form == "json" else f"{text}\n" * count


def measured(file: str, jobs: int) -> None:
    """Print the largest memory, in KB, of this process and its workers."""
    chunks.CHUNK = 32 * 1024
    options = ("--settings=settings.json", "--output=/dev/null", NOW, f"--jobs={jobs}")
    try:
        main(["apply", str(WALK), *options, file])
    except SystemExit:
        who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        print(sum(resource.getrusage(each).ru_maxrss for each in who))
