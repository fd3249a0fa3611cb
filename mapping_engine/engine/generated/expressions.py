"""Expressions and transforms as generated code; each method answers the name of what it made."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from math import isfinite
from typing import Any

from mapping_engine.engine.generated.code import (
    NONE,
    Code,
    attribute,
    both,
    call,
    choice,
    compare,
    either,
    item,
    listing,
    load,
    method,
    missing,
    negated,
    number,
    of_class,
    present,
)
from mapping_engine.engine.lower import COMPARISONS, Names, as_text
from mapping_engine.engine.program import Lowering
from mapping_engine.engine.run import UNSET, Evaluate, Note, Run
from mapping_engine.engine.run import present as checked
from mapping_engine.engine.steps import VALUE, closed_digests, passed_digest, wrong_kind
from mapping_engine.expression import (
    Both,
    Call,
    Chain,
    Compare,
    Either,
    Expression,
    Items,
    Literal,
    Not,
    Pipeline,
    Reference,
    Select,
    Template,
    Test,
)
from mapping_engine.model.calls import Bound
from mapping_engine.model.infer import Scope
from mapping_engine.model.model import Model
from mapping_engine.model.values import ArmBlock, PipelineBlock
from mapping_engine.model.walk import walk
from mapping_engine.selectors import lower as read_selector
from mapping_engine.selectors import steps as path_steps
from mapping_engine.transforms.declare import Parameter, Rejected, Transform
from mapping_engine.transforms.hashing import is_digest
from mapping_engine.types import is_missing, kind_of
from mapping_engine.types.type import UNKNOWN

CLASSES = {
    "text": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "object": (dict,),
}
LABEL = "label"
"""The parameter of shared conversions that holds the label; no source is called so."""
EMPTIES = frozenset((list, dict))
"""What is missing when it is empty, besides texts."""
_SHORTEST_DIGEST = 64


class GeneratedExpressions(Lowering):
    """Writes expressions into the function that is being built."""

    code: Code
    """The function that is being built."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._shared: dict[tuple[Any, ...], Callable[..., Any]] = {}

    # Functions

    def built(self, write: Callable[[], str], *parameters: str) -> Callable[..., Any]:
        """A function made of what ``write`` writes, which answers the name of the result."""
        outside = getattr(self, "code", None)
        self.code = Code()
        try:
            result = write()
            return self.code.function(result, *parameters)
        finally:
            if outside is not None:
                self.code = outside
            else:
                del self.code

    def constant(self, value: object) -> str:
        """A constant of the function."""
        return self.code.constant(value)

    def called(self, evaluate: Evaluate) -> str:
        """The value of a closure."""
        return self.code.let(call(self.constant(evaluate), "run"))

    def labelled(self, label: str) -> str:
        """The name under which the code finds what notes call the source."""
        return LABEL if label == LABEL else self.constant(label)

    def drop_missing(self, name: str) -> None:
        """Make a blank or empty value None: the one rule of absence."""
        with self.code.when(present(name)):
            blank = either(negated(load(name)), method(name, "isspace"))
            with self.code.when(of_class(name, self.constant(str))), self.code.when(blank):
                self.code.assign(name, NONE)
            with self.code.otherwise():
                empties = load(self.constant(EMPTIES))
                kind = attribute(name, "__class__")
                with self.code.when(both(negated(load(name)), compare(kind, ast.In(), empties))):
                    self.code.assign(name, NONE)

    # Expressions

    def put(self, node: Expression, names: Names) -> str:
        """Write an expression."""
        match node:
            case Literal():
                return self.constant(checked(node.value))
            case Select():
                return self._put_select(node, names)
            case Reference():
                return self._put_reference(node, names)
            case Chain():
                return self._put_chain([partial(self.put, arm, names) for arm in node.arms])
            case Pipeline():
                label = names.label or self.spelled(node.source)
                return self.put_steps(self.put(node.source, names), node.steps, names, label)
            case Call():
                return self._put_call(node, names)
            case Items():
                return self._put_items(node, names)
            case Template():
                return self._put_template(node, names)
            case Compare() | Test() | Not() | Both() | Either():
                return self._put_condition(node, names)
            case _:
                return self.called(self.lower(node, names))

    def _put_chain(self, arms: list[Callable[[], str]]) -> str:
        """The first alternative that is not missing."""
        result = self.code.new()
        for place, arm in enumerate(arms):
            with self.code.when(missing(result)) if place else nullcontext():
                self.code.assign(result, load(arm()))
        return result

    def _put_items(self, node: Items, names: Names) -> str:
        """A list of what is not missing."""
        found = self.code.let(listing())
        for each in node.items:
            made = self.put(each, names)
            with self.code.when(present(made)):
                self.code.do(method(found, "append", made))
        with self.code.when(negated(load(found))):
            self.code.assign(found, NONE)
        return found

    def _put_template(self, node: Template, names: Names) -> str:
        """Text with values filled in; None when one of them is missing."""
        result, parts = self.code.let(NONE), self.code.let(listing())
        with ExitStack() as stack:
            for part in node.parts:
                if isinstance(part, str):
                    self.code.do(method(parts, "append", self.constant(part)))
                    continue
                text = self.code.let(call(self.constant(as_text), self.put(part, names)))
                stack.enter_context(self.code.when(present(text)))
                self.code.do(method(parts, "append", text))
            self.code.assign(result, call(self.constant(_joined), parts))
        return result

    def _put_select(self, node: Select, names: Names) -> str:
        steps = path_steps(node.selector)
        if not steps or not isinstance(steps[0], str):
            return self.called(self.lower(node, names))
        found = self.code.let(method("event", "get", self.constant(steps[0])))
        return self._put_fields(found, steps[1:])

    def _put_fields(self, start: str, steps: tuple[str | int, ...]) -> str:
        """Go down from field to field, and to items; what is no object or list has none."""
        found = self.code.let(load(start)) if steps else start
        for step in steps:
            if isinstance(step, str):
                inner = method(found, "get", self.constant(step))
                test = of_class(found, self.constant(dict))
            else:
                least = number(step + 1 if step >= 0 else -step)
                long = compare(call("len", found), ast.GtE(), least)
                inner = item(found, step)
                test = both(of_class(found, self.constant(list)), long)
            self.code.assign(found, choice(test, inner, NONE))
        self.drop_missing(found)
        return found

    def _put_reference(self, node: Reference, names: Names) -> str:
        steps = path_steps(node.tail) if node.tail is not None else ()
        fixed = {"api": self.model.api, "tables": self.model.tables}
        shadowed = node.name in names.slots or node.name in self.model.definitions
        if not shadowed and node.name in fixed and node.tail is not None:
            return self.constant(checked(read_selector(node.tail)(fixed[node.name])))
        if steps is None:
            return self.called(self.lower(node, names))
        if node.name in names.slots:
            found = self.code.let(item("names", names.slots[node.name]))
        elif node.name in self.model.definitions:
            found = self._put_definition(node.name)
        elif node.name == "settings" and steps:
            found = self.code.let(attribute("run", "settings"))
        else:
            return self.called(self.lower(node, names))
        return self._put_fields(found, steps) if steps else found

    def _put_definition(self, name: str) -> str:
        """A definition that is remembered, or made now."""
        evaluate = self.remembered(name)
        slot = self.memo_slots[name]
        known = self.code.let(item(attribute("run", "memo"), slot))
        with self.code.when(compare(load(known), ast.Is(), load(self.constant(UNSET)))):
            found = self.called(evaluate)
        with self.code.otherwise():
            self.code.assign(found, item(known, 0))
            with self.code.when(item(known, 1)):
                self.code.do(method("notes", "extend", item(known, 1)))
        return found

    # Conditions

    def _put_condition(self, node: Expression, names: Names) -> str:
        match node:
            case Compare():
                return self._put_comparison(node, names)
            case Test():
                return self.code.let(self._tested(self.put(node.operand, names), node.test))
            case Not():
                return self.code.let(negated(self.holds(self.put(node.operand, names))))
            case Both():
                return self._put_all(node.operands, names, load)
            case Either():
                return self._put_all(node.operands, names, lambda name: negated(load(name)))
            case _:
                raise TypeError(f"no code for {type(node).__name__}")

    def _put_all(
        self, parts: tuple[Expression, ...], names: Names, goes_on: Callable[[str], ast.expr]
    ) -> str:
        result = self.code.new()
        for place, part in enumerate(parts):
            with self.code.when(goes_on(result)) if place else nullcontext():
                self.code.assign(result, self.holds(self.put(part, names)))
        return result

    def holds(self, name: str) -> ast.expr:
        """Whether a condition is met: its value is neither missing nor false."""
        false = compare(load(name), ast.IsNot(), number(value=False))
        return both(present(name), false)

    def _put_comparison(self, node: Compare, names: Names) -> str:
        left, right = self.put(node.left, names), self.put(node.right, names)
        known = checked(node.right.value) if isinstance(node.right, Literal) else None
        if isinstance(known, str) and node.operator in ("==", "!="):
            equal = ast.Eq() if node.operator == "==" else ast.NotEq()
            return self.code.let(compare(load(left), equal, load(right)))
        compared = self.constant(COMPARISONS[node.operator])
        return self.code.let(call(compared, left, right))

    def _tested(self, name: str, test: str) -> ast.expr:
        if test == "present":
            return present(name)
        if test == "missing":
            return missing(name)
        if test == "number":
            kind = call(self.constant(kind_of), name)
            return compare(kind, ast.Eq(), load(self.constant(test)))
        return of_class(name, self.constant(CLASSES[test][0]))

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """What is noted inside is forgotten."""
        mark = self.code.let(call("len", "notes"))
        yield
        self.forget(mark)

    def forget(self, mark: str) -> None:
        """Forget the notes since ``mark``."""
        with self.code.when(compare(call("len", "notes"), ast.NotEq(), load(mark))):
            self.code.cut("notes", mark)

    def put_met(self, node: Expression, names: Names) -> ast.expr:
        """Write a condition; answers the expression that says whether it is met."""
        if _may_note(node):
            with self.quietly():
                found = self.put(node, names)
        else:
            found = self.put(node, names)
        return self.holds(found)

    # Transforms

    def put_steps(self, name: str, calls: tuple[Call, ...], names: Names, label: str) -> str:
        """Write a pipeline of transforms on a value."""
        if not calls:
            return name
        result = self.code.let(load(name))
        for each in calls:
            with self.code.when(present(result)):
                self.code.assign(result, load(self._put_step(each, result, names, label)))
        return result

    def put_shared(self, name: str, calls: tuple[Call, ...], names: Names, label: str) -> str:
        """Write a pipeline that is used in many places: a function of the value and its label."""
        result = self.code.let(load(name))
        key = (id(calls), tuple(sorted(names.slots.items())))
        if key not in self._shared:
            self._shared[key] = self.built(
                lambda: self.put_steps("value", calls, names, LABEL), "value", LABEL
            )
        shared = self.constant(self._shared[key])
        with self.code.when(present(result)):
            self.code.assign(result, call(shared, "run", result, self.labelled(label)))
        return result

    def _put_call(self, node: Call, names: Names) -> str:
        bound = self._bound(node, piped=False)
        if isinstance(bound.target, Transform) and bound.target.reads_event:
            return self.called(self.lower(node, names))
        assert bound.input is not None
        label = names.label or self.spelled(bound.input or node)
        result = self.code.let(load(self.put(bound.input, names)))
        with self.code.when(present(result)):
            made = self._put_target(node, bound, result, names, label)
            self.code.assign(result, load(made))
        return result

    def _put_step(self, node: Call, value: str, names: Names, label: str) -> str:
        return self._put_target(node, self._bound(node, piped=True), value, names, label)

    def _put_target(self, node: Call, bound: Bound, value: str, names: Names, label: str) -> str:
        if isinstance(bound.target, PipelineBlock):
            return self._put_pipeline(node, bound, bound.target, value, names, label)
        return self._put_transform(node, bound, bound.target, value, names, label)

    def _put_transform(
        self, node: Call, bound: Bound, target: Transform, value: str, names: Names, label: str
    ) -> str:
        arguments = [self._argument(a, names) for a in bound.arguments]
        if not all(known for known, _ in arguments):
            return self._put_variable(node, bound, target, value, names, label)
        fixed = [
            parameter.default if given is None else given
            for parameter, (_, given) in zip(target.parameters, arguments, strict=True)
        ]
        result = self.code.let(load(value))
        if target.honours_hashing_switch:
            off = negated(attribute("run", "already_hashed"))
            with self.code.when(both(attribute("run", "hashing"), off)):
                self._put_conversion(node, target, fixed, result, label)
        else:
            self._put_conversion(node, target, fixed, result, label)
        return result

    def _put_conversion(
        self, node: Call, target: Transform, fixed: list[Any], result: str, label: str
    ) -> None:
        """Convert ``result`` in place."""
        convert = self.constant(self._fixed(target, fixed))
        with self._where_accepted(node, target, result, label):
            self._put_result(node, target, call(convert, result), result, label)

    @contextmanager
    def _where_accepted(
        self, node: Call, target: Transform, result: str, label: str
    ) -> Iterator[None]:
        """Values of other kinds are noted, and become None."""
        wrong = self.constant(_wrong(target, node))
        with self.code.when(self._is_accepted(target, result)):
            yield
        with self.code.otherwise():
            self.code.assign(result, call(wrong, "notes", result, self.labelled(label)))

    def _put_variable(
        self, node: Call, bound: Bound, target: Transform, value: str, names: Names, label: str
    ) -> str:
        """A transform with arguments that are known only with the event."""
        result = self.code.let(load(value))
        with self._where_accepted(node, target, result, label):
            given = [
                self._put_argument(parameter, argument, names)
                for parameter, argument in zip(target.parameters, bound.arguments, strict=True)
            ]
            needed = [
                present(g) for p, g in zip(target.parameters, given, strict=True) if p.required
            ]
            function = self.constant(target.function)
            with self.code.when(both(*needed)) if needed else nullcontext():
                made = call(function, result, *given)
                self._put_result(node, target, made, result, label)
            if needed:
                with self.code.otherwise():
                    self.code.assign(result, NONE)
        return result

    def _put_argument(self, parameter: Parameter, node: Expression | None, names: Names) -> str:
        """An argument of an accepted kind, else the default; None where one is required."""
        default = None if parameter.required else parameter.default
        if node is None:
            return self.constant(default)
        if isinstance(node, Literal):
            accepted = kind_of(node.value) in parameter.kinds.names
            return self.constant(node.value if accepted else default)
        found = self.code.let(load(self.put(node, names)))
        kind = call(self.constant(kind_of), found)
        kinds = load(self.constant(parameter.kinds.names))
        with self.code.when(compare(kind, ast.NotIn(), kinds)):
            self.code.assign(found, load(self.constant(default)))
        return found

    def _is_accepted(self, target: Transform, name: str) -> ast.expr:
        classes = [kind for known in target.accepts.names for kind in CLASSES[known]]
        if len(target.accepts.names) == len(CLASSES):
            finite = call(self.constant(isfinite), name)
            return either(negated(of_class(name, self.constant(float))), finite)
        if float in classes:
            kind = call(self.constant(kind_of), name)
            accepted = compare(kind, ast.In(), load(self.constant(target.accepts.names)))
            text = of_class(name, self.constant(str))
            return either(text, accepted) if str in classes else accepted
        if len(classes) == 1:
            return of_class(name, self.constant(classes[0]))
        known = load(self.constant(frozenset(classes)))
        return compare(attribute(name, "__class__"), ast.In(), known)

    def _put_result(
        self, node: Call, target: Transform, made: ast.expr, result: str, label: str
    ) -> None:
        self.code.assign(result, made)
        lost = self.constant(_lost(target, node))
        note = call(lost, "notes", result, self.labelled(label))
        texts = target.returns.names == {"text"}
        blank = either(negated(load(result)), method(result, "isspace"))
        with self.code.when(of_class(result, self.constant(str))), self.code.when(blank):
            self.code.assign(result, note)
        with self.code.otherwise():
            if texts:
                with self.code.when(present(result)):
                    self.code.assign(result, note)
                return
            odd = load(self.constant(_ODD))
            with self.code.when(compare(attribute(result, "__class__"), ast.In(), odd)):
                self.code.assign(result, note)

    # Named pipelines

    def _put_pipeline(
        self, node: Call, bound: Bound, block: PipelineBlock, value: str, names: Names, label: str
    ) -> str:
        if block.normalises is None:
            return self._put_body(bound, block, value, names, label)
        passing = self.constant(_passing(block, node))
        text = of_class(value, self.constant(str))
        long = compare(call("len", value), ast.GtE(), number(_SHORTEST_DIGEST))
        digest = call(self.constant(is_digest), method(value, "strip"))
        with self.code.when(either(attribute("run", "already_hashed"), both(text, long, digest))):
            result = self.code.let(call(passing, "run", value, self.labelled(label)))
        with self.code.otherwise():
            self.code.assign(result, load(self._put_body(bound, block, value, names, label)))
        return result

    def _put_body(
        self, bound: Bound, block: PipelineBlock, value: str, names: Names, label: str
    ) -> str:
        given = [self.put(a, names) if a else None for a in bound.arguments]
        inside = Names({}, Scope({}, only=True), label)
        parameters = (VALUE, *(name.text for name in block.parameters or ()))
        for parameter, found in zip(parameters, (value, *given), strict=True):
            slot = self.new_slot()
            inside = inside.having(parameter, slot, inside.scope.having(parameter, UNKNOWN))
            self.put_slot(slot, load(found) if found else NONE)
        if block.steps is not None:
            return self.put_steps(value, block.steps, inside, label)
        arms = block.first_of or ()
        return self._put_chain([partial(self._put_pipeline_arm, arm, inside) for arm in arms])

    def put_slot(self, slot: int, value: ast.expr) -> None:
        """Keep a variable where closures find it, too."""
        self.code.put_index("names", slot, value)

    def _put_pipeline_arm(self, arm: ArmBlock, inside: Names) -> str:
        node = arm.value or arm.template or arm.constant
        assert node is not None
        assert inside.label is not None
        return self.guard(
            arm,
            inside,
            lambda: self.put_steps(
                self.put(node, inside), arm.as_ or (), inside, inside.label or ""
            ),
        )

    def guard(self, arm: ArmBlock, names: Names, write: Callable[[], str]) -> str:
        """What ``write`` writes, where the condition of the alternative holds."""
        if arm.when is None:
            return write()
        result = self.code.let(NONE)
        with self.code.when(self.put_met(arm.when, names)):
            self.code.assign(result, load(write()))
        return result


_ODD = frozenset((Rejected, list, dict))
"""Results that are not values as they stand, or may be empty."""


def _passing(block: PipelineBlock, node: Call) -> Callable[[Run, Any, str], Any]:
    """What lets digests pass, and keeps out what is said to be one and is not."""
    span, closed = node.span, closed_digests(block)

    def passing(run: Run, value: Any, label: str) -> Any:
        return passed_digest(run, value, closed, label, span)

    return passing


def _joined(parts: list[str]) -> str | None:
    text = "".join(parts)
    return None if is_missing(text) else text


def _wrong(target: Transform, node: Call) -> Callable[[list[Note], Any, str], None]:
    """What notes that a value is of a kind which a transform does not take."""
    accepted, span = str(target.accepts), node.span

    def note(notes: list[Note], value: Any, label: str) -> None:
        notes.append(Note(label, wrong_kind(kind_of(value), accepted), span))

    return note


def _lost(target: Transform, node: Call) -> Callable[[list[Note], Any, str], Any]:
    """What judges a result that may be none: rejected, empty, or a list or object after all."""
    span = node.span
    emptied = f"has nothing left after `{target.name}`"

    def note(notes: list[Note], result: Any, label: str) -> Any:
        if type(result) is Rejected:
            notes.append(Note(label, result.reason, span))
            return None
        found = checked(result)
        if found is None:
            notes.append(Note(label, emptied, span))
        return found

    return note


def _may_note(node: Expression) -> bool:
    """Whether evaluating a condition may note anything: transforms, names and odd paths may."""
    return any(
        isinstance(part, Call) or (isinstance(part, Reference | Select) and not _is_plain(part))
        for part in walk(node)
    )


def _is_plain(node: Reference | Select) -> bool:
    """Whether reading it notes nothing: a chain of fields of the event or the settings."""
    selector = node.selector if isinstance(node, Select) else node.tail
    steps = path_steps(selector) if selector is not None else ()
    return steps is not None and (
        isinstance(node, Select) or node.name in ("settings", "api", "tables")
    )
