"""PI07: the values that a pipeline declares, held against those that its steps yield."""

from __future__ import annotations

from mapping_engine.checks.subject import Subject
from mapping_engine.core.model import Pipeline
from mapping_engine.core.nodes import Call, Const
from mapping_engine.diagnostics import Check, Severity, listed
from mapping_engine.file.value_blocks import PipelineBlock
from mapping_engine.transforms import REGISTRY
from mapping_engine.transforms.declare import Rejected
from mapping_engine.types.kinds import is_missing

PI07 = Check(
    "PI07 values-mismatch: the `values` of a pipeline are not what its steps yield",
    Severity.WARNING,
    why="A value that is a digest already is taken for one of `values`. One that is missing "
    "there is refused, and one too many is taken for nothing.",
    fix="Make `values` those that the steps yield.",
    ignore="Where digests of other systems are to be taken, too.",
    wrong="tables:\n  genders: {f: f, female: f, m: m}\npipelines:\n"
    "  gender: {normalises: gender, values: [m], steps: lower |> lookup($tables.genders)}\n"
    "fields:\n  x: type |> gender |> hashed\n",
    right="tables:\n  genders: {f: f, female: f, m: m}\npipelines:\n"
    "  gender: {normalises: gender, values: [f, m], steps: lower |> lookup($tables.genders)}\n"
    "fields:\n  x: type |> gender |> hashed\n",
)
CHECKS = (PI07,)

_FILTERS = frozenset({"matching", "only_matching", "length_between"})


def find(subject: Subject) -> None:
    """Look at every pipeline that declares its values, and is a row of steps."""
    for pipeline in subject.model.pipelines.values():
        if pipeline.values is not None and isinstance(pipeline.body, Call):
            _yielded(pipeline, pipeline.values, subject)
            if pipeline.body.name not in subject.model.pipelines:
                _refused(pipeline, pipeline.body, pipeline.values, subject)


def _yielded(pipeline: Pipeline, declared: tuple[object, ...], subject: Subject) -> None:
    """Hold the values against those of the table that the last step looks into."""
    name, found = pipeline.name, subject.facts.type_of(pipeline.body).values
    absent = [str(value) for value in found or () if value not in declared]
    extra = [str(value) for value in declared if found is not None and value not in found]
    if absent:
        lacking = f"`values` of `{name}` lacks {listed(absent)}, which its steps yield"
        _report(lacking, pipeline, subject)
    if extra:
        _report(f"the steps of `{name}` never yield {listed(extra)}", pipeline, subject)


def _refused(
    pipeline: Pipeline, last: Call, declared: tuple[object, ...], subject: Subject
) -> None:
    """Hold the values against a pattern in the last step."""
    known = all(argument is None or isinstance(argument, Const) for argument in last.arguments)
    if last.name not in _FILTERS or not known:
        return
    target, arguments = REGISTRY[last.name], list[object]()
    for parameter, given in zip(target.parameters, last.arguments, strict=True):
        arguments.append(given.value if isinstance(given, Const) else parameter.default)
        if parameter.problem is not None and given and parameter.problem(arguments[-1]):
            return  # that is reported already
    convert = target.bound(*arguments)
    made = ((value, convert(value)) for value in declared)
    never = [str(v) for v, result in made if isinstance(result, Rejected) or is_missing(result)]
    if never:
        message = f"`{last.name}` lets {listed(never)} of `values` never through"
        _report(message, pipeline, subject)


def _report(message: str, pipeline: Pipeline, subject: Subject) -> None:
    assert isinstance(pipeline.at, PipelineBlock)
    place = pipeline.at.place("values")
    subject.diagnostics.report(PI07, message, place, help="correct `values`")
