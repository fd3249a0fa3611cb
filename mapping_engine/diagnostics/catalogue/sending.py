"""Checks of what follows a request: how requests combine, and what answers mean."""

from __future__ import annotations

from mapping_engine.diagnostics.check import Check, Severity

CHECKS = (
    Check(
        "SN01 batch-misfit: `batch` names something that the body of the request does not have",
        Severity.ERROR,
        why="No two requests would ever combine, and nothing would say why.",
        fix="Name the list of the body that is joined.",
        wrong="batch: {into: data, at_most: 100}\nrequest:\n  url: '{$api.base}/e'\n"
        "  json: {events: [$payload]}\nfields:\n  x: p.a\n",
        right="batch: {into: events, at_most: 100}\nrequest:\n  url: '{$api.base}/e'\n"
        "  json: {events: [$payload]}\nfields:\n  x: p.a\n",
    ),
    Check(
        "SN02 unreachable-answer: a row of `answers` that no answer reaches",
        Severity.ERROR,
        why="The first row that applies counts, so what this one says is never done.",
        fix="Move it above the row that takes its answers, or correct its condition.",
        wrong="answers:\n  - {when: status >= 400, refuse: correct the event}\n"
        "  - {when: status == 429, retry: 60}\nfields:\n  x: p.a\n",
        right="answers:\n  - {when: status == 429, retry: 60}\n"
        "  - {when: status >= 400, refuse: correct the event}\nfields:\n  x: p.a\n",
    ),
)
