"""The day on which an API is switched off, in words."""

from __future__ import annotations

from datetime import date

from mapping_engine.file.documents import ApiBlock

DAYS_AHEAD = 90


def sunset_of(api: ApiBlock | None, today: date) -> tuple[str, str | None] | None:
    """What to say of an API that is, or soon will be, switched off, and the pack to move to."""
    if api is None or api.sunset is None or (days := (api.sunset - today).days) > DAYS_AHEAD:
        return None
    successor = api.successor.text if api.successor else None
    if days > 0:
        plural = "s" * (days != 1)
        return f"the API is switched off in {days} day{plural}, on {api.sunset}", successor
    return f"the API was switched off on {api.sunset}", successor
