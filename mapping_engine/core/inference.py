"""What every function that finds types is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from mapping_engine.core.facts import Facts
from mapping_engine.core.model import Model
from mapping_engine.core.nodes import Const, Items, Name, Node, walk
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.expression import Extent
from mapping_engine.frozen import Frozen
from mapping_engine.selectors import vocabulary_path
from mapping_engine.source.node import YamlNode
from mapping_engine.types.type import Type


class Scope(Frozen):
    """The ``$names`` of a place beyond built-in names and definitions.

    ``late`` is true where the payload exists already, and ``joined`` where all payloads of a
    fan-out do; ``only`` closes the scope to its own variables and ``$tables`` (inside named
    pipelines). ``holding`` are conditions that hold there.
    """

    variables: Mapping[str, Type]
    late: bool = False
    joined: bool = False
    only: bool = False
    holding: tuple[Node, ...] = ()

    def having(self, name: str, type: Type) -> Scope:
        """This scope with one variable more; what is known of another one of that name is not."""
        holding = tuple(each for each in self.holding if name not in _names(each))
        return replace(self, variables={**self.variables, name: type}, holding=holding)

    def under(self, condition: Node | None) -> Scope:
        """This scope where a condition holds."""
        return self if condition is None else replace(self, holding=(*self.holding, condition))


def _names(node: Node) -> set[str]:
    return {each.name for each in walk(node) if isinstance(each, Name)}


class Inference(Frozen):
    """The mapping that is examined, what is known of it so far, and where mistakes go."""

    model: Model
    diagnostics: Diagnostics
    facts: Facts = field(default_factory=Facts)
    examined: set[str] = field(default_factory=set)
    """The named pipelines whose mistakes are reported already."""
    pipelines: dict[tuple[object, ...], Type] = field(default_factory=dict)
    """What pipelines yield, by their names, inputs and arguments."""
    chosen: Mapping[int, Type] = field(default_factory=dict)
    """The types of reads at paths that the settings choose, where these are known."""
    problems: dict[tuple[object, int], str | None] = field(default_factory=dict)
    """What is wrong with constant arguments: large tables are looked at once."""
    tables: Mapping[str, YamlNode] = field(default_factory=dict)
    """The tables as they are written in rule files."""

    def silent(self) -> Inference:
        """The same, for finding types again: what is wrong is reported already."""
        return replace(self, diagnostics=Diagnostics())


def constant(model: Model, node: Node) -> tuple[bool, object]:
    """Whether the value of a node is known before any event is seen, and the value."""
    match node:
        case Const(value=value):
            return True, value
        case Items(items=items, fill=None):
            found = [constant(model, item) for item in items]
            return all(known for known, _ in found), [value for _, value in found]
        case Name(name="tables", tail=tail) if tail is not None:
            path = vocabulary_path(tail) or ("",)
            return len(path) == 1 and path[0] in model.tables, model.tables.get(path[0])
        case _:
            return False, None


def extent_of(node: Node) -> Extent | None:
    """The stretch of a scalar that a node is written in; None for what a block says."""
    return node.at if isinstance(node.at, Extent) else None
