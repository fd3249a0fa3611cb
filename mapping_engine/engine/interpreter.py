"""What rules mean: an interpreter of the core, which can also record what it does.

It reads as the specification of the language; generated code (:mod:`mapping_engine.engine.codegen`)
does the same, faster, and is held to it by property tests. ``explain`` is this interpreter with a
:class:`~mapping_engine.engine.trace.Trace`.

Evaluations are generators that yield the evaluations they wait for: a loop drives them, so that
nothing depends on how deep rules are nested.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from mapping_engine.core import nodes
from mapping_engine.core.facts import Facts
from mapping_engine.core.inference import constant
from mapping_engine.core.mapped import mapped_paths
from mapping_engine.core.model import PAYLOAD, PIPED, Model, Pipeline
from mapping_engine.core.nodes import Alternative, Call, Const, Field, Guard, Name, Node
from mapping_engine.core.nulls import keeps_nulls
from mapping_engine.core.spell import label, source_label, spell, steps_of
from mapping_engine.engine import values
from mapping_engine.engine.copying import (
    copy_base,
    copy_plan,
    copying_of,
    exclusions,
    keys_given,
    located,
    moved_paths,
)
from mapping_engine.engine.policy import Policy
from mapping_engine.engine.run import NULL, Issue, Run, fresh, holds, own, present
from mapping_engine.engine.trace import BLANK, DROPPED, MET, NOT_MET, Entry, Trace, called
from mapping_engine.frozen import Frozen
from mapping_engine.selectors import SelectorError, search
from mapping_engine.transforms import REGISTRY
from mapping_engine.transforms.declare import Transform
from mapping_engine.types.kinds import Json, is_missing, kind_of

Evaluation: TypeAlias = Generator["Evaluation", Json, Json]
"""Yields evaluations, is sent what they answer, and answers a value that is present, or None."""


NO_NAMES: Mapping[str, Json] = {}


class Frame(Frozen):
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

    def value(
        self, node: Node, issues: list[Issue], path: str = "", names: Mapping[str, Json] = NO_NAMES
    ) -> Json:
        """The value of a node that stands in no other one; ``names`` are those of its place."""
        return driven(_evaluate(node, Frame(names, issues, path=(path, path)), self))

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
        case nodes.Read():
            return (yield _recorded("path", node, _read(node, frame, it), frame, it))
        case Name():
            return (yield _recorded("name", node, _read(node, frame, it), frame, it))
        case Call():
            return (yield _call(node, frame, it))
        case nodes.FirstOf():
            return (yield _first_of(node, frame, it))
        case Guard(when=when, value=value):
            return (yield _evaluate(value, frame, it)) if (yield _met(when, frame, it)) else None
        case nodes.Items():
            return (yield _items(node, frame, it))
        case nodes.Template(parts=parts):
            texts: list[str] = []
            for part in parts:
                text: str | None
                if isinstance(part, str):
                    text = part
                else:
                    found = yield _evaluate(part, frame, it)
                    text = values.in_template(part, found, frame.issues)
                if text is None:
                    return None
                texts.append(text)
            return present("".join(texts))
        case nodes.Object(fields=fields):
            return present((yield _object(fields, frame, it)))
        case nodes.Copy():
            return (yield _copy(node, frame, it))
        case nodes.ForEach():
            return (yield _each(node, frame, it))
        case nodes.Entries():
            return (yield _entries(node, frame, it))
        case _:
            return (yield _condition(node, frame.apart(), it))


# Reading


def _read(
    node: nodes.Read | Name, frame: Frame, it: Interpreter, *, raw: bool = False
) -> Evaluation:
    """What lies where a selector points: in the event, or below what a name stands for."""
    start, selector = it.run.event, node.tail if isinstance(node, Name) else node.selector
    if isinstance(node, Name):
        start = yield _whole(node.name, frame, it)
    try:
        found = start if selector is None else search(selector, start)
    except SelectorError:
        frame.issues.append(Issue(spell(node), "cannot be read as written", node.span))
        return None
    if raw or (isinstance(node, Name) and selector is None and _is_kept(node.name, it)):
        return found
    is_blank = found is not None and present(found) is None
    if is_blank and it.trace is not None and isinstance(node, nodes.Read):
        it.trace.stack[-1].outcome = BLANK
    return present(found)


def _is_kept(name: str, it: Interpreter) -> bool:
    """Whether a name may stand for what is empty: the payload, and what a definition copies."""
    return name == PAYLOAD or name in it.model.definitions


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
        "secrets": run.secrets,
        "api": it.model.api,
        "tables": it.model.tables,
        "integration": present(run.integration),
        "payload": run.payload,
        "payloads": present(run.payloads),
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


def _first_of(node: nodes.FirstOf, frame: Frame, it: Interpreter) -> Evaluation:
    """The first alternative with a value; issues of those before it do not matter then."""
    found, before = None, len(frame.issues)
    for each in node.alternatives:
        kind, start = "arm" if each.name is None else "row", len(frame.issues)
        if found is None:
            found = yield _recorded(kind, each, _evaluate(each.value, frame, it), frame, it)
            if found is not None:
                del frame.issues[before:start]
        elif it.trace is not None:
            it.trace.skip(kind, label(each), each.span)
    return found


def _items(node: nodes.Items, frame: Frame, it: Interpreter) -> Evaluation:
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
    frame = frame.apart()
    met = holds((yield _recorded("condition", node, _evaluate(node, frame, it), frame, it)))
    if it.trace is not None:
        it.trace.branches.add((node.span, met))
    return met


def _condition(node: Node, frame: Frame, it: Interpreter) -> Evaluation:
    match node:
        case nodes.Compare(operator=operator, left=left, right=right):
            one = yield _evaluate(left, frame, it)
            other = yield _evaluate(right, frame, it)
            return values.COMPARISONS[operator](one, other)
        case nodes.Test(operand=operand, word=word):
            return values.is_word((yield _evaluate(operand, frame, it)), word)
        case nodes.Logic(word="not", operands=(only,)):
            return not holds((yield _evaluate(only, frame, it)))
        case nodes.Logic(word=word, operands=parts):
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
    source = frame.label or source_label(it.model.definitions, node)
    if start is None:
        found = yield _recorded("call", steps[0], _on_event(steps[0], frame, it), frame, it)
        steps = steps[1:]
    else:
        found = yield _evaluate(start, frame, it)
    for step in steps:
        if found is not None:
            inner = _step(step, found, source, frame, it)
            found = yield _recorded("transform", step, inner, frame, it)
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


def _on_event(node: Call, frame: Frame, it: Interpreter) -> Evaluation:
    target = REGISTRY[node.name]
    given = yield _arguments(node, target, frame, it)
    return None if given is None else present(target.function(it.run.event, *given))


def _arguments(node: Call, target: Transform, frame: Frame, it: Interpreter) -> Evaluation:
    """The arguments of a transform, in order; None where a required one is missing, or one invalid.

    A constant is given as it stands, though it be blank.
    """
    given: list[Json] = []
    for parameter, each in zip(target.parameters, node.arguments, strict=True):
        known, value = (True, None) if each is None else constant(it.model, each)
        if not known and each is not None:
            value = yield _evaluate(each, frame, it)
            if values.is_wrong(parameter, value, each, frame.issues):
                return None
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
        inside = frame.apart().at(step, step)
        value = yield _recorded("field", each, _field(each, inside, it), inside, it)
        if each.spread:
            found |= value or {}
        elif value is not None:
            found[each.name] = None if value is NULL else value
    return found


def _field(rule: Field, frame: Frame, it: Interpreter) -> Evaluation:
    """A field: where its condition holds, its value, or what its policy makes of having none."""
    default = None
    if rule.when is not None and not (yield _met(rule.when, frame, it)):
        return None
    nulls = keeps_nulls(it.model, rule.value)
    found = own((yield _evaluate(rule.value, frame, it)), nulls=nulls)
    if found is None and rule.default is not None:
        default = fresh((yield _default(rule.default, frame, it)), nulls=nulls)
        if it.trace is not None:
            it.trace.branches.add((rule.default.span, True))
    policy = Policy(it.model, rule, frame.path[0])
    sent = policy.settled(it.run, found, frame.issues, default)
    return NULL if sent is None and rule.null else sent


def _default(node: Node, frame: Frame, it: Interpreter) -> Evaluation:
    """A default that is written out is sent as it stands, though it be empty."""
    return node.value if isinstance(node, Const) else (yield _evaluate(node, frame.apart(), it))


def _each(node: nodes.ForEach, frame: Frame, it: Interpreter) -> Evaluation:
    items = yield _evaluate(node.source, frame, it)
    if items is not None and type(items) is not list:
        reason = values.wrong_kind(kind_of(items), "list")
        frame.issues.append(Issue(spell(node.source), reason, node.source.span))
        return None
    found: list[Json] = []
    dropped = 0
    for item in items or ():
        inside = replace(frame, names={**frame.names, node.item: item})
        inside = inside.at("[]", f"[{len(found)}]")
        if node.keep is not None and not (yield _met(node.keep, inside, it)):
            dropped += 1
            continue
        made = yield _evaluate(node.body, inside, it)
        if made is not None:
            found.append(made)
    _tell_dropped(node, dropped, items, it)
    return present(found)


def _tell_dropped(
    node: nodes.ForEach | nodes.Entries, dropped: int, items: Json, it: Interpreter
) -> None:
    """Record how many items do not stay."""
    if it.trace is not None and node.keep is not None and dropped:
        text = f"{dropped} of {len(items)} item{'' if len(items) == 1 else 's'}"
        it.trace.skip("items", text, node.keep.span, DROPPED)


def _entries(node: nodes.Entries, frame: Frame, it: Interpreter) -> Evaluation:
    pairs: values.Pairs = [(None, None)]
    if node.source is not None:
        source = yield _evaluate(node.source, frame, it)
        pairs = values.pairs_of(source, node.source, frame.issues)
    found: dict[str, Json] = {}
    dropped = 0
    for key, item in pairs:
        inside = frame
        if node.source is not None:
            inside = replace(frame, names={**frame.names, node.item: item, nodes.KEY: key})
        if node.keep is not None and not (yield _met(node.keep, inside, it)):
            dropped += 1
            continue
        name = values.key_text((yield _evaluate(node.key, inside, it)), node.key, frame.issues)
        made = None if name is None else (yield _evaluate(node.value, inside, it))
        if name is not None and (made is not None or (node.empty and is_missing(item))):
            found[name] = item if made is None else made
    _tell_dropped(node, dropped, pairs, it)
    return present(found)


def _copy(node: nodes.Copy, frame: Frame, it: Interpreter) -> Evaluation:
    source = yield _source(node, frame, it)
    found: dict[str, Json] = {}
    copying = copying_of(it.model, node)
    if type(source) is dict:
        plan = yield _plan(node, frame.apart(), it)
        found = copying.of(source, plan, frame.issues, it.run.already_hashed)
    else:
        copying.no_object(source, frame.issues)
    if node.added is not None:
        found |= yield _object(node.added.fields, frame, it)
    return found if node.empty and source == {} else present(found)


def _source(node: nodes.Copy, frame: Frame, it: Interpreter) -> Evaluation:
    """What is copied; an empty object is one, where that is wanted."""
    start = node.source
    if node.empty and isinstance(start, nodes.Read | Name):
        kind = "name" if isinstance(start, Name) else "path"
        return (yield _recorded(kind, start, _read(start, frame, it, raw=True), frame, it))
    return (yield _evaluate(start, frame, it))


def _plan(node: nodes.Copy, frame: Frame, it: Interpreter) -> Evaluation:
    """What a copy leaves out, and the keys that it treats apart."""
    keys: list[Json] = []
    for each in node.keys:
        value = None if each is None else (yield _evaluate(each, frame, it))
        keys.append(None if each is None else keys_given(each, value, it.run.settings))
    if not node.rest:
        return copy_plan(node, (), keys)
    mapped = set(it.mapped)
    for call in moved_paths(it.model):
        given = yield _arguments(call, REGISTRY[call.name], frame, it)
        path = None if given is None else located(call, given)
        mapped |= set() if path is None else {path}
    return copy_plan(node, exclusions(copy_base(node.source), mapped), keys)


# Recording


def _recorded(
    kind: str, part: Node | Alternative | Field, inner: Evaluation, frame: Frame, it: Interpreter
) -> Evaluation:
    """What ``inner`` answers for a part of the rules, with an entry in the trace, if there is one.

    Once something is read that must not be shown, all that follows in the field is hidden.
    """
    trace, before = it.trace, len(frame.issues)
    if trace is None:
        return (yield inner)
    entry, outside = trace.open(kind, *called(kind, part, frame.path[1])), trace.hidden
    trace.hidden = outside and kind != "field"
    found = yield inner
    if found is not None and it.facts is not None and isinstance(part, Node):
        reads = kind in ("path", "name", "call")
        trace.hidden = trace.hidden or (reads and not it.facts.type_of(part).may_be_shown)
    trace.close(entry, found, frame.issues[before:])
    if kind == "condition":
        entry.outcome = MET if holds(found) else NOT_MET
    trace.hidden = trace.hidden or outside
    return found
