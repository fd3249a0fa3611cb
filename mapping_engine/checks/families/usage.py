"""PR03: names that are declared and never used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from collections.abc import Mapping as MappingType

from mapping_engine.checks.subject import Subject
from mapping_engine.core.everything import expressions, request_expressions
from mapping_engine.core.load import LoadedDocument
from mapping_engine.core.model import BUILTINS
from mapping_engine.core.walk import (
    names_in,
    own_expressions,
    pipeline_expressions,
    pipeline_nodes,
    reachable,
    references,
    walk,
)
from mapping_engine.diagnostics import Fix, Span
from mapping_engine.expression import Call, Expression, Reference
from mapping_engine.file.values import PipelineBlock, ValueBlock
from mapping_engine.selectors import prefixes
from mapping_engine.source.node import Mapping, Source
from mapping_engine.source.yaml_text import read_yaml
from mapping_engine.transforms import REGISTRY


class _Used:
    """The names that the payload, the requests and the messages depend on."""

    def __init__(self, subject: Subject) -> None:
        model = subject.model
        fields = [field.value for field in model.file.fields]
        fan_out = model.file.fan_out
        variables = [variable.value for variable in fan_out.each] if fan_out else []
        starts = [block for block in (*fields, *variables) if block is not None]
        loose = [ValueBlock(span=e.span, value=e) for e in _loose(subject)]
        blocks = reachable(iter([*starts, *loose]), model.definitions)
        self.references = [r for block in blocks for r in references(block)]
        self.names = {reference.name for reference in self.references}
        self.calls = {
            node.name
            for block in blocks
            for expression in _expressions(block)
            for node in walk(expression)
            if isinstance(node, Call)
        }
        self._add_pipelines(model.pipelines)
        self.tables = {
            step
            for reference in self.references
            if reference.name == "tables" and reference.tail is not None
            for step in _first_steps(reference)
        }

    def _add_pipelines(self, pipelines: MappingType[str, PipelineBlock]) -> None:
        waiting = [name for name in self.calls if name in pipelines]
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            for node in pipeline_nodes(pipelines[name]):
                if isinstance(node, Call):
                    self.calls.add(node.name)
                    waiting += [node.name] if node.name in pipelines else []
                elif isinstance(node, Reference):
                    self.references.append(node)


def find(subject: Subject) -> None:
    """Look at what the pack's own files declare."""
    used = _Used(subject)
    documents = subject.examined.documents
    own = documents[-1].folder
    for loaded in documents:
        if loaded.folder is own:
            _declared(loaded, used, subject)
            _parameters(loaded, subject)
    _fragments(used, subject)
    _variables(used, subject)
    _settings(subject)


def _loose(subject: Subject) -> Iterator[Expression]:
    """The expressions that stand in no field or definition."""
    file = subject.model.file
    yield from (e for e in (file.hashing, file.already_hashed) if e is not None)
    for rule in file.accept or ():
        yield from (e for e in (rule.require, rule.skip_when, rule.message) if e is not None)
    if file.fan_out is not None and file.fan_out.none is not None:
        yield file.fan_out.none.message
    yield from request_expressions(subject.model)
    for late in file.late:
        yield from (late.when, late.message)


def _expressions(block: ValueBlock) -> Iterator[Expression]:
    yield from (expression for expression, _ in own_expressions(block))
    for field in block.fields or ():
        if field.value is not None:
            yield from _expressions(field.value)


def _first_steps(reference: Reference) -> set[str]:
    assert reference.tail is not None
    return {path[0] for path in prefixes(reference.tail) if path}


def _declared(loaded: LoadedDocument, used: _Used, subject: Subject) -> None:
    document = loaded.document
    sections = (
        (document.define, used.names, "definition", "$"),
        (document.override, used.names, "definition", "$"),
        (document.amend, used.names, "definition", "$"),
        (document.pipelines, used.calls, "pipeline", ""),
        (document.tables, used.tables, "table", "$tables."),
        (document.table_files, used.tables, "table", "$tables."),
    )
    for entries, names, what, mark in sections:
        for entry in entries or ():
            if entry.name not in names and entry.name not in (*BUILTINS, *REGISTRY):
                _report(f"{what} `{mark}{entry.name}`", entry.span, subject, removable=True)


def _parameters(loaded: LoadedDocument, subject: Subject) -> None:
    for entry in loaded.document.pipelines or ():
        if entry.value is None:
            continue
        read = names_in(pipeline_expressions(entry.value))
        for parameter in entry.value.parameters or ():
            if parameter.text not in read:
                _report(f"parameter `${parameter.text}`", parameter.span, subject)


def _fragments(used: _Used, subject: Subject) -> None:
    """Fragments of which nothing is used, not even by way of those they use themselves."""
    documents = {loaded.file: loaded for loaded in subject.examined.documents}
    main = subject.examined.documents[-1]
    for name, file in main.uses:
        if file in documents and file != main.file and not _is_used(file, documents, used):
            _report(f"fragment `{name.text}`", name.span, subject, removable=len(main.uses) > 1)


def _is_used(file: str, documents: dict[str, LoadedDocument], used: _Used) -> bool:
    waiting, seen = [file], set[str]()
    while waiting:
        loaded = documents.get(waiting.pop())
        if loaded is None or loaded.file in seen:
            continue
        seen.add(loaded.file)
        document = loaded.document
        sections = (document.define or (), document.override or (), document.amend or ())
        names = {entry.name for section in sections for entry in section}
        tables = {entry.name for entry in document.tables or ()}
        tables |= {entry.name for entry in document.table_files or ()}
        pipelines = {entry.name for entry in document.pipelines or ()}
        if names & used.names or tables & used.tables or pipelines & used.calls:
            return True
        waiting += [inner for _, inner in loaded.uses]
    return False


def _variables(used: _Used, subject: Subject) -> None:
    fan_out = subject.model.file.fan_out
    for variable in fan_out.each if fan_out else ():
        if variable.name not in used.names:
            subject.diagnostics.report(
                "PR03",
                f"fan-out variable `${variable.name}` is never used",
                variable.span,
                help="without it the same request is sent several times; use it, or remove it",
            )


def _settings(subject: Subject) -> None:
    """Settings that the schema declares and no rule reads."""
    read: set[str] = set()
    for expression in expressions(subject.model):
        for node in walk(expression):
            if isinstance(node, Reference) and node.name == "settings":
                if node.tail is None or not all(prefixes(node.tail)):
                    return
                read |= _first_steps(node)
    properties = subject.model.settings_schema.get("properties")
    for name in properties if isinstance(properties, dict) else ():
        if name not in read:
            span = _in_schema(name, subject.examined.settings)
            _report(f"setting `{name}`", span, subject)


def _in_schema(name: str, source: Source) -> Span:
    """Where a property is declared in the text of a schema."""
    from mapping_engine.diagnostics import Diagnostics

    node = read_yaml(source, Diagnostics()) if source.text else None
    properties = node.get("properties") if isinstance(node, Mapping) else None
    if isinstance(properties, Mapping):
        for entry in properties:
            if entry.key.text == name:
                return entry.key.span
    line = source.text[: max(source.text.find(json.dumps(name)), 0)].count("\n") + 1
    return Span(source.file, line, 1, line, 1)


def _report(what: str, span: Span, subject: Subject, *, removable: bool = False) -> None:
    if _is_misspelled_elsewhere(what, subject):
        return
    subject.diagnostics.report(
        "PR03",
        f"{what} is never used",
        span,
        help="use it, or remove it",
        fix=Fix(span, "", f"remove {what}", safe=True, whole=True) if removable else None,
    )


def _is_misspelled_elsewhere(what: str, subject: Subject) -> bool:
    """Whether an undefined name that is reported already was meant to be this one."""
    name = what.split("`")[1].rpartition(".")[2].removeprefix("$")
    fixes = (each.fix for each in subject.diagnostics.found if each.code in _UNDEFINED)
    return any(fix is not None and fix.replacement == name for fix in fixes)


_UNDEFINED = frozenset({"PR01", "FO03", "TX01"})
