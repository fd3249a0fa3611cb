"""YAML text to a tree of nodes, from the parser's events: no recursion, nothing expanded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

import yaml

from mapping_engine.diagnostics import Diagnostic, Diagnostics, Fix, Label, Span
from mapping_engine.source.indentation import keyless_line, odd_line
from mapping_engine.source.json_text import is_sound
from mapping_engine.source.node import (
    Constant,
    ListNode,
    MappingEntry,
    MappingNode,
    ScalarNode,
    Source,
    Style,
    YamlNode,
)
from mapping_engine.source.scalar import Lines, block_end

MAX_DEPTH = 64
MAX_BYTES = 2 * 1024 * 1024
MAX_DIGITS = 300
KEPT = 64
"""Trees of files that are kept: several checks read a file, and an editor asks again and again."""
_SHOWN = 60
_SHOWN_CHARACTERS = 5

_UNREADABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_PROPERTY = re.compile(r"!<[^>\s]*>|[&!][^\s,\[\]{}]*")
_GAP = re.compile(r"(?:[ \t\r\n]+(?:#[^\r\n]*)?)*")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS: tuple[tuple[frozenset[str], Constant], ...] = (
    (frozenset(("", "~", "null", "Null", "NULL")), None),
    (frozenset(("true", "True", "TRUE")), True),
    (frozenset(("false", "False", "FALSE")), False),
)
_YAML_1_1_BOOLEAN = re.compile(r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF")
_YAML_1_1_NUMBER = re.compile(
    r"""
      [-+]?0[0-9_]+
    | [-+]?0b[01_]+ | [-+]?0o[0-7]+ | [-+]?0x[0-9a-fA-F_]+
    | [-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+
    | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*
    | [-+]?(?=[0-9.]*_)(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?
    | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN)
    """,
    re.VERBOSE,
)
_YAML_1_1_SPECIAL = frozenset(("<<", "="))
_STYLES = MappingProxyType(
    {"'": Style.SINGLE, '"': Style.DOUBLE, "|": Style.LITERAL, ">": Style.FOLDED}
)
_NO_KEY = "did not find expected key"
_NO_VALUES = "mapping values are not allowed"
_SIMPLE_KEY = "while scanning a simple key"
_KEY = re.compile(r"[ ]*+(?:- )?[\w ]++:[ \n]")
_NO_SPACE = re.compile(r"(?:- )?([\w ]+):(\S.*)")
_FIRST_OF_TYPED = frozenset("0123456789+-.=<~yYnNoOtTfF")


def decode(file: str, data: bytes, diagnostics: Diagnostics) -> Source | None:
    """The text of a file; a byte order mark is dropped. Anything but UTF-8 is reported."""
    start = Span(file, 1, 1, 1, 1)
    if len(data) > MAX_BYTES:
        diagnostics.report(
            "SH07", f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB", start
        )
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse_bytes(file, data, diagnostics)
        return None
    return Source(file, text)


def read_yaml(source: Source, diagnostics: Diagnostics) -> YamlNode | None:
    """The tree of a rule file, or None if there is none to work with; mistakes are reported."""
    node, found = _read(source, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    diagnostics.found.extend(found)
    return node


@lru_cache(maxsize=KEPT)
def _read(
    source: Source, loader: type[yaml.SafeLoader]
) -> tuple[YamlNode | None, tuple[Diagnostic, ...]]:
    lines, diagnostics = Lines(source), Diagnostics()
    refused = _refuse_characters(source, lines, diagnostics)
    node = None if refused else _Reader(source, lines, diagnostics).read(loader)
    return node, tuple(diagnostics.found)


def _refuse_bytes(file: str, data: bytes, diagnostics: Diagnostics) -> None:
    body = data.removeprefix(b"\xef\xbb\xbf")
    text = body.decode("utf-8", "replace")
    first = len(data) - len(body)
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        first += error.start
        text = body[: error.start].decode("utf-8")
    span = Lines(Source(file, text)).span(len(text), len(text))
    message = f"byte {first} of the file is not UTF-8 text"
    diagnostics.report("SY01", message, span, help="save the file in the encoding UTF-8")


def _refuse_characters(source: Source, lines: Lines, diagnostics: Diagnostics) -> bool:
    seen: set[str] = set()
    for found in _UNREADABLE.finditer(source.text):
        if found[0] in seen:
            continue
        seen.add(found[0])
        code = ord(found[0])
        diagnostics.report(
            "SY01",
            f"the character U+{code:04X} is not accepted in a rule file",
            lines.span(*found.span()),
            help=f"remove it, or write it as `\\u{code:04x}` in text within double quotes",
        )
        if len(seen) == _SHOWN_CHARACTERS:
            break
    return bool(seen)


class _TooDeep(Exception):
    """The nesting limit is passed."""


@dataclass(slots=True)
class _Open:
    """A collection whose end has not been read yet; keys and values alternate in a mapping."""

    start: Span
    mapping: bool
    flow: bool
    nodes: list[YamlNode] = field(default_factory=list)


class _Reader:
    """Builds the tree of one document."""

    def __init__(self, source: Source, lines: Lines, diagnostics: Diagnostics) -> None:
        self.source = source
        self.lines = lines
        self.diagnostics = diagnostics
        self.open: list[_Open] = []
        self.root: YamlNode | None = None
        self.documents = 0

    def read(self, loader: type[yaml.SafeLoader]) -> YamlNode | None:
        try:
            for event in yaml.parse(self.source.text, Loader=loader):
                self.take(event)
                if self.documents > 1:
                    break
        except yaml.YAMLError as error:
            self.refuse_syntax(error)
        except _TooDeep:
            pass
        else:
            return self.finished()
        self.abandon()
        return None

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self.put(self.scalar(event))
        elif isinstance(event, yaml.CollectionStartEvent):
            self.begin(event, isinstance(event, yaml.MappingStartEvent))
        elif isinstance(event, yaml.CollectionEndEvent):
            frame = self.open.pop()
            self.put(self.close(frame, self.span(event) if frame.flow else frame.start))
        elif isinstance(event, yaml.AliasEvent):
            self.put(self.alias(event))
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.refuse_document(event)

    def put(self, node: YamlNode) -> None:
        if self.open:
            self.open[-1].nodes.append(node)
        else:
            self.root = node

    def finished(self) -> YamlNode | None:
        root = self.root
        empty = isinstance(root, ScalarNode) and root.style is Style.PLAIN and not root.text
        if root is None or empty:
            self.diagnostics.report("SY01", "the file holds no document", self.lines.span(0, 0))
            return None
        return root

    def abandon(self) -> None:
        """Report what is wrong in the collections that were not read to their end."""
        while self.open:
            frame = self.open.pop()
            self.put(self.close(frame, frame.start))

    def begin(self, event: yaml.CollectionStartEvent, mapping: bool) -> None:
        start = self.place(event)
        if len(self.open) >= MAX_DEPTH:
            message = f"the file is nested deeper than {MAX_DEPTH} levels"
            span = self.lines.span(start.offset, start.offset + 1)
            self.diagnostics.report("SH03", message, span)
            raise _TooDeep
        self.open.append(_Open(start, mapping, bool(event.flow_style)))

    def close(self, frame: _Open, end: Span) -> YamlNode:
        if not frame.flow:
            end = frame.nodes[-1].span if frame.nodes else frame.start
        span = frame.start.to(end)
        if frame.mapping:
            return MappingNode(span, self.entries(frame.nodes))
        return ListNode(span, tuple(frame.nodes))

    def entries(self, nodes: list[YamlNode]) -> tuple[MappingEntry, ...]:
        entries: dict[str, MappingEntry] = {}
        for key, value in zip(nodes[::2], nodes[1::2], strict=False):
            if not isinstance(key, ScalarNode):
                kind = "a mapping" if isinstance(key, MappingNode) else "a list"
                self.diagnostics.report("SH03", f"a key must be text, found {kind}", key.span)
            elif key.style is Style.PLAIN and key.text == "<<":
                self.refuse("the merge key `<<`", key.span)
            elif key.text in entries:
                first = Label(entries[key.text].key.span, "first defined here")
                message = f"the key `{_shown(key.text)}` is repeated"
                self.diagnostics.report("SY02", message, key.span, labels=(first,))
            else:
                entries[key.text] = MappingEntry(key, value)
        return tuple(entries.values())

    def scalar(self, event: yaml.ScalarEvent) -> ScalarNode:
        span = self.place(event)
        style = _STYLES.get(event.style or "", Style.PLAIN)
        if style is Style.LITERAL or style is Style.FOLDED:
            end = block_end(self.source.text, span.offset, span.end_offset, event.value)
            span = self.lines.span(span.offset, end)
        value: Constant = event.value
        if style is Style.PLAIN and event.tag is None:
            value = self.typed(event.value, span)
        return ScalarNode(span, event.value, value, style, self.source)

    def typed(self, text: str, span: Span) -> Constant:
        if text and text[0] not in _FIRST_OF_TYPED:
            return text
        kind = _kind_in_yaml_1_1(text)
        if kind is None:
            return self.constant(text, span)
        is_key = bool(self.open) and self.open[-1].mapping and len(self.open[-1].nodes) % 2 == 0
        if not (text == "<<" and is_key):
            self.diagnostics.report(
                "SY04",
                f"unquoted `{_shown(text)}` is read as {kind} by other YAML tools",
                span,
                help="write it in quotes",
                fix=Fix(span, f'"{text}"', "write it in quotes", safe=True),
            )
        return text

    def constant(self, text: str, span: Span) -> Constant:
        for words, value in _WORDS:
            if text in words:
                return value
        if not _FLOAT.fullmatch(text):
            return text
        whole = _INTEGER.fullmatch(text)
        if len(text) <= MAX_DIGITS:
            number = int(text) if whole else float(text)
            if is_sound((number,)):
                return number
        self.diagnostics.report("SH03", "the number is too long or too large", span)
        return text

    def alias(self, event: yaml.AliasEvent) -> ScalarNode:
        span = self.span(event)
        text = self.source.text[span.offset : span.end_offset]
        self.refuse(f"the alias `{_shown(text)}`", span)
        return ScalarNode(span, text, None, Style.PLAIN, self.source)

    def place(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> Span:
        """The span of a node itself; anchors and tags before it are reported."""
        span = self.span(event)
        if event.anchor is None and event.tag is None:
            return span
        text, at = self.source.text, span.offset
        for _ in range(2):
            found = _PROPERTY.match(text, at)
            if not found:
                break
            kind = "anchor" if found[0].startswith("&") else "tag"
            self.refuse(f"the {kind} `{_shown(found[0])}`", self.lines.span(*found.span()))
            gap = _GAP.match(text, found.end())
            at = gap.end() if gap else found.end()
        return self.lines.span(min(at, span.end_offset), span.end_offset)

    def span(self, event: yaml.Event) -> Span:
        """The span of an event; the parser counts from 0, and adds a line break at the end."""
        start, end = event.start_mark, event.end_mark
        assert start is not None
        assert end is not None
        if end.index >= self.lines.size:
            return self.lines.span(start.index, end.index)
        return Span(
            self.source.file,
            start.line + 1,
            start.column + 1,
            end.line + 1,
            end.column + 1,
            start.index,
            end.index,
        )

    def refuse(self, what: str, span: Span) -> None:
        message = f"{what} is not accepted in a rule file"
        self.diagnostics.report("SY05", message, span, help="write the value out where it is used")

    def refuse_document(self, event: yaml.DocumentStartEvent) -> None:
        span = self.span(event)
        message = "the file holds more than one document"
        self.diagnostics.report("SY01", message, span, help="write one file for each document")

    def refuse_syntax(self, error: yaml.YAMLError) -> None:
        problem = getattr(error, "problem", None) or getattr(error, "context", None)
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        around = getattr(error, "context_mark", None)
        at = _index(mark)
        labels: tuple[Label, ...] = ()
        if around and _index(around) != at:
            message = _said(getattr(error, "context", None) or "began here")
            start = _index(around)
            labels = (Label(self.lines.span(start, start + 1), message),)
        message = _said(problem or "this is not YAML text")
        if around and self.refuse_line(error, _index(around), at):
            return
        if message.startswith(_NO_VALUES) and self.refuse_line_above(at):
            return
        if message.startswith((_NO_KEY, _NO_VALUES)) and self.refuse_column(at):
            return
        span = self.lines.span(at, at + 1)
        context = str(getattr(error, "context", ""))
        help = _advice(message, context, self.source.text[at : at + 1])
        self.diagnostics.report("SY01", message, span, help=help, labels=labels)

    def refuse_line(self, error: yaml.YAMLError, start: int, at: int) -> bool:
        """Report a mistake where it was made, if the parser only stumbles over a later line."""
        text, context = self.source.text, str(getattr(error, "context", ""))
        above = text.rfind("\n", 0, at) + 1
        if context.startswith("while scanning a quoted"):
            message, end = "a quote is opened here, and never closed", start + 1
            help = "close it, or double a quote that is meant as a text"
        elif (
            context.startswith("while parsing a flow") and _KEY.match(text, above) and start < above
        ):
            message, end = f"`{text[start]}` is opened here, and not closed", start + 1
            help = "close it before the next key"
        elif context == _SIMPLE_KEY:
            line = text[start:].partition("\n")[0].rstrip()
            message, end = f"`{_shown(line)}` is no key with a value", start + len(line)
            help = _spaced(line) or "write a colon and a space after a key"
        else:
            return False
        self.diagnostics.report("SY01", message, self.lines.span(start, end), help=help)
        return True

    def refuse_column(self, at: int) -> bool:
        """Report the line before, if that is the one that is out of line."""
        odd = odd_line(self.source.text, at)
        if odd is not None:
            message = "this line begins in another column than those around it"
            help = "the keys of one block begin in the same column"
            self.diagnostics.report("SY01", message, self.lines.span(*odd), help=help)
        return odd is not None

    def refuse_line_above(self, at: int) -> bool:
        """Report a key without a colon, or a space after it: it makes one text of two lines."""
        above = self.source.text[:at].rpartition("\n")[0]
        line = above[above.rfind("\n") + 1 :].lstrip()
        help, place = _spaced(line), (len(above) - len(line), len(above))
        if help is None:
            keyless = keyless_line(self.source.text, at)
            if keyless is None:
                return False
            help, place = "write a colon and a space after a key", keyless
        message = f"`{_shown(self.source.text[slice(*place)])}` is no key with a value"
        self.diagnostics.report("SY01", message, self.lines.span(*place), help=help)
        return True


def _spaced(line: str) -> str | None:
    """How a key is written that lacks the space after its colon."""
    cut = _NO_SPACE.fullmatch(line)
    return f"write a space after the colon: `{cut[1]}: {_shown(cut[2])}`" if cut else None


def _index(mark: object) -> int:
    return int(getattr(mark, "index", 0))


def _said(words: str) -> str:
    return re.sub(r"'([^']+)'", r"`\1`", words[:1].lower() + words[1:])


def _advice(message: str, context: str, character: str) -> str | None:
    if "flow" in context and character in "[]{}'\"":
        return (
            "inside `{ }` and `[ ]`, text with brackets, braces or quotes stands in double quotes"
        )
    if message.startswith(_NO_VALUES):
        return "write text that holds a colon and a space in quotes"
    if message.startswith(_NO_KEY):
        return "the keys of one block begin in the same column; look for a quote or a bracket, too"
    if "cannot start any token" not in message:
        return None
    if character == "\t":
        return "indent with spaces, not with tabs"
    return f"write text that begins with {_quoted(character)} in quotes"


def _quoted(character: str) -> str:
    return "a backtick" if character == "`" else f"`{character}`"


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _kind_in_yaml_1_1(text: str) -> str | None:
    """What YAML 1.1 makes of text that the core schema of YAML 1.2 reads otherwise."""
    if _YAML_1_1_BOOLEAN.fullmatch(text):
        return "a boolean"
    if _YAML_1_1_NUMBER.fullmatch(text):
        return "a number"
    return "a special mark" if text in _YAML_1_1_SPECIAL else None
