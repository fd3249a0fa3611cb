"""Words for diagnostics: the nearest accepted name, and lists that stay short."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from mapping_engine.diagnostics.check import Check
from mapping_engine.diagnostics.diagnostic import Diagnostics, Fix
from mapping_engine.diagnostics.span import Span

SHOWN = 12
_SLIP = 0.85


def nearest(given: str, accepted: Iterable[str]) -> str | None:
    """The accepted name nearest to ``given``, if one is near."""
    names = list(accepted)
    folded = {name.casefold(): name for name in reversed(names)}
    near = get_close_matches(given.casefold(), folded, n=1, cutoff=0.6)
    return folded[near[0]] if near else None


def slip_of(given: str, accepted: Iterable[str]) -> str | None:
    """The accepted name that differs from ``given`` by a slip of the hand or in its case."""
    names = {each.casefold(): each for each in accepted}
    near = get_close_matches(given.casefold(), names, n=1, cutoff=_SLIP)
    return names[near[0]] if near else None


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
