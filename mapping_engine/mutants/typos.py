"""Slips of the hand in a name."""

from __future__ import annotations


def misspelt(name: str, slip: int) -> str:
    """A name with one slip: letters changed about, one left out, or one doubled."""
    middle = max(1, len(name) // 2)
    slips = (
        name[: middle - 1] + name[middle] + name[middle - 1] + name[middle + 1 :]
        if len(name) > 1
        else name,
        name[:middle] + name[middle + 1 :],
        name[:middle] + name[middle - 1 : middle] + name[middle:],
    )
    chosen = slips[slip % 3]
    return chosen if chosen not in (name, "") else name + name[-1:]
