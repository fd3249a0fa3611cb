"""A fragment that was forgotten under `use`: one mistake, which leaves many names undefined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mapping_engine.diagnostics import Diagnostics, Span, listed
from mapping_engine.expression import CallExpression, Reference
from mapping_engine.file.documents import Document, FragmentFile
from mapping_engine.file.rule_files import (
    FRAGMENTS,
    LoadedDocument,
    Location,
    Reading,
    read_documents,
    read_file,
)
from mapping_engine.file.walk import expressions, parts

_ECHOES = frozenset({"PR01", "TX01", "OU05", "PI01", "PI02", "FO01"})
"""What is said of each name that is not defined, and of what is made from it."""
_KIND = b"fragment:"
_FEWEST = 2
"""So many names of a bundled fragment are meant: one may be a slip of a finger."""


def report_forgotten_use(documents: tuple[LoadedDocument, ...], reading: Reading) -> bool:
    """Report a fragment that would define what is not defined, in the place of all that follows.

    Answers whether there is one.
    """
    found = reading.diagnostics
    if not any(each.code in ("PR01", "TX01") for each in found.found):
        return False
    declared = {name for loaded in documents for name in _declared(loaded.document)}
    wanted = [(loaded, set(_used(loaded.document)) - declared) for loaded in documents]
    missing = set[str]().union(*(names for _, names in wanted))
    names, fragment = _best(missing, documents, reading)
    if len(names) < (1 if fragment.startswith("./") else _FEWEST):
        return False
    user, _ = max(wanted, key=lambda each: len(each[1] & names))
    found.found[:] = [each for each in found.found if each.code not in _ECHOES]
    message = f"{listed(names)}: defined in `{fragment}`, which is not used here"
    help = f"add `{fragment}` to `use`"
    found.report("PR01", message, _place(user.document), help=help)
    return True


def _best(
    missing: set[str], documents: tuple[LoadedDocument, ...], reading: Reading
) -> tuple[set[str], str]:
    """The unused fragment that defines most of the missing names, and these names."""
    quiet = replace(reading, diagnostics=Diagnostics(), texts={}, shared={})
    known = {loaded.file for loaded in documents}
    best: tuple[set[str], str] = (set(), "")
    for name, location in _fragments(documents[-1], reading):
        file = None if location.shown in known else read_file(FragmentFile, location, None, quiet)
        with_its_own = read_documents([(file, location)], quiet) if file is not None else ()
        defined = missing & {name for each in with_its_own for name in _declared(each.document)}
        best = max(best, (defined, name), key=lambda each: len(each[0]))
    return best


def _place(document: Document) -> Span:
    places = document.places
    return next((places[key] for key in ("use", "title") if key in places), document.span)


def _declared(document: Document) -> Iterator[str]:
    for section in (document.define, document.override, document.pipelines):
        yield from (entry.name for entry in section or ())


def _used(document: Document) -> Iterator[str]:
    for expression in expressions(document):
        for node in parts(expression):
            if isinstance(node, Reference | CallExpression):
                yield node.name


def _fragments(main: LoadedDocument, reading: Reading) -> Iterator[tuple[str, Location]]:
    """The pack's own fragments and the bundled ones, by the names that `use` takes."""
    for name in main.folder.names("", ".yaml"):
        data = main.folder.read(name, None, Diagnostics())
        if data is not None and any(line.startswith(_KIND) for line in data.splitlines()):
            yield f"./{name}", Location(main.folder, name)
    for shared in reading.rules:
        for name in shared.names(FRAGMENTS):
            location = shared.location(FRAGMENTS, name)
            if location is not None:
                yield name, location
