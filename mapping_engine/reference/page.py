"""A Markdown page made from the rules of a pack, like the mapping table of a reference document."""

from __future__ import annotations

import json
from collections.abc import Iterable

from mapping_engine.core.choices import alternatives
from mapping_engine.core.clear import told
from mapping_engine.core.load import Examined
from mapping_engine.core.model import Model, Rule, behind
from mapping_engine.core.nodes import Const, Field, Name, Node, Placed
from mapping_engine.core.spell import spell, spell_step, steps_of
from mapping_engine.expression import print_steps
from mapping_engine.expression.printer import print_expression
from mapping_engine.file.documents import NamedRequestBlock
from mapping_engine.file.json_types import JsonSchema, follow
from mapping_engine.file.value_blocks import PipelineBlock
from mapping_engine.reference.rows import (
    Row,
    alternative,
    code,
    field_rows,
    name_rows,
    shown,
    value_text,
)
from mapping_engine.reference.sending import answer_lines, batch_lines
from mapping_engine.selectors.paths import prefixes

FIELDS = ("field", "from, in order", "made by", "hashed", "required", "otherwise")


def reference_page(examined: Examined) -> str:
    """The page of one pack: events, requests, fields, warnings and settings."""
    model = examined.model
    before = [
        f"# {model.title}",
        *([model.file.description.text] if model.file.description else []),
        *_extends(model),
        *_api(model),
        *_events(examined),
        *(_kinds(examined) if model.kinds else _requests(model, "## Requests")),
        *([] if model.kinds else ["## Fields", *_fields(model, examined)]),
    ]
    after = [
        *_rules("## Refused payloads", model.refuse, examined),
        *_rules("## Warnings", model.warn, examined),
        *([] if model.kinds else batch_lines(model)),
        *answer_lines(model),
    ]
    parts = [
        *before,
        *_names(examined, "\n".join((*before, *after))),
        *_pipelines(examined),
        *after,
        *_in_clear(model),
        "## Settings",
        _settings(model.settings_schema),
        *_secrets(model),
        *_rules("## Warnings about settings", model.settings_warn, examined),
    ]
    return "\n\n".join(parts) + "\n"


def _api(model: Model) -> list[str]:
    api = model.file.api
    if api is None:
        return []
    version = f", version {api.version.text}" if api.version else ""
    found = [f"The pack `{model.name}` sends to {api.base.text}{version}."]
    if api.sunset:
        successor = f" The pack `{api.successor.text}` succeeds it." if api.successor else ""
        found.append(f"The API is switched off on {api.sunset}.{successor}")
    return [" ".join(found)]


def _extends(model: Model) -> list[str]:
    """Which pack is extended, and how the page marks what is another one here."""
    if model.file.extends is None:
        return []
    dropped = ", ".join(shown(path.text) for path in model.file.drop or ())
    lead = f"It extends the pack `{model.file.extends.text}`."
    marks = (
        "What is **ours** stands in this pack alone, what is **changed** depends on such a thing."
    )
    return [f"{lead} {marks} {f'Left out: {dropped}.' if dropped else 'Nothing is left out.'}"]


def _mark(examined: Examined, places: Iterable[Placed], parts: Iterable[Node]) -> str:
    """Whether something is the own pack's, or changed by it; nothing where none is extended."""
    if not examined.extended:
        return ""
    if all(each.span.file not in examined.inherited for each in places):
        return " **ours**"
    own = {
        entry.name
        for loaded in examined.documents
        for entry in loaded.document.tables or ()
        if loaded.file not in examined.inherited
    }
    for each in behind(examined.model, iter(parts)):
        if each.span.file not in examined.inherited:
            return " **changed**"
        tail = each.tail if isinstance(each, Name) and each.name == "tables" else None
        if tail is not None and any(path and path[0] in own for path in prefixes(tail)):
            return " **changed**"
    return ""


def _events(examined: Examined) -> list[str]:
    lines, model = [], examined.model
    if model.file.switch:
        names = ", ".join(f"`{name.text}`" for name in model.file.switch)
        lines.append(f"- Events may switch it off, or give it options, under {names}.")
    for rule in model.accept:
        said = f": {spell(rule.message)}" if rule.message is not None else ""
        mark = _mark(examined, [rule], [rule.condition])
        if rule.negated:
            lines.append(f"- Without {code(rule.condition)}: {rule.kind} error{said}.{mark}")
        else:
            lines.append(f"- With {code(rule.condition)}: no request, no error.{mark}")
    return ["## Events", "\n".join(lines)] if lines else []


_BODIES = {
    "form": "the body as a form",
    "json": "the body as JSON",
    "text": "the body as text",
    "xml": "the body as XML",
    "ndjson": "the body as lines of JSON",
    "none": "without a body",
}


def _kinds(examined: Examined) -> list[str]:
    """The kinds of request, each with its fields and rules."""
    model = examined.model
    which = "all requests" if model.file.every else "the first request"
    found = ["## Requests", f"An event becomes {which} below whose condition holds."]
    for each in model.requests:
        block = each.request.at
        doc = block.doc if isinstance(block, NamedRequestBlock) else None
        found += _requests(each, f"### {each.request.name}", doc.text if doc else "")
        found += _fields(each, examined) if each.fields.fields else []
        found += _rules("Refused payloads:", each.refuse, examined)
        found += _rules("Warnings:", each.warn, examined)
        found += batch_lines(each)
    return found


def _fields(model: Model, examined: Examined) -> list[str]:
    rows = [_cells(row, examined) for row in field_rows(model.fields.fields, examined)]
    return [_table(FIELDS, rows)]


def _requests(model: Model, head: str, doc: str = "") -> list[str]:
    request = model.request
    method = request.method.value if isinstance(request.method, Const) else ""
    how = f"`{method}`" if method else f"The method {code(request.method)},"
    found = [f"{how} {code(request.url)}, {_BODIES[request.format]}."]
    found += [] if request.query is None else [f"Query: {value_text(request.query)}."]
    if request.auth is not None:
        parts = ", ".join(map(code, request.auth.parts))
        found.append(f"Authentication: {request.auth.scheme} of {parts}.")
    if model.when is not None:
        found.insert(0, f"When {code(model.when)}.")
    if model.fan_out:
        one = "One request for all combinations of:" if model.joins else None
        found[-1] += f"\n{one or 'One request for each combination of:'}"
        found.append("\n".join(f"- `${v.name}`: {value_text(v.values)}" for v in model.fan_out))
    if model.hashing is not None:
        found.append(f"Personal data is hashed where {code(model.hashing)} holds.")
    return [head, *([doc] if doc else []), *found]


def _names(examined: Examined, text: str) -> list[str]:
    rows = [
        [cells[0], cells[1], cells[2], cells[5]]
        for cells in (_cells(row, examined) for row in name_rows(examined, text))
    ]
    table = _table(("name", "from, in order", "made by", "otherwise"), rows)
    return ["## Names", table] if rows else []


def _pipelines(examined: Examined) -> list[str]:
    rows = []
    for name, pipeline in examined.model.pipelines.items():
        start, steps = steps_of(pipeline.body)
        made = "<br>".join(alternative(arm) for arm in alternatives(pipeline.body))
        if not made:
            is_plain = isinstance(start, Name) and steps
            made = shown(" |> ".join(map(spell_step, steps))) if is_plain else code(pipeline.body)
        if isinstance(pipeline.at, PipelineBlock) and pipeline.at.items is not None:
            made = f"each item: {shown(print_steps(pipeline.at.items))}"
        mark = _mark(examined, [pipeline], [pipeline.body])
        rows.append([f"`{name}`{mark}", pipeline.normalises or "", made])
    table = _table(("pipeline", "normal form of", "steps"), rows)
    return ["## Pipelines", table] if rows else []


def _cells(row: Row, examined: Examined) -> list[str]:
    of = row.made_of
    parts = [of.value if isinstance(of, Field) else of]
    mark = _mark(examined, [of], [each for each in parts if isinstance(each, Node)]) if of else ""
    return [
        f"`{row.path}`{mark}",
        "<br>".join(row.sources),
        row.made_by,
        "yes" if row.hashed else "",
        "yes" if row.required else "",
        row.otherwise,
    ]


def _rules(head: str, rules: tuple[Rule, ...], examined: Examined) -> list[str]:
    """The refusals, or the warnings, of finished payloads."""
    lines = []
    for rule in rules:
        said = spell(rule.message) if rule.message is not None else ""
        kind = f" ({rule.kind} error)" if rule.kind is not None else ""
        mark = _mark(examined, [rule], [rule.condition])
        lines.append(f"- {code(rule.condition)}: {said}{kind}{mark}")
    return [head, "\n".join(lines)] if lines else []


def _settings(schema: JsonSchema) -> str:
    required = set(schema.get("required", ()))
    rows = []
    for name, declared in schema.get("properties", {}).items():
        found = follow(schema, declared) if isinstance(declared, dict) else {}
        secret = " Secret." if found.get("x-secret") is True else ""
        default = f"`{json.dumps(found['default'])}`" if "default" in found else ""
        described = str(found.get("description", ""))
        needed = "yes" if name in required else ""
        rows.append([f"`{name}`", needed, default, f"{described}{secret}"])
    return _table(("setting", "required", "default", "what it is"), rows)


def _in_clear(model: Model) -> list[str]:
    lines = [f"- {what}: {reason}" for what, reason in told(model)]
    return ["## In clear", "\n".join(lines)] if lines else []


def _secrets(model: Model) -> list[str]:
    rows = [
        [
            f"`{name}`",
            "given with the settings"
            if each.from_ is None
            else shown(print_expression(each.from_)),
            "" if each.optional or each.from_ is not None else "yes",
            each.description.text if each.description else "",
        ]
        for name, each in model.secrets.items()
    ]
    table = _table(("secret", "from", "required", "what it is"), rows)
    return ["## Secrets", table] if rows else []


def _table(head: tuple[str, ...], rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"| {' | '.join('---' for _ in head)} |"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("\\|", "|").replace("|", "\\|").replace("\n", " ")
