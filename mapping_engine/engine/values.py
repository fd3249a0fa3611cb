"""Definitions and fields to closures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from mapping_engine.core.calls import find
from mapping_engine.core.mapped import mapped_paths
from mapping_engine.core.model import BUILTINS
from mapping_engine.core.walk import (
    Uses,
    calls,
    copied,
    item_name,
    names_in,
    parts_of,
    plain_chain,
    reachable,
)
from mapping_engine.engine.lower import Names, first_present
from mapping_engine.engine.rest import Copying, CopyPlan, Path, exclusions
from mapping_engine.engine.run import Evaluate, Note, Run, Step, present, same
from mapping_engine.engine.steps import StepLowering, wrong_kind
from mapping_engine.expression import Expression, Select, print_expression
from mapping_engine.file.values import ArmBlock, ValueBlock
from mapping_engine.selectors import steps as path_steps
from mapping_engine.transforms.declare import Transform
from mapping_engine.types import Type, kind_of
from mapping_engine.types.type import UNKNOWN


@dataclass(frozen=True)
class Arm:
    """One alternative ready to be tried: its label, its rule, and what evaluates it."""

    label: str
    node: Expression
    evaluate: Evaluate


class ValueLowering(StepLowering):
    """Lowers blocks; fields inside them are lowered by the hook :meth:`fields`."""

    outer: Names
    """The names that definitions may use: the fan-out variables."""

    uses: Uses
    """Which values depend on the fan-out."""

    def fields(self, block: ValueBlock, names: Names, path: str) -> Evaluate:
        """The object that the fields of a block make."""
        raise NotImplementedError

    def definition(self, name: str) -> Evaluate:
        """The value of a definition, before it is remembered."""
        return self.complete(self.model.definitions[name], self.outer, f"${name}")

    # Values

    def value(self, block: ValueBlock, names: Names, path: str) -> Evaluate:
        """The value of a block, were there no `when` and no default; None when there is none."""
        evaluate = self.source(block, names, path)
        label = source_label(block)
        if block.as_ and not parts_of(block):
            evaluate = self.then(evaluate, block.as_, names, label)
        if block.then:
            evaluate = self.then(evaluate, block.then, names, label)
        if block.one_of is not None:
            accepted = self.accepted(block.one_of, names, label)
            evaluate = _then(evaluate, accepted)
        return evaluate

    def complete(self, block: ValueBlock, names: Names, path: str) -> Evaluate:
        """The value of a definition or variable: with its default, where its condition holds."""
        evaluate = self.value(block, names, path)
        if block.default is not None:
            evaluate = first_present([evaluate, self.lower(block.default, names)])
        return evaluate if block.when is None else self._when(block.when, evaluate, names)

    def source(self, block: ValueBlock, names: Names, path: str) -> Evaluate:
        """What makes the value before it is converted."""
        if block.each is not None:
            return self._each(block, block.each, names, path)
        copy = copied(block)
        if copy is not None:
            return self._copy(block, copy, names, path)
        if block.fields is not None:
            return self.fields(block, names, path)
        if block.positions is not None:
            return self._positions(block, block.positions, names)
        if block.first_of is not None:
            return self._chain_of(self._spliced(block.first_of, block, names))
        if block.decide is not None:
            return self._chain_of(self._rows(block, names))
        return self._single(block, names)

    def _single(self, block: ValueBlock | ArmBlock, names: Names) -> Evaluate:
        node = block.value or block.template or block.constant
        assert node is not None
        return self.lower(node, names)

    def _when(self, node: Expression, evaluate: Evaluate, names: Names) -> Evaluate:
        condition = self.condition(node, names)
        return lambda run: evaluate(run) if condition(run) else None

    def accepted(self, one_of: Expression, names: Names, label: str) -> Step:
        """What lets the accepted values pass."""
        values = self.lower(one_of, names)

        def checked(run: Run, value: Any) -> Any:
            if any(same(value, item) for item in values(run) or ()):
                return value
            run.notes.append(Note(label, "is not one of the accepted values", one_of.span))
            return None

        return checked

    # Chains and decision tables

    def _chain_of(self, arms: list[Arm]) -> Evaluate:
        labels = [(arm.label, arm.node) for arm in arms]
        return self.alternatives(labels, first_present([arm.evaluate for arm in arms]))

    def _rows(self, block: ValueBlock, names: Names) -> list[Arm]:
        rows: list[Arm] = []
        for row in block.decide or ():
            if row.value is not None:
                rows.append(self._arm(row.value, block, names, row.name, "row"))
        return rows

    def _spliced(self, arms: tuple[ArmBlock, ...], block: ValueBlock, names: Names) -> list[Arm]:
        """The arms, with those of a plain chain in place of its ``$name``."""
        found: list[Arm] = []
        for arm in arms:
            chain = plain_chain(arm, self.model.definitions)
            if chain is None:
                found.append(self._arm(arm, block, names, arm_label(arm), "arm"))
            else:
                inner = self._spliced(chain, ValueBlock(span=block.span), self.outer)
                found.extend(self._converted(part, arm, block, names) for part in inner)
        return found

    def _arm(self, arm: ArmBlock, block: ValueBlock, names: Names, label: str, kind: str) -> Arm:
        node = arm.value or arm.template or arm.constant
        assert node is not None
        evaluate = self._single(arm, names)
        source = arm_label(arm)
        for conversion in (arm.as_, block.as_):
            if conversion:
                evaluate = self.then(evaluate, conversion, names, source)
        evaluate = self.guarded(arm, evaluate, names)
        return Arm(label, node, self.observed(kind, node, names, evaluate, label))

    def _converted(self, part: Arm, arm: ArmBlock, block: ValueBlock, names: Names) -> Arm:
        evaluate = part.evaluate
        for conversion in (arm.as_, block.as_):
            if conversion:
                evaluate = self.then(evaluate, conversion, names, part.label)
        observed = self.observed("arm", part.node, names, evaluate, part.label)
        return Arm(part.label, part.node, observed)

    # Lists

    def _each(self, block: ValueBlock, each: Expression, names: Names, path: str) -> Evaluate:
        source = self.lower(each, names)
        slot = self.new_slot()
        scope = names.scope.having(item_name(block), self.item_type(each, names))
        inside = names.having(item_name(block), slot, scope)
        if block.fields is not None:
            make = self.fields(block, inside, f"{path}[]")
        else:
            make = self._single(block, inside)
        keep = self.condition(block.keep_when, inside) if block.keep_when is not None else None
        label = print_expression(each)

        def evaluate(run: Run) -> Any:
            items = source(run)
            if items is not None and type(items) is not list:
                run.notes.append(Note(label, wrong_kind(kind_of(items), "list"), each.span))
                return None
            found: list[Any] = []
            for item in items or ():
                run.names[slot] = item
                if keep is None or keep(run):
                    made = make(run)
                    if made is not None:
                        found.append(made)
            return present(found)

        return evaluate

    def item_type(self, each: Expression, names: Names) -> Type:
        """The type of one item; only tracing needs to know."""
        return UNKNOWN

    def _positions(
        self, block: ValueBlock, positions: tuple[ArmBlock, ...], names: Names
    ) -> Evaluate:
        places = [self._arm(arm, block, names, arm_label(arm), "arm").evaluate for arm in positions]
        fill = block.fill.value if block.fill is not None else ""

        def evaluate(run: Run) -> Any:
            found = [place(run) for place in places]
            if all(value is None for value in found):
                return None
            return [fill if value is None else value for value in found]

        return evaluate

    # Copies of objects

    def _copy(self, block: ValueBlock, node: Expression, names: Names, path: str) -> Evaluate:
        copying = Copying(self.model.vocabulary.personal, print_expression(node), node.span)
        read = self.lower(node, names)
        plan = self.plan(block, node, names)
        added = self.fields(block, names, path) if block.fields is not None else None

        def evaluate(run: Run) -> Any:
            source = read(run)
            found = copying.of(run, source, plan(run)) if type(source) is dict else {}
            return present({**found, **(added(run) or {})} if added is not None else found)

        return evaluate

    def plan(self, block: ValueBlock, node: Expression, names: Names) -> Callable[[Run], CopyPlan]:
        """What a copy leaves out, and the keys that it treats apart."""
        base = _field_path(node)
        whole = block.rest_of is None
        mapped = [] if whole else list(mapped_paths(self.model))
        located = [] if whole else [self._locating(*each) for each in self.located]
        parts = (block.without, block.keep, block.hash)
        lists = [self.lower(part, names) if part is not None else None for part in parts]

        @lru_cache(maxsize=16)
        def planned(moved: tuple[Path, ...], *keys: frozenset[str]) -> CopyPlan:
            return CopyPlan(exclusions(base, [*mapped, *moved]), *keys)

        def plan(run: Run) -> CopyPlan:
            moved = [path for locate in located if (path := locate(run)) is not None]
            keys = (_names(part(run)) if part else frozenset() for part in lists)
            return planned(tuple(moved), *keys)

        return plan

    @cached_property
    def located(self) -> list[tuple[Transform, tuple[Expression | None, ...]]]:
        """The transforms that read at a path known only with the settings, with arguments.

        What each item of a list has a path of its own to, no copy leaves out.
        """
        blocks = [field.value for field in self.model.file.fields if field.value is not None]
        found: list[tuple[Transform, tuple[Expression | None, ...]]] = []
        for block in reachable(iter(blocks), self.model.definitions):
            for call in calls(block):
                target = find(call.name, self._pipelines)
                if not isinstance(target, Transform) or target.locate is None:
                    continue
                arguments = self._bound(call, piped=False).arguments
                names = names_in(each for each in arguments if each is not None)
                if names <= {*self.outer.slots, *self.model.definitions, *BUILTINS}:
                    found.append((target, arguments))
        return found

    def _locating(
        self, target: Transform, nodes: tuple[Expression | None, ...]
    ) -> Callable[[Run], Path | None]:
        arguments = [self.lower(node, self.outer) if node else None for node in nodes]
        locate = target.locate
        assert locate is not None

        def located(run: Run) -> Path | None:
            found = locate(*(argument(run) if argument else None for argument in arguments))
            return _until_index(found or ()) or None

        return located


def _then(evaluate: Evaluate, step: Step) -> Evaluate:
    def found(run: Run) -> Any:
        value = evaluate(run)
        return None if value is None else step(run, value)

    return found


def _until_index(steps: tuple[str | int, ...]) -> Path:
    """The field names before the first index: what lies there is mapped as a whole."""
    names: list[str] = []
    for step in steps:
        if isinstance(step, int):
            break
        names.append(step)
    return tuple(names)


def _field_path(node: Expression) -> Path:
    found = path_steps(node.selector) if isinstance(node, Select) else None
    return tuple(step for step in found or () if isinstance(step, str))


def _names(value: Any) -> frozenset[str]:
    """The texts of a list of keys; what else is in it names nothing."""
    items = value if type(value) is list else [value]
    return frozenset(item for item in items if type(item) is str)


def arm_label(arm: ArmBlock) -> str:
    """An alternative as the rules write it."""
    if arm.value is not None:
        return print_expression(arm.value)
    return "template" if arm.template is not None else "constant"


def source_label(block: ValueBlock) -> str:
    """Where a value comes from, in a few words for notes."""
    if block.value is not None:
        return print_expression(block.value)
    if block.first_of is not None:
        return " ?? ".join(arm_label(arm) for arm in block.first_of)
    return "the value"
