"""The last gate: no payload leaves that its schema refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import orjson

from mapping_engine.core.model import Model
from mapping_engine.engine.authority import Authority
from mapping_engine.engine.fitting import Fitting, ValueOrigins
from mapping_engine.engine.run import Run
from mapping_engine.engine.schemas import strict_schema
from mapping_engine.engine.verdict import fast_verdict
from mapping_engine.engine.violations import deepest, expected, found_kind, path_text, steps_to
from mapping_engine.errors import ErrorCode, PayloadError
from mapping_engine.types.kinds import Json

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

PAYLOAD_BYTES = 1024 * 1024


def gate_of(model: Model, *, hashing: bool) -> Callable[[dict[str, Json], Run], bytes]:
    """What holds payloads against the schema of their kind of request."""
    gates = [PayloadGate(each, hashing=hashing) for each in model.requests]
    if not model.kinds:
        return gates[0].check
    return lambda payload, run: gates[run.kind].check(payload, run)


class PayloadGate:
    """Holds payloads against the schema; jsonschema has the verdict."""

    def __init__(self, model: Model, *, hashing: bool) -> None:
        self._model = model
        self._schema = strict = strict_schema(model.payload_schema, hashing=hashing)
        self._accepts = fast_verdict(strict)
        self._authority = Authority(strict)
        limits = model.file.limits
        self._largest = (limits.payload_bytes if limits else None) or PAYLOAD_BYTES

    def check(self, payload: dict[str, Json], run: Run) -> bytes:
        """The JSON text of a payload that may be handed on; raises PayloadError (PL01, PL02).

        What is optional and does not fit is taken out of the payload, with a warning.
        """
        if self._accepts is None or not self._accepts(payload):
            origins = ValueOrigins(self._model, run)
            fitting = Fitting(self._model, self._schema, payload, origins)
            if not fitting.fit(self._authority.errors):
                error = deepest(self._authority.errors(payload))
                if error is not None:
                    raise self._refused(error, origins)
        try:
            text = orjson.dumps(payload)
        except (TypeError, ValueError):
            raise PayloadError(
                ErrorCode.PAYLOAD_REFUSED,
                "the payload cannot be written as JSON in UTF-8",
                help="a text with broken Unicode or a number out of range reached it",
            ) from None
        size = len(text)
        if size > self._largest:
            raise PayloadError(
                ErrorCode.PAYLOAD_TOO_LARGE,
                f"the payload has {size} bytes, more than the {self._largest} that are accepted",
                help="`limits.payload_bytes` in the rule file sets the bound",
            )
        return text

    def _refused(self, error: ValidationError, origins: ValueOrigins) -> PayloadError:
        steps = steps_to(error)
        path, origin = path_text(steps), origins.of(tuple(steps))
        what = f"`{path or 'the payload'}` is "
        if error.validator == "required":
            what += "missing"
        else:
            what += f"{found_kind(error.instance)}, but the schema accepts {expected(error)}"
        comes = f"; it comes from {origin.source}" if origin.sources else ""
        return PayloadError(
            ErrorCode.PAYLOAD_REFUSED,
            f"{what}{comes}",
            path=path,
            span=origin.field.key.span if origin.field else None,
            help="correct the rule, or the value in the event",
        )
