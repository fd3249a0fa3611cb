"""Settings that choose a path of the event may not choose personal data for a place in clear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mapping_engine.core.examine import examine
from mapping_engine.core.model import Model, reachable
from mapping_engine.core.nodes import Call, Name
from mapping_engine.core.spell import spell
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.engine.codegen.arguments import given_arguments
from mapping_engine.engine.interpreter import Interpreter
from mapping_engine.engine.outcome import EventWarning
from mapping_engine.errors import ConfigurationError, ErrorCode
from mapping_engine.transforms import REGISTRY
from mapping_engine.types.type import UNDECLARED, Type

_FLOWS = frozenset(("PI01", "PI02", "PI06"))


Chosen = Sequence[tuple[Call, tuple[str | int, ...] | None]]
"""The reads at paths that settings choose, each with its steps; None where it is no path."""


def chosen_paths(calls: Iterable[Call], it: Interpreter) -> Chosen:
    """What the settings choose; a read for which they give nothing is left out."""
    found = []
    for call in calls:
        target = REGISTRY[call.name]
        given = given_arguments(call, target, it, [])
        if given is not None:
            found.append((call, target.locate and target.locate(*given)))
    return found


def check_chosen_paths(model: Model, paths: Chosen) -> None:
    """Hold the paths that settings choose to the same rules as those that stand in a rule file.

    Raises ConfigurationError (CF01), which names the setting, never its value.
    """
    chosen = {id(call): _type(steps, model) for call, steps in paths if steps}
    if all(found.may_be_shown or found.spreading <= {UNDECLARED} for found in chosen.values()):
        return
    diagnostics = Diagnostics()
    examine(model, diagnostics, chosen)
    problem = next((each for each in diagnostics.found if each.code in _FLOWS), None)
    if problem is None:
        return
    settings = _settings(
        next(c for c, _ in paths if id(c) in chosen and chosen[id(c)].spreading), model
    )
    raise ConfigurationError(
        ErrorCode.SETTINGS_INVALID,
        f"{settings} leads to personal data: {problem.message}",
        span=problem.span,
        help="choose a path that holds no personal data",
    )


def odd_paths(model: Model, paths: Chosen) -> Iterator[EventWarning]:
    """A warning (WA04) for each setting that should be a path of the event, and is none."""
    for call, steps in paths:
        if steps is None:
            text = f"{_settings(call, model)} is no path, and leads nowhere: write it as `a.b[0].c`"
            yield EventWarning("WA04", text, span=call.span)


def _type(steps: tuple[str | int, ...], model: Model) -> Type:
    path = tuple(step if isinstance(step, str) else "[]" for step in steps)
    return model.vocabulary.type_of(path).or_missing()


def _settings(call: Call, model: Model) -> str:
    """The settings behind the arguments of a call, as the rules write them."""
    parts = reachable(model, (each for each in call.arguments if each is not None))
    names = [spell(part) for part in parts if isinstance(part, Name) and part.name == "settings"]
    return " or ".join(f"`{name}`" for name in dict.fromkeys(names))
