"""Words for diagnostics: the nearest accepted name, and lists that stay short."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from mapping_engine.diagnostics.check import Check
from mapping_engine.diagnostics.diagnostic import Diagnostics, Fix
from mapping_engine.diagnostics.span import Span

SHOWN = 12
_LIKE = 0.6
_SLIP = 0.85
_MANY = 300
"""Of more names, only those are compared that begin or end alike: a comparison takes long."""


def near_to(given: str, names: Iterable[str], likeness: float) -> str | None:
    """The name nearest to ``given``, if it is at least so much like it: 1 is the same."""
    return _near_to(given, tuple(names), likeness)


@lru_cache(10_000)
def _near_to(given: str, names: tuple[str, ...], likeness: float) -> str | None:
    """It takes long, and the same names are misspelt, or new, in many places of a file."""
    if len(names) > _MANY:
        head, tail = given[:2], given[-2:]
        names = tuple(each for each in names if each[:2] == head or each[-2:] == tail)
    return next(iter(get_close_matches(given, names, 1, likeness)), None)


def nearest(given: str, accepted: Iterable[str]) -> str | None:
    """The accepted name nearest to ``given``, if one is near."""
    names = list(accepted)
    folded = {name.casefold(): name for name in reversed(names)}
    near = near_to(given.casefold(), folded, _LIKE)
    return folded[near] if near else None


def slip_of(given: str, accepted: Iterable[str]) -> str | None:
    """The accepted name that differs from ``given`` by a slip of the hand or in its case."""
    names = {each.casefold(): each for each in accepted}
    near = near_to(given.casefold(), names, _SLIP)
    return names[near] if near else None


def did_you_mean(given: str, accepted: Iterable[str]) -> str | None:
    """``did you mean `x`?`` for the accepted name nearest to ``given``, if one is near."""
    near = nearest(given, accepted)
    return f"did you mean `{near}`?" if near is not None else None


def rename(span: Span, given: str, accepted: Iterable[str], meant: str | None = None) -> Fix | None:
    """The fix that writes the name nearest to what is ``meant`` at ``span``, for ``given``."""
    near = nearest(meant or given, accepted)
    if near is None:
        return None
    return Fix(span, near, f"write `{near}`", safe=False, old=given)


def report_unknown(
    diagnostics: Diagnostics,
    check: Check | str,
    message: str,
    span: Span,
    given: str,
    accepted: Iterable[str],
    otherwise: str,
) -> None:
    """Report a name that is not ``accepted``, with the nearest one, or else with other advice."""
    names = list(accepted)
    help = did_you_mean(given, names) or otherwise
    diagnostics.report(check, message, span, help=help, fix=rename(span, given, names))


def listed(names: Iterable[str]) -> str:
    """The names in order of the alphabet, quoted; a long list is cut and counted."""
    ordered = sorted(names)
    shown = ", ".join(f"`{name}`" for name in ordered[:SHOWN])
    rest = len(ordered) - SHOWN
    return f"{shown} (and {rest} more)" if rest > 0 else shown or "none"
