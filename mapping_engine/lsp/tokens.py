"""The words of an expression as they are written: also of one that is only half typed."""

from __future__ import annotations

import re
from enum import Enum

from mapping_engine.file.body_tree import EXPRESSION_TREE
from mapping_engine.file.expression_shapes import (
    DATA_OR_REFERENCE,
    EXPRESSION,
    LIST_OR_EXPRESSION,
    STEPS,
    TEMPLATE,
)
from mapping_engine.file.shapes import Shape
from mapping_engine.frozen import Frozen
from mapping_engine.source.node import ScalarNode, Style

_TAIL = r"""(?:\.(?:[A-Za-z_]\w*|"(?:\\.|[^"\\])*"|\*)|\[[^\[\]]*\])*\.?"""
_TOKEN = re.compile(
    rf"""
      (?P<text>'(?:\\.|[^'\\])*(?:'|$))
    | (?P<reference>\$(?:[A-Za-z_]\w*{_TAIL})?)
    | (?P<pipe>\|>)
    | (?P<number>-?\d[\w.]*)
    | (?P<path>(?:[A-Za-z_]\w*|"(?:\\.|[^"\\])*"){_TAIL})
    | (?P<space>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_STEP = re.compile(r'\[[^\[\]]*\]|"(?:\\.|[^"\\])*"|[^.\[\]"]+')
_WORDS = frozenset(("and", "or", "not", "in", "is", "true", "false"))
_NAMED = re.compile(r"\s*=(?!=)")
_CALLED = re.compile(r"\s*\(")
_BREAK = re.compile(r"\r\n|\r|\n")
_EXPRESSIONS = (
    EXPRESSION,
    EXPRESSION_TREE,
    STEPS,
    TEMPLATE,
    DATA_OR_REFERENCE,
    LIST_OR_EXPRESSION,
)


class Word(Enum):
    """What a token is: most are told by the group of the pattern that they match."""

    TEXT = "text"
    REFERENCE = "reference"
    PIPE = "pipe"
    NUMBER = "number"
    PATH = "path"
    CALL = "call"
    ARGUMENT = "argument"
    """The name of a named argument."""
    OTHER = "other"


class Token(Frozen):
    """One word at code points ``start`` to ``end`` of the file."""

    word: Word
    text: str
    start: int
    end: int

    def until(self, offset: int) -> str:
        """The text as far as the step that ``offset`` is in: `a.b` of `a.b.c`."""
        at = offset - self.start
        for step in _STEP.finditer(self.text):
            if at <= step.end():
                return self.text[: step.end()]
        return self.text


def steps_of(path: str) -> tuple[str, ...]:
    """The steps of a path as the vocabulary knows them: `a[0].b` is ``a``, ``[]``, ``b``."""
    found = (step[0] for step in _STEP.finditer(path))
    return tuple("[]" if step.startswith("[") else step.strip('"') for step in found)


def is_expression(shape: Shape[object] | None) -> bool:
    """Whether a scalar of this shape holds an expression, steps or a template."""
    return shape in _EXPRESSIONS


def tokens(scalar: ScalarNode, shape: Shape[object] | None, end: int | None = None) -> list[Token]:
    """The words of the expressions in ``scalar``, up to ``end`` when it is given."""
    text, start = _content(scalar, end)
    if shape is TEMPLATE:
        text, _ = _in_braces(text)
    elif shape is DATA_OR_REFERENCE and not text.startswith("$"):
        return []
    return _classified(text, start, shape is STEPS)


def takes_expression(scalar: ScalarNode, shape: Shape[object] | None, end: int) -> bool:
    """Whether an expression can be written at ``end``.

    In a template it stands between braces; beside data there are names alone.
    """
    if shape is TEMPLATE:
        return _in_braces(_content(scalar, end)[0])[1]
    if shape is DATA_OR_REFERENCE:
        return _content(scalar, end)[0].startswith("$")
    return is_expression(shape)


def _content(scalar: ScalarNode, end: int | None) -> tuple[str, int]:
    """What is written between the quotes, with escaped quotes masked, and where it starts."""
    start, limit = scalar.span.offset, scalar.span.end_offset
    text = scalar.source.text
    if scalar.style in (Style.SINGLE, Style.DOUBLE):
        start, limit = start + 1, limit - 1
    elif scalar.style in (Style.LITERAL, Style.FOLDED):
        header = _BREAK.search(text, start, limit)
        start = header.end() if header else limit
    written = text[start : limit if end is None else min(end, limit)]
    if scalar.style is Style.SINGLE:
        written = written.replace("''", "' ")
    elif scalar.style is Style.DOUBLE:
        written = written.replace('\\"', ' "')
    return written, start


def _in_braces(text: str) -> tuple[str, bool]:
    """The text with blanks for what is not in braces, and whether its end is in braces."""
    shown, inside, at = "", False, 0
    while at < len(text):
        if not inside and text[at : at + 2] in ("{{", "}}"):
            shown, at = f"{shown}\0\0", at + 2
            continue
        if text[at] in "{}":
            inside = text[at] == "{"
            shown += "\0"
        else:
            shown += text[at] if inside else "\0"
        at += 1
    return shown, inside


def _classified(text: str, start: int, steps: bool) -> list[Token]:
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "space" and match[0] != "\0":
            word = Word(match.lastgroup)
            word = _of_path(match, text, found, steps) if word is Word.PATH else word
            found.append(Token(word, match[0], start + match.start(), start + match.end()))
    return found


def _of_path(match: re.Match[str], text: str, before: list[Token], steps: bool) -> Word:
    last = before[-1] if before else None
    if (last is None and steps) or (last is not None and last.word is Word.PIPE):
        return Word.CALL
    if _CALLED.match(text, match.end()):
        return Word.OTHER if match[0] in ("in", "and", "or", "not") else Word.CALL
    if _NAMED.match(text, match.end()):
        return Word.ARGUMENT
    if match[0] in _WORDS or _is_test(before):
        return Word.OTHER
    return Word.PATH


def _is_test(before: list[Token]) -> bool:
    words = [token.text for token in before[-2:]]
    return bool(words) and (words[-1] == "is" or words == ["is", "not"])
