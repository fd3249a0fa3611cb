"""jsonschema, which has the last word on payloads and says what is wrong with them.

It takes a hundred times as long as the fast verdict, which is asked here which fields are surely
right: jsonschema then looks at the others, and finds the same errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mapping_engine.engine.schemas import has_references, inlined
from mapping_engine.engine.verdict import Accepts, fast_verdict
from mapping_engine.file.validator import validator_class

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError


class Authority:
    """Finds the errors of payloads under a schema."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._given = schema
        self._verdicts: dict[str, Accepts | None] = {}
        """Those of single fields: made when a payload is refused, since most never are."""

    @cached_property
    def _schema(self) -> dict[str, Any]:
        return inlined(self._given)

    @cached_property
    def _validator(self) -> Draft202012Validator:
        return validator_class()(self._schema)

    @cached_property
    def _fields(self) -> dict[str, Any]:
        """The fields that can be judged by themselves."""
        fields = self._schema.get("properties")
        return fields if isinstance(fields, dict) and not has_references(self._schema) else {}

    def errors(self, payload: dict[str, Any]) -> Iterator[ValidationError]:
        """The errors of a payload, in jsonschema's order."""
        right = {name for name in payload if self._accepts(name, payload[name])}
        if not right:
            return self._validator.iter_errors(payload)
        fields = {**self._fields, **dict.fromkeys(right, True)}
        schema = {**self._schema, "properties": fields}
        return self._validator.evolve(schema=schema).iter_errors(payload)

    def _accepts(self, name: str, value: Any) -> bool:
        if name not in self._fields:
            return False
        if name not in self._verdicts:
            field = self._fields[name]
            self._verdicts[name] = fast_verdict(field) if isinstance(field, dict) else None
        accepts = self._verdicts[name]
        return accepts is not None and accepts(value)
