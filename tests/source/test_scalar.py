"""Offsets inside a decoded scalar lead back to the same characters of the file."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.source.node import MappingNode, ScalarNode, Source, Style
from mapping_engine.source.yaml_text import read_yaml

ALPHABET = "ab :'\"\\/,#é😀漢-\n \t"
STYLES = {
    Style.PLAIN: "",
    Style.SINGLE: "'",
    Style.DOUBLE: '"',
    Style.LITERAL: "|",
    Style.FOLDED: ">",
}


def scalar(text: str) -> ScalarNode | None:
    root = read_yaml(Source("r.yaml", text), Diagnostics())
    if not isinstance(root, MappingNode) or not root.entries:
        return None
    node = root.entries[0].value
    return node if isinstance(node, ScalarNode) else None


def region(node: ScalarNode, start: int, end: int) -> str:
    span = node.span_at(start, end)
    return node.source.text[span.offset : span.end_offset]


def visible(written: str, style: Style) -> str:
    """The characters that a stretch of the file decodes to, blanks and line breaks aside."""
    if style is Style.SINGLE:
        written = written.replace("''", "'")
    if style is Style.DOUBLE:
        written = re.sub(r'\\(["\\/])', r"\1", written)
    return re.sub(r"\s", "", written)


def check(node: ScalarNode, start: int, end: int) -> bool:
    """Whether the scalar is mapped; what is mapped must be right."""
    text, style = node.text, node.style
    seen = [(at, node.span_at(at, at + 1)) for at in range(len(text)) if not text[at].isspace()]
    if not seen or any(span == node.span for _, span in seen):
        assert all(span == node.span for _, span in seen)
        return False
    last = node.span.offset
    for at, span in seen:
        written = node.source.text[span.offset : span.end_offset]
        assert visible(written, style) == text[at]
        assert last <= span.offset < span.end_offset <= node.span.end_offset
        last = span.end_offset
        check_line_and_column(node, at)
    assert visible(region(node, start, end), style) == re.sub(r"\s", "", text[start:end])
    whole = node.span_at(0, len(text))
    quote = 1 if style in (Style.SINGLE, Style.DOUBLE) else 0
    assert whole.end_offset == node.span.end_offset - quote
    return True


def check_line_and_column(node: ScalarNode, at: int) -> None:
    span, text = node.span_at(at, at + 1), node.source.text
    before = re.split(r"\r\n|\r|\n", text[: span.offset])
    assert (span.line, span.column) == (len(before), len(before[-1]) + 1)


@settings(max_examples=400)
@given(
    st.sampled_from([*STYLES]),
    st.text(ALPHABET, min_size=1, max_size=40),
    st.integers(8, 40),
    st.booleans(),
    st.data(),
)
def test_a_dumped_string_maps_back(
    style: Style, text: str, width: int, windows: bool, data: st.DataObject
) -> None:
    dumped = yaml.safe_dump(
        {"k": text, "z": 1}, default_style=STYLES[style] or None, width=width, allow_unicode=True
    )
    node = scalar(dumped.replace("\n", "\r\n") if windows else dumped)
    assert node is not None
    assert node.text == yaml.safe_load(dumped)["k"]
    start = data.draw(st.integers(0, len(node.text)))
    check(node, start, data.draw(st.integers(start, len(node.text))))


@pytest.mark.unmeasured
@settings(max_examples=600)
@given(
    st.sampled_from([*STYLES]),
    st.lists(st.text("ab :'\"\\/,#é😀- \t", max_size=8), min_size=1, max_size=5),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "-", "+", "2"]),
    st.data(),
)
def test_a_handwritten_scalar_maps_back(
    style: Style, lines: list[str], newline: str, header: str, data: st.DataObject
) -> None:
    opening = STYLES[style]
    block = style in (Style.LITERAL, Style.FOLDED)
    body = (newline + "  ").join(["", *lines] if block else lines)
    closing = "" if block else opening
    node = scalar(f"k: {opening}{header if block else ''}{body}{closing}{newline}z: 1{newline}")
    assume(node is not None and node.text.strip() != "" and node.style is style)
    assert node is not None
    start = data.draw(st.integers(0, len(node.text)))
    check(node, start, data.draw(st.integers(start, len(node.text))))


@pytest.mark.unmeasured
def test_nearly_every_scalar_without_escapes_is_mapped() -> None:
    seeded = random.Random(7)
    mapped: Counter[Style] = Counter()
    total: Counter[Style] = Counter()
    for _ in range(1500):
        text = "".join(seeded.choices("abc d'é\n/\"", k=seeded.randint(1, 50))).strip()
        for mark in STYLES.values():
            dumped = yaml.safe_dump(
                {"k": text}, default_style=mark or None, width=20, allow_unicode=True
            )
            node = scalar(dumped)
            if node is None or len(text) < 2 or "\\n" in dumped or "\\\n" in dumped:
                continue
            total[node.style] += 1
            mapped[node.style] += check(node, 0, len(text))
    assert {*total} == {*STYLES}
    assert mapped == total


@pytest.mark.parametrize(
    ("yaml_text", "part", "place"),
    [
        ("k: properties.total ?? x", "total", (1, 15, 1, 20)),
        ("k: 'it''s uper'", "uper", (1, 11, 1, 15)),
        ("k: 'it''s uper'", "'", (1, 7, 1, 9)),
        ('k: "a \\"b\\" uper"', "uper", (1, 13, 1, 17)),
        ("k: |\n  a ??\n  uper(b)\n", "uper", (3, 3, 3, 7)),
        ("k: >-\n  a ??\n  uper(b)\n", "uper", (3, 3, 3, 7)),
        ("k: >\n\n  a\n\n    more\n  uper\n", "uper", (6, 3, 6, 7)),
        ("k: |\n\n\n    a\n      uper\n", "uper", (5, 7, 5, 11)),
        ("k: a ??\n   uper(b)", "uper", (2, 4, 2, 8)),
        ("k: 'a ??\n\n   uper(b)'", "uper", (3, 4, 3, 8)),
        ("k: 漢字 😀 uper", "uper", (1, 9, 1, 13)),
        ("k:\n  j: |2\n      uper\n", "uper", (3, 7, 3, 11)),
    ],
)
def test_a_part_is_found_in_the_file(
    yaml_text: str, part: str, place: tuple[int, int, int, int]
) -> None:
    root = read_yaml(Source("r.yaml", yaml_text), Diagnostics())
    assert isinstance(root, MappingNode)
    node = root.entries[0].value
    if isinstance(node, MappingNode):
        node = node.entries[0].value
    assert isinstance(node, ScalarNode)
    at = node.text.index(part)
    span = node.span_at(at, at + len(part))
    assert (span.line, span.column, span.end_line, span.end_column) == place


@pytest.mark.parametrize(
    ("yaml_text", "place"),
    [
        ("k: ab", (1, 6)),
        ("k: 'ab'", (1, 7)),
        ('k: "ab"', (1, 7)),
        ("k: |\n  ab\n\nz: 1", (2, 5)),
        ("k: >-\n  a\n  b", (3, 4)),
    ],
)
def test_the_end_of_the_text_is_just_past_its_last_character(
    yaml_text: str, place: tuple[int, int]
) -> None:
    node = scalar(yaml_text)
    assert node is not None
    size = len(node.text)
    for start, end in ((size, size), (size + 5, size + 9)):
        span = node.span_at(start, end)
        assert (span.line, span.column) == (span.end_line, span.end_column) == place


def test_an_empty_range_is_a_point() -> None:
    node = scalar("k: 'a''b'")
    assert node is not None
    span = node.span_at(2, 2)
    assert (span.column, span.end_column) == (8, 8)


@pytest.mark.parametrize(
    "yaml_text",
    [
        'k: "a\\tb"',
        'k: "\\u0061b"',
        'k: "a\\x41"',
        'k: "a\\\n  b"',
        "k: ''",
        "k:",
        "k: |+\n\n\n",
    ],
)
def test_where_the_place_is_unknown_it_is_the_whole_scalar(yaml_text: str) -> None:
    node = scalar(yaml_text)
    assert node is not None
    assert node.span_at(0, 1) == node.span


def test_long_blanks_take_linear_time() -> None:
    node = scalar("k: 'a''" + " " * 200_000 + "b'")
    assert node is not None
    assert region(node, len(node.text) - 1, len(node.text)) == "b"
