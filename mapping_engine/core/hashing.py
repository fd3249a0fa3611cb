"""Personal data is normalised, then hashed once, then left alone."""

from __future__ import annotations

from mapping_engine.core.model import Model
from mapping_engine.diagnostics import Diagnostics, Fix
from mapping_engine.expression import Call, Expression
from mapping_engine.transforms.declare import Transform
from mapping_engine.types.type import DIGEST, Type


class Hashing:
    """Holds each use of ``hashed`` against the pipelines that normalise."""

    def __init__(self, model: Model) -> None:
        self._normalisers: dict[str, str] = {
            block.normalises.text: name
            for name, block in reversed(list(model.pipelines.items()))
            if block.normalises is not None
        }

    def result(self, target: Transform, source: Type) -> Type:
        """The type of a digest: personal no longer."""
        return Type(target.returns, True, (source.spreading - _clear(source)) | {DIGEST})

    def check(
        self, call: Call, source: Type, before: Expression | None, diagnostics: Diagnostics
    ) -> None:
        """Report a value that is a digest already, or is not normalised for its kind."""
        if source.is_digest:
            diagnostics.report(
                "PI03",
                "the value is a digest already",
                call.span,
                help="drop one `hashed`",
                fix=without_step(call, before, "drop the second `hashed`", safe=True),
            )
            return
        personal, normal = source.personal_kinds, source.normalised_kinds
        if not normal:
            diagnostics.report(
                "PI01",
                "the value is hashed without being normalised first",
                call.span,
                help=self._advice(personal),
                fix=self._normalise(call, personal),
            )
        elif personal and not personal & normal:
            diagnostics.report(
                "PI01",
                f"personal data of kind {_kinds(personal)} is hashed in the normal form of "
                f"{_kinds(normal)}",
                call.span,
                help=self._advice(personal),
            )

    def report_change(
        self, call: Call, before: Expression | None, diagnostics: Diagnostics
    ) -> None:
        """Report a transform that changes a digest."""
        diagnostics.report(
            "PI04",
            f"`{call.name}` changes the digest, which then matches nothing",
            call.span,
            help="move it before `hashed`",
            fix=without_step(call, before, f"drop `{call.name}`", safe=False),
        )

    def _advice(self, personal: frozenset[str]) -> str:
        names = [self._normalisers[kind] for kind in sorted(personal) if kind in self._normalisers]
        if len(names) == 1:
            return f"write `{names[0]} |> hashed`: that pipeline normalises this kind"
        return "pipe it through a pipeline that `normalises` its kind of personal data"

    def _normalise(self, call: Call, personal: frozenset[str]) -> Fix | None:
        names = [self._normalisers.get(kind) for kind in personal]
        if len(names) != 1 or names[0] is None:
            return None
        span = call.extent.scalar.span_at(call.extent.start, call.extent.start)
        return Fix(span, f"{names[0]} |> ", f"normalise with `{names[0]}`", safe=False, old="")


def without_step(call: Call, before: Expression | None, message: str, *, safe: bool) -> Fix | None:
    """The fix that drops a step, with the `|>` before it."""
    if before is None or before.extent.scalar is not call.extent.scalar:
        return None
    scalar = call.extent.scalar
    start, end = before.extent.end, call.extent.end
    return Fix(scalar.span_at(start, end), "", message, safe, old=scalar.text[start:end])


def _clear(source: Type) -> frozenset[str]:
    return frozenset(t for t in source.tags if t.startswith("personal:") or t == "identifying")


def _kinds(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
