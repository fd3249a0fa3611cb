"""The types that transforms and named pipelines yield, and what is wrong with their calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from mapping_engine.core.calls import Bound, bind, find, report_unknown
from mapping_engine.core.hashing import Hashing
from mapping_engine.diagnostics import Fix
from mapping_engine.expression import Call, Expression, Items, Literal, Reference
from mapping_engine.file.values import PipelineBlock, ValueBlock
from mapping_engine.selectors import vocabulary_path
from mapping_engine.transforms.declare import (
    Boxing,
    Flow,
    Json,
    Parameter,
    Rejected,
    Transform,
)
from mapping_engine.types.kinds import ANY, LIST, Kinds, is_missing, kind_of
from mapping_engine.types.type import (
    BROKEN,
    DIGEST,
    UNDECLARED,
    UNKNOWN,
    WHOLE,
    Described,
    Type,
    join,
    mixed,
    normalised,
    type_of_constant,
    type_of_values,
)

if TYPE_CHECKING:
    from mapping_engine.core.infer import Inference, Scope

Arguments = list[Type | None]


class CallTypes:
    """Types calls over one model; each pipeline is examined once."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._model = inference.model
        self._pipelines = dict(inference.model.pipelines)
        self._hashing = Hashing(inference.model)
        self._reported: set[str] = set()
        self._problems: dict[tuple[object, int], str | None] = {}

    def type_of(
        self, call: Call, piped: Type | None, scope: Scope, before: Expression | None = None
    ) -> Type:
        """The type of a call; ``piped`` is None when it stands as an expression of its own.

        ``before`` is what is written before the call in its pipeline, where that is known.
        """
        return self._inference.facts.record(call, self._type_of(call, piped, scope, before))

    def _type_of(
        self, call: Call, piped: Type | None, scope: Scope, before: Expression | None
    ) -> Type:
        target = find(call.name, self._pipelines)
        if target is None:
            report_unknown(call, self._pipelines, self._inference.diagnostics)
            for value in (*call.arguments, *(value for _, value in call.named)):
                self._inference.expression(value, scope)
            return BROKEN
        bound = bind(call, target, piped is not None)
        if isinstance(bound, str):
            self._report("TX02", bound, call)
            return BROKEN
        source = piped
        if source is None:
            start = bound.input
            source = self._inference.expression(start, scope) if start else type_of_constant({})
        self._inference.facts.record_input(call, source)
        arguments = [self._inference.expression(a, scope) if a else None for a in bound.arguments]
        if isinstance(target, PipelineBlock):
            return self._pipeline(call, target, source, arguments)
        self._check_arguments(call, bound, arguments)
        return self._transform(call, bound, target, source, arguments, before)

    # Transforms

    def _transform(
        self,
        call: Call,
        bound: Bound,
        target: Transform,
        source: Type,
        arguments: Arguments,
        before: Expression | None,
    ) -> Type:
        if not source.kinds:
            return BROKEN
        if not target.reads_event and not source.kinds & target.accepts:
            self._report(
                "TX03", f"`{call.name}` accepts {target.accepts}, but gets {source.kinds}", call
            )
            return BROKEN
        if target.reads_event:
            return self._located(bound, target)
        if target.flow is Flow.HASH:
            self._hashing.check(call, source, before, self._inference.diagnostics)
            return self._hashing.result(target, source)
        constants = [self.constant(a) if a else (True, None) for a in bound.arguments]
        values = [p.default if a is None else c[1] for p, a, c in self._paired(bound, constants)]
        known = all(known for known, _ in constants)
        if known and source.values is not None:
            folded = self._folded(target, source, values)
            if folded is not None:
                return folded
        return self._general(call, bound, target, source, arguments, values, before)

    def _located(self, bound: Bound, target: Transform) -> Type:
        """The type at a path of the event that stands in the rules; else nothing is known."""
        constants = [self.constant(a) if a else (True, None) for a in bound.arguments]
        if target.locate is None or not all(known for known, _ in constants):
            return Type(target.returns, True, UNKNOWN.tags)
        values = [p.default if a is None else c[1] for p, a, c in self._paired(bound, constants)]
        steps = target.locate(*values) or ()
        path = tuple(step if isinstance(step, str) else "[]" for step in steps)
        return self._model.vocabulary.type_of(path).or_missing()

    def _paired(
        self, bound: Bound, constants: list[tuple[bool, object]]
    ) -> list[tuple[Parameter, Expression | None, tuple[bool, object]]]:
        assert isinstance(bound.target, Transform)
        return list(zip(bound.target.parameters, bound.arguments, constants, strict=True))

    def _folded(self, target: Transform, source: Type, arguments: list[Json]) -> Type | None:
        """The type of a transform of values that are all known: what it makes of each."""
        for parameter, given in zip(target.parameters, arguments, strict=True):
            missing = given is None and not parameter.required
            if not (missing or _is_right(parameter, given)):
                return None  # that is reported already
        convert: Callable[[Json], Json] = target.bound(*arguments)
        made = [convert(value) if _fits(value, target) else None for value in source.values or ()]
        lost = any(isinstance(value, Rejected) or is_missing(value) for value in made)
        found = [v for v in made if not isinstance(v, Rejected) and not is_missing(v)]
        if not found:
            return Type(target.returns, True, source.tags - {WHOLE, DIGEST})
        types = type_of_values(found)
        kept = source.tags if target.flow is Flow.KEEP else source.spreading
        return replace(types, missing=source.missing or lost, tags=types.tags | (kept - {WHOLE}))

    def _given(self, target: Transform, arguments: list[Json]) -> list[tuple[Parameter, Json]]:
        pairs = zip(target.parameters, arguments, strict=True)
        return [(p, a) for p, a in pairs if a is not None]

    def _general(
        self,
        call: Call,
        bound: Bound,
        target: Transform,
        source: Type,
        arguments: Arguments,
        values: list[Json],
        before: Expression | None,
    ) -> Type:
        missing = self._may_be_missing(bound, target, source, arguments)
        merits = {WHOLE} if target.whole and target.whole(*values) else set[str]()
        if target.flow is Flow.KEEP:
            found = self._boxed(target, source)
            found = replace(found, missing=missing, tags=found.tags | merits)
        elif target.flow is Flow.CLEAR:
            found = Type(target.returns, missing, frozenset(merits))
        else:
            if source.is_digest:
                self._hashing.report_change(call, before, self._inference.diagnostics)
                return Type(target.returns, missing, source.tags)
            given = [a for a in arguments if a is not None]
            found = mixed([source, *given], target.returns, missing=missing)
            found = replace(found, tags=found.tags | merits)
        if isinstance(target.items, Kinds):
            found = replace(found, item=Type(target.items, False, found.spreading))
        if target.fields:
            undeclared = frozenset({UNDECLARED}) if found.tags else frozenset[str]()
            below = Type(ANY, True, found.spreading | undeclared)
            found = replace(found, fields=dict.fromkeys(target.fields, below))
        possible = target.yields(*values) if target.yields else None
        if possible:
            types = type_of_values(possible)
            merits_of_values = types.tags & {WHOLE}
            found = replace(
                found,
                kinds=types.kinds & found.kinds if types.kinds & found.kinds else found.kinds,
                values=types.values,
                item=types.item,
                tags=found.tags | merits_of_values,
            )
        return found

    def _may_be_missing(
        self, bound: Bound, target: Transform, source: Type, arguments: Arguments
    ) -> bool:
        fits = not (source.kinds.names - target.accepts.names)
        required = [
            found
            for parameter, found in zip(target.parameters, arguments, strict=True)
            if parameter.required and found is not None
        ]
        absent = source.missing or any(found.missing for found in required)
        return absent or not (target.total and fits)

    def _boxed(self, target: Transform, source: Type) -> Type:
        """The result of a transform that keeps its value: the same, in another box."""
        plain = Type(target.returns, True, source.tags, source.described)
        match target.items:
            case Boxing.SAME:
                return replace(plain, item=source.item)
            case Boxing.UNWRAP:
                inner = item_of(source)
                if inner is None:
                    return replace(plain, described=None)
                return replace(inner, tags=inner.tags | source.own)
            case Boxing.WRAP:
                return _wrapped(plain, source)
            case _:
                kinds = source.kinds & target.returns
                return replace(plain, kinds=kinds or target.returns)

    # Arguments

    def _check_arguments(self, call: Call, bound: Bound, types: Arguments) -> None:
        assert isinstance(bound.target, Transform)
        for parameter, value, found in zip(
            bound.target.parameters, bound.arguments, types, strict=True
        ):
            if value is not None and found is not None:
                self._check_argument(call, parameter, value, found)

    def _check_argument(
        self, call: Call, parameter: Parameter, value: Expression, found: Type
    ) -> None:
        if found.kinds and not found.kinds & parameter.kinds:
            message = (
                f"`{call.name}` takes {parameter.kinds} as `{parameter.name}`, not {found.kinds}"
            )
            self._report("TX02", message, value)
        elif parameter.constant and not _is_constant(value):
            message = f"`{parameter.name}` of `{call.name}` must be a constant or a table"
            self._report("TX02", message, value)
        else:
            self._check_constant(parameter, value)

    def _check_constant(self, parameter: Parameter, node: Expression) -> None:
        known, value = self.constant(node)
        problem = self._problem(parameter, value) if known else None
        if problem and parameter.name == "pattern":
            self._report("TX06", f"invalid regular expression: {problem}", node)
        elif problem:
            self._report("TX02", f"`{parameter.name}` {problem}", node)

    def _problem(self, parameter: Parameter, value: object) -> str | None:
        """What is wrong with a constant; large tables are looked at once."""
        if parameter.problem is None:
            return None
        key = (parameter.problem, id(value))
        if key not in self._problems or not isinstance(value, dict | list):
            self._problems[key] = parameter.problem(value)
        return self._problems[key]

    def constant(self, node: Expression) -> tuple[bool, object]:
        """Whether the value of ``node`` is known now, and the value."""
        if isinstance(node, Literal):
            return True, node.value
        if isinstance(node, Items):
            items = [self.constant(item) for item in node.items]
            return all(known for known, _ in items), [value for _, value in items]
        if isinstance(node, Reference) and node.name == "tables" and node.tail is not None:
            path = vocabulary_path(node.tail) or ("",)
            tables = self._model.tables
            return len(path) == 1 and path[0] in tables, tables.get(path[0])
        return False, None

    def _report(self, code: str, message: str, node: Expression, fix: Fix | None = None) -> None:
        self._inference.diagnostics.report(code, message, node.span, fix=fix)

    # Pipelines

    def _pipeline(
        self, call: Call, block: PipelineBlock, source: Type, arguments: Arguments
    ) -> Type:
        names = [name.text for name in block.parameters or ()]
        given = {name: argument or UNKNOWN for name, argument in zip(names, arguments, strict=True)}
        if source.is_digest and block.normalises is None:
            self._hashing.report_change(call, None, self._inference.diagnostics)
            return replace(source, missing=True)
        found = self.pipeline(call.name, block, source, given)
        if not found.kinds and source.kinds and self._works(block):
            message = f"`{call.name}` never takes {source.kinds}"
            self._report("TX03", message, call)
            return BROKEN
        if block.values is not None:
            types = type_of_values([literal.value for literal in block.values])
            found = replace(found, values=types.values, kinds=types.kinds or found.kinds)
        if block.normalises is None or not found.kinds:
            return found
        tags = found.spreading | source.spreading | {normalised(block.normalises.text)}
        # A digest passes through untouched, so the values are not the only ones.
        return Type(found.kinds, True, tags)

    def _works(self, block: PipelineBlock) -> bool:
        """Whether the pipeline yields something for some input: else it is reported itself."""
        last = block.steps[-1] if block.steps else None
        if last is not None:
            return bool(self._inference.facts.type_of(last).kinds)
        arms = block.first_of or ()
        return any(self._inference.facts.type_of(arm).kinds for arm in arms)

    def pipeline(
        self, name: str, block: PipelineBlock, source: Type, arguments: Mapping[str, Type]
    ) -> Type:
        """The type of a named pipeline's result; its mistakes are reported the first time."""
        from mapping_engine.core.infer import Scope
        from mapping_engine.diagnostics import Diagnostics

        kept = self._inference.diagnostics
        if name in self._reported:
            self._inference.diagnostics = Diagnostics()
        self._reported.add(name)
        scope = Scope({**arguments, "value": source}, only=True)
        try:
            if block.steps is not None:
                return self._inference.steps(source, block.steps, scope)
            empty = ValueBlock(span=block.span)
            return join(self._inference.arm(arm, empty, scope) for arm in block.first_of or ())
        finally:
            self._inference.diagnostics = kept


def item_of(found: Type) -> Type | None:
    """The type of the items of a list, from what is known of it."""
    if found.item is not None:
        return found.item.or_missing()
    item = found.described.item if found.described else None
    return None if item is None else Type(item.kinds, True, item.tags | found.own, item)


def collected(found: Type, lists: int) -> Type:
    """The type of a list of such values, as a projection makes it; of lists of lists, and so on."""
    for _ in range(lists):
        inner = found.described
        box = Described(LIST, found.own, None, inner, inner.contained) if inner else None
        found = Type(LIST, True, found.tags, box, item=replace(found, missing=False))
    return found


def _wrapped(plain: Type, source: Type) -> Type:
    if LIST.names == source.kinds.names:
        return replace(plain, item=item_of(source))
    if LIST & source.kinds:
        return replace(plain, described=source.described if source.described else None)
    described = source.described
    box = Described(LIST, source.own, None, described, described.contained) if described else None
    return replace(plain, item=replace(source, missing=False), described=box)


def _is_right(parameter: Parameter, given: Json) -> bool:
    """Whether an argument is of a kind that the parameter takes, and no problem."""
    right = kind_of(given) in parameter.kinds.names
    return right and not (parameter.problem and parameter.problem(given))


def _fits(value: object, target: Transform) -> bool:
    return kind_of(value) in target.accepts or target.accepts == ANY


def _is_constant(value: Expression) -> bool:
    if isinstance(value, Items):
        return all(_is_constant(item) for item in value.items)
    return isinstance(value, Literal) or (isinstance(value, Reference) and value.name == "tables")
