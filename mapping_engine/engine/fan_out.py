"""The fan-out: for which values of its variables an event becomes a request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mapping_engine.engine.run import UNSET, Evaluate, Run

Combine = Callable[[Run, list[tuple[Any, ...]]], None]
"""Adds the values of the variables for each request, in order; at most one more than may be."""


@dataclass(frozen=True)
class Variable:
    """A fan-out variable: its slot, and the list it takes its values from."""

    slot: int
    values: Evaluate


def cross_product(variables: Sequence[Variable], late: Sequence[int], most: int) -> Combine:
    """The cross product of the variables, each of which may depend on those before it.

    ``late`` are the places of what is made anew for each value.
    """

    def combine(run: Run, chosen: tuple[Any, ...], found: list[tuple[Any, ...]]) -> None:
        variable = variables[len(chosen)]
        forget(run, late)
        values = variable.values(run)
        last = len(chosen) + 1 == len(variables)
        for value in values if type(values) is list else ():
            run.names[variable.slot] = value
            if last:
                found.append((*chosen, value))
            else:
                combine(run, (*chosen, value), found)
            if len(found) > most:
                return

    return lambda run, found: combine(run, (), found)


def forget(run: Run, late: Sequence[int]) -> None:
    """Forget what was made for other values of the fan-out."""
    for slot in late:
        run.memo[slot] = UNSET
