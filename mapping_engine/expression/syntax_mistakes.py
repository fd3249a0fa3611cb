"""Syntax mistakes in words a maintainer of rules can act on."""

from __future__ import annotations

import re

from lark import UnexpectedToken

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.source.node import ScalarNode, Style

_WORDS = {
    "NAME": "a transform name",
    "CALL": "a transform with arguments",
    "SELECTOR": "a path",
    "REFERENCE": "a `$name`",
    "STRING": "a 'text'",
    "NUMBER": "a number",
    "TEST": "`present`, `missing` or a kind of value",
    "_PIPE": "`|>`",
    "_ELSE": "`??`",
    "_COMMA": "`,`",
    "RPAR": "`)`",
    "RSQB": "`]`",
    "_RBRACE": "`}`",
    "COMPARATOR": "a comparison",
    "TEXT": "text",
}

_HABITS = (
    ("||", "write `??` between alternatives, or `or` between conditions"),
    ("|", "write `|>` before a transform"),
    ("&&", "write `and` between conditions"),
    ("&", "write `and` between conditions"),
    ("!", "write `not` before a condition, or `!=` to compare"),
    ("??", "`??` binds before `|>`: what is tried first stands in parentheses, `(a |> trim) ?? b`"),
    ("?", "write `??` between alternatives"),
    ("=", "write `==` to compare"),
    ("$", "a `$` is followed by a name, such as `$settings`"),
    ("'", "a text in single quotes is not closed"),
    ('"', "a name in double quotes is not closed; texts are written in 'single quotes'"),
    ("}", "a brace that is meant as text is doubled: `}}`"),
    ("{", "braces belong to templates; a brace that is meant as text is doubled: `{{`"),
    ("[", "a bracket is not closed, or a filter is nested too deeply"),
    ("-", "a name with a dash is written in double quotes"),
    ("+", "there is no arithmetic; write `plus`, or a `template` to join texts"),
    ("*", "there is no arithmetic; use a transform such as `times`"),
    ("`", "literals are written 'text' or 1; JMESPath's own go inside `jmespath(...)`"),
)


def explain_syntax(
    kind: str, problem: UnexpectedToken, scalar: ScalarNode, diagnostics: Diagnostics
) -> None:
    """Report where the expression stops making sense, and what could stand there.

    ``kind`` is what is parsed: an ``expression``, ``steps`` or a ``template``.
    """
    text = scalar.text
    start, end = problem.token.start_pos or 0, problem.token.end_pos or 0
    if not text.strip():
        message = "the expression is empty"
    elif start >= len(text):
        message = f"the expression ends too soon; expected {_expected(problem)}"
    else:
        shown = _shown(text, start, end)
        message = f"unexpected `{shown}`; expected {_expected(problem)}"
    help = _CUT if _is_cut(scalar) and start >= len(text) else _habit(text, start)
    if kind == "steps" and text.startswith("$"):
        help = "leave out `$value |>`: steps begin with the value that is piped in"
    elif kind == "expression" and _FILLED.search(text) and start < len(text):
        help = _FILLED_HELP
    elif kind == "template" and help is None:
        help = "a brace that is meant as text is doubled: `{{`"
    elif kind == "expression" and help is None and _WORDS_OF_TEXT.fullmatch(text):
        help = f"a text is written in two kinds of quotes: \"'{text}'\""
    diagnostics.report("SY03", message, scalar.span_at(start, end), help=help)


_FILLED = re.compile(r"\{[^{}]*\}")
_FILLED_HELP = (
    "text with values in braces is a template: write `template: ...`; headers and bodies read it "
    "as a `$name` from `define`"
)
_WORDS_OF_TEXT = re.compile(r"\w[\w ./:;-]{0,60}")
_CUT = "inside `{ }` and `[ ]` a comma ends the text: put the expression in quotes"


def _is_cut(scalar: ScalarNode) -> bool:
    """Whether a plain scalar in brackets ends at a comma that was meant to be part of it."""
    end = scalar.span.end_offset
    return scalar.style is Style.PLAIN and scalar.source.text[end : end + 1] == ","


def _shown(text: str, start: int, end: int) -> str:
    word = text[start:end]
    for habit in ("||", "&&"):
        if text.startswith(habit, start):
            word = habit
    return word if len(word) <= 40 else word[:40] + "…"


def _expected(problem: UnexpectedToken) -> str:
    words = [word for name, word in _WORDS.items() if name in problem.accepts]
    unique = list(dict.fromkeys(words))[:5]
    if not unique:
        return "the end of the expression"
    return unique[0] if len(unique) == 1 else f"{', '.join(unique[:-1])} or {unique[-1]}"


def _habit(text: str, start: int) -> str | None:
    rest = text[start:]
    if re.match(r"\$[A-Za-z_]", rest):
        return None
    return next((advice for mark, advice in _HABITS if rest.startswith(mark)), None)
