"""SE05, SE06, SE07, SE09: selectors that parse and rarely mean what was wanted."""

from __future__ import annotations

from mapping_engine.checks.subject import Subject
from mapping_engine.core.event_paths import NULLS, is_lone_name
from mapping_engine.core.nodes import Compare, Const, Name, Read
from mapping_engine.diagnostics import Check, Fix, Severity
from mapping_engine.expression import Extent
from mapping_engine.selectors import Selector, parse_selector, vocabulary_path
from mapping_engine.selectors.suspicious import Suspicion, suspicious
from mapping_engine.types.kinds import LIST

SE05 = Check(
    "SE05 null-hostile-function: the JMESPath function fails when its input is missing",
    Severity.WARNING,
    why="Most functions of JMESPath do not take null, so an event without the path makes the "
    "whole selector fail, with a warning for each such event.",
    fix="Use a transform, which skips what is missing, or guard the input: `not_null(tags, `[]`)`.",
    ignore="Where an `accept` rule makes sure that the input is there.",
    wrong="fields:\n  x: jmespath(length(tags))\n",
    right="fields:\n  x: tags |> count\n",
)
SE06 = Check(
    "SE06 identifier-as-literal: a name in double quotes, or true, that is meant as a value",
    Severity.WARNING,
    why='In JMESPath `"x"` and `true` are names of fields. The comparison is with a field that '
    "does not exist, and so it never holds.",
    fix="Write texts in single quotes, and true in a selector between back-ticks.",
    ignore="Where a field really has this name: declare it in the vocabulary.",
    wrong='fields:\n  x: p.items[?a == "sold"].b\n',
    right="fields:\n  x: p.items[?a == 'sold'].b\n",
)
SE07 = Check(
    "SE07 index-in-projection: an index after a projection applies to every element",
    Severity.WARNING,
    why="`items[?...].b[0]` takes the first element of each `b`, and where `b` is no list that "
    "is nothing at all.",
    fix="Write `jmespath(items[?...].b | [0])` to take one of the results.",
    ignore="Where each element is a list: declare it as one in the vocabulary.",
    wrong="fields:\n  x: p.items[?a == 'sold'].b[0]\n",
    right="fields:\n  x: jmespath(p.items[?a == 'sold'].b | [0])\n",
)
SE09 = Check(
    "SE09 jmespath-or: `||` in a selector skips other things than `??` does",
    Severity.WARNING,
    why="JMESPath's `||` also skips false, and it keeps blank text. `??` skips what is "
    "missing, as everywhere in the rules.",
    fix="Write the alternatives with `??`, outside of `jmespath(...)`.",
    ignore="Where false is to be skipped.",
    wrong="fields:\n  x: jmespath(p.a || type)\n",
    right="fields:\n  x: p.a ?? type\n",
)
CHECKS = (SE05, SE06, SE07, SE09)

_DECLARED = {check.code: check for check in CHECKS}
_CALL = "jmespath("


def find(subject: Subject) -> None:
    """Look at every selector of a pack."""
    for node in subject.nodes:
        match node:
            case Compare():
                _bare_words(node, subject)
            case Read() if is_lone_name(node):
                _lone_name(node, subject)
            case Read(at=Extent() as extent, selector=selector, explicit=explicit):
                _selector(node, selector, extent, len(_CALL) if explicit else 0, subject)
            case Name(at=Extent() as extent, name=name, tail=Selector() as tail):
                skipped = len(name) + (0 if tail.text.startswith("@") else 2)
                _selector(node, tail, extent, skipped, subject)


def _lone_name(node: Read, subject: Subject) -> None:
    """`"track"`: a text in double quotes, which make it a name."""
    name = str(node.selector.tree["value"])
    meant = "'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'"
    _undeclared(node, name, f'"{name}"', meant, subject)


def _bare_words(node: Compare, subject: Subject) -> None:
    """``type == track``: a word without quotes that is no key of the event."""
    for operand, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(operand, Read) and not isinstance(other, Const):
            word = operand.selector.text
            if word.isidentifier() and word not in NULLS:  # of which SE08 tells
                _undeclared(operand, word, word, f"'{word}'", subject)


def _undeclared(node: Read, name: str, shown: str, meant: str, subject: Subject) -> None:
    """Report a name that seems to be meant as a text, unless events have such a key."""
    if name not in subject.model.vocabulary.objects.get("event", {}):
        message = f"`{shown}` is the name of a field here, not a text"
        help = f"texts are written in single quotes: {meant}"
        fix = Fix(node.span, meant, f"write {meant}", safe=False, old=node.selector.text)
        subject.diagnostics.report(SE06, message, node.span, help=help, fix=fix)


def _selector(
    node: Read | Name, selector: Selector, extent: Extent, skipped: int, subject: Subject
) -> None:
    """Look at a selector that is written so many characters behind the start of its extent."""
    text, shift, is_tail = selector.text, extent.start + skipped, isinstance(node, Name)
    for found in suspicious(selector):
        if found.code == "SE07" and (is_tail or _is_list(selector, found, subject)):
            continue
        span = extent.scalar.span_at(shift + found.start, shift + found.end)
        help, fix = found.help, None
        if found.code == "SE07" and not skipped:
            whole = f"{_CALL}{text[: found.start]}{found.replacement}{text[found.end :]})"
            fix = Fix(node.span, whole, f"write `{whole}`", safe=False, old=text)
            help = f"to take one of the results write `{whole}`"
        elif found.replacement is not None and not is_tail:
            message = f"write `{found.replacement.strip()}`"
            old = text[found.start : found.end]
            fix = Fix(span, found.replacement, message, safe=False, old=old)
        subject.diagnostics.report(_DECLARED[found.code], found.message, span, help=help, fix=fix)


def _is_list(selector: Selector, found: Suspicion, subject: Subject) -> bool:
    """Whether the vocabulary says that what is indexed is a list: then the index is meant."""
    before = parse_selector(selector.text[: found.start])
    path = vocabulary_path(before) if isinstance(before, Selector) else None
    if path is None:
        return False
    described = subject.model.vocabulary.type_of(path).described
    return described is not None and bool(described.kinds & LIST)
