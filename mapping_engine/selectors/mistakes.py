"""Why a text is no JMESPath: the mistakes people make are named, the rest is described."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from mapping_engine.selectors.problem import SelectorProblem, shown

_QUOTED = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`""", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SEGMENT = re.compile(r"\.\s*(-?\d+)(?!\w)")
_SLICE_WITH_STEP_ZERO = re.compile(r":\s*(?:-?\d+)?\s*:\s*(?P<at>-?0+)\s*\]")
_MIRRORED = {")": "(", "]": "[", "}": "{"}

Advice: TypeAlias = tuple[str, str | None]
"""A message and a help."""


class _Place(NamedTuple):
    """A suspicious stretch: how it is written, and the match in the masked text."""

    text: str
    match: re.Match[str]

    def original(self, group: str) -> str:
        """The text of a group as the author wrote it."""
        return self.text[self.match.start(group) : self.match.end(group)]


def masked(text: str) -> str:
    """The text with all that stands in quotes replaced by ``_``, at the same offsets."""
    return _QUOTED.sub(lambda m: m[0][0] + "_" * (len(m[0]) - 2) + m[0][-1], text)


def zero_step(text: str) -> SelectorProblem | None:
    """A slice that parses but fails on every list."""
    found = _SLICE_WITH_STEP_ZERO.search(masked(text)) if "0" in text else None
    if found is None:
        return None
    message, help = "the step of a slice cannot be 0", "leave the step out, or write 1 or -1"
    return SelectorProblem("SE01", message, help, *found.span("at"))


def explained(text: str, error: ValueError) -> SelectorProblem:
    """The problem behind an error of the jmespath package's parser."""
    if not text.strip():
        return SelectorProblem("SE01", "the selector is empty", "write a path", 0, len(text))
    return _unclosed_quote(text, error) or _known_mistake(text) or _described(text, error)


def _known_mistake(text: str) -> SelectorProblem | None:
    """The first construct that other languages have and JMESPath does not."""
    hidden = masked(text)
    problems = []
    for pattern, describe in _MISTAKES:
        for match in re.finditer(pattern, hidden, re.IGNORECASE):
            advice = describe(_Place(text, match))
            if advice is not None:
                start, end = match.span("at")
                problems.append(SelectorProblem("SE01", advice[0], advice[1], start, end))
                break
    return min(problems, key=lambda problem: problem.start, default=None)


def _dollar(place: _Place) -> Advice:
    following = place.original("rest")
    if following[:1] not in ("", ".", "["):
        name = shown("$" + following)
        advice = "a selector reads only the event; `lookup` reads a row of a table"
        return f"{name} cannot be read inside a selector", advice
    rest = place.text[place.match.end("at") :]
    if following == "." and rest and place.match.start("at") == 0:
        return "a selector has no `$`: it starts at the event", f"write {shown(rest)}"
    advice = "leave it out" if rest or following else "write `@`"
    return "a selector has no `$`: it starts at the event", advice


def _numeric_segment(place: _Place) -> Advice:
    path, hidden = place.original("path"), place.match["path"]
    if place.match["more"]:
        segment = place.original("at")
        return f"the field {shown(segment)} starts with a digit", f'write `"{segment}"`'
    written, last = "", 0
    for segment_match in _SEGMENT.finditer(hidden):
        written += f"{path[last : segment_match.start()]}[{segment_match[1]}]"
        last = segment_match.end()
    return f"{shown(path)} has a numeric segment", f"write {shown(written + path[last:])}"


def _unquoted(place: _Place) -> Advice | None:
    name = place.original("at")
    if _NAME.fullmatch(name):
        return None
    reason = "a bare name holds only letters a to z, digits and `_`"
    return f"{shown(name)} has to be quoted: {reason}", f'write `"{name}"`'


def _equals(place: _Place) -> Advice:
    right = "!=" if place.original("at").startswith("!") else "=="
    return f"`{place.original('at')}` is not a comparison of JMESPath", f"write `{right}`"


def _word(place: _Place) -> Advice:
    word = place.original("at")
    symbol = {"and": "&&", "or": "||", "not": "!"}[word.lower()]
    return f"`{word}` is not an operator of JMESPath", f"write `{symbol}`"


def _bare_number(place: _Place) -> Advice:
    number = place.original("at")
    return "a number in a comparison stands in backticks", f"write `{number}` with the backticks"


def _bracketed_field(place: _Place) -> Advice:
    name = place.original("name")
    dotted = f".{name}" if _NAME.fullmatch(name) else f'."{name}"'
    return "a field is read with a dot, not with brackets", f"write {shown(dotted)}"


def _missing_dot(place: _Place) -> Advice | None:
    if place.original("at").lower() in ("and", "or"):
        return None
    return f"a dot is missing before {shown(place.original('at'))}", None


def _ours(place: _Place) -> Advice:
    operator = place.original("at")
    advice = "inside a selector write `||`" if operator == "??" else "use it outside the selector"
    return f"`{operator}` is not an operator of JMESPath", advice


def _fixed(message: str, help: str | None) -> Callable[[_Place], Advice]:
    return lambda place: (message, help and help.format(at=place.original("at")))


_AFTER = r"(?<=[\w\"'`\])}@*])"
_OPERATOR = r"(?:==|!=|<=|>=|<|>|(?<![=!<>])=(?!=))"
_NUMBER = r"(?P<at>-?\d+(?:\.\d+)?)"
_MISTAKES: tuple[tuple[str, Callable[[_Place], Advice | None]], ...] = (
    (r"(?<![\w$])(?P<at>\$(?P<rest>\.(?!\.)|\[|\w*))", _dollar),
    (
        r"(?P<path>(?<![\w.\]\[*\"'@])(?!\d)[\w\]*\"@][\w.\]\[*\"@]*?"
        r"\.(?P<at>-?\d+(?P<more>\w*))[\w.\]\[*\"@-]*)",
        _numeric_segment,
    ),
    (r"(?<![\w\"'`])(?P<at>[^\W\d]\w*(?:[-$]+\w+)*)", _unquoted),
    (r"(?P<at>[=!]==+|(?<![=!<>])=(?!=))", _equals),
    (_AFTER + r"\s*(?<!\w)(?P<at>and|or)(?!\w)(?=\s*[\w\"'`\[({@*!&-])", _word),
    (r"(?<![\w.])(?P<at>not)\s+(?=[\w\"'`@])", _word),
    (_OPERATOR + r"\s*" + _NUMBER + r"(?!\w)", _bare_number),
    (r"(?<![\w.:\[\]-])" + _NUMBER + r"\s*" + _OPERATOR, _bare_number),
    (r"(?<=[\w\"\])])(?P<at>\[\s*(?P<quote>[\"'])(?P<name>_*)(?P=quote)\s*\])", _bracketed_field),
    (r"(?<=[\w\"\])])(?P<at>\[\s*(?P<name>[a-z_]\w*)\s*\])", _bracketed_field),
    (r"(?P<at>\.\.+)", _fixed("JMESPath has no `..`", "name every step of the path")),
    (
        r"(?P<dot>\.)\s*(?P<at>\[\s*-?\d+\s*\])",
        _fixed("an index follows its list without a dot", "write `{at}` without the dot"),
    ),
    (r"\](?P<at>[a-z_]\w*)", _missing_dot),
    (
        r"(?<=[\w\"\])])(?P<at>\[)(?=[^\[\]?]*(?:==|!=|<|>))",
        _fixed("a filter starts with `[?`", "write `[?`"),
    ),
    (r"(?P<at>\?\?|\|>)", _ours),
    (r"(?P<at>\"_*\")\s*\(", _fixed("the name of a function is not quoted", None)),
    (r"(?P<at><>)", _fixed("`<>` is not a comparison of JMESPath", "write `!=`")),
)
"""Patterns for masked text, compiled when something is wrong."""


def _unclosed_quote(text: str, error: ValueError) -> SelectorProblem | None:
    from jmespath.exceptions import LexerError  # for start-up time: only for mistakes

    if not isinstance(error, LexerError) or not error.message.startswith("Unclosed"):
        return None
    start = error.lexer_position
    names = {'"': "double quote", "'": "quote", "`": "backtick"}
    message = f"the {names[text[start]]} is never closed"
    return SelectorProblem("SE01", message, None, start, len(text.rstrip()))


def _described(text: str, error: ValueError) -> SelectorProblem:
    """Whatever the parser stumbled over, in our words."""
    # for start-up time: only for mistakes
    from jmespath.exceptions import IncompleteExpressionError, LexerError, ParseError

    if isinstance(error, LexerError):
        return _unreadable_token(text, error.lexer_position)
    if not isinstance(error, ParseError):
        return SelectorProblem("SE01", "the selector is not JMESPath", None, 0, len(text))
    if isinstance(error, IncompleteExpressionError) or error.lex_position >= len(text.rstrip()):
        return _unfinished(text)
    found = _token_at(text, error.lex_position)
    message = f"unexpected {shown(found)} in the selector"
    if error.msg.startswith("Invalid function name"):
        message = f"{shown(found)} is not the name of a function"
    start = error.lex_position
    return SelectorProblem("SE01", message, None, start, start + len(found))


def _unreadable_token(text: str, start: int) -> SelectorProblem:
    quoted = _QUOTED.match(text, start)
    if quoted is None:
        message = f"{shown(text[start])} has no meaning here in a selector"
        return SelectorProblem("SE01", message, None, start, start + 1)
    message = (
        "what stands in double quotes is not a JSON string"
        if quoted[0][0] == '"'
        else "what stands in backticks is not JSON"
    )
    return SelectorProblem("SE01", message, None, start, quoted.end())


def _unfinished(text: str) -> SelectorProblem:
    open_brackets: list[int] = []
    for offset, character in enumerate(masked(text)):
        if character in _MIRRORED.values():
            open_brackets.append(offset)
        elif open_brackets and text[open_brackets[-1]] == _MIRRORED.get(character):
            open_brackets.pop()
    end = len(text.rstrip())
    if open_brackets:
        start = open_brackets[-1]
        return SelectorProblem("SE01", f"`{text[start]}` is never closed", None, start, end)
    return SelectorProblem("SE01", "the selector ends too early", None, max(end - 1, 0), end)


def _token_at(text: str, start: int) -> str:
    for pattern in (_QUOTED, re.compile(r"-?\w+|\[\?|\[\]|\|\||&&|[=!<>]="), re.compile(r".")):
        found = pattern.match(text, start)
        if found:
            return found[0]
    return text[start:]
