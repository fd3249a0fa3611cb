"""What a ``$name`` means where it is used, and its type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from mapping_engine.core.call_types import collected
from mapping_engine.core.model import BUILTINS, LATE, Model
from mapping_engine.core.walk import Uses
from mapping_engine.diagnostics import Diagnostics, Fix, did_you_mean, listed, rename
from mapping_engine.expression import Reference
from mapping_engine.file.json_types import (
    follow,
    is_closed,
    items_schema,
    kinds_of,
    property_names,
    property_schema,
    setting_type,
)
from mapping_engine.selectors import prefixes, projections, vocabulary_path
from mapping_engine.types.kinds import ANY, NUMBER, OBJECT
from mapping_engine.types.type import (
    BROKEN,
    IDENTIFYING,
    PUBLIC_TEXT,
    SECRET,
    UNDECLARED,
    WHOLE,
    Type,
    join,
    type_of_constant,
)

if TYPE_CHECKING:
    from mapping_engine.core.infer import Inference, Scope


class Names:
    """Resolves references over one model."""

    def __init__(self, model: Model, inference: Inference) -> None:
        self._model = model
        self._inference = inference
        self._types: dict[str, Type] = {}
        self.uses = Uses(model.definitions, frozenset(model.fan_out_names) | LATE)

    def type_of(self, node: Reference, scope: Scope) -> Type:
        """The type of ``$name`` with its steps; a name that means nothing here is reported."""
        name = node.name
        if name in scope.variables:
            return self._below(scope.variables[name], node)
        if scope.only:
            return self._in_pipeline(node, scope)
        if name in self._model.definitions:
            return self._below(self._definition(node, scope), node)
        return self._builtin(node, scope)

    def _builtin(self, node: Reference, scope: Scope) -> Type:
        match node.name:
            case "settings":
                return self._setting(node)
            case "api":
                return self._member(node, self._model.api, "FO03", "`api` has no")
            case "tables":
                return self._table(node)
            case "now" | "now_ms":
                return Type(NUMBER, False, frozenset({WHOLE}))
            case "integration":
                hidden = frozenset({UNDECLARED})
                return Type(OBJECT if node.tail is None else ANY, True, hidden)
            case "payload" if scope.late:
                return self._payload(node)
            case _:
                return self._undefined(node, scope)

    def _in_pipeline(self, node: Reference, scope: Scope) -> Type:
        if node.name == "tables":
            return self._table(node)
        known = {*self._model.definitions, *BUILTINS}
        if node.name in known:
            self._report(
                node,
                "FO02",
                f"`${node.name}` is not available inside a pipeline",
                "declare a parameter and pass it: `steps |> name($value)`",
            )
        else:
            self._report(
                node,
                "PR01",
                f"`${node.name}` is not defined",
                f"inside a pipeline: {listed(f'${n}' for n in ('tables', *scope.variables))}",
            )
        return BROKEN

    def _undefined(self, node: Reference, scope: Scope) -> Type:
        model = self._model
        if node.name in model.fan_out_names or node.name in BUILTINS or node.name == "item":
            where = {"item": "under `each`", "payload": "in `request` and `warn`"}
            place = where.get(node.name, "where the requests of a fan-out are made")
            self._report(node, "FO02", f"`${node.name}` is only available {place}", None)
            return BROKEN
        names = [*BUILTINS, *model.definitions, *model.fan_out_names, *scope.variables]
        near = did_you_mean(node.name, names)
        help = near or _available(names)
        fix = self._rename(node, 1, node.name, names)
        self._report(node, "PR01", f"`${node.name}` is not defined", help, fix)
        return BROKEN

    def _definition(self, node: Reference, scope: Scope) -> Type:
        from mapping_engine.core.infer import Scope

        needed = self.uses.of_names(iter([node.name])) - set(scope.variables)
        if "payload" in needed and not scope.late:
            self._report(
                node, "FO02", f"`${node.name}` uses `$payload`, which does not exist yet here", None
            )
            return BROKEN
        if needed - LATE:
            self._report(
                node,
                "FO02",
                f"`${node.name}` depends on the fan-out variable {listed(needed - LATE)}, which "
                "has no value here",
                None,
            )
            return BROKEN
        if node.name not in self._types:
            self._types[node.name] = BROKEN
            variables = dict.fromkeys(self._model.fan_out_names, PUBLIC_TEXT)
            inside = Scope({**variables, **_variables(self._model, scope)}, late=True)
            block = self._model.definitions[node.name]
            self._types[node.name] = self._inference.block(block, inside)
        return self._types[node.name]

    def _below(self, start: Type, node: Reference) -> Type:
        if node.tail is None:
            return start
        path = vocabulary_path(node.tail)
        if path is None:
            return _unknown_below(start)
        if start.parts:
            return self._below_parts(start.parts, node)
        if start.described is not None:
            self._inference.paths.below(start.described, node, path, self._inference.diagnostics)
            found = self._model.vocabulary.below(start, path)
        else:
            found = self._deeper(start, path, node)
        return collected(found, projections(node.tail))

    def _below_parts(self, parts: tuple[Type, ...], node: Reference) -> Type:
        """Below one of several sorts of objects; a mistake is one that all of them report."""
        outside, types, reports = self._inference.diagnostics, [], []
        for part in parts:
            self._inference.diagnostics = Diagnostics()
            types.append(self._below(part, node))
            reports.append(self._inference.diagnostics.found)
        self._inference.diagnostics = outside
        if all(reports):
            outside.found.extend(reports[0])
        return join(types).or_missing()

    def _deeper(self, start: Type, path: tuple[str, ...], node: Reference) -> Type:
        """The type some steps below a value that is reached by ``node``."""
        if not path:
            return start.or_missing()
        if start.parts:
            return join([self._deeper(part, path, node) for part in start.parts])
        if path[0] == "[]" and start.described is None:
            if start.item is None:
                return _unknown_below(start)
            return self._deeper(start.item, path[1:], node)
        if path[0] != "[]" and start.kinds and not start.kinds & OBJECT:
            place = "an item of" if node.tail and node.tail.text.startswith("[") else "a value in"
            message = f"{place} `${node.name}` is {start.kinds}, which has no field `{path[0]}`"
            self._report(node, "SE08", message, None)
            return BROKEN
        if start.described is not None:
            return self._model.vocabulary.below(start, path)
        if start.fields is None:
            return _unknown_below(start)
        if path[0] not in start.fields:
            help = did_you_mean(path[0], start.fields) or f"it has {listed(start.fields)}"
            fix = self._rename(node, len(node.name) + 2, path[0], start.fields)
            self._report(node, "SE08", f"`${node.name}` has no field `{path[0]}`", help, fix)
            return BROKEN
        return self._deeper(start.fields[path[0]], path[1:], node)

    def _payload(self, node: Reference) -> Type:
        """What is read of the payload: of the kind that its schema declares, and never shown."""
        hidden = frozenset({UNDECLARED, IDENTIFYING})
        path = vocabulary_path(node.tail) if node.tail else None
        if node.tail is None or path is None:
            return Type(OBJECT if node.tail is None else ANY, node.tail is not None, hidden)
        root: Mapping[str, object] = self._model.payload_schema
        schema = root
        for step in path:
            if step == "[]":
                schema = items_schema(root, schema)
                continue
            below = property_schema(root, schema, step)
            if below is None and is_closed(root, schema):
                names = property_names(root, schema)
                help = did_you_mean(step, names) or f"accepted: {listed(names)}"
                fix = self._rename(node, len("$payload."), step, names) if schema is root else None
                message = f"the payload schema has no field `{step}`"
                self._report(node, "OU01", message, help, fix)
                return BROKEN
            schema = below or {}
        return Type(kinds_of(schema), True, hidden)

    def _setting(self, node: Reference) -> Type:
        root = schema = self._model.settings_schema
        path = vocabulary_path(node.tail) if node.tail else None
        if path is None:
            secret = any(s.get("x-secret") is True for s in root.get("properties", {}).values())
            every = not node.tail or not prefixes(node.tail)
            tags = frozenset({SECRET}) if secret and every else frozenset[str]()
            return Type(ANY, False, tags)
        found, sure = setting_type(root), True
        for depth, step in enumerate(path):
            if step == "[]":
                schema, sure = dict(items_schema(root, schema)), False
            else:
                below = property_schema(root, schema, step)
                if below is None:
                    return self._unknown_setting(node, step, schema, depth)
                sure = sure and (step in schema.get("required", ()) or "default" in below)
                schema = dict(below)
            found = setting_type(schema)
            if not sure:
                found = found.or_missing()
        return found

    def _unknown_setting(
        self, node: Reference, step: str, schema: dict[str, object], depth: int
    ) -> Type:
        root = self._model.settings_schema
        if depth == 0 or is_closed(root, schema):
            names = property_names(root, follow(root, schema))
            self._report(
                node,
                "FO03",
                f"setting `{step}` is not declared",
                did_you_mean(step, names) or f"declared: {listed(names)}",
                self._rename(node, len(node.name) + 2, step, names) if depth == 0 else None,
            )
            return BROKEN
        return Type(ANY, True, frozenset({UNDECLARED}))

    def _member(self, node: Reference, members: dict[str, str], code: str, what: str) -> Type:
        path = vocabulary_path(node.tail) if node.tail else None
        if path is None or len(path) != 1 or path[0] not in members:
            step = path[0] if path else ""
            self._report(
                node,
                code,
                f"{what} `{step}`" if step else f"write `${node.name}.name`",
                did_you_mean(step, members) or f"available: {listed(members)}",
                self._rename(node, len(node.name) + 2, step, members),
            )
            return BROKEN
        return Type(PUBLIC_TEXT.kinds, False)

    def _table(self, node: Reference) -> Type:
        tables = self._model.tables
        path = vocabulary_path(node.tail) if node.tail else None
        if path is None or path[0] not in tables:
            step = path[0] if path else ""
            self._report(
                node,
                "PR01",
                f"table `{step}` is not defined" if step else "write `$tables.name`",
                did_you_mean(step, tables) or f"available: {listed(tables)}",
                self._rename(node, len(node.name) + 2, step, tables),
            )
            return BROKEN
        if len(path) == 1:
            return type_of_constant(tables[path[0]])
        return Type(ANY, True)

    def _rename(
        self, node: Reference, shift: int, given: str, accepted: Iterable[str]
    ) -> Fix | None:
        """The fix that writes the nearest name ``shift`` characters into the reference."""
        start = node.extent.start + shift
        return rename(node.extent.scalar.span_at(start, start + len(given)), given, accepted)

    def _report(
        self, node: Reference, code: str, message: str, help: str | None, fix: Fix | None = None
    ) -> None:
        self._inference.diagnostics.report(code, message, node.span, help=help, fix=fix)


def _unknown_below(start: Type) -> Type:
    """What lies below a value of which only the tags are known."""
    undeclared = frozenset({UNDECLARED}) if start.tags else frozenset[str]()
    return Type(ANY, True, start.spreading | undeclared)


def _variables(model: Model, scope: Scope) -> dict[str, Type]:
    """The fan-out variables whose types are known already."""
    return {n: t for n, t in scope.variables.items() if n in model.fan_out_names}


def _available(names: list[str]) -> str:
    return f"available: {listed(f'${name}' for name in names)}"


__all__ = ["Names"]
