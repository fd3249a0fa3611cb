"""Everything the loader can know of a mapping: names, types, and what flows where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mapping_engine.core.call_types import item_of
from mapping_engine.core.cycles import report_cycles
from mapping_engine.core.facts import Facts
from mapping_engine.core.infer import Inference, Scope
from mapping_engine.core.model import Model
from mapping_engine.core.origins import described, what
from mapping_engine.core.sinks import PayloadSinks, Shown
from mapping_engine.diagnostics import Diagnostics
from mapping_engine.expression import Expression, Template
from mapping_engine.file.shapes import BodyTree
from mapping_engine.types.kinds import ANY, LIST, TEXT
from mapping_engine.types.type import Type


def examine(model: Model, diagnostics: Diagnostics) -> Facts | None:
    """Report every mistake in a model whose files could be read; None when it goes in circles."""
    if report_cycles(model, diagnostics):
        return None
    return Examination(model, diagnostics).run()


class Examination:
    """One pass over a mapping, from the event to the requests."""

    def __init__(self, model: Model, diagnostics: Diagnostics) -> None:
        self._model = model
        self._diagnostics = diagnostics
        self._inference = Inference(model, diagnostics)
        self._shown = Shown(model, self._inference)

    def run(self) -> Facts:
        """Examine every section; what was found out about the parts."""
        event = Scope({})
        self._pipelines()
        self._hashing(event)
        self._accept(event)
        request = self._fan_out(event)
        PayloadSinks(self._model, self._inference, self._diagnostics).check(request)
        self._request(Scope(request.variables, late=True))
        self._warnings(Scope(request.variables, late=True))
        self._definitions(Scope(request.variables, late=True))
        return self._inference.facts

    def _pipelines(self) -> None:
        for name, block in self._model.pipelines.items():
            arguments = {p.text: Type(ANY, True) for p in block.parameters or ()}
            self._inference.pipeline(name, block, Type(ANY, True), arguments)

    def _definitions(self, scope: Scope) -> None:
        """Examine what nothing reached: it should be right before somebody uses it."""
        from mapping_engine.expression import Extent, Reference
        from mapping_engine.source.node import Scalar, Source, Style

        for name, block in self._model.definitions.items():
            here = Scalar(block.span, "", "", Style.PLAIN, Source(block.span.file, ""))
            self._inference.names.type_of(Reference(Extent(here, 0, 0), name), scope)

    def _hashing(self, scope: Scope) -> None:
        for condition in (self._model.file.hashing, self._model.file.already_hashed):
            if condition is not None:
                self._inference.expression(condition, scope)

    def _accept(self, scope: Scope) -> None:
        for rule in self._model.file.accept or ():
            for condition in (rule.require, rule.skip_when):
                if condition is not None:
                    self._inference.expression(condition, scope)
            self._message(rule.message, scope)

    def _fan_out(self, scope: Scope) -> Scope:
        fan_out = self._model.file.fan_out
        if fan_out is None:
            return scope
        for variable in fan_out.each:
            if variable.value is None:
                found = Type(TEXT, False)
            else:
                listed = self._inference.block(variable.value, scope)
                if listed.kinds and not listed.kinds & LIST:
                    self._diagnostics.report(
                        "FO01",
                        f"a fan-out needs a list, this is {listed.kinds}",
                        variable.value.span,
                        help="wrap a single value with `|> list`",
                    )
                item = item_of(listed) or Type(ANY, False)
                found = replace(item, missing=False, tags=item.tags | listed.spreading)
            if variable.name in self._model.definitions:
                self._diagnostics.report(
                    "PR02",
                    f"the fan-out variable `{variable.name}` hides the definition of that name",
                    variable.span,
                    help="give one of them another name",
                )
            scope = scope.having(variable.name, found)
        if fan_out.none is not None:
            self._message(fan_out.none.message, Scope({}))
        return scope

    def _request(self, scope: Scope) -> None:
        request = self._model.file.request
        self._message(request.url, scope, "a URL")
        for header in request.headers or ():
            if header.value is not None:
                self._body(header.value, scope)
        self._body(request.form if request.form is not None else request.json, scope)

    def _body(self, tree: BodyTree, scope: Scope) -> None:
        if isinstance(tree, Mapping):
            for part in tree.values():
                self._body(part, scope)
        elif isinstance(tree, tuple):
            for part in tree:
                self._body(part, scope)
        elif tree is not None:
            self._body_leaf(tree, scope)

    def _body_leaf(self, node: Expression, scope: Scope) -> None:
        found = self._inference.expression(node, scope)
        if found.personal_kinds and not found.is_digest:
            labels, notes = described(
                node,
                "the request",
                self._model,
                self._inference.facts,
                lambda each: bool(each.personal_kinds),
            )
            self._diagnostics.report(
                "PI02",
                f"{what(found)} flows into the request beside the payload",
                node.span,
                labels=labels,
                notes=notes,
                help="send it as a field of the payload, normalised and hashed",
            )

    def _warnings(self, scope: Scope) -> None:
        for late in self._model.file.late:
            self._inference.expression(late.when, scope)
            self._message(late.message, scope)

    def _message(self, template: Template | None, scope: Scope, place: str = "a message") -> None:
        if template is None:
            return
        for part in template.parts:
            if not isinstance(part, str):
                found = self._inference.expression(part, scope)
                self._shown.check(found, part, place)
