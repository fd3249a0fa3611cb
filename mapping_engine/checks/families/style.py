"""ST01: spacing that differs from the usual one, and lines that end in blanks."""

from __future__ import annotations

import re

from mapping_engine.checks.subject import Subject
from mapping_engine.diagnostics import Check, Diagnostics, Fix, Severity
from mapping_engine.expression import Expression, Literal, TemplateExpression, print_expression
from mapping_engine.file.walk import expressions
from mapping_engine.source.node import Source, Style, scalars
from mapping_engine.source.scalar import Lines
from mapping_engine.source.yaml_text import read_yaml

ST01 = Check(
    "ST01 format: the spacing of an expression or the ends of lines are not as usual",
    Severity.INFO,
    why="Equal rules that look equal are easier to compare.",
    fix="`--fix` writes it as usual.",
    ignore="Where another tool formats the file.",
    wrong="fields:\n  x: p.a??type|>lower\n",
    right="fields:\n  x: p.a ?? type |> lower\n",
)
CHECKS = (ST01,)

_TRAILING = re.compile(r"(?<![ \t])[ \t]++(?=\r?\n|\Z)")
_BLOCKS = (Style.LITERAL, Style.FOLDED)


def find(subject: Subject) -> None:
    """Look at the expressions of a pack, and at the ends of the lines of its files."""
    for loaded in subject.examined.documents:
        for node in expressions(loaded.document):
            _spacing(node, subject)
    for file, text in subject.texts.items():
        if file.endswith((".yaml", ".yml")):
            _ends(Source(file, text), subject.diagnostics)


def _spacing(node: Expression, subject: Subject) -> None:
    scalar = node.extent.scalar
    if isinstance(node, Literal | TemplateExpression) or scalar.style is not Style.PLAIN:
        return
    if (node.extent.start, node.extent.end) != (0, len(scalar.text)) or "\n" in scalar.text:
        return
    usual = print_expression(node)
    if usual != scalar.text and usual.replace(" ", "") == scalar.text.replace(" ", ""):
        message, help = "the spacing of this expression is not the usual one", f"write `{usual}`"
        fix = Fix(scalar.span, usual, "space it as usual", safe=True, old=scalar.text)
        subject.diagnostics.report(ST01, message, scalar.span, help=help, fix=fix)


def _ends(source: Source, diagnostics: Diagnostics) -> None:
    found = list(_TRAILING.finditer(source.text))
    if not found and source.text.endswith(("\n", "\r")):
        return
    lines = Lines(source)
    every = scalars(read_yaml(source, Diagnostics()))  # blanks in block scalars are text
    kept = [each.span for each in every if each.style in _BLOCKS or "\n" in each.text]
    for match in found:
        if not any(span.offset <= match.start() <= span.end_offset for span in kept):
            place = lines.span(*match.span())
            fix = Fix(place, "", "remove the blanks", safe=True, old=match[0])
            diagnostics.report(ST01, "the line ends in blanks", place, help="remove them", fix=fix)
    size = len(source.text)
    if source.text and not source.text.endswith(("\n", "\r")):
        place = lines.span(size, size)
        fix = Fix(place, "\n", "end the last line", safe=True, old="")
        help = "end the file with a line break"
        diagnostics.report(ST01, "the last line has no end", place, help=help, fix=fix)
