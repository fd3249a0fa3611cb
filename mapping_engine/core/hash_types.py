"""Personal data is normalised, then hashed once, then left alone."""

from __future__ import annotations

from mapping_engine.core.inference import Inference, extent_of
from mapping_engine.core.model import Model
from mapping_engine.core.nodes import Call, walk
from mapping_engine.diagnostics import Diagnostics, Fix, Severity, listed
from mapping_engine.expression import Extent
from mapping_engine.transforms import REGISTRY
from mapping_engine.transforms.declare import Transform
from mapping_engine.types.type import DIGEST, PSEUDONYM, UNDECLARED, Type

_OWN_FORM = "write a pipeline of your own that `normalises` this kind, with all the steps"


def digest_type(target: Transform, source: Type) -> Type:
    """The type of a digest: of personal data it is a pseudonym; what identifies still does."""
    clear = {tag for tag in source.spreading if tag.startswith("personal:")}
    made = {DIGEST, PSEUDONYM} if clear else {DIGEST}
    return Type(target.returns, True, (source.spreading - clear) | made)


def check_hashing(node: Call, source: Type, found: Inference) -> None:
    """Report a value that is a digest already, or is not normalised for its kind."""
    if source.is_digest:
        found.diagnostics.report(
            "PI03",
            "the value is a digest already",
            node.step.span,
            help="drop one `hashed`",
            fix=_without_step(node, "drop the second `hashed`", safe=True),
        )
        return
    personal, normal = source.personal_kinds, source.normalised_kinds
    normalisers, changed = _normalisers(found.model), None
    signs = not REGISTRY[node.name].honours_hashing_switch  # and what it digests may be no person's
    if not personal and (signs or UNDECLARED not in source.spreading):
        return
    if not normal:
        message = "the value is hashed without being normalised first"
        fix = _normalise(node, personal, normalisers)
        before = [n.name for n in walk(node) if isinstance(n, Call)]
        changed = next((name for name in normalisers.values() if name in before), None)
    elif personal and not personal & normal:
        kinds, forms = listed(personal), listed(normal)
        message = f"personal data of kind {kinds} is hashed in the normal form of {forms}"
        fix = None
    else:
        return
    help = _advice(personal, normalisers)
    if changed is not None:
        help, fix = f"what comes after `{changed}` changes the normal form: {_OWN_FORM}", None
    lighter = None if personal else Severity.WARNING
    found.diagnostics.report("PI01", message, node.step.span, help=help, fix=fix, lighter=lighter)


def report_change(node: Call, diagnostics: Diagnostics) -> None:
    """Report a transform that changes a digest."""
    diagnostics.report(
        "PI04",
        f"`{node.name}` changes the digest, which then matches nothing",
        node.step.span,
        help="move it before `hashed`",
        fix=_without_step(node, f"drop `{node.name}`", safe=False),
    )


def _normalisers(model: Model) -> dict[str, str]:
    """The first pipeline that normalises each kind of personal data."""
    pipelines = reversed(list(model.pipelines.values()))
    return {each.normalises: each.name for each in pipelines if each.normalises is not None}


def _advice(personal: frozenset[str], normalisers: dict[str, str]) -> str:
    names = [normalisers[kind] for kind in sorted(personal) if kind in normalisers]
    if len(names) == 1:
        return f"write `{names[0]} |> hashed`: that pipeline normalises this kind"
    return "pipe it through a pipeline that `normalises` its kind of personal data"


def _normalise(node: Call, personal: frozenset[str], normalisers: dict[str, str]) -> Fix | None:
    names = [normalisers.get(kind) for kind in personal]
    if len(names) != 1 or names[0] is None or not isinstance(node.step, Extent):
        return None
    start = node.step.start
    span = node.step.scalar.span_at(start, start)
    return Fix(span, f"{names[0]} |> ", f"normalise with `{names[0]}`", safe=False, old="")


def _without_step(node: Call, message: str, *, safe: bool) -> Fix | None:
    """The fix that drops a step, with the `|>` before it."""
    before, step = None if node.input is None else extent_of(node.input), node.step
    if before is None or not isinstance(step, Extent) or before.scalar is not step.scalar:
        return None
    if before.end > step.start:  # written as a call, around its input
        return None
    span = step.scalar.span_at(before.end, step.end)
    return Fix(span, "", message, safe, old=step.scalar.text[before.end : step.end])
