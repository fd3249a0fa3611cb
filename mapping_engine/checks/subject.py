"""What a check is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property

from mapping_engine.checks.condition_logic import Conditions
from mapping_engine.core.facts import Facts
from mapping_engine.core.load import Examined
from mapping_engine.core.model import Model, Rule, every_node
from mapping_engine.core.nodes import (
    Broken,
    Call,
    Copy,
    Entries,
    Field,
    FirstOf,
    ForEach,
    Guard,
    Node,
    Object,
    walk,
)
from mapping_engine.core.spell import is_written
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.frozen import Frozen


class Subject(Frozen):
    """One pack that could be read, and where the findings go.

    ``texts`` are those of its files, by the names that diagnostics show.
    """

    examined: Examined
    diagnostics: Diagnostics
    texts: Mapping[str, str]
    today: date

    @property
    def model(self) -> Model:
        """The mapping with everything it uses."""
        return self.examined.model

    @property
    def facts(self) -> Facts:
        """The types of its parts."""
        return self.examined.facts

    @cached_property
    def conditions(self) -> Conditions:
        """Its conditions in a normal form."""
        return Conditions(self.model, self.facts)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every node, each once."""
        return tuple(every_node(self.model))

    @cached_property
    def chains(self) -> tuple[FirstOf, ...]:
        """The chains and decision tables, as they are written: what is derived repeats them."""
        found = every_node(replace(self.model, definitions=self._written))
        chains = (node for node in found if isinstance(node, FirstOf))
        return tuple(c for c in chains if not any(isinstance(n, Broken) for n in walk(c)))

    @cached_property
    def converted_chains(self) -> tuple[FirstOf, ...]:
        """The same, as an `as` elsewhere converts their alternatives."""
        written = set(map(id, self.chains))
        return tuple(n for n in self.nodes if isinstance(n, FirstOf) and id(n) not in written)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of `accept`, `refuse` and `warn`, each once."""
        late = (rule for each in self.model.requests for rule in (*each.refuse, *each.warn))
        return tuple({id(rule.at): rule for rule in (*self.model.accept, *late)}.values())

    @cached_property
    def variables(self) -> frozenset[str]:
        """The names of the variables of all fan-outs."""
        return frozenset(name for each in self.model.requests for name in each.fan_out_names)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields of all objects."""
        objects = (node for node in self.nodes if isinstance(node, Object))
        return tuple(field for node in objects for field in node.fields)

    @cached_property
    def values(self) -> tuple[tuple[Node, bool], ...]:
        """The nodes that stand for values, with what these are chosen and made from.

        True for those that are converted before they are anybody's value.
        """
        model = self.model
        pipelines = (pipeline.body for pipeline in model.pipelines.values())
        variables = (variable.values for each in model.requests for variable in each.fan_out)
        fields = (each.fields for each in model.requests)
        starts = (*self._written.values(), *pipelines, *variables, *fields)
        waiting = [(start, False) for start in reversed(starts)]
        found: dict[int, tuple[Node, bool]] = {}
        while waiting:
            node, is_converted = waiting.pop()
            if id(node) not in found:
                found[id(node)] = (node, is_converted)
                inside = is_converted or isinstance(node, Call)
                waiting += [(part, inside) for part in reversed(_parts(node))]
        return tuple(found.values())

    @property
    def _written(self) -> dict[str, Node]:
        return {name: node for name, node in self.model.definitions.items() if is_written(name)}


def _parts(node: Node) -> tuple[Node, ...]:
    """What a value is chosen or made from."""
    match node:
        case FirstOf(alternatives=arms):
            return tuple(arm.value for arm in arms)
        case (
            Guard(value=inner)
            | Call(input=Node() as inner)
            | ForEach(body=inner)
            | Entries(value=inner)
        ):
            return (inner,)
        case Copy(added=Object() as inner):
            return (inner,)
        case Object(fields=fields):
            defaults = (field.default for field in fields if field.default is not None)
            return (*(field.value for field in fields), *defaults)
        case _:
            return ()
