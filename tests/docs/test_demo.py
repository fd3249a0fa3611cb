"""`make demo` shows the main job, and neither secrets nor colour codes in a file."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@cache
def printed() -> str:
    command = [sys.executable, str(ROOT / "examples" / "demo.py")]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize(
    "text",
    [
        "request 1 of 1: POST https://graph.facebook.com/v16.0/505050505050501/events",
        "request 3 of 3: POST https://graph.facebook.com/v16.0/505050505050504/events",
        '"content_type": "product_group"',
        '"doby": ',
        "instrumentation error: ",
        "configuration error: ",
        "warning: ",
        "no request: the event switches this destination off",
        "- context.traits.email |> emails: skipped",
        '"access_token": "***"',
    ],
)
def test_the_demo_shows(text: str) -> None:
    assert text in printed()


def test_the_demo_shows_no_secret() -> None:
    settings = json.loads((ROOT / "examples" / "settings.json").read_text())
    assert settings["accessToken"] not in printed()


@pytest.mark.parametrize("text", ["alex@example.com", "Keener", "Lovelace", "1985", "600 123"])
def test_the_demo_shows_no_personal_data(text: str) -> None:
    assert text.lower() not in printed().lower()


def test_the_demo_is_plain_in_a_file() -> None:
    assert "\x1b" not in printed()


def test_the_first_event_is_the_one_of_the_reference_document(shared_data: Path) -> None:
    document = (shared_data / "reference" / "facebook-offline-conversions.txt").read_text()
    (event,) = json.loads((ROOT / "examples" / "track.json").read_text())
    assert texts(event) - added(event) <= set(document.replace('"', "'").split("'"))


def added(event: dict[str, object]) -> set[object]:
    return {event["type"], event["originalTimestamp"]}


def texts(value: object) -> set[object]:
    if isinstance(value, dict):
        return {text for item in value.values() for text in texts(item)}
    if isinstance(value, list):
        return {text for item in value for text in texts(item)}
    return {value} if isinstance(value, str) else set()
