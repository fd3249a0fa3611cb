"""Named pipelines as generated code."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from mapping_engine.core.model import PIPED, Pipeline
from mapping_engine.core.nodes import Call
from mapping_engine.engine.codegen.found import (
    EVERY,
    TEXT,
    Found,
    Tail,
    Then,
    all_of,
    is_class,
    one_of,
    put_filled,
    put_present,
    value_of,
)
from mapping_engine.engine.codegen.writing import Here
from mapping_engine.engine.run import Issue
from mapping_engine.engine.values import closed_digests, passed_digest
from mapping_engine.transforms.hashing import is_digest
from mapping_engine.types.kinds import Json

_SHORTEST_DIGEST = 64


def put_pipeline(
    node: Call, pipeline: Pipeline, here: Here, label: str, then: Then, found: Found
) -> None:
    """A named pipeline: a function for texts, which are most values, and one for others."""
    code, issues = here.code, here.issues
    arguments = [each for each in node.arguments if each is not None]
    forgets = issues is not None and any(map(here.writing.may_issue, arguments))
    before = code.let(f"len({issues})") if forgets else ""
    given = [
        value_of(code, partial(here.put, a)).name if a is not None else "None"
        for a in node.arguments
    ]
    after = code.let(f"len({issues})") if forgets else ""
    function, answer = _pipe(node, pipeline, given, here, found)
    told = [label, here.issues] if here.issues is not None else []
    result = code.let(f"{function}({', '.join(('run', found.name, *given, *told))})")

    def forget(found: Found) -> None:
        code.line(f"del {issues}[{before}:{after}]")  # of arguments
        then(found)

    keep = Tail(forget, then.ends) if isinstance(then, Tail) else forget
    put_present(code, replace(answer, name=result), keep if forgets else then)


def _pipe(
    node: Call, pipeline: Pipeline, given: list[str], here: Here, found: Found
) -> tuple[str, Found]:
    """The function of a pipeline, which is written once, and what is known of its answers."""
    told, classes = here.issues is not None, TEXT if found.classes == TEXT else EVERY
    value = Found("value", classes, raw=found.raw, solid=found.solid)
    key = (pipeline.name, value, told)
    pipes = here.writing.pipes
    if key not in pipes:
        names = [f"n{place}" for place in range(len(given))]
        told_names = ["label", "issues"] if told else []
        code = here.writing.module.function("pipeline_", "run", "value", *names, *told_names)
        known = {n: Found(v, solid=False) for n, v in zip(pipeline.parameters, names, strict=True)}
        inside = Here(
            here.writing,
            code,
            known,
            issues="issues" if told else None,
            clean=False,
            label="label" if told else here.constant(""),
            repeats=True,
        )
        pipes[key] = code.name, Found("")
        pipes[key] = code.name, _write_pipe(pipeline, inside, value)
    return pipes[key]


def _write_pipe(pipeline: Pipeline, here: Here, value: Found) -> Found:
    code, answers = here.code, list[Found]()

    def give(found: Found) -> None:
        likely = frozenset(str(each) for each in pipeline.values or ())
        answers.append(replace(found, likely=found.likely or likely))
        code.line(f"return {found.name}")

    def write(value: Found) -> None:
        inside = replace(here, names={**here.names, PIPED: value})
        if pipeline.normalises is not None:
            _put_passing(pipeline, inside, value)
            answers.append(Found("value", TEXT))
        inside.put(pipeline.body, Tail(give, ends=True))

    with code.at(pipeline.at):
        put_filled(code, value, write)
        code.line("return None")
    return one_of("value", answers or [Found("value")])


def _put_passing(pipeline: Pipeline, here: Here, value: Found) -> None:
    """What is a digest already, or is said to be, passes a pipeline that normalises."""
    text = None if value.classes == TEXT else is_class(value.name, str)
    test = all_of(
        text,
        f"len({value.name}) >= {_SHORTEST_DIGEST}",
        f"{here.constant(is_digest)}({value.name}.strip())",
    )
    if here.model.already_hashed is not None:
        test = f"{here.code.part('already_hashed')} or ({test})"
    closed, span = closed_digests(pipeline.values), pipeline.span

    def passing(value: Json, label: str, issues: list[Issue] | None) -> Json:
        return passed_digest(value, closed, label, span, [] if issues is None else issues)

    with here.code.block(f"if {test}"):
        call = f"{here.constant(passing)}({value.name}, {here.label}, {here.issues})"
        here.code.line(f"return {call}")
