"""How diagnostics look on a terminal."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine.diagnostics import LOADER_CHECKS, Diagnostic, Label, Severity, Span
from mapping_engine.diagnostics.render import WIDEST, render_all


def span(line: int, column: int, end: int, *, end_line: int = 0, file: str = "r.yaml") -> Span:
    return Span(file, line, column, end_line or line, end)


def render(diagnostic: Diagnostic, text: str | None, *, colour: bool = False) -> str:
    """One diagnostic, without the summary; ``text`` is that of its file."""
    texts = {} if text is None else {diagnostic.span.file: text}
    return render_all([diagnostic], texts, colour=colour).rpartition("\n\n")[0]


def shown(text: str | None, place: Span, *labels: Label) -> str:
    return render(
        Diagnostic(LOADER_CHECKS["TX01"], "unknown transform `uper`", place, labels), text
    )


def marked(text: str, place: Span) -> tuple[str, str]:
    """The source line and the line of marks, without the gutter."""
    rows = shown(text, place).split("\n")
    return rows[2].partition("| ")[2], rows[3].partition("| ")[2]


def test_a_diagnostic_shows_place_line_mark_and_help() -> None:
    text = "\n" * 13 + '    value: properties.currency | trim | uper ?? "USD"\n'
    diagnostic = Diagnostic(
        LOADER_CHECKS["TX01"],
        "unknown transform `uper`",
        span(14, 41, 45, file="rules/ga4.yaml"),
        help="did you mean `upper`?",
    )
    assert render(diagnostic, text) == (
        "rules/ga4.yaml:14:41: unknown transform `uper` [TX01 unknown-transform]\n"
        "   |\n"
        '14 |     value: properties.currency | trim | uper ?? "USD"\n'
        "   |                                         ^~~~\n"
        "   = help: did you mean `upper`?"
    )


def test_without_text_only_the_words_are_shown() -> None:
    diagnostic = Diagnostic(
        LOADER_CHECKS["TX01"], "unknown transform `uper`", span(1, 1, 2), (), "a help", ("a note",)
    )
    assert render(diagnostic, None) == (
        "r.yaml:1:1: unknown transform `uper` [TX01 unknown-transform]\n"
        "  = note: a note\n"
        "  = help: a help"
    )


@pytest.mark.parametrize("line", [0, 3, 99])
def test_a_line_that_the_text_does_not_have_is_not_shown(line: int) -> None:
    assert "|" not in shown("a\nb", span(line, 1, 2))


def test_a_label_on_the_same_line_is_shown_below() -> None:
    text = "value: coalesce(price, 0) ?? properties.total"
    label = Label(span(1, 8, 26), "this arm always yields a number")
    assert shown(text, span(1, 30, 46), label).split("\n")[1:] == [
        "  |",
        "1 | value: coalesce(price, 0) ?? properties.total",
        "  |        ------------------    ^~~~~~~~~~~~~~~~",
        "  |        this arm always yields a number",
    ]


def test_a_label_that_overlaps_has_marks_of_its_own() -> None:
    assert shown("a: abcdef", span(1, 4, 10), Label(span(1, 6, 8), "here")).split("\n")[3:] == [
        "  |    ^~~~~~",
        "  |      --",
        "  |      here",
    ]


def test_a_label_on_another_line_has_a_snippet_of_its_own() -> None:
    text = "a: 1\n" * 9 + "a: 2\n"
    assert shown(text, span(10, 1, 2), Label(span(1, 1, 2), "first defined here")) == (
        "r.yaml:10:1: unknown transform `uper` [TX01 unknown-transform]\n"
        "   |\n"
        "10 | a: 2\n"
        "   | ^\n"
        "   :: r.yaml:1:1: first defined here\n"
        "   |\n"
        " 1 | a: 1\n"
        "   | -"
    )


def test_a_label_in_another_file_has_its_line_where_the_text_is_known() -> None:
    there = Label(span(1, 1, 5, file="b.json"), "declared here")
    diagnostic = Diagnostic(LOADER_CHECKS["TX01"], "m", span(1, 1, 2), (there,))
    assert "  :: b.json:1:1: declared here" in render(diagnostic, "a").split("\n")
    assert "1 | here" in render_all([diagnostic], {"r.yaml": "a", "b.json": "here"})


@pytest.mark.parametrize(
    ("line", "column", "end", "source", "marks"),
    [
        ("ab cd", 4, 6, "ab cd", "   ^~"),
        ("漢字 x", 4, 5, "漢字 x", "     ^"),
        ("漢字 x", 1, 3, "漢字 x", "^~~~"),
        ("😀: x", 4, 5, "😀: x", "    ^"),
        ("e\u0301e\u0301 x", 6, 7, "e\u0301e\u0301 x", "   ^"),
        ("a\tb", 3, 4, "a   b", "    ^"),
        ("\tb", 2, 3, "    b", "    ^"),
        ("漢\tb", 3, 4, "漢  b", "    ^"),
        ("a\x1b[31mb", 7, 8, "a␛[31mb", "      ^"),
        ("a\u202eb", 3, 4, "a<U+202E>b", "         ^"),
        ("a\x9bb", 3, 4, "a<U+009B>b", "         ^"),
        ("ab", 3, 3, "ab", "  ^"),
        ("ab", 1, 1, "ab", "^"),
        ("ab", 99, 120, "ab", "  ^"),
    ],
)
def test_the_mark_stands_under_the_characters(
    line: str, column: int, end: int, source: str, marks: str
) -> None:
    assert marked(line, span(1, column, end)) == (source, marks)


def test_a_span_of_several_lines_is_marked_to_the_end_of_the_first() -> None:
    assert marked("a: [b,\n  c]\n", span(1, 4, 5, end_line=2)) == ("a: [b,", "   ^~~")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_end_as_in_the_reader_of_yaml(newline: str) -> None:
    text = newline.join(["a\u2028", "b", "c"])
    assert marked(text, span(2, 1, 2)) == ("b", "^")


@pytest.mark.parametrize("column", [1, 50, 120, 5_000, 9_995, 10_000])
@pytest.mark.parametrize("filler", ["x", "漢"])
def test_a_long_line_is_cut_around_the_mark(column: int, filler: str) -> None:
    text = filler * (column - 1) + "!" + filler * (10_000 - column)
    source, marks = marked(text, span(1, column, column + 1))
    widths = [2 if unicodedata.east_asian_width(c) == "W" else 1 for c in source]
    assert sum(widths) <= WIDEST + 2
    assert source.endswith("…") or column in (9_995, 10_000)
    assert sum(widths[: source.index("!")]) == marks.index("^")


def test_a_long_span_does_not_leave_the_line_shown() -> None:
    source, marks = marked("x" * 10_000, span(1, 5_000, 9_000))
    assert len(marks) <= len(source)


def test_words_are_neutralised_too() -> None:
    diagnostic = Diagnostic(
        LOADER_CHECKS["TX01"],
        "key `\x1b[31m\n`",
        Span("\x1b]0;x\x07.yaml", 1, 1, 1, 2),
        (Label(span(1, 1, 2), "\x1b[0m"), Label(span(2, 1, 2), "\u202e")),
        "\x1b[2J",
        ("\x9b1m",),
    )
    out = render(diagnostic, None)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out)
    assert out.count("\n") == 4


def test_colour_only_adds_escapes() -> None:
    diagnostic = Diagnostic(
        LOADER_CHECKS["SY02"],
        "the key `a` is repeated",
        span(2, 1, 2),
        (Label(span(1, 1, 2), "first defined here"), Label(span(2, 4, 5), "its value")),
        "remove one",
    )
    plain = render(diagnostic, "a: 1\na: 2\n")
    coloured = render(diagnostic, "a: 1\na: 2\n", colour=True)
    assert "\x1b[" not in plain
    assert "\x1b[1;31m^\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_all_are_rendered_with_a_summary() -> None:
    error = Diagnostic(LOADER_CHECKS["TX01"], "m", span(1, 1, 2))
    warning = Diagnostic(LOADER_CHECKS["SE08"], "w", span(1, 1, 2), lighter=Severity.WARNING)
    out = render_all([error, warning, error], {"r.yaml": "ab"})
    assert out.split("\n\n")[0] == render(error, "ab")
    assert out.split("\n\n")[-1] == "2 errors, 1 warning"
    assert render_all([error], {}).endswith("\n\n1 error")


def test_nothing_found_is_said() -> None:
    assert render_all([], {}) == "no mistakes found"


@given(
    st.text(st.characters(), max_size=80),
    st.tuples(*[st.integers(0, 90)] * 4),
    st.text(st.characters(), max_size=10),
)
def test_any_text_and_place_can_be_rendered(
    text: str, place: tuple[int, int, int, int], message: str
) -> None:
    line, column, end_line, end = place
    where = Span("r.yaml", line, column, end_line, end)
    out = render(Diagnostic(LOADER_CHECKS["TX01"], message, where, (Label(where, message),)), text)
    out.encode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029]", out)
