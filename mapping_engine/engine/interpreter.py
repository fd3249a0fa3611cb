"""What rules mean: an interpreter of the core, which can also record what it does.

It reads as the specification of the language; generated code (:mod:`mapping_engine.engine.codegen`)
does the same, faster, and is held to it by property tests. ``explain`` is this interpreter with a
:class:`~mapping_engine.engine.trace.Trace`.

Evaluations are generators that yield the evaluations they wait for: a loop drives them, so that
nothing depends on how deep rules are nested.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from mapping_engine.core.facts import Facts
from mapping_engine.core.inference import constant
from mapping_engine.core.mapped import mapped_paths
from mapping_engine.core.model import PIPED, Model, Pipeline
from mapping_engine.core.nodes import (
    Call,
    Compare,
    Const,
    Copy,
    Field,
    FirstOf,
    ForEach,
    Guard,
    Items,
    Logic,
    Name,
    Node,
    Object,
    Read,
    Template,
    Test,
)
from mapping_engine.core.spell import label, source_label, spell, spell_step, steps_of
from mapping_engine.engine import values
from mapping_engine.engine.copying import (
    Copying,
    CopyPlan,
    copy_base,
    exclusions,
    key_names,
    located,
    moved_paths,
)
from mapping_engine.engine.policy import Policy
from mapping_engine.engine.run import Issue, Run, fresh, holds, present
from mapping_engine.engine.trace import BLANK, MET, MISSING, NOT_MET, Entry, Trace
from mapping_engine.selectors import SelectorError, lower
from mapping_engine.transforms import REGISTRY
from mapping_engine.transforms.declare import Transform
from mapping_engine.types.kinds import Json, kind_of

Evaluation: TypeAlias = Generator["Evaluation", Json, Json]
"""Yields evaluations, is sent what they answer, and answers a value that is present, or None."""


@dataclass(frozen=True)
class Frame:
    """What a place knows beside the event: its names, and where issues go.

    ``label`` is what issues call the source, inside a pipeline; elsewhere it is spelled as written.
    ``path`` is the place in the payload, as rules and as explanations name it.
    """

    names: Mapping[str, Json]
    issues: list[Issue]
    label: str | None = None
    path: tuple[str, str] = ("", "")

    def apart(self) -> Frame:
        """The same, for what has issues of its own."""
        return replace(self, issues=[])

    def at(self, rule: str, shown: str) -> Frame:
        """The same, some steps down in the payload."""
        return replace(self, path=(self.path[0] + rule, self.path[1] + shown))


@dataclass
class Interpreter:
    """One event on its way; definitions are evaluated once, and again for another request."""

    model: Model
    run: Run
    trace: Trace | None = None
    facts: Facts | None = None
    """What must not be shown, for who records."""
    known: dict[str, tuple[Json, list[Issue], list[Entry]]] = field(default_factory=dict)

    @cached_property
    def mapped(self) -> frozenset[tuple[str, ...]]:
        """The paths that fields of the payload are made from."""
        return mapped_paths(self.model)

    def value(self, node: Node, issues: list[Issue], path: str = "") -> Json:
        """The value of a node that stands in no other one."""
        return driven(_evaluate(node, Frame({}, issues, path=(path, path)), self))

    def holds(self, node: Node) -> bool:
        """Whether a condition is met."""
        return bool(driven(_met(node, Frame({}, []), self)))

    def forget(self) -> None:
        """Forget what was made for other values of the fan-out, or without the payload."""
        for name in [name for name in self.known if self.model.depends.get(name)]:
            del self.known[name]


def driven(start: Evaluation) -> Json:
    """What an evaluation answers, with all those it waits for; exceptions end all of them."""
    waiting, answer = [start], None
    while waiting:
        try:
            waiting.append(waiting[-1].send(answer))
            answer = None
        except StopIteration as done:
            waiting.pop()
            answer = done.value
    return answer


def _evaluate(node: Node, frame: Frame, it: Interpreter) -> Evaluation:
    match node:
        case Const(value=value):
            return present(value)
        case Read():
            return _read(node, frame, it)
        case Name():
            return (yield _name(node, frame, it))
        case Call():
            return (yield _call(node, frame, it))
        case FirstOf():
            return (yield _first_of(node, frame, it))
        case Guard(when=when, value=value):
            return (yield _evaluate(value, frame, it)) if (yield _met(when, frame, it)) else None
        case Items():
            return (yield _items(node, frame, it))
        case Template(parts=parts):
            texts: list[str] = []
            for part in parts:
                found = part if isinstance(part, str) else (yield _evaluate(part, frame, it))
                text = values.as_text(found)
                if text is None:
                    return None
                texts.append(text)
            return present("".join(texts))
        case Object(fields=fields):
            return present((yield _object(fields, frame, it)))
        case Copy():
            return (yield _copy(node, frame, it))
        case ForEach():
            return (yield _each(node, frame, it))
        case _:
            return (yield _condition(node, frame.apart(), it))


# Reading


def _read(node: Read, frame: Frame, it: Interpreter) -> Json:
    entry = _open("path", node, it)
    found = _selected(lower(node.selector), it.run.event, spell(node), node, frame)
    is_blank = found is not None and present(found) is None
    found = present(found)
    _close(entry, found, frame, it, hides=_hides(node, it))
    if entry is not None and entry.outcome == MISSING and is_blank:
        entry.outcome = BLANK
    return found


def _selected(
    read: Callable[[Json], Json], start: Json, text: str, node: Node, frame: Frame
) -> Json:
    try:
        return read(start)
    except SelectorError:
        frame.issues.append(Issue(text, "cannot be read as written", node.span))
        return None


def _name(node: Name, frame: Frame, it: Interpreter) -> Evaluation:
    entry, before = _open("name", node, it), len(frame.issues)
    found = yield _whole(node.name, frame, it)
    if node.tail is not None:
        found = _selected(lower(node.tail), found, spell(node), node, frame)
    found = present(found) if node.tail is not None else found
    _close(entry, found, frame, it, hides=_hides(node, it), before=before)
    return found


def _whole(name: str, frame: Frame, it: Interpreter) -> Evaluation:
    run, variables = it.run, it.model.fan_out_names
    if name in frame.names:
        return frame.names[name]
    if name in it.model.definitions:
        return (yield _definition(name, frame, it))
    if name in variables:
        return run.variables[variables.index(name)]
    if name in values.CLOCKS:
        return values.CLOCKS[name](run)
    builtins: dict[str, Json] = {
        "settings": run.settings,
        "api": it.model.api,
        "tables": it.model.tables,
        "integration": present(run.integration),
        "payload": run.payload,
    }
    return builtins[name]


def _definition(name: str, frame: Frame, it: Interpreter) -> Evaluation:
    """A definition, evaluated once; whoever asks for it again is told of the same issues."""
    above = it.trace.stack[-1].children if it.trace is not None and it.trace.stack else []
    if name not in it.known:
        issues: list[Issue] = []
        own = Frame({}, issues, path=(f"${name}", f"${name}"))
        found = yield _evaluate(it.model.definitions[name], own, it)
        it.known[name] = found, issues, above
    else:
        above.extend(it.known[name][2])
    found, issues, _ = it.known[name]
    frame.issues.extend(issues)
    return found


# Choosing


def _first_of(node: FirstOf, frame: Frame, it: Interpreter) -> Evaluation:
    """The first alternative with a value; issues of those before it do not matter then."""
    kinds = ["arm" if each.name is None else "row" for each in node.alternatives]
    found, before = None, len(frame.issues)
    for place, each in enumerate(node.alternatives):
        text, start = label(each), len(frame.issues)
        if found is not None:
            if it.trace is not None:
                it.trace.skip(kinds[place], text, each.value.span)
            continue
        opened = it.trace.open(kinds[place], text, each.value.span) if it.trace else None
        found = yield _evaluate(each.value, frame, it)
        _close(opened, found, frame, it, before=start)
        if found is not None:
            del frame.issues[before:start]
    return found


def _items(node: Items, frame: Frame, it: Interpreter) -> Evaluation:
    made: list[Json] = []
    for item in node.items:
        made.append((yield _evaluate(item, frame, it)))
    if node.fill is None:
        return present([each for each in made if each is not None])
    if all(each is None for each in made):
        return None
    return [node.fill.value if each is None else each for each in made]


# Conditions


def _met(node: Node, frame: Frame, it: Interpreter) -> Evaluation:
    """Whether a condition is met; what cannot be used in it makes nothing missing."""
    frame, entry = frame.apart(), _open("condition", node, it)
    found = yield _evaluate(node, frame, it)
    _close(entry, found, frame, it)
    if entry is not None:
        entry.outcome = MET if holds(found) else NOT_MET
    return holds(found)


def _condition(node: Node, frame: Frame, it: Interpreter) -> Evaluation:
    match node:
        case Compare(operator=operator, left=left, right=right):
            one = yield _evaluate(left, frame, it)
            other = yield _evaluate(right, frame, it)
            return values.COMPARISONS[operator](one, other)
        case Test(operand=operand, word=word):
            return values.is_word((yield _evaluate(operand, frame, it)), word)
        case Logic(word="not", operands=(only,)):
            return not holds((yield _evaluate(only, frame, it)))
        case Logic(word=word, operands=parts):
            for part in parts:
                if holds((yield _evaluate(part, frame, it))) is (word == "or"):
                    return word == "or"
            return word == "and"
        case _:
            raise TypeError(f"no meaning for {type(node).__name__}")


# Transforms and pipelines


def _call(node: Call, frame: Frame, it: Interpreter) -> Evaluation:
    """A value, and the transforms it goes through, as long as something is left of it."""
    start, steps = steps_of(node)
    if start is None:
        first, *rest = steps
        entry = _open("call", first, it)
        found = yield _on_event(first, REGISTRY[first.name], frame, it)
        _close(entry, found, frame, it, hides=_hides(first, it))
        source = frame.label or spell(first)
    else:
        rest, source = list(steps), frame.label or source_label(it.model.definitions, start)
        found = yield _evaluate(start, frame, it)
    for step in rest:
        if found is None and it.trace is None:
            break
        if found is not None:
            entry, before = _open("transform", step, it), len(frame.issues)
            found = yield _step(step, found, source, frame, it)
            _close(entry, found, frame, it, before=before)
    return found


def _step(node: Call, value: Json, source: str, frame: Frame, it: Interpreter) -> Evaluation:
    pipeline = it.model.pipelines.get(node.name)
    if pipeline is not None:
        return (yield _piped(node, pipeline, value, source, frame, it))
    target = REGISTRY[node.name]
    if not values.is_hashing(target, it.run):
        return value
    if not values.accepted(target, value, source, node.step.span, frame.issues):
        return None
    before = len(frame.issues)
    given = yield _arguments(node, target, frame, it)
    if given is None:
        return None
    result = target.function(value, *given)
    left = values.left_of(target, result, source, node.step.span, frame.issues)
    if left is not None:
        del frame.issues[before:]  # of arguments
    return left


def _on_event(node: Call, target: Transform, frame: Frame, it: Interpreter) -> Evaluation:
    given = yield _arguments(node, target, frame, it)
    return None if given is None else present(target.function(it.run.event, *given))


def _arguments(node: Call, target: Transform, frame: Frame, it: Interpreter) -> Evaluation:
    """The arguments of a transform, in order; None where one that is required is missing.

    A constant is given as it stands, though it be blank.
    """
    given: list[Json] = []
    for parameter, each in zip(target.parameters, node.arguments, strict=True):
        known, value = (True, None) if each is None else constant(it.model, each)
        if not known and each is not None:
            value = yield _evaluate(each, frame, it)
        given.append(values.argument(parameter, value))
        if parameter.required and given[-1] is None:
            return None
    return given


def _piped(
    node: Call, pipeline: Pipeline, value: Json, source: str, frame: Frame, it: Interpreter
) -> Evaluation:
    """A named pipeline; one that normalises lets digests pass."""
    if pipeline.normalises is not None and values.passes(it.run, value):
        closed = values.closed_digests(pipeline.values)
        return values.passed_digest(value, closed, source, pipeline.span, frame.issues)
    names, before = {PIPED: value}, len(frame.issues)
    for name, each in zip(pipeline.parameters, node.arguments, strict=True):
        names[name] = None if each is None else (yield _evaluate(each, frame, it))
    after = len(frame.issues)
    found = yield _evaluate(pipeline.body, Frame(names, frame.issues, source), it)
    if found is not None:
        del frame.issues[before:after]  # of arguments; those of parts that are left out stay
    return found


# Objects and lists


def _object(fields: tuple[Field, ...], frame: Frame, it: Interpreter) -> Evaluation:
    found: dict[str, Json] = {}
    for each in fields:
        step = f".{each.name}" if frame.path[0] else each.name
        value = yield _field(each, frame.apart().at(step, step), it)
        if value is not None:
            found[each.name] = value
    return found


def _field(rule: Field, frame: Frame, it: Interpreter) -> Evaluation:
    """A field: where its condition holds, its value, or what its policy makes of having none."""
    trace = it.trace
    entry = trace.open("field", frame.path[1], rule.span) if trace is not None else None
    outside, found = trace.hidden if trace is not None else False, None
    if trace is not None:
        trace.hidden = False
    if rule.when is None or (yield _met(rule.when, frame, it)):
        found = yield _evaluate(rule.value, frame, it)
        default = None
        if found is None and rule.default is not None:
            default = yield _default(rule.default, frame, it)
        policy = Policy(it.model, rule, frame.path[0])
        found = fresh(policy.settled(it.run, found, frame.issues, default))
    _close(entry, found, frame, it)
    if trace is not None:
        trace.hidden = trace.hidden or outside
    return found


def _default(node: Node, frame: Frame, it: Interpreter) -> Evaluation:
    """A default that is written out is sent as it stands, though it be empty."""
    return node.value if isinstance(node, Const) else (yield _evaluate(node, frame.apart(), it))


def _each(node: ForEach, frame: Frame, it: Interpreter) -> Evaluation:
    items = yield _evaluate(node.source, frame, it)
    if items is not None and type(items) is not list:
        reason = values.wrong_kind(kind_of(items), "list")
        frame.issues.append(Issue(spell(node.source), reason, node.source.span))
        return None
    found: list[Json] = []
    for item in items or ():
        inside = replace(frame, names={**frame.names, node.item: item})
        inside = inside.at("[]", f"[{len(found)}]")
        if node.keep is None or (yield _met(node.keep, inside, it)):
            made = yield _evaluate(node.body, inside, it)
            if made is not None:
                found.append(made)
    return present(found)


def _copy(node: Copy, frame: Frame, it: Interpreter) -> Evaluation:
    source = yield _evaluate(node.source, frame, it)
    found: dict[str, Json] = {}
    if type(source) is dict:
        plan = yield _plan(node, frame.apart(), it)
        copying = Copying(it.model.vocabulary.personal, spell(node.source), node.source.span)
        found = copying.of(source, plan, frame.issues, it.run.already_hashed)
    if node.added is not None:
        found |= yield _object(node.added.fields, frame, it)
    return present(found)


def _plan(node: Copy, frame: Frame, it: Interpreter) -> Evaluation:
    """What a copy leaves out, and the keys that it treats apart."""
    keys: list[frozenset[str] | None] = []
    for each in node.keys:
        keys.append(None if each is None else key_names((yield _evaluate(each, frame, it))))
    if not node.rest:
        return CopyPlan((), *keys)
    mapped = set(it.mapped)
    for call in moved_paths(it.model):
        given = yield _arguments(call, REGISTRY[call.name], frame, it)
        path = None if given is None else located(call, given)
        mapped |= set() if path is None else {path}
    return CopyPlan(exclusions(copy_base(node.source), mapped), *keys)


# Recording


def _open(kind: str, node: Node, it: Interpreter) -> Entry | None:
    if it.trace is None:
        return None
    text = spell_step(node) if kind == "transform" and isinstance(node, Call) else spell(node)
    place = node.step if isinstance(node, Call) else node
    return it.trace.open(kind, text, place.span)


def _hides(node: Node, it: Interpreter) -> bool:
    return it.facts is not None and not it.facts.type_of(node).may_be_shown


def _close(
    entry: Entry | None,
    found: Json,
    frame: Frame,
    it: Interpreter,
    *,
    hides: bool = False,
    before: int = 0,
) -> None:
    """Finish an entry; what is ``hidden`` now, all the same field shows by kind and length."""
    if entry is not None and it.trace is not None:
        it.trace.hidden = it.trace.hidden or (hides and found is not None)
        it.trace.close(entry, found, frame.issues[before:])
