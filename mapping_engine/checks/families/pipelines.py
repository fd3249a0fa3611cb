"""PI07: the values that a pipeline declares, held against those that its steps yield."""

from __future__ import annotations

from mapping_engine.checks.subject import Subject
from mapping_engine.core.calls import bind
from mapping_engine.diagnostics import listed
from mapping_engine.expression import Call, Literal
from mapping_engine.file.values import PipelineBlock
from mapping_engine.transforms import REGISTRY
from mapping_engine.transforms.declare import Rejected
from mapping_engine.types.kinds import is_missing

_FILTERS = frozenset({"matching", "only_matching", "length_between"})


def find(subject: Subject) -> None:
    """Look at every pipeline that declares its values."""
    for name, block in subject.model.pipelines.items():
        if block.values is not None and block.steps:
            declared = [literal.value for literal in block.values]
            _yielded(name, block, declared, subject)
            _refused(name, block, declared, subject)


def _yielded(name: str, block: PipelineBlock, declared: list[object], subject: Subject) -> None:
    """Hold the values against those of the table that the last step looks into."""
    assert block.steps is not None
    found = subject.facts.type_of(block.steps[-1])
    if found.values is None:
        return
    absent = [str(value) for value in found.values if value not in declared]
    extra = [str(value) for value in declared if value not in found.values]
    if absent:
        _report(
            f"`values` of `{name}` lacks {listed(absent)}, which its steps yield", block, subject
        )
    if extra:
        _report(f"the steps of `{name}` never yield {listed(extra)}", block, subject)


def _refused(name: str, block: PipelineBlock, declared: list[object], subject: Subject) -> None:
    """Hold the values against a pattern in the last step."""
    assert block.steps is not None
    last = block.steps[-1]
    if last.name not in _FILTERS or last.name in subject.model.pipelines:
        return
    arguments = _constants(last)
    if arguments is None:
        return
    convert = REGISTRY[last.name].bound(*arguments)
    made = ((value, convert(value)) for value in declared)
    never = [str(v) for v, result in made if isinstance(result, Rejected) or is_missing(result)]
    if never:
        _report(f"`{last.name}` lets {listed(never)} of `values` never through", block, subject)


def _constants(call: Call) -> list[object] | None:
    bound = bind(call, REGISTRY[call.name], piped=True)
    if isinstance(bound, str):
        return None
    if not all(a is None or isinstance(a, Literal) for a in bound.arguments):
        return None
    return [a.value if isinstance(a, Literal) else None for a in bound.arguments]


def _report(message: str, block: PipelineBlock, subject: Subject) -> None:
    subject.diagnostics.report("PI07", message, block.place("values"), help="correct `values`")
