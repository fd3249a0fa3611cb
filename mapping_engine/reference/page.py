"""A Markdown page made from the rules of a pack, like the mapping table of a reference document."""

from __future__ import annotations

import json

from mapping_engine.core.choices import alternatives
from mapping_engine.core.load import Examined
from mapping_engine.core.model import Model, Rule
from mapping_engine.core.nodes import Name
from mapping_engine.core.spell import spell, spell_step, steps_of
from mapping_engine.expression import print_steps
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

FIELDS = ("field", "from, in order", "made by", "hashed", "required", "otherwise")


def reference_page(examined: Examined) -> str:
    """The page of one pack: events, requests, fields, warnings and settings."""
    model = examined.model
    before = [
        f"# {model.title}",
        *([model.file.description.text] if model.file.description else []),
        *_api(model),
        *_events(model),
        *_requests(model),
        "## Fields",
        _table(FIELDS, [_cells(row) for row in field_rows(examined)]),
    ]
    after = [
        *_rules("## Refused payloads", model.refuse),
        *_rules("## Warnings", model.warn),
        *answer_lines(model),
    ]
    parts = [
        *before,
        *_names(examined, "\n".join((*before, *after))),
        *_pipelines(model),
        *after,
        "## Settings",
        _settings(model.settings_schema),
        *_rules("## Warnings about settings", model.settings_warn),
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


def _events(model: Model) -> list[str]:
    lines = []
    if model.file.switch:
        names = ", ".join(f"`{name.text}`" for name in model.file.switch)
        lines.append(f"- Events may switch it off, or give it options, under {names}.")
    for rule in model.accept:
        said = f": {spell(rule.message)}" if rule.message is not None else ""
        if rule.negated:
            lines.append(f"- Without {code(rule.condition)}: {rule.kind} error{said}.")
        else:
            lines.append(f"- With {code(rule.condition)}: no request, no error.")
    return ["## Events", "\n".join(lines)] if lines else []


def _requests(model: Model) -> list[str]:
    request = model.request
    form = "a form" if request.format == "form" else "JSON"
    found = [f"`{request.method}` {code(request.url)}, the body as {form}."]
    if model.fan_out:
        found[0] += "\nOne request for each combination of:"
        found.append("\n".join(f"- `${v.name}`: {value_text(v.values)}" for v in model.fan_out))
    if model.hashing is not None:
        found.append(f"Personal data is hashed where {code(model.hashing)} holds.")
    return ["## Requests", *found, *batch_lines(model)]


def _names(examined: Examined, text: str) -> list[str]:
    rows = [
        [f"`{row.path}`", "<br>".join(row.sources), row.made_by, row.otherwise]
        for row in name_rows(examined, text)
    ]
    table = _table(("name", "from, in order", "made by", "otherwise"), rows)
    return ["## Names", table] if rows else []


def _pipelines(model: Model) -> list[str]:
    rows = []
    for name, pipeline in model.pipelines.items():
        start, steps = steps_of(pipeline.body)
        made = "<br>".join(alternative(arm) for arm in alternatives(pipeline.body))
        if not made:
            is_plain = isinstance(start, Name) and steps
            made = shown(" |> ".join(map(spell_step, steps))) if is_plain else code(pipeline.body)
        if isinstance(pipeline.at, PipelineBlock) and pipeline.at.items is not None:
            made = f"each item: {shown(print_steps(pipeline.at.items))}"
        rows.append([f"`{name}`", pipeline.normalises or "", made])
    table = _table(("pipeline", "normal form of", "steps"), rows)
    return ["## Pipelines", table] if rows else []


def _cells(row: Row) -> list[str]:
    return [
        f"`{row.path}`",
        "<br>".join(row.sources),
        row.made_by,
        "yes" if row.hashed else "",
        "yes" if row.required else "",
        row.otherwise,
    ]


def _rules(head: str, rules: tuple[Rule, ...]) -> list[str]:
    """The refusals, or the warnings, of finished payloads."""
    lines = []
    for rule in rules:
        said = spell(rule.message) if rule.message is not None else ""
        kind = f" ({rule.kind} error)" if rule.kind is not None else ""
        lines.append(f"- {code(rule.condition)}: {said}{kind}")
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


def _table(head: tuple[str, ...], rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"| {' | '.join('---' for _ in head)} |"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("\\|", "|").replace("|", "\\|").replace("\n", " ")
