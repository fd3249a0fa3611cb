"""The types of expressions and values, and every mistake that shows on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mapping_engine.diagnostics import Diagnostics
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
from mapping_engine.model.calls import Bound, bind, find, report_unknown
from mapping_engine.model.model import Model
from mapping_engine.model.names import Names
from mapping_engine.model.values import ArmBlock, PipelineBlock, ValueBlock
from mapping_engine.model.walk import arms_of, item_name
from mapping_engine.selectors import prefixes, vocabulary_path
from mapping_engine.transforms.declare import Flow, Parameter, Transform
from mapping_engine.types.kinds import ANY, LIST, OBJECT, TEXT
from mapping_engine.types.type import (
    BROKEN,
    CONDITION,
    DIGEST,
    UNKNOWN,
    Type,
    join,
    mixed,
    normalised,
    type_of_constant,
)


@dataclass(frozen=True)
class Scope:
    """The ``$names`` of a place beyond built-in names and definitions.

    ``late`` is true where the payload exists already; ``only`` closes the scope to its own
    variables and ``$tables`` (inside named pipelines).
    """

    variables: Mapping[str, Type]
    late: bool = False
    only: bool = False

    def having(self, name: str, type: Type) -> Scope:
        """This scope with one variable more."""
        return replace(self, variables={**self.variables, name: type})


class Inference:
    """Finds types over one model; each definition and pipeline is examined once."""

    def __init__(self, model: Model, diagnostics: Diagnostics) -> None:
        self.model = model
        self.diagnostics = diagnostics
        self.names = Names(model, self)
        self._pipelines_reported: set[str] = set()

    # Values

    def block(self, block: ValueBlock, scope: Scope) -> Type:
        """The type of a definition or a field."""
        if block.when is not None:
            self.expression(block.when, scope)
        found = self._source(block, scope)
        if block.as_ and not block.first_of and not block.decide:
            found = self.steps(found, block.as_, scope)
        if block.then:
            found = self.steps(found, block.then, scope)
        if block.one_of is not None:
            self.expression(block.one_of, scope)
            found = replace(found, missing=True)
        if block.when is not None:
            found = replace(found, missing=True)
        if block.default is not None:
            found = join([replace(found, missing=True), self.expression(block.default, scope)])
        return found

    def _source(self, block: ValueBlock, scope: Scope) -> Type:
        if block.each is not None:
            return self._each(block, scope)
        if block.fields is not None:
            return self._fields(block, scope)
        if block.rest_of is not None:
            self.expression(block.rest_of, scope)
            return Type(OBJECT, True, UNKNOWN.tags)
        if block.first_of is not None or block.decide is not None:
            return join(self._arm(arm, block, scope) for arm in arms_of(block))
        return self._single(block, scope)

    def _single(self, block: ValueBlock | ArmBlock, scope: Scope) -> Type:
        present = block.value or block.template or block.constant
        return BROKEN if present is None else self.expression(present, scope)

    def _arm(self, arm: ArmBlock, block: ValueBlock, scope: Scope) -> Type:
        found = self._single(arm, scope)
        if arm.when is not None:
            self.expression(arm.when, scope)
            found = replace(found, missing=True)
        if arm.as_:
            found = self.steps(found, arm.as_, scope)
        return self.steps(found, block.as_, scope) if block.as_ else found

    def _each(self, block: ValueBlock, scope: Scope) -> Type:
        assert block.each is not None
        source = self.expression(block.each, scope)
        inside = scope.having(item_name(block), self.model.vocabulary.as_list(source))
        if block.keep_when is not None:
            self.expression(block.keep_when, inside)
        if block.fields is not None:
            found = self._fields(block, inside)
        else:
            found = self._single(block, inside)
        return Type(LIST, True, found.spreading)

    def _fields(self, block: ValueBlock, scope: Scope) -> Type:
        """An object: its fields are sinks of their own, so nothing of theirs spreads further."""
        for field in block.fields or ():
            if field.value is not None:
                self.block(field.value, scope)
        return Type(OBJECT, True)

    # Expressions

    def expression(self, node: Expression, scope: Scope) -> Type:
        """The type of any expression."""
        match node:
            case Literal():
                return type_of_constant(node.value)
            case Select():
                return self._select(node)
            case Reference():
                return self.names.type_of(node, scope)
            case Items():
                types = [self.expression(item, scope) for item in node.items]
                return mixed(types, LIST, missing=not types)
            case Chain():
                return join([self.expression(arm, scope) for arm in node.arms])
            case Pipeline():
                return self.steps(self.expression(node.source, scope), node.steps, scope)
            case Call():
                return self._call(node, None, scope)
            case Template():
                types = [self.expression(p, scope) for p in node.parts if not isinstance(p, str)]
                return mixed(types, TEXT, missing=any(t.missing for t in types))
            case _:
                return self._condition(node, scope)

    def _condition(self, node: Expression, scope: Scope) -> Type:
        match node:
            case Compare():
                parts: tuple[Expression, ...] = (node.left, node.right)
            case Test() | Not():
                parts = (node.operand,)
            case Both() | Either():
                parts = node.operands
            case _:
                raise TypeError(f"no type for {type(node).__name__}")
        for part in parts:
            self.expression(part, scope)
        return CONDITION

    def _select(self, node: Select) -> Type:
        vocabulary = self.model.vocabulary
        path = vocabulary_path(node.selector)
        if path is not None:
            return vocabulary.type_of(path)
        types = [vocabulary.type_of(prefix) for prefix in prefixes(node.selector)]
        return mixed([*types, UNKNOWN], ANY, missing=True)

    # Transforms

    def steps(self, source: Type, steps: tuple[Call, ...], scope: Scope) -> Type:
        """The type after a pipeline of transforms."""
        for step in steps:
            source = self._call(step, source, scope)
        return source

    def _call(self, call: Call, piped: Type | None, scope: Scope) -> Type:
        pipelines = dict(self.model.pipelines)
        target = find(call.name, pipelines)
        if target is None:
            report_unknown(call, pipelines, self.diagnostics)
            for value in (*call.arguments, *(value for _, value in call.named)):
                self.expression(value, scope)
            return BROKEN
        bound = bind(call, target, piped is not None)
        if isinstance(bound, str):
            self.diagnostics.report("TX02", bound, call.span)
            return BROKEN
        source = piped
        if source is None:
            source = self.expression(bound.input, scope) if bound.input else type_of_constant({})
        arguments = [self.expression(a, scope) if a else None for a in bound.arguments]
        if isinstance(target, PipelineBlock):
            return self._pipeline(call, target, source, arguments)
        self._check_arguments(call, bound, arguments)
        return self._transform(call, target, source, arguments)

    def _transform(
        self, call: Call, target: Transform, source: Type, arguments: list[Type | None]
    ) -> Type:
        if not source.kinds:
            return BROKEN
        if not source.kinds & target.accepts and not target.reads_event:
            self.diagnostics.report(
                "TX03",
                f"`{call.name}` accepts {target.accepts}, but gets {source.kinds}",
                call.span,
            )
            return BROKEN
        if target.flow is Flow.HASH:
            self._check_hash(call, source)
            return Type(target.returns, True, (source.spreading - _clear(source)) | {DIGEST})
        if target.flow is Flow.KEEP:
            return Type(target.returns, True, source.tags, source.described)
        if target.flow is Flow.CLEAR:
            return Type(target.returns, True)
        given = [a for a in arguments if a is not None]
        return mixed([source, *given], target.returns, missing=True)

    def _check_hash(self, call: Call, source: Type) -> None:
        if source.is_digest:
            self.diagnostics.report(
                "PI03", "the value is a digest already", call.span, help="drop one `hashed`"
            )
            return
        personal, normal = source.personal_kinds, source.normalised_kinds
        if not normal:
            self.diagnostics.report(
                "PI01",
                "the value is hashed without being normalised first",
                call.span,
                help="pipe it through a pipeline that `normalises` its kind of personal data",
            )
        elif personal and not personal & normal:
            self.diagnostics.report(
                "PI01",
                f"personal data of kind {_kinds(personal)} is hashed in the normal form of "
                f"{_kinds(normal)}",
                call.span,
                help="use the pipeline that normalises this kind",
            )

    def _check_arguments(self, call: Call, bound: Bound, types: list[Type | None]) -> None:
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
            self.diagnostics.report(
                "TX02",
                f"`{call.name}` takes {parameter.kinds} as `{parameter.name}`, not {found.kinds}",
                value.span,
            )
        elif parameter.constant and not _is_constant(value):
            self.diagnostics.report(
                "TX02",
                f"`{parameter.name}` of `{call.name}` must be a constant or a table",
                value.span,
            )
        else:
            self._check_constant(parameter, value)

    def _check_constant(self, parameter: Parameter, node: Expression) -> None:
        known, value = self.constant(node)
        problem = parameter.problem(value) if known and parameter.problem else None
        if problem and parameter.name == "pattern":
            self.diagnostics.report("TX06", f"invalid regular expression: {problem}", node.span)
        elif problem:
            self.diagnostics.report("TX02", f"`{parameter.name}` {problem}", node.span)

    def constant(self, node: Expression) -> tuple[bool, object]:
        """Whether the value of ``node`` is known now, and the value."""
        if isinstance(node, Literal):
            return True, node.value
        if isinstance(node, Items):
            items = [self.constant(item) for item in node.items]
            return all(known for known, _ in items), [value for _, value in items]
        if isinstance(node, Reference) and node.name == "tables" and node.tail is not None:
            path = vocabulary_path(node.tail) or ("",)
            return len(path) == 1 and path[0] in self.model.tables, self.model.tables.get(path[0])
        return False, None

    def _pipeline(
        self, call: Call, block: PipelineBlock, source: Type, arguments: list[Type | None]
    ) -> Type:
        names = [name.text for name in block.parameters or ()]
        given = {name: argument or UNKNOWN for name, argument in zip(names, arguments, strict=True)}
        found = self.pipeline(call.name, block, source, given)
        if block.normalises is None:
            return found
        kind = block.normalises.text
        return Type(found.kinds, True, found.spreading | source.spreading | {normalised(kind)})

    def pipeline(
        self, name: str, block: PipelineBlock, source: Type, arguments: Mapping[str, Type]
    ) -> Type:
        """The type of a named pipeline's result; its mistakes are reported the first time."""
        kept = self.diagnostics
        if name in self._pipelines_reported:
            self.diagnostics = Diagnostics()
        self._pipelines_reported.add(name)
        scope = Scope({**arguments, "value": source}, only=True)
        try:
            if block.steps is not None:
                return self.steps(source, block.steps, scope)
            empty = ValueBlock(span=block.span)
            return join(self._arm(arm, empty, scope) for arm in block.first_of or ())
        finally:
            self.diagnostics = kept


def _clear(source: Type) -> frozenset[str]:
    return frozenset(t for t in source.tags if t.startswith("personal:") or t == "identifying")


def _kinds(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _is_constant(value: Expression) -> bool:
    if isinstance(value, Items):
        return all(_is_constant(item) for item in value.items)
    return isinstance(value, Literal) or (isinstance(value, Reference) and value.name == "tables")


__all__ = ["Inference", "Scope"]
