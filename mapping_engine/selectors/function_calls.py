"""Calls that parse but can never succeed: the jmespath package finds them only when they run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from mapping_engine.diagnostics import did_you_mean, listed
from mapping_engine.selectors.problem import SelectorProblem, shown
from mapping_engine.selectors.tree import CLOSING, OPENING, SelectorToken, Tree, tokens_of, walk

Parameters: TypeAlias = Sequence[dict[str, Any]]
"""The parameters of a function as the package declares them: ``types`` and ``variadic``."""

_WORDS = {
    "string": "text",
    "number": "number",
    "boolean": "boolean",
    "array": "list",
    "object": "object",
    "null": "null",
    "expref": "&expression",
    "array-number": "list of numbers",
    "array-string": "list of texts",
}
_SYMBOLS = {"and": "&&", "or": "||", "not": "!"}


class FunctionCall(NamedTuple):
    """A call and where it is written."""

    tree: Tree
    start: int
    end: int
    arguments: list[tuple[int, int]]

    @property
    def name(self) -> str:
        """The function that is called."""
        return str(self.tree["value"])

    def place_of(self, position: int) -> tuple[int, int]:
        """Where an argument stands; the whole call when commas are missing."""
        if len(self.arguments) == len(self.tree["children"]):
            return self.arguments[position]
        return self.start, self.end


def in_words(kind: str) -> str:
    """A JMESPath type as the rest of the engine calls it."""
    return _WORDS.get(kind, kind)


def wrong_call(text: str, tree: Tree) -> SelectorProblem | None:
    """The first call of an unknown function or with impossible arguments."""
    if "(" not in text and "&" not in text:
        return None
    from jmespath.functions import Functions  # for start-up time

    known: dict[str, Any] = Functions.FUNCTION_TABLE
    tokens = tokens_of(text)
    stray = _stray_reference(tree, tokens)
    if stray is not None:
        return stray
    for call in calls(tree, tokens):
        if call.name not in known:
            return _unknown(call, known)
        problem = _wrong_arguments(call, known[call.name]["signature"])
        if problem is not None:
            return problem
    return None


def calls(tree: Tree, tokens: list[SelectorToken]) -> Iterator[FunctionCall]:
    """Calls in the order written: the trees have no positions, so both sides are counted."""
    openings = [
        place + 1
        for place in range(len(tokens) - 1)
        if tokens[place].kind == "unquoted_identifier" and tokens[place + 1].kind == "lparen"
    ]
    nodes = [node for node, _ in walk(tree) if node["type"] == "function_expression"]
    for opening, node in zip(openings, nodes, strict=True):
        arguments, closing = _argument_places(tokens, opening)
        yield FunctionCall(node, tokens[opening - 1].start, tokens[closing].end, arguments)


def _argument_places(
    tokens: list[SelectorToken], opening: int
) -> tuple[list[tuple[int, int]], int]:
    """The place of each argument, and the number of the closing token."""
    places = []
    level, first = 0, opening + 1
    for number in range(opening, len(tokens)):
        kind = tokens[number].kind
        level += (kind in OPENING) - (kind in CLOSING)
        if level == 0 or (level == 1 and kind == "comma"):
            if number > first:
                places.append((tokens[first].start, tokens[number - 1].end))
            first = number + 1
        if level == 0:
            return places, number
    return places, len(tokens) - 1


def _stray_reference(tree: Tree, tokens: list[SelectorToken]) -> SelectorProblem | None:
    """``&a`` outside a call: the package accepts it, and would yield an object of its own."""
    references = [token for token in tokens if token.kind == "expref"]
    found = [parent for node, parent in walk(tree) if node["type"] == "expref"]
    for token, parent in zip(references, found, strict=True):
        if parent is None or parent["type"] != "function_expression":
            message = "`&` stands only before an argument of a function"
            return SelectorProblem("SE01", message, "write `&&` for and", token.start, token.end)
    return None


def _unknown(call: FunctionCall, known: dict[str, Any]) -> SelectorProblem:
    word = call.name.lower()
    end = call.start + len(call.name)
    message = f"unknown JMESPath function {shown(call.name)}"
    if word in _SYMBOLS:
        message = f"`{call.name}` is not an operator of JMESPath"
        return SelectorProblem("SE02", message, f"write `{_SYMBOLS[word]}`", call.start, end)
    help = did_you_mean(call.name, known) or f"known functions: {listed(known)}"
    return SelectorProblem("SE02", message, help, call.start, end)


def _wrong_arguments(call: FunctionCall, parameters: Parameters) -> SelectorProblem | None:
    given, wanted = len(call.tree["children"]), len(parameters)
    variadic = bool(parameters[-1].get("variadic"))
    if given < wanted or (given > wanted and not variadic):
        amount = f"{'at least ' if variadic else ''}{wanted} argument{'s' * (wanted != 1)}"
        message = f"`{call.name}` takes {amount}, not {given}"
        return SelectorProblem(
            "SE03", message, _declaration(call.name, parameters), call.start, call.end
        )
    for position, argument in enumerate(call.tree["children"]):
        accepted = parameters[min(position, wanted - 1)]["types"]
        kind = _impossible_kind(argument, accepted)
        if kind is not None:
            message = f"argument {position + 1} of `{call.name}` cannot be {in_words(kind)}"
            help = _declaration(call.name, parameters)
            return SelectorProblem("SE03", message, help, *call.place_of(position))
    return None


def _impossible_kind(argument: Tree, accepted: list[str]) -> str | None:
    """The kind of an argument known before any event is seen, when it is never accepted."""
    if argument["type"] == "expref":
        return None if "expref" in accepted else "an `&expression`"
    if "expref" in accepted:
        return "an ordinary value"
    if argument["type"] != "literal" or not accepted:
        return None
    kind = _kind(argument["value"])
    if kind not in {name.split("-")[0] for name in accepted}:
        return kind
    elements = [name.split("-")[1] for name in accepted if "-" in name]
    if kind != "array" or not elements:
        return None
    inner = {_kind(element) for element in argument["value"]}
    return None if not inner or any(inner == {element} for element in elements) else "this list"


def _kind(value: object) -> str:
    from jmespath.functions import TYPES_MAP  # for start-up time

    return TYPES_MAP[type(value).__name__]


def _declaration(name: str, parameters: Parameters) -> str:
    kinds = (" or ".join(map(in_words, parameter["types"])) or "any" for parameter in parameters)
    more = ", ..." if parameters[-1].get("variadic") else ""
    return f"it is declared as `{name}({', '.join(kinds)}{more})`"
