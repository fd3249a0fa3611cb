"""The transforms as rows for people: the list in the documentation and in the shell."""

from __future__ import annotations

import json

from mapping_engine.frozen import Frozen
from mapping_engine.transforms.declare import Example, Json, Rejected, Transform
from mapping_engine.transforms.registry import FAMILIES

_WIDEST = 60
_SHOWN = 16


class TransformRow(Frozen):
    """One transform as the documentation shows it."""

    family: str
    name: str
    signature: str
    summary: str
    doc: str
    parameters: tuple[tuple[str, str], ...]
    examples: tuple[str, ...]


def listing() -> tuple[TransformRow, ...]:
    """Every transform, family by family in the order of declaration."""
    return tuple(
        TransformRow(
            family=family,
            name=transform.name,
            signature=transform.signature,
            summary=transform.summary,
            doc=transform.doc,
            parameters=tuple((each.name, each.doc) for each in transform.parameters),
            examples=tuple(shown(transform, example) for example in transform.examples),
        )
        for family, transforms in FAMILIES.items()
        for transform in transforms
    )


def shown(transform: Transform, example: Example) -> str:
    """An example as text: ``' Ann ' |> trim`` and what it gives."""
    arguments = ", ".join(_argument(each) for each in _given(transform, example))
    call = f"{transform.name}({arguments})" if arguments else transform.name
    source = "" if transform.reads_event else f"{_literal(example.value)} |> "
    return f"{source}{call} → {_result(example.result)}"


def _given(transform: Transform, example: Example) -> list[tuple[str, Json]]:
    """The arguments and their names, less the ones that equal their defaults."""
    return [
        ("" if parameter.required else parameter.name, value)
        for parameter, value in zip(transform.parameters, example.arguments, strict=True)
        if parameter.required or value != parameter.default
    ]


def _argument(given: tuple[str, Json]) -> str:
    name, value = given
    return f"{name}={_literal(value)}" if name else _literal(value)


def _result(value: Json) -> str:
    if isinstance(value, Rejected):
        return f"rejected: {value.reason}"
    return "missing" if value is None else _literal(value)


def _literal(value: Json) -> str:
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if len(value) > _WIDEST:
        value = value[:_SHOWN] + "…"
    escaped = json.dumps(value, ensure_ascii=not value.isprintable())[1:-1]
    return "'" + escaped.replace('\\"', '"').replace("'", "\\'") + "'"
