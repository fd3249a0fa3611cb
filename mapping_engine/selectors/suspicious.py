"""Selectors that parse and rarely mean what was wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mapping_engine.frozen import Frozen
from mapping_engine.selectors.function_calls import calls
from mapping_engine.selectors.parse import Selector
from mapping_engine.selectors.tree import (
    CLOSING,
    OPENING,
    SelectorToken,
    Tree,
    stages,
    tokens_of,
    walk,
)

_PLAIN = re.compile(r"[\w.]+")
_COMPARATORS = frozenset({"eq", "ne", "lt", "lte", "gt", "gte"})
_LITERALS = frozenset({"literal"})
_WORDS = frozenset({"true", "false", "null"})
_PROJECTIONS = frozenset({"projection", "filter_projection", "value_projection"})
_INSTEAD = {
    "length": "`|> count` (lists) skips what is missing",
    "join": "`|> join(...)` skips what is missing",
    "keys": "guard it: `not_null(x, `{}`)`",
    "to_number": "`|> number` skips what is missing",
}
_GENERAL = "guard the input with `not_null(..., 'something')`, or use a transform after `|>`"


class Suspicion(Frozen):
    """What may be wrong with a stretch of a selector, and what to write there instead."""

    code: str
    message: str
    help: str
    start: int
    end: int
    replacement: str | None = None


def suspicious(selector: Selector) -> tuple[Suspicion, ...]:
    """SE05, SE06, SE07 and SE09: everything that looks unlike what was wanted."""
    if _PLAIN.fullmatch(selector.text):
        return ()
    tokens = tokens_of(selector.text)
    return (
        *_hostile_functions(selector, tokens),
        *_names_for_values(tokens),
        *_indexes_in_projections(selector, tokens),
        *_alternatives(selector, tokens),
    )


# SE05


def _hostile_functions(selector: Selector, tokens: list[SelectorToken]) -> Iterator[Suspicion]:
    if "(" not in selector.text:
        return
    from jmespath.functions import Functions  # for start-up time

    for call in calls(selector.tree, tokens):
        signature = Functions.FUNCTION_TABLE[call.name]["signature"]
        for position, argument in enumerate(call.tree["children"]):
            types = signature[min(position, len(signature) - 1)]["types"]
            if types and "null" not in types and _may_be_null(argument):
                yield Suspicion(
                    "SE05",
                    f"`{call.name}()` fails when its input is missing",
                    _INSTEAD.get(call.name, _GENERAL),
                    call.start,
                    call.start + len(call.name),
                )
                break


def _may_be_null(argument: Tree) -> bool:
    """Whether an argument is a path of the event, which may lead nowhere."""
    parts = stages(argument)
    if not parts:
        return False
    if any(part["type"] in _PROJECTIONS for part in parts):
        return parts[0]["type"] in (*_PROJECTIONS, "field")
    return parts[-1]["type"] in ("field", "index")


# SE06


def _names_for_values(tokens: list[SelectorToken]) -> Iterator[Suspicion]:
    for place, token in enumerate(tokens):
        if token.kind not in _COMPARATORS:
            continue
        left, right = _alone(tokens, place - 1, -1), _alone(tokens, place + 1, 1)
        for operand, other in ((right, tokens[place - 1]), (left, _after(tokens, place))):
            if operand is None or other is None or other.kind in _LITERALS:
                continue
            if operand is left and operand.kind == "quoted_identifier":
                continue
            value = _meant(operand)
            if value is not None:
                yield Suspicion(
                    "SE06",
                    f"`{operand.text}` is the name of a field here, not a value",
                    f"for the value write {value}",
                    operand.start,
                    operand.end,
                    value.strip() if value.startswith("'") else f"`{operand.text}`",
                )


def _after(tokens: list[SelectorToken], place: int) -> SelectorToken | None:
    return tokens[place + 1] if place + 1 < len(tokens) else None


def _alone(tokens: list[SelectorToken], place: int, step: int) -> SelectorToken | None:
    """The token at ``place`` when it is an operand by itself: no path goes on from it."""
    if not 0 <= place < len(tokens):
        return None
    beyond = tokens[place + step] if 0 <= place + step < len(tokens) else None
    if beyond is not None and beyond.kind in ("dot", "lbracket", "flatten", "filter", "lparen"):
        return None if step > 0 or beyond.kind == "dot" else tokens[place]
    return tokens[place]


def _meant(token: SelectorToken) -> str | None:
    if token.kind == "quoted_identifier":
        inside = token.text[1:-1].replace("'", "\\'")
        return f"'{inside}'"
    if token.kind == "unquoted_identifier" and token.text in _WORDS:
        return f"`` `{token.text}` ``"
    return None


# SE07


def _indexes_in_projections(selector: Selector, tokens: list[SelectorToken]) -> Iterator[Suspicion]:
    if not any(_indexes_elements(node) for node, _ in walk(selector.tree)):
        return
    for place, token in enumerate(tokens):
        is_index = (
            token.kind == "lbracket"
            and place + 2 < len(tokens)
            and tokens[place + 1].kind == "number"
            and tokens[place + 2].kind == "rbracket"
        )
        if is_index and _after_projection(tokens, place):
            end = tokens[place + 2].end
            index = selector.text[token.start : end]
            before = selector.text[: token.start]
            yield Suspicion(
                "SE07",
                f"`{index}` is taken of every element here, not of the list of results",
                f"to take one of the results write `{before} | {index}`",
                token.start,
                end,
                f" | {index}",
            )


def _indexes_elements(node: Tree) -> bool:
    if node["type"] not in ("projection", "filter_projection"):
        return False
    return any(stage["type"] == "index" for stage in stages(node["children"][1]))


def _after_projection(tokens: list[SelectorToken], place: int) -> bool:
    """Whether a projection stands before ``place``, on the same level and since the last pipe."""
    level = 0
    for token in reversed(tokens[:place]):
        level += (token.kind in CLOSING) - (token.kind in OPENING)
        if level == 0 and token.kind == "filter":
            return True
        if level < 0 or (level == 0 and token.kind in ("pipe", "comma", "or", "and")):
            return False
        if level == 0 and token.kind == "flatten":
            return True
        if level == 1 and token.kind == "star":
            return True
    return False


# SE09


def _alternatives(selector: Selector, tokens: list[SelectorToken]) -> Iterator[Suspicion]:
    marks = [token for token in tokens if token.kind == "or"]
    if not marks or not _has_alternatives(selector.tree):
        return
    yield Suspicion(
        "SE09",
        "`||` also skips false, and keeps blank text and objects whose fields are all missing",
        "write the alternatives with `??`, outside of `jmespath(...)`",
        marks[0].start,
        marks[0].end,
    )


def _has_alternatives(tree: Tree) -> bool:
    """Whether an ``||`` chooses a value; one between the conditions of a filter does not."""
    if tree["type"] == "or_expression":
        return not all(_is_condition(child) for child in tree["children"])
    if tree["type"] == "filter_projection":
        return any(_has_alternatives(child) for child in tree["children"][:2])
    if tree["type"] == "slice":
        return False
    return any(_has_alternatives(child) for child in tree["children"])


def _is_condition(tree: Tree) -> bool:
    return tree["type"] in ("comparator", "not_expression", "and_expression", "or_expression")
