"""The types of expressions and values, and every mistake that shows on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mapping_engine.core.call_types import CallTypes, collected, item_of
from mapping_engine.core.copies import asks_settings, clear_paths
from mapping_engine.core.facts import Facts
from mapping_engine.core.model import Model
from mapping_engine.core.names import Names
from mapping_engine.core.paths import PathCheck
from mapping_engine.core.walk import arms_of, copied, is_sent, item_name, parts_of
from mapping_engine.diagnostics import Diagnostics, listed
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
from mapping_engine.file.values import ArmBlock, PipelineBlock, ValueBlock
from mapping_engine.selectors import prefixes, projections, vocabulary_path
from mapping_engine.types.kinds import ANY, LIST, OBJECT, TEXT
from mapping_engine.types.type import (
    BROKEN,
    CONDITION,
    UNKNOWN,
    Type,
    join,
    mixed,
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
        self.facts = Facts()
        self.paths = PathCheck(model.vocabulary, frozenset(model.definitions))
        self.names = Names(model, self)
        self.calls = CallTypes(self)

    # Values

    def block(self, block: ValueBlock, scope: Scope) -> Type:
        """The type of a definition or a field."""
        return self.facts.record(block, self._block(block, scope))

    def _block(self, block: ValueBlock, scope: Scope) -> Type:
        if block.when is not None:
            self.expression(block.when, scope)
        found = self._source(block, scope)
        if block.as_ and not parts_of(block):
            found = self.steps(found, block.as_, scope)
        if block.then:
            found = self.steps(found, block.then, scope)
        if block.one_of is not None:
            accepted = self.expression(block.one_of, scope)
            known, values = self.constant(block.one_of)
            found = replace(found, missing=True)
            if known and isinstance(values, list) and accepted.item is not None:
                found = replace(found, values=accepted.item.values)
        if block.default is not None:
            default = self.expression(block.default, scope)
            if is_sent(block, block.default):
                default = replace(default, missing=False)
            found = join([replace(found, missing=True), default])
        return found if block.when is None else replace(found, missing=True)

    def _source(self, block: ValueBlock, scope: Scope) -> Type:
        if block.each is not None:
            return self._each(block, scope)
        if copied(block) is not None:
            return self._copy(block, scope)
        if block.fields is not None:
            return self._fields(block, scope)
        if block.positions is not None:
            return self._positions(block, block.positions, scope)
        if block.first_of is not None or block.decide is not None:
            return join([self.arm(arm, block, scope) for arm in arms_of(block)])
        return self._single(block, scope)

    def _single(self, block: ValueBlock | ArmBlock, scope: Scope) -> Type:
        present = block.value or block.template or block.constant
        return BROKEN if present is None else self.expression(present, scope)

    def arm(self, arm: ArmBlock, block: ValueBlock, scope: Scope) -> Type:
        """The type of one alternative after its conversion."""
        return self.facts.record(arm, self._arm(arm, block, scope))

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
        inside = scope.having(item_name(block), self.item(block.each, source))
        if block.keep_when is not None:
            self.expression(block.keep_when, inside)
        if block.fields is not None:
            found = self._fields(block, inside)
        else:
            found = self._single(block, inside)
        return Type(LIST, True, found.spreading, item=replace(found, missing=False))

    def _positions(self, block: ValueBlock, positions: tuple[ArmBlock, ...], scope: Scope) -> Type:
        fill = type_of_constant(block.fill.value if block.fill else "")
        items = [replace(self.arm(arm, block, scope), missing=False) for arm in positions]
        item = replace(join([*items, fill]), values=None)
        return Type(LIST, True, item.spreading, item=item)

    def _copy(self, block: ValueBlock, scope: Scope) -> Type:
        """A copy of an object: nothing is known of it but that it holds nothing personal."""
        for node in (block.without, block.keep, block.hash):
            if node is not None:
                self.expression(node, scope)
        source = copied(block)
        assert source is not None
        self._copied_in_clear(block, source, self.expression(source, scope))
        if block.keep is not None and not asks_settings(block.keep, self.model.definitions):
            self.diagnostics.report(
                "PI02",
                "rules may not send personal data in clear; only the settings may ask for it",
                block.keep.span,
                help="read the keys from a setting, such as `$settings.allowed`",
            )
        added = self._fields(block, scope).spreading if block.fields else frozenset[str]()
        return Type(OBJECT, True, UNKNOWN.tags | added)

    def _copied_in_clear(self, block: ValueBlock, source: Expression, found: Type) -> None:
        """Report personal data that would be copied, since nothing in its name says what it is."""
        treated: set[object] = set()
        for node in (block.without, block.hash):
            known, keys = self.constant(node) if node is not None else (False, None)
            treated |= set(keys) if known and isinstance(keys, list) else set()
        paths = clear_paths(found, self.model.vocabulary)
        left = [path for path in paths if not path or path[0] not in treated]
        if left:
            spelled = listed(".".join(path) or "the value itself" for path in left)
            self.diagnostics.report(
                "PI02",
                f"the copy would hold personal data in clear: {spelled}",
                source.span,
                help="leave it out with `without`, or add the name to `personal.names` of the "
                "vocabulary, which copies leave out everywhere",
            )

    def item(self, each: Expression, source: Type) -> Type:
        """The type of one item of the list in ``each``; what is never a list is reported."""
        if source.kinds and not source.kinds & LIST:
            self.diagnostics.report(
                "FO01",
                f"`each` needs a list, this is {source.kinds}",
                each.span,
                help="wrap a single value with `|> list`",
            )
            return BROKEN
        known = item_of(source)
        return known if known is not None else self.model.vocabulary.as_list(source)

    def _fields(self, block: ValueBlock, scope: Scope) -> Type:
        """An object: who takes it takes what its fields hold."""
        fields = {
            field.name: self.block(field.value, scope) if field.value is not None else BROKEN
            for field in block.fields or ()
        }
        spreading = frozenset[str]().union(*(found.spreading for found in fields.values()))
        return Type(OBJECT, True, spreading, fields=fields)

    # Expressions

    def expression(self, node: Expression, scope: Scope) -> Type:
        """The type of any expression."""
        return self.facts.record(node, self._expression(node, scope))

    def _expression(self, node: Expression, scope: Scope) -> Type:
        match node:
            case Literal():
                return type_of_constant(node.value)
            case Select():
                return self._select(node)
            case Reference():
                return self.names.type_of(node, scope)
            case Items():
                types = [self.expression(item, scope) for item in node.items]
                absent = all(found.missing for found in types)
                found = mixed(types, LIST, missing=absent)
                return replace(found, item=join(types)) if types else found
            case Chain():
                return join([self.expression(arm, scope) for arm in node.arms])
            case Pipeline():
                source = self.expression(node.source, scope)
                return self.steps(source, node.steps, scope, node.source)
            case Call():
                return self.calls.type_of(node, None, scope)
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
        self.paths.select(node, self.diagnostics)
        path = vocabulary_path(node.selector)
        if path is not None:
            return collected(vocabulary.type_of(path), projections(node.selector))
        types = [vocabulary.type_of(prefix) for prefix in prefixes(node.selector)]
        return mixed([*types, UNKNOWN], ANY, missing=True)

    # Transforms

    def steps(
        self,
        source: Type,
        steps: tuple[Call, ...],
        scope: Scope,
        before: Expression | None = None,
    ) -> Type:
        """The type after a pipeline of transforms; ``before`` is what is written before it."""
        for step in steps:
            source = self.calls.type_of(step, source, scope, before)
            before = step
        return source

    def constant(self, node: Expression) -> tuple[bool, object]:
        """Whether the value of ``node`` is known now, and the value."""
        return self.calls.constant(node)

    def pipeline(
        self, name: str, block: PipelineBlock, source: Type, arguments: Mapping[str, Type]
    ) -> Type:
        """The type of a named pipeline's result; its mistakes are reported the first time."""
        return self.calls.pipeline(name, block, source, arguments)


__all__ = ["Inference", "Scope"]
