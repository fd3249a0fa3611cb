"""The types of what `batch` and `answers` read, and the mistakes that show on the way."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from math import floor

from mapping_engine.core.infer import check_list, infer
from mapping_engine.core.inference import Inference, Scope
from mapping_engine.core.item_types import item_of
from mapping_engine.core.model import PAYLOAD, RequestRule
from mapping_engine.core.nodes import (
    Compare,
    Const,
    Items,
    Logic,
    Name,
    Node,
    Object,
    Read,
    Template,
    children,
    fields_of,
    walk,
)
from mapping_engine.core.sending import (
    OF_ANSWER,
    OF_REQUEST,
    WHOLE_BODY,
    AnswerRule,
    BatchRule,
    Dropping,
    Joining,
    answer_nodes,
    batch_nodes,
)
from mapping_engine.core.sinks import check_shown
from mapping_engine.diagnostics import Span, did_you_mean, listed
from mapping_engine.file.json_types import is_closed, property_names, property_schema
from mapping_engine.file.sending_blocks import BatchBlock
from mapping_engine.selectors import vocabulary_path
from mapping_engine.types.kinds import ANY, LIST
from mapping_engine.types.type import SECRET, Type
from mapping_engine.vocabulary import Vocabulary

_NAMES = frozenset(("settings", "api", "tables", "now", "now_ms"))
_HEADER = re.compile(r"[a-z0-9_]+")
_FIRST, _LAST = 100, 599
_STATUSES = range(_FIRST, _LAST + 1)
_COMPARISONS: dict[str, Callable[[object, object], bool]] = {"==": operator.eq, "!=": operator.ne}
_ORDERINGS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def examine_sending(found: Inference) -> None:
    """Report every mistake in `batch` and `answers`."""
    model = found.model
    if model.batch is not None:
        _batch(model.batch, model.request, _seeing(OF_REQUEST, found))
    for rule in model.answers:
        _answer(rule, _seeing(OF_ANSWER, found))
    _unreachable(model.answers, found)


def _seeing(vocabulary: Vocabulary, found: Inference) -> Inference:
    """The same, where paths are not those of an event."""
    model = replace(found.model, vocabulary=vocabulary, definitions={}, fan_out=())
    return replace(found, model=model)


def _batch(rule: BatchRule, request: RequestRule, found: Inference) -> None:
    if not _has_foreign_names(batch_nodes(rule), "batch", frozenset(), found):
        for node in batch_nodes(rule):
            infer(node, Scope({}), found)
    if rule.url is not None:
        _url(rule.url, found)
    _joined(rule, request, found)
    paths = [node for each in batch_nodes(rule) for node in walk(each) if isinstance(node, Read)]
    for node in paths:
        path = vocabulary_path(node.selector) or ()
        if path[:1] == ("body",):
            _known(request.body, path[1:], node.span, found)


def _url(url: Template, found: Inference) -> None:
    """The URL of what is combined is the same for all requests, and holds no secret."""
    for part in walk(url):
        if isinstance(part, Read):
            message = "the URL of what is combined knows nothing of the single requests"
            help = "make it of $api, $settings and $tables"
            found.diagnostics.report("FO02", message, part.span, help=help)
    for part in children(url):
        check_shown(part, "a URL", found)


def _joined(rule: BatchRule, request: RequestRule, found: Inference) -> None:
    """The list that is joined, and the keys beside it, have to be in the body."""
    block, joining = rule.at, rule.joining
    if not isinstance(block, BatchBlock):
        return
    misfit = _misfit(request.format, joining)
    if misfit is not None:
        message, help = misfit
        found.diagnostics.report("SN01", f"{message}{_of(request)}", block.into.span, help=help)
        return
    if joining.beside is not None:
        for key in block.beside or ():
            _known(request.body, (key.text,), key.span, found)
            if key.text in joining.into[:1]:
                message = f"`{key.text}` is where the list is, and cannot stand beside it"
                found.diagnostics.report(
                    "SN01", message, key.span, help="name another key in `into`"
                )
        body = request.body
        is_payload = isinstance(body, Name) and body.name == PAYLOAD and body.tail is None
        fields = fields_of(found.model.fields if is_payload else body)
        names = {field.name for field in fields} - set(joining.beside)
        for added in block.adding or ():
            if added.name in names:
                message = f"each body has `{added.name}` already, and would lose it"
                found.diagnostics.report("SN01", message, added.span, help="name another key")
        return
    place = _known(request.body, joining.into, block.into.span, found)
    kinds = found.facts.type_of(place).kinds if isinstance(place, Node) else ANY
    if place is not None and not isinstance(place, Items) and kinds and not kinds & LIST:
        message = f"`{block.into.text}` of the body is {kinds}, and cannot be joined"
        help = "name a list, or add `beside`, where each body is to be an item"
        found.diagnostics.report("SN01", message, block.into.span, help=help)


def _misfit(format: str, joining: Joining) -> tuple[str, str] | None:
    """What is wrong with joining bodies of a format, and what to do about it."""
    match format:
        case "form" if not joining.into:
            return (
                "there are fields, and no list, in the form of the request",
                "name one of its fields",
            )
        case "ndjson" if joining.into or joining.beside is not None:
            return (
                "there is nothing around the lines of the request",
                f"write `into: '{WHOLE_BODY}'` alone",
            )
        case "json" if joining.beside and not joining.into:
            return "nothing can stand beside a list that is the whole body", "write `beside: []`"
        case "text" | "xml" | "none":
            help = "write `batch` in the requests whose bodies are joined"
            return "there is no list in the body of the request", help
    return None


def _of(request: RequestRule) -> str:
    """Which of several kinds of request is meant."""
    return f" `{request.name}`" if request.name else ""


def _known(body: Node, path: tuple[str, ...], span: Span, found: Inference) -> Node | None:
    """What stands at a path of the body; None if that is not known, or not there (SN01)."""
    node = body
    for depth, step in enumerate(path):
        if isinstance(node, Object):
            names = [field.name for field in node.fields]
            if step not in names:
                _missing(step, names, span, found)
                return None
            node = next(field.value for field in node.fields if field.name == step)
            continue
        if isinstance(node, Name) and node.name == "payload" and node.tail is None:
            _known_of_payload(path[depth:], span, found)
        return None
    return node


def _known_of_payload(path: tuple[str, ...], span: Span, found: Inference) -> None:
    root = schema = found.model.payload_schema
    below = property_schema(root, schema, path[0])
    if below is None and is_closed(root, schema):
        _missing(path[0], property_names(root, schema), span, found)


def _missing(step: str, names: Collection[str], span: Span, found: Inference) -> None:
    help = did_you_mean(step, names) or f"it has {listed(names)}"
    message = f"the body of the request{_of(found.model.request)} has no `{step}`"
    found.diagnostics.report("SN01", message, span, help=help)


def _answer(rule: AnswerRule, found: Inference) -> None:
    drop = rule.dropping
    items = frozenset({"item"}) if drop is not None and drop.each is not None else frozenset()
    if _has_foreign_names(answer_nodes(rule), "answers", items, found):
        return
    scope = Scope({})
    for node in (rule.when, rule.because, rule.wait, rule.message):
        if node is not None:
            infer(node, scope, found)
    if drop is not None:
        _dropping(drop, scope, found)
    for node in answer_nodes(rule):
        for part in walk(node):
            if isinstance(part, Read):
                _header(part, found)
    for part in children(rule.message) if rule.message is not None else ():
        if SECRET in found.facts.type_of(part).tags:
            check_shown(part, "a message", found)


def _dropping(drop: Dropping, scope: Scope, found: Inference) -> None:
    if drop.each is not None:
        listed_type = infer(drop.each, scope, found)
        check_list("`each`", drop.each, listed_type, found)
        scope = scope.having("item", item_of(listed_type) or Type(ANY, False))
    for node in (drop.when, drop.at_position, drop.because):
        if node is not None:
            infer(node, scope, found)


def _has_foreign_names(
    nodes: Iterable[Node], place: str, items: frozenset[str], found: Inference
) -> bool:
    """Whether names are used that need an event (FO02)."""
    foreign = [
        part
        for node in nodes
        for part in walk(node)
        if isinstance(part, Name) and part.name not in _NAMES | items
    ]
    for part in foreign:
        paths = listed((OF_REQUEST if place == "batch" else OF_ANSWER).objects["event"])
        message = f"`${part.name}` is not available in `{place}`, where there is no event"
        help = f"there are {paths}, and {listed(f'${name}' for name in sorted(_NAMES))}"
        found.diagnostics.report("FO02", message, part.span, help=help)
    return bool(foreign)


def _header(node: Read, found: Inference) -> None:
    """Headers are read by names in lower case, with `_` for `-`."""
    path = vocabulary_path(node.selector) or ()
    if path[:1] == ("headers",) and len(path) > 1 and not _HEADER.fullmatch(path[1]):
        name = path[1].lower().replace("-", "_")
        message = f"no header is called `{path[1]}` here: names are in lower case, with `_` for `-`"
        found.diagnostics.report("SE08", message, node.span, help=f"write `headers.{name}`")


# Rows that never apply


def _unreachable(rules: tuple[AnswerRule, ...], found: Inference) -> None:
    """Report rows that no answer reaches (SN02): their statuses are taken, or their condition."""
    statuses = _statuses(rules)
    left = set(statuses)
    before: list[AnswerRule] = []
    for rule in rules:
        verdicts = {status: _verdict(rule.when, status) for status in statuses}
        may = {status for status, verdict in verdicts.items() if verdict is not False}
        twin = next((each for each in before if each.when == rule.when), None)
        if not may:
            _never("no answer has such a status", rule, found)
        elif (wrong := _no_status(rule.when)) is not None:
            message = f"no answer has the status {wrong.value}"
            help = f"a status lies between {_FIRST} and {_LAST}"
            found.diagnostics.report("SN02", message, wrong.span, help=help)
        elif not may & left:
            _never("the rows above take every status that it is for", rule, found)
        elif twin is not None:
            _never(f"the row in line {twin.span.line} has the same condition", rule, found)
        if rule.action != "drop":
            before.append(rule)
            left -= {status for status in may if verdicts[status]}


def _no_status(condition: Node) -> Const | None:
    """A number that a status is compared with, and cannot be."""
    for node in walk(condition):
        if not (isinstance(node, Compare) and isinstance(node.left, Read)):
            continue
        if node.operator in ("==", "in") and node.left.selector.text == "status":
            for each in walk(node.right):
                value = each.value if isinstance(each, Const) else None
                is_number = isinstance(value, int) and not isinstance(value, bool)
                if isinstance(each, Const) and is_number and value not in _STATUSES:
                    return each
    return None


def _statuses(rules: tuple[AnswerRule, ...]) -> tuple[int, ...]:
    """The statuses that matter: around every number in a condition, and the outermost."""
    nodes = (node for rule in rules for node in walk(rule.when))
    numbers = [node.value for node in nodes if isinstance(node, Const)]
    around = {
        floor(number) + step
        for number in numbers
        if isinstance(number, int | float) and abs(number) < _LAST + 2
        for step in (-1, 0, 1)
    }
    return tuple(sorted({_FIRST, _LAST} | {each for each in around if _FIRST <= each <= _LAST}))


def _never(reason: str, rule: AnswerRule, found: Inference) -> None:
    message = f"this row never applies: {reason}"
    help = "the first row that applies counts: move it up, or correct its condition"
    found.diagnostics.report("SN02", message, rule.when.span, help=help)


def _verdict(node: Node, status: int) -> bool | None:
    """Whether a condition holds for every answer of a status; None where other things decide."""
    match node:
        case Const(value=value):
            return value is not None and value is not False
        case Logic(word="not", operands=(only,)):
            inner = _verdict(only, status)
            return None if inner is None else not inner
        case Logic(word=word, operands=operands):
            deciding = word == "or"
            verdicts = [_verdict(each, status) for each in operands]
            if deciding in verdicts:
                return deciding
            return None if None in verdicts else not deciding
        case Compare(operator=sign, left=left, right=right):
            return _compared(sign, _value(left, status), _value(right, status))
        case _:
            return None


def _value(node: Node, status: int) -> object:
    """A number or a list of them that is known; None where it is not."""
    match node:
        case Const(value=value) if type(value) in (int, float):
            return value
        case Read(selector=selector) if selector.text == "status":
            return status
        case Items(items=items):
            values = [_value(each, status) for each in items]
            return None if None in values else values
        case _:
            return None


def _compared(sign: str, left: object, right: object) -> bool | None:
    if left is None or right is None:
        return None
    if sign == "in":
        return left in right if isinstance(right, list) else None
    if sign in _COMPARISONS:
        return _COMPARISONS[sign](left, right)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _ORDERINGS[sign](left, right)
    return None
