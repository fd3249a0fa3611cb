"""Run the examples of docs/reach.md: `python -m tools.reach`.

An example is a block of rules, a block with its events, one a line, and a block with the requests
they become. The page is written anew with what the rules make today.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from mapping_engine import Outcome, Request, Unsent, load
from mapping_engine.engine.mapping import Destination

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reach.md"
PACK = ROOT / "examples" / "reach"
HEAD = """\
mapping: 1
title: Reach
event: ./vocabulary.yaml
settings: settings.schema.json
payload: payload.schema.json
api: {base: "https://api.example"}
"""
NOW = 1_700_000_000.0
EXAMPLE = re.compile(
    r"```yaml\n(?P<rules>.*?)```\n\n```json\n(?P<events>.*?)```\n\n```http\n.*?```\n", re.DOTALL
)


def refreshed(page: str) -> str:
    """The page with the requests of every example made anew."""
    return EXAMPLE.sub(_again, page)


def _again(found: re.Match[str]) -> str:
    shown = "\n\n".join(made(found["rules"], found["events"]))
    return f"{found[0].partition('```http')[0]}```http\n{shown}\n```\n"


def made(rules: str, events: str) -> Iterator[str]:
    """The requests, as they are sent, that events become by rules of a pack as PACK is one."""
    with TemporaryDirectory() as folder:
        pack = Path(folder, "reach")
        shutil.copytree(PACK, pack)
        (pack / "rules.yaml").write_text(HEAD + rules, "utf-8")
        given = json.loads((PACK / "settings.json").read_text("utf-8"))
        destination = load(pack).bind(given, clock=lambda: NOW)
    outcomes = [destination.outcome(json.loads(line)) for line in events.splitlines()]
    requests = (
        _combined(destination, outcomes)
        if any(each.batch for each in destination.mapping.model.requests)
        else _each(outcomes)
    )
    return map(written, requests)


def _each(outcomes: list[Outcome]) -> Iterator[Request]:
    for outcome in outcomes:
        assert outcome.error is None, outcome.error
        yield from outcome.requests


def _combined(destination: Destination, outcomes: list[Outcome]) -> Iterator[Request]:
    for batch in destination.batches(outcomes):
        assert not isinstance(batch, Unsent)
        yield batch.request


def written(request: Request) -> str:
    """A request as HTTP writes it; JSON stays as it is sent."""
    head = [f"{request.method} {request.url}", *(f"{k}: {v}" for k, v in request.headers.items())]
    body = request.encode().decode().rstrip("\n")
    return "\n".join([*head, *(["", body] if body else [])])


if __name__ == "__main__":
    PAGE.write_text(refreshed(PAGE.read_text("utf-8")), "utf-8")
