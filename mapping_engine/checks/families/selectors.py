"""SE05, SE06, SE07, SE09: selectors that parse and rarely mean what was wanted."""

from __future__ import annotations

from mapping_engine.checks.subject import Subject
from mapping_engine.core.everything import nodes
from mapping_engine.core.paths import is_lone_name
from mapping_engine.diagnostics import Fix
from mapping_engine.expression import Compare, Literal, Reference, Select
from mapping_engine.selectors import Selector, parse_selector, vocabulary_path
from mapping_engine.selectors.suspicious import Suspicion, suspicious
from mapping_engine.types.kinds import LIST

_CALL = "jmespath("


def find(subject: Subject) -> None:
    """Look at every selector of a pack."""
    for node in nodes(subject.model):
        if isinstance(node, Compare):
            _bare_words(node, subject)
        if isinstance(node, Select):
            if is_lone_name(node):
                _lone_name(node, subject)
            else:
                _selector(node, subject)
        elif isinstance(node, Reference) and node.tail is not None:
            _tail(node, node.tail, subject)


def _lone_name(node: Select, subject: Subject) -> None:
    name = str(node.selector.tree["value"])
    if name in subject.model.vocabulary.objects.get("event", {}):
        return
    meant = "'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'"
    subject.diagnostics.report(
        "SE06",
        f'`"{name}"` is the name of a field here, not a text',
        node.span,
        help=f"texts are written in single quotes: {meant}",
        fix=Fix(node.span, meant, f"write {meant}", safe=False, old=node.selector.text),
    )


def _bare_words(node: Compare, subject: Subject) -> None:
    """``type == track``: a word without quotes that is no key of the event."""
    declared = subject.model.vocabulary.objects.get("event", {})
    for operand, other in ((node.left, node.right), (node.right, node.left)):
        if not isinstance(operand, Select) or isinstance(other, Literal):
            continue
        word = operand.selector.text
        if word.isidentifier() and word not in declared:
            subject.diagnostics.report(
                "SE06",
                f"`{word}` is the name of a field here, not a text",
                operand.span,
                help=f"texts are written in single quotes: '{word}'",
                fix=Fix(operand.span, f"'{word}'", f"write '{word}'", safe=False, old=word),
            )


def _selector(node: Select, subject: Subject) -> None:
    shift = node.extent.start + (len(_CALL) if node.explicit else 0)
    for found in suspicious(node.selector):
        if found.code == "SE07" and _is_list(node.selector, found, subject):
            continue
        scalar = node.extent.scalar
        span = scalar.span_at(shift + found.start, shift + found.end)
        fix = None
        if found.replacement is not None:
            message = f"write `{found.replacement.strip()}`"
            old = node.selector.text[found.start : found.end]
            fix = Fix(span, found.replacement, message, safe=False, old=old)
        help = found.help
        if found.code == "SE07" and not node.explicit:
            text = node.selector.text
            whole = f"{_CALL}{text[: found.start]}{found.replacement}{text[found.end :]})"
            fix = Fix(node.span, whole, f"write `{whole}`", safe=False, old=text)
            help = f"to take one of the results write `{whole}`"
        subject.diagnostics.report(found.code, found.message, span, help=help, fix=fix)


def _tail(node: Reference, tail: Selector, subject: Subject) -> None:
    extra = 0 if tail.text.startswith("@") else 1
    shift = node.extent.start + len(node.name) + 1 + extra - (1 - extra)
    for found in suspicious(tail):
        if found.code == "SE07":
            continue
        span = node.extent.scalar.span_at(shift + found.start, shift + found.end)
        subject.diagnostics.report(found.code, found.message, span, help=found.help)


def _is_list(selector: Selector, found: Suspicion, subject: Subject) -> bool:
    """Whether the vocabulary says that what is indexed is a list: then the index is meant."""
    before = parse_selector(selector.text[: found.start])
    path = vocabulary_path(before) if isinstance(before, Selector) else None
    if path is None:
        return False
    described = subject.model.vocabulary.type_of(path).described
    return described is not None and bool(described.kinds & LIST)
