"""FO05: the API of a pack is switched off, or soon will be."""

from __future__ import annotations

from mapping_engine.checks.subject import Subject
from mapping_engine.diagnostics import Check, Severity

FO05 = Check(
    "FO05",
    "api-sunset",
    Severity.WARNING,
    "the API of this pack is, or soon will be, switched off",
    why="From that day on every request fails. The warning comes 90 days ahead.",
    fix="Move to the successor, or correct the date under `api`.",
    ignore="Until the move is made, with its date.",
    wrong='api: {base: "https://x.test", sunset: 2026-01-31, successor: other}\n'
    "fields:\n  x: p.a\n",
    right='api: {base: "https://x.test", sunset: 2027-01-31, successor: other}\n'
    "fields:\n  x: p.a\n",
)
CHECKS = (FO05,)

DAYS_AHEAD = 90


def find(subject: Subject) -> None:
    """Hold the day on which the API ends against today."""
    api = subject.model.file.api
    if api is None or api.sunset is None:
        return
    days = (api.sunset - subject.today).days
    if days > DAYS_AHEAD:
        return
    successor = api.successor.text if api.successor else None
    if days > 0:
        message = f"the API is switched off in {days} day{'s' * (days != 1)}, on {api.sunset}"
    else:
        message = f"the API was switched off on {api.sunset}"
    help = (
        f"move to the pack `{successor}`" if successor else "name the pack to move to: `successor`"
    )
    subject.diagnostics.report(FO05, message, api.place("sunset"), help=help)
