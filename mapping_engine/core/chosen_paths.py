"""Paths of the event that settings choose: what lies there is known once these are given."""

from __future__ import annotations

from mapping_engine.core.inference import Inference, constant
from mapping_engine.core.model import Model, every_node
from mapping_engine.core.nodes import Call, Copy, Entries, ForEach, Name, Node, Object, Read, walk
from mapping_engine.transforms import REGISTRY

_FIXED = ("settings", "api", "tables")
_HELP = (
    "write the path itself, or read it from a setting: then the settings decide, and no event can "
    "ask for personal data"
)
_HELP_WITH_ITEMS = (
    "go through what lies there, and look its keys up: `entries_of: traits` with "
    "`key: $key |> lookup($settings.names)`"
)


def chosen_reads(model: Model) -> list[Call]:
    """The calls that read the event at a path which does not stand in the rules."""
    calls = (node for node in every_node(model) if isinstance(node, Call) and reads_event(node))
    return [call for call in calls if not all(_is_constant(each, model) for each in call.arguments)]


def _is_constant(argument: Node | None, model: Model) -> bool:
    return argument is None or constant(model, argument)[0]


def check_chosen(node: Call, found: Inference) -> None:
    """Report a path that an event, or each item of a list, would choose (TX02)."""
    for argument in node.arguments:
        if argument is not None and not _is_fixed(argument, found.model):
            who, help = "the event", _HELP
            if isinstance(argument, Name) and argument.name not in found.model.definitions:
                who, help = f"each `${argument.name}`", _HELP_WITH_ITEMS
            message = f"{who} would choose which path `{node.name}` reads"
            found.diagnostics.report("TX02", message, argument.span, help=help)
            return


def _is_fixed(argument: Node, model: Model) -> bool:
    """Whether a value comes from the rules and the settings alone."""
    seen: set[str] = set()
    waiting = [argument]
    while waiting:
        for part in walk(waiting.pop()):
            if isinstance(part, Read | Object | Copy | ForEach | Entries):
                return False
            if isinstance(part, Call) and reads_event(part):
                return False
            if isinstance(part, Name) and part.name in model.definitions:
                waiting += [model.definitions[part.name]] if part.name not in seen else []
                seen.add(part.name)
            elif isinstance(part, Name) and (part.name not in _FIXED or part.tail is None):
                return False
    return True


def reads_event(call: Call) -> bool:
    """Whether a call reads the event at a path that it is given."""
    target = REGISTRY.get(call.name)
    return target is not None and target.reads_event
