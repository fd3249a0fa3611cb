"""PR03: names that are declared and never used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mapping_engine.checks.subject import Subject
from mapping_engine.core.model import (
    BUILTINS,
    PAYLOAD,
    PAYLOADS,
    SECRETS,
    Model,
    reachable,
    request_parts,
    sending_parts,
    sent_parts,
)
from mapping_engine.core.nodes import Call, Entries, ForEach, Name, Node, children, walk
from mapping_engine.core.spell import written_name
from mapping_engine.diagnostics import (
    Check,
    Diagnostic,
    Diagnostics,
    Fix,
    Label,
    Severity,
    Span,
    slip_of,
)
from mapping_engine.file.documents import FragmentFile
from mapping_engine.file.request_blocks import RequestBlock
from mapping_engine.file.rule_files import LoadedDocument
from mapping_engine.file.value_blocks import SourceBlock
from mapping_engine.file.walk import names_in
from mapping_engine.selectors import prefixes
from mapping_engine.source.node import MappingNode, Source
from mapping_engine.source.yaml_text import read_yaml
from mapping_engine.transforms import REGISTRY

PR03 = Check(
    "PR03 unused-definition: nothing uses this name",
    Severity.WARNING,
    why="It is read and maintained for nothing, or something was forgotten. A fan-out variable "
    "that nothing uses sends the same request several times.",
    fix="Use it, or remove it. `--fix` removes definitions, tables, pipelines and fragments.",
    ignore="For a setting that the control plane writes and no rule needs.",
    wrong="define:\n  order: p.a\nfields:\n  x: type\n",
    right="define:\n  order: p.a\nfields:\n  x: $order\n",
)
CHECKS = (PR03,)

_NOT_DEFINED = re.compile(r"`\$(\w+)` is not defined")
_SHOWN = 3


class _Used(NamedTuple):
    """The names that the payload, the requests and the messages depend on."""

    names: set[str]
    tables: set[str]
    calls: set[str]


def find(subject: Subject) -> None:
    """Look at what the pack's own files declare, where every name in them is understood."""
    if any(map(_is_mistaken, subject.diagnostics.found)):
        _renamed(subject)
        return
    used = _used(subject)
    documents = subject.examined.documents
    named, own = names_in([each.document for each in documents]), documents[-1].folder
    for loaded in documents:
        if loaded.folder is own:
            _declared(loaded, used, named, subject)
    for model in subject.model.requests:
        _sent(model, subject)
    _fragments(used, subject)
    _variables(used, subject)
    _settings(subject)
    _secrets(subject)
    for name, span in _items(subject).items():
        _report(f"the item's name `${name}`", span, subject)


def _is_mistaken(found: Diagnostic) -> bool:
    """Whether what seems to be unused may be what was meant."""
    return found.severity is Severity.ERROR or (found.code == "SE08" and "`$" in (found.help or ""))


def _renamed(subject: Subject) -> None:
    """Names that are not defined, where one is declared that nothing uses: that is the mistake."""
    model, found = subject.model, subject.diagnostics.found
    unused = {v.name: v.span for each in model.requests for v in each.fan_out}
    unused |= {e.name: e.span for e in (*(model.file.define or ()), *(model.file.override or ()))}
    used = _used(subject).names
    unused = {name: span for name, span in unused.items() if name not in used} | _items(subject)
    places: dict[str, list[Diagnostic]] = {}
    for each in found:
        missing = _NOT_DEFINED.fullmatch(each.message)
        if each.code == "PR01" and missing is not None:
            places.setdefault(missing[1], []).append(each)
    for name, several in places.items():
        near = slip_of(name, unused)
        near = next(iter(unused)) if near is None and len(unused) == 1 else near
        near = near if len(several) > 1 else None  # else the one that uses it may be wrong
        if near is not None:
            labels = tuple(Label(each.span, "it is used here") for each in several[:_SHOWN])
            message = f"`${name}` is not defined, and `${near}` is, which nothing uses"
            found[:] = [each for each in found if each not in several]
            help = f"did you mean `{name}`?"
            subject.diagnostics.report("PR01", message, unused[near], help=help, labels=labels)


def _items(subject: Subject) -> dict[str, Span]:
    """The names that lists give to their items, and that nothing in them reads."""
    found: dict[str, Span] = {}
    for node in subject.nodes:
        block = node.at if isinstance(node, ForEach | Entries) else None
        if isinstance(block, SourceBlock) and block.item is not None:
            read = {
                part.name
                for each in children(node)[1:]
                for part in walk(each)
                if isinstance(part, Name)
            }
            if block.item.text not in read:
                found[block.item.text] = block.item.span
    return found


def _sent(model: Model, subject: Subject) -> None:
    """A payload that is made for nothing."""
    parts = request_parts(model.request)
    names = {node.name for part in parts for node in walk(part) if isinstance(node, Name)}
    every = names.union(*(model.depends.get(name, frozenset()) for name in names))
    if not model.fields.fields or not every.isdisjoint((PAYLOAD, PAYLOADS)):
        return
    block = model.request.at
    assert isinstance(block, RequestBlock)
    message, help = "the payload is never sent", "write `$payload` where the body holds it"
    subject.diagnostics.report(PR03, message, block.place(block.format or "body"), help=help)


def _used(subject: Subject) -> _Used:
    model = subject.model
    written = names_in(
        (model.file.fields, model.file.requests)
    )  # objects under a name stand in the model without it
    named = (model.definitions[name] for name in written if name in model.definitions)
    nodes = list(reachable(model, iter((*sent_parts(model), *sending_parts(model), *named))))
    seen: set[str] = set()
    for node in nodes:  # which grows by the pipelines that are called
        if isinstance(node, Call) and node.name in model.pipelines and node.name not in seen:
            nodes += walk(model.pipelines[node.name].body)
        if isinstance(node, Call):
            seen.add(node.name)
    names = {written_name(node.name) for node in nodes if isinstance(node, Name)}
    return _Used(names | written, _keys(nodes, "tables") or set(), seen)


def _keys(nodes: Iterable[Node], name: str) -> set[str] | None:
    """The keys that are read of ``$name``; None where it may be any of them."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, Name) and node.name == name:
            paths = prefixes(node.tail) if node.tail is not None else ((),)
            if not all(paths):
                return None
            found |= {path[0] for path in paths}
    return found


def _declared(loaded: LoadedDocument, used: _Used, named: set[str], subject: Subject) -> None:
    for what, name, is_used, span in _entries(loaded, used):
        if not is_used and name not in (*BUILTINS, *REGISTRY):
            _report(what, span, subject, removable=name not in named)
    for pipeline in (entry.value for entry in loaded.document.pipelines or ()):
        for parameter in (pipeline.parameters if pipeline is not None else None) or ():
            if parameter.text not in names_in(pipeline):
                _report(f"parameter `${parameter.text}`", parameter.span, subject)


def _entries(loaded: LoadedDocument, used: _Used) -> Iterator[tuple[str, str, bool, Span]]:
    """What a file declares: in words, its name, whether it is used, and where it stands."""
    document = loaded.document
    sections = (
        ("definition `$", used.names, document.define),
        ("definition `$", used.names, document.override),
        ("definition `$", used.names, document.amend),
        ("pipeline `", used.calls, document.pipelines),
        ("table `$tables.", used.tables, document.tables),
        ("table `$tables.", used.tables, document.table_files),
    )
    for what, names, entries in sections:
        for entry in entries or ():
            if "." in entry.name:
                continue  # a change of a field, which is sent
            yield f"{what}{entry.name}`", entry.name, entry.name in names, entry.span


def _fragments(used: _Used, subject: Subject) -> None:
    """Fragments of which nothing is used, not even by way of those they use themselves."""
    documents = {loaded.file: loaded for loaded in subject.examined.documents}
    main = subject.examined.documents[-1]
    for name, file in main.uses:
        if file in documents and file != main.file and not _is_used(file, documents, used):
            several = len(main.uses) > 1
            _report(f"fragment `{name.text}`", name.span, subject, removable=several)


def _is_used(file: str, documents: dict[str, LoadedDocument], used: _Used) -> bool:
    waiting, seen = [file], set[str]()
    while waiting:
        loaded = documents.get(waiting.pop())
        if loaded is None or loaded.file in seen:
            continue
        seen.add(loaded.file)
        says = isinstance(loaded.document, FragmentFile) and loaded.document.accept
        if says or any(is_used for _, _, is_used, _ in _entries(loaded, used)):
            return True
        waiting += [inner for _, inner in loaded.uses]
    return False


def _variables(used: _Used, subject: Subject) -> None:
    variables = (v for each in subject.model.requests for v in each.fan_out)
    for variable in {id(v.at): v for v in variables}.values():
        if variable.name not in used.names:
            message = f"fan-out variable `${variable.name}` is never used"
            help = "without it the same request is sent several times; use it, or remove it"
            subject.diagnostics.report(PR03, message, variable.span, help=help)


def _settings(subject: Subject) -> None:
    """Settings that the schema declares and no rule reads."""
    read = _keys(subject.nodes, "settings")
    properties = subject.model.settings_schema.get("properties")
    if read is None or not isinstance(properties, dict) or not properties.keys() - read:
        return
    own, *inherited = subject.examined.settings
    places = _places(own)
    for name in properties:
        if name not in read and (name in places or not inherited):
            place = places.get(name) or _line(name, own)
            _report(f"setting `{name}`", place, subject)


def _secrets(subject: Subject) -> None:
    """Secrets that are declared and never read."""
    read, model = _keys(subject.nodes, SECRETS), subject.model
    named = {written_name(node.name) for node in subject.nodes if isinstance(node, Name)}
    for entry in model.file.secrets or ():
        is_read = read is None or entry.name in read or f"{SECRETS}.{entry.name}" in named
        if not is_read:
            _report(f"secret `{entry.name}`", entry.span, subject)


def _places(source: Source) -> dict[str, Span]:
    """Where the properties of a schema are declared in its text."""
    node = read_yaml(source, Diagnostics()) if source.text else None
    properties = node.get("properties") if isinstance(node, MappingNode) else None
    found = properties if isinstance(properties, MappingNode) else ()
    return {entry.key.text: entry.key.span for entry in found}


def _line(name: str, source: Source) -> Span:
    """Where a property seems to be declared in a text that is no YAML."""
    line = source.text[: max(source.text.find(json.dumps(name)), 0)].count("\n") + 1
    return Span(source.file, line, 1, line, 1)


def _report(what: str, span: Span, subject: Subject, *, removable: bool = False) -> None:
    message, help = f"{what} is never used", "use it, or remove it"
    fix = Fix(span, "", f"remove {what}", safe=True, whole=True) if removable else None
    subject.diagnostics.report(PR03, message, span, help=help, fix=fix)
