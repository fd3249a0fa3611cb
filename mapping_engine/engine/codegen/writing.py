"""What is known while a program is written: of the whole of it, and of one place in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from mapping_engine.core.model import Model, deciding_parts, reachable, request_parts
from mapping_engine.core.nodes import (
    Call,
    Compare,
    Const,
    Copy,
    Entries,
    FirstOf,
    ForEach,
    Guard,
    Items,
    Logic,
    Name,
    Node,
    Read,
    Template,
    Test,
    children,
    field_parts,
    fields_of,
    free_names,
    walk,
)
from mapping_engine.engine.codegen.code import Code, Module
from mapping_engine.engine.codegen.found import Found, Then
from mapping_engine.engine.interpreter import Interpreter
from mapping_engine.engine.policy import refuses
from mapping_engine.engine.run import Run, holds
from mapping_engine.frozen import Frozen
from mapping_engine.selectors import steps as path_steps
from mapping_engine.transforms import REGISTRY
from mapping_engine.types.kinds import Json

Steps = tuple[str | int, ...]
LONGEST_PATH = 16
_MOST_INLINED = 4
"""So many definitions are written one inside the other."""
_SETTLED = (Const, Items, Template, FirstOf, Guard, Compare, Test, Logic, Call, Name)
_CONSTANTS = ("settings", "secrets", "api", "tables")


@dataclass
class Writing:
    """One program: a model, and the functions that are written for it."""

    model: Model
    tells: bool
    """Whether somebody wants to know what could not be used."""
    put: Callable[[Node, Here, Then, bool], None]
    """What writes any node, and goes on where it has a value."""
    met: Callable[[Node, Here, Callable[[], None]], None]
    """What writes any condition, and goes on where it is met."""
    module: Module = field(default_factory=Module)
    fixed: list[Callable[[Run], Json]] = field(default_factory=list)
    """What is evaluated once for all events under the same settings."""
    fixed_places: dict[tuple[int, str], int] = field(default_factory=dict)
    objects: dict[tuple[str, ...], int] = field(default_factory=dict)
    """The objects of an event that are looked up once, by their paths."""
    slots: dict[str, int] = field(default_factory=dict)
    """The places of definitions that are remembered."""
    makers: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Found] = field(default_factory=dict)
    """What is known of their values."""
    pipes: dict[tuple[object, ...], tuple[str, Found]] = field(default_factory=dict)
    """The functions of named pipelines."""
    ready: dict[tuple[object, ...], tuple[Callable[[Json], Json], list[Json]]] = field(
        default_factory=dict
    )
    """The functions of transforms by their names and arguments, which are kept as long."""
    issuing: dict[int, bool] = field(default_factory=dict)
    named: dict[str, bool] = field(default_factory=dict)
    """Whether the values of definitions may leave issues."""
    leaving: set[str] = field(default_factory=set)
    """Those whose values may come with issues."""
    settled: set[str] = field(default_factory=set)
    """The definitions that settings alone decide."""
    uses: Counter[str] = field(default_factory=Counter)
    """How often definitions are named in what is written."""
    inlined: set[str] = field(default_factory=set)
    """The definitions that are written where they are used, since that is one place."""
    asked: frozenset[str] = frozenset()
    """The definitions of which somebody wants to know what could not be used."""

    def may_issue(self, node: Node) -> bool:
        """Whether evaluating a node may leave issues."""
        if id(node) not in self.issuing:
            own = _may_issue(node, self.named)
            self.issuing[id(node)] = own or any(map(self.may_issue, children(node)))
        return self.issuing[id(node)]

    def may_leave(self, node: Node) -> bool:
        """Whether a value may come with issues: of parts that are left out of it."""
        return any(map(self._may_leave, walk(node)))

    def _may_leave(self, part: Node) -> bool:
        match part:
            case Copy() | Items() | ForEach() | Entries():
                return True
            case Name(name=name):
                return name in self.leaving
            case Call(name=name) if name in self.model.pipelines:
                return self.may_leave(self.model.pipelines[name].body)
            case _:
                return False


class Here(Frozen):
    """One place in a function.

    ``names`` are the variables at hand; ``holders`` names for some of them what fields are read
    from: the value, or an object without keys. ``issues`` is the name of a list, or None where
    nobody asks; it is ``clean`` where nothing can be in it yet. ``label`` is what issues call the
    source, inside a pipeline. What ``repeats`` is not the place to write out what is made once.
    """

    writing: Writing
    code: Code
    names: Mapping[str, Found] = field(default_factory=dict)
    holders: Mapping[str, str] = field(default_factory=dict)
    issues: str | None = None
    clean: bool = True
    label: str | None = None
    path: str = ""
    repeats: bool = False

    @property
    def model(self) -> Model:
        """The mapping."""
        return self.writing.model

    def put(self, node: Node, then: Then, *, raw: bool = False) -> None:
        """Write a node, and go on where it has a value, which may be ``raw`` if so allowed."""
        self.writing.put(node, self, then, raw)

    def met(self, node: Node, then: Callable[[], None]) -> None:
        """Write a condition, and go on where it is met."""
        self.writing.met(node, self, then)

    def silent(self) -> Here:
        """The same, where nobody asks for issues."""
        return self if self.issues is None else replace(self, issues=None)

    def after(self, node: Node) -> Here:
        """The same behind a node, which may have left issues."""
        unclean = self.clean and self.issues is not None and self.writing.may_issue(node)
        return replace(self, clean=False) if unclean else self

    def constant(self, value: Json) -> str:
        """The name of a constant."""
        return self.code.shared.constant(value)

    def held(self, value: Json) -> str:
        """A constant that the code holds."""
        return self.code.shared.held(value)


# What is found out before anything is written


def prepare(writing: Writing) -> None:
    """Find out what the generator has to know of definitions."""
    model = writing.model
    writing.uses = _uses(model)
    levels: dict[str, int] = {}
    for name, node in model.definitions.items():
        writing.named[name] = writing.may_issue(node)
        if writing.named[name] and writing.may_leave(node):
            writing.leaving.add(name)
        if is_settled(node, writing, frozenset()):
            writing.settled.add(name)
        inside = (levels.get(each.name, 0) for each in free_names(node))
        level = 1 + max(inside, default=0)
        if writing.uses[name] == 1 and level <= _MOST_INLINED:
            levels[name] = level
            writing.inlined.add(name)
    writing.asked = frozenset(model.definitions) if writing.tells else _asked_by_errors(model)


def written_parts(model: Model) -> Iterator[Node]:
    """The nodes that are written: messages, and whether to hash at all, are interpreted."""
    yield from deciding_parts(model)
    yield from [] if model.already_hashed is None else [model.already_hashed]
    yield model.fields
    yield from request_parts(model.request)
    yield from (rule.condition for rule in (*model.refuse, *model.warn))


def _uses(model: Model) -> Counter[str]:
    """How often each definition is named; more often than once, it is remembered."""
    found: Counter[str] = Counter()
    for node in reachable(model, written_parts(model)):
        if isinstance(node, Name):
            found[node.name] += 1
    again = [] if model.already_hashed is None else [model.already_hashed]
    for node in reachable(model, iter(again)):
        if isinstance(node, Name):
            found[node.name] += 2  # it keeps the value that it had there
    return found


def _asked_by_errors(model: Model) -> frozenset[str]:
    """The definitions behind fields for want of which events are refused."""
    fields = [
        each
        for node in reachable(model, written_parts(model))
        for each in fields_of(node)
        if refuses(each)
    ]
    behind = reachable(model, (part for each in fields for part in field_parts(each)))
    return frozenset(node.name for node in behind if isinstance(node, Name))


def _may_issue(node: Node, named: Mapping[str, bool]) -> bool:
    match node:
        case Call() | Copy() | ForEach() | Entries() | Template():
            return True
        case Read(selector=selector):
            return path_steps(selector) is None
        case Name(name=name, tail=tail):
            complex = tail is not None and path_steps(tail) is None
            return complex or named.get(name, False)
        case _:
            return False


# What settings alone decide


def is_settled(node: Node, writing: Writing, local: frozenset[str]) -> bool:
    """Whether a value is the same for all events under the same settings."""
    return all(_is_settled(part, writing, local) for part in walk(node))


def _is_settled(node: Node, writing: Writing, local: frozenset[str]) -> bool:
    match node:
        case Name(name=name) if name in local:
            return False
        case Name(name=name, tail=tail):
            return (name in _CONSTANTS and tail is not None) or name in writing.settled
        case Call(name=name, input=source):
            target, pipeline = REGISTRY.get(name), writing.model.pipelines.get(name)
            if pipeline is not None:
                return pipeline.normalises is None
            return source is not None and target is not None and not target.honours_hashing_switch
        case _:
            return isinstance(node, _SETTLED)


def is_fixed(node: Node, here: Here) -> bool:
    """Whether to evaluate a node once for all events, where nothing is lost by it."""
    if isinstance(node, Const) or not any(isinstance(part, Name) for part in walk(node)):
        return False
    told = here.issues is not None and here.writing.may_issue(node)
    return not told and is_settled(node, here.writing, frozenset(here.names))


def fixed_value(node: Node, here: Here) -> str:
    """The value of a node under the settings; None where there is none."""
    model = here.model

    def evaluate(run: Run) -> Json:
        return Interpreter(model, run).value(node, [])

    return fixed(here, id(node), "value", evaluate)


def fixed_flag(node: Node, here: Here) -> str:
    """Whether a condition is met under the settings."""
    model = here.model

    def met(run: Run) -> bool:
        return holds(Interpreter(model, run).value(node, []))

    return fixed(here, id(node), "flag", met)


def fixed(here: Here, of: int, kind: str, evaluate: Callable[[Run], Json]) -> str:
    """What ``evaluate`` answers under the settings; it is asked once for all events."""
    places = here.writing.fixed_places
    if (of, kind) not in places:
        places[of, kind] = len(here.writing.fixed)
        here.writing.fixed.append(evaluate)
    return f"{here.code.part('fixed')}[{places[of, kind]}]"
