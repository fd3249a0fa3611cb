"""The ways to do what rules say: closures, generated code with and without warnings, tracing."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import orjson
from hypothesis import assume

from mapping_engine import Destination, Mapping, MappingError, RuleError, load
from mapping_engine.core.model import Model
from mapping_engine.engine.program import Lowering, Program
from mapping_engine.engine.run import Run
from mapping_engine.engine.settings import accept_settings
from mapping_engine.engine.trace import Trace, TracingLowering
from tools.check_example import completed, write_pack

SETTINGS = {"token": "t"}
NOW = 100.5
SHARED = """\
tables: {words: {x: one, sold: two}}
pipelines:
  form:
    normalises: email
    steps: text |> trim |> lower |> only_matching('[^ @]+@[^ @]+')
  kind: {normalises: gender, values: [one, two], steps: text |> lower |> lookup($tables.words)}
  named:
    parameters: [other]
    first_of:
      - {when: $other == 'x', value: $value |> upper}
      - {value: "$value |> only_matching('[a-z]+')"}
      - {template: "{$value}-{$other}"}
define:
  chain: [p.a, {value: p.b, as: text}, $choice]
  choice:
    decide: {one: {when: type == 'x', constant: c}, two: person.id, three: {template: "{type}!"}}
  each: {each: p.items, keep_when: $item.a != 'none', value: $item.b}
  shown: {when: p.a is present, value: type, default: none}
  thing: {fields: {text: p.a |> text, whole: p.b |> integer}}
  hashed: {first_of: [email], as: form, then: hashed}
  closed: {first_of: [type, p.a, p.b, person.id], as: kind, then: hashed |> list}
  several: p.items |> records
  noted: p.a |> number
"""


def model_of(text: str) -> Model:
    """The rules in a pack whose payload may hold anything; unusable ones are passed over."""
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder) / "pack"
        write_pack(pack, completed(text))
        (pack / "payload.schema.json").write_text(
            '{"properties": {"hidden": {"type": "string", "x-personal": "hashed"}}}', "utf-8"
        )
        try:
            return load(pack).model
        except RuleError:
            assume(False)
            raise


def done(lowering: Lowering, event: dict[str, Any]) -> Any:
    """What becomes of an event: requests or the error, and the warnings."""
    program = Program(lowering)
    accepted = accept_settings(lowering.model.settings_schema, SETTINGS, "")
    # What is traced is bound by the program that applies, as a destination does it.
    binding = Program(Lowering(lowering.model)) if type(lowering) is TracingLowering else program
    run = program.run_for(event, binding.bind(accepted), NOW)
    if isinstance(lowering, TracingLowering):
        run.trace = Trace()
    try:
        made: Any = [request.to_dict() for request in program.requests(run, accept)]
    except MappingError as error:
        made = error.to_dict()
    return repr(made), [warning.to_dict() for warning in run.warnings.all()]


def silently(model: Model, events: list[dict[str, Any]]) -> list[str]:
    """What becomes of events, one after the other, where nobody asks for warnings."""
    destination = Mapping(model).bind(SETTINGS, clock=lambda: NOW)
    object.__setattr__(destination, "_check", accept)
    return [_applied(destination, event) for event in events]


def _applied(destination: Destination, event: dict[str, Any]) -> str:
    try:
        return repr([request.to_dict() for request in destination.apply(event)])
    except MappingError as error:
        return repr(error.to_dict())


def accept(payload: dict[str, Any], run: Run) -> bytes:
    """Payloads are compared here, and not judged."""
    return orjson.dumps(payload)
