"""YAML text to trees: what is accepted, what is reported, and where."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from mapping_engine.diagnostics import Diagnostic, Diagnostics
from mapping_engine.source.node import (
    Constant,
    ListNode,
    MappingNode,
    ScalarNode,
    Source,
    YamlNode,
    to_data,
)
from mapping_engine.source.yaml_text import MAX_BYTES, MAX_DEPTH, decode, read_yaml


@pytest.fixture(params=["C", "Python"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "Python":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    elif not yaml.__with_libyaml__:
        pytest.skip("libyaml is not here")
    return str(request.param)


def read(text: str) -> tuple[YamlNode | None, tuple[Diagnostic, ...]]:
    diagnostics = Diagnostics()
    return read_yaml(Source("r.yaml", text), diagnostics), diagnostics.sorted()


def tree(text: str) -> YamlNode:
    node, found = read(text)
    assert node is not None
    assert found == ()
    return node


def value(text: str) -> ScalarNode:
    root = tree(text)
    assert isinstance(root, MappingNode)
    node = root.entries[0].value
    assert isinstance(node, ScalarNode)
    return node


def reported(text: str) -> list[tuple[str, int, int]]:
    return [(d.code, d.span.line, d.span.column) for d in read(text)[1]]


def written(node: YamlNode, text: str) -> str:
    return text[node.span.offset : node.span.end_offset]


@pytest.mark.usefixtures("loader")
class TestTree:
    def test_a_document_reads_as_nested_lists_and_mappings(self) -> None:
        text = "a: {b: [1, x]}\nc:\n- d: e\n  f: null\n- >-\n  g\n  h\n"
        assert to_data(tree(text)) == {
            "a": {"b": [1, "x"]},
            "c": [{"d": "e", "f": None}, "g h"],
        }

    def test_carriage_returns_end_lines_as_well(self) -> None:
        root = tree('a: |\r\n  x\r\n  y\r\nb: "p\r\n  q"\r\n')
        assert to_data(root) == {"a": "x\ny\n", "b": "p q"}
        assert isinstance(root, MappingNode)
        assert root.entries[1].key.span.line == 4

    @pytest.mark.parametrize(
        ("written_value", "span"),
        [
            ("plain text", (1, 4, 1, 14)),
            ("'it''s'", (1, 4, 1, 11)),
            ('"😀 漢"', (1, 4, 1, 9)),
            ("plain\n  on two", (1, 4, 2, 9)),
            ("'single\n\n  on three'", (1, 4, 3, 12)),
            ('"double\n  on two"', (1, 4, 2, 10)),
            ("{x: 1,\n  z: 2}", (1, 4, 2, 8)),
            ("[1,\n  2]", (1, 4, 2, 5)),
            ("", (1, 3, 1, 3)),
        ],
    )
    @pytest.mark.parametrize("after", ["", "\n", "\n\n# note\nnext: 1\n"])
    def test_a_value_has_its_exact_place(
        self, written_value: str, span: tuple[int, int, int, int], after: str
    ) -> None:
        text = f"a: {written_value}{after}"
        root = tree(text)
        assert isinstance(root, MappingNode)
        found = root.entries[0].value.span
        assert (found.line, found.column, found.end_line, found.end_column) == span
        assert written(root.entries[0].value, text) == written_value

    @pytest.mark.parametrize(
        "block",
        ["|\n  a\n   b", ">-\n  a\n\n  b  ", "|+\n  a", "|2\n    a", "|", ">-", "|\n  a\n\n     "],
    )
    @pytest.mark.parametrize("after", ["", "\n", "\n\n\n", "\n\n# note\n", "\nnext: 1\n"])
    def test_a_block_scalar_ends_with_its_content(self, block: str, after: str) -> None:
        text = f"key: {block}{after}"
        root = tree(text)
        assert isinstance(root, MappingNode)
        assert written(root.entries[0].value, text) == block

    def test_a_block_scalar_within_a_block_does_not_reach_the_next_key(self) -> None:
        text = "a:\n  b: |\n    x\n\n  c: 1\n"
        root = tree(text)
        assert isinstance(root, MappingNode)
        inner = root.entries[0].value
        assert isinstance(inner, MappingNode)
        assert written(inner.entries[0].value, text) == "|\n    x"

    def test_a_block_collection_ends_with_its_last_value(self) -> None:
        text = "a:\n  b: 1\n  c: [2]  # note\n\n\nd: 1\n"
        root = tree(text)
        assert isinstance(root, MappingNode)
        assert written(root.entries[0].value, text) == "b: 1\n  c: [2]"

    def test_columns_count_code_points(self) -> None:
        root = tree("😀é: x\n")
        assert isinstance(root, MappingNode)
        assert root.entries[0].value.span.column == 5


@pytest.mark.usefixtures("loader")
class TestTypes:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("null", None),
            ("Null", None),
            ("~", None),
            ("", None),
            ("true", True),
            ("TRUE", True),
            ("false", False),
            ("0", 0),
            ("-7", -7),
            ("+7", 7),
            ("1.5", 1.5),
            ("-.5", -0.5),
            ("1.", 1.0),
            ("1e3", 1000.0),
            ("1.5E-2", 0.015),
            ("tRue", "tRue"),
            ("nothing", "nothing"),
            ("yEs", "yEs"),
            ("2024-01-01", "2024-01-01"),
            ("2024-01-01 10:00:00", "2024-01-01 10:00:00"),
            ("v16.0", "v16.0"),
            ("1.2.3", "1.2.3"),
            ("e3", "e3"),
            ("09:30", "09:30"),
            ("_", "_"),
            ("'12'", "12"),
            ('"true"', "true"),
            ("'no'", "no"),
            ("'010'", "010"),
        ],
    )
    def test_plain_scalars_are_typed_by_the_core_schema(
        self, text: str, expected: Constant
    ) -> None:
        found = value(f"a: {text}")
        assert found.value == expected
        assert type(found.value) is type(expected)

    def test_numbers_keep_their_text(self) -> None:
        assert value("a: 1.50").text == "1.50"

    @pytest.mark.parametrize("number", ["1e999", "-1e400", "9" * 5000])
    def test_a_number_out_of_range_is_reported_and_stays_text(self, number: str) -> None:
        root, found = read(f"a: {number}")
        assert [d.code for d in found] == ["SH03"]
        assert root is not None
        assert to_data(root) == {"a": number}


AMBIGUOUS = (
    *("yes", "Yes", "YES", "no", "No", "NO"),
    *("on", "On", "ON", "off", "Off", "OFF"),
    *("010", "-010", "08", "0o17", "0x1F", "0b11", "1_000", "1_0.5", "1:30", "190:20:30", "1:30.5"),
    *(".inf", "-.Inf", "+.INF", ".nan", ".NaN", "="),
)


@pytest.mark.usefixtures("loader")
class TestAmbiguousScalars:
    @pytest.mark.parametrize("text", AMBIGUOUS)
    def test_what_yaml_1_1_would_retype_is_reported_as_a_value(self, text: str) -> None:
        root, found = read(f"a: {text}")
        assert [(d.code, d.span.column, d.span.end_column) for d in found] == [
            ("SY04", 4, 4 + len(text))
        ]
        assert root is not None
        assert to_data(root) == {"a": text}

    @pytest.mark.parametrize("text", ["y", "Y", "n", "N"])
    def test_single_letters_are_names_which_no_common_tool_reads_otherwise(self, text: str) -> None:
        root, found = read(f"{text}: {text}")
        assert found == ()
        assert root is not None
        assert to_data(root) == {text: text}

    @pytest.mark.parametrize("text", AMBIGUOUS)
    def test_and_as_a_key(self, text: str) -> None:
        assert reported(f"{text}: a") == [("SY04", 1, 1)]

    @pytest.mark.parametrize("text", AMBIGUOUS)
    def test_the_fix_writes_it_in_quotes_and_changes_nothing_else(self, text: str) -> None:
        before = f"{text}: [{text}, b]"
        root, found = read(before)
        after = before
        for diagnostic in reversed(found):
            fix = diagnostic.fix
            assert fix is not None
            assert fix.safe
            after = after[: fix.span.offset] + fix.replacement + after[fix.span.end_offset :]
        assert root is not None
        assert to_data(tree(after)) == to_data(root) == {text: [text, "b"]}

    def test_the_help_says_what_to_write(self) -> None:
        assert read("a: no")[1][0].help == "write it in quotes"


@given(st.text("0123456789_.:eExoabfinNyY+-tTruslOF~<=", min_size=1, max_size=9))
@example("1_0")
@example("<<")
def test_pyyaml_and_we_never_silently_differ(text: str) -> None:
    """A scalar that YAML 1.1 reads as another value than we do is reported, dates excepted."""
    kinds = ("bool", "int", "float", "null", "merge", "value")
    resolver = yaml.SafeLoader("")
    tag = resolver.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    root, found = read(f"- {text}")
    if found or not isinstance(root, ListNode) or not isinstance(root.items[0], ScalarNode):
        return
    node = root.items[0]
    if node.text == text and tag.rpartition(":")[2] in kinds:
        assert yaml.safe_load(f"- {text}")[0] == node.value


@pytest.mark.usefixtures("loader")
class TestSyntax:
    @pytest.mark.parametrize(
        ("text", "line", "column"),
        [
            ("a: b: c", 1, 5),
            ("a: [b\nc: d\n", 1, 4),
            ("a:\n\t- b", 2, 1),
            ("a: @b", 1, 4),
            ('a: "b', 1, 4),
            ("a: }", 1, 4),
            ("a: b\n c: d", 2, 3),
        ],
    )
    def test_a_syntax_error_is_reported_where_yaml_finds_it(
        self, text: str, line: int, column: int
    ) -> None:
        node, found = read(text)
        assert node is None
        assert [(d.code, d.span.line, d.span.column) for d in found] == [("SY01", line, column)]

    def test_the_message_is_short_and_points_at_the_beginning(self) -> None:
        [found] = read("a: b\nc: [d\ne: f\n")[1]
        assert found.message == "`[` is opened here, and not closed"
        assert (found.span.line, found.span.column) == (2, 4)

    @pytest.mark.parametrize(
        ("text", "help"),
        [
            ("a:\n\t- b", "indent with spaces, not with tabs"),
            ("a: @b", "write text that begins with `@` in quotes"),
            ("a: `b", "write text that begins with a backtick in quotes"),
            ("a: b: c", "write text that holds a colon and a space in quotes"),
        ],
    )
    def test_common_slips_have_a_help(self, text: str, help: str) -> None:
        assert read(text)[1][0].help == help

    @pytest.mark.parametrize(
        ("text", "line", "message"),
        [
            ("k:\n  value v\n  required: true\n", 2, "`value v` is no key with a value"),
            ("k:\n  a: b\n  value v\n  c: d\n", 3, "`value v` is no key with a value"),
            ("doc: long\n  second line\n  and x: y\n", 3, "mapping values are not allowed"),
            ("- a\n- b\n- k\n  c: d\n", 4, "mapping values are not allowed"),
            (
                "g:\n  fields:\n  a: p\n    b: q\nd: 1\n",
                3,
                "this line begins in another column than those around it",
            ),
        ],
    )
    def test_the_line_that_is_wrong_is_told_and_not_the_one_below(
        self, text: str, line: int, message: str
    ) -> None:
        [found] = read(text)[1]
        assert found.span.line == line
        assert found.message.startswith(message)

    def test_mistakes_before_a_syntax_error_are_reported_with_it(self) -> None:
        assert reported("a: no\nb: &x 1\na: 1\nc: [") == [
            ("SY04", 1, 4),
            ("SY05", 2, 4),
            ("SY02", 3, 1),
            ("SY01", 4, 5),
        ]

    @pytest.mark.parametrize("text", ["", "\n\n", "# only a note\n", "---\n", "---\n...\n"])
    def test_an_empty_file_is_reported(self, text: str) -> None:
        node, found = read(text)
        assert node is None
        assert [(d.code, d.message) for d in found] == [("SY01", "the file holds no document")]

    def test_a_second_document_is_reported_and_the_first_is_read(self) -> None:
        node, found = read("a: 1\n---\nb: 2\n")
        assert [(d.code, d.span.line) for d in found] == [("SY01", 2)]
        assert node is not None
        assert to_data(node) == {"a": 1}

    @pytest.mark.parametrize(
        "character",
        ["\0", "\x07", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\u2029", "\ufeff", "\ud800"],
    )
    def test_control_characters_and_the_like_are_reported(self, character: str) -> None:
        node, [found] = read(f"a: 1\nb: 'x{character}'")
        assert node is None
        assert (found.code, found.span.line, found.span.column) == ("SY01", 2, 6)
        assert f"U+{ord(character):04X}" in found.message

    def test_a_character_is_reported_once_and_not_for_each_time(self) -> None:
        assert len(read("\0\0\0\x01\0")[1]) == 2


@pytest.mark.usefixtures("loader")
class TestKeys:
    def test_a_repeated_key_is_reported_and_points_at_the_first(self) -> None:
        node, [found] = read("a: 1\nb: 2\n'a': 3\n")
        assert (found.code, found.span.line, found.span.column) == ("SY02", 3, 1)
        assert found.message == "the key `a` is repeated"
        assert [(x.span.line, x.message) for x in found.labels] == [(1, "first defined here")]
        assert node is not None
        assert to_data(node) == {"a": 1, "b": 2}

    def test_every_repetition_is_reported_also_in_flow_mappings(self) -> None:
        assert reported("x: {a: 1, a: 2, a: 3}") == [("SY02", 1, 11), ("SY02", 1, 17)]

    @pytest.mark.parametrize(
        ("text", "kind"), [("? [a]\n: b\nc: d", "a list"), ("? {a: 1}\n: b\nc: d", "a mapping")]
    )
    def test_a_key_that_is_no_text_is_reported_and_left_out(self, text: str, kind: str) -> None:
        node, [found] = read(text)
        assert (found.code, found.span.line, found.span.column) == ("SH03", 1, 3)
        assert found.message == f"a key must be text, found {kind}"
        assert node is not None
        assert to_data(node) == {"c": "d"}


@pytest.mark.usefixtures("loader")
class TestAnchors:
    @pytest.mark.parametrize(
        ("text", "places"),
        [
            ("a: &x 1", [(1, 4)]),
            ("a: *x", [(1, 4)]),
            ("<<: {a: 1}", [(1, 1)]),
            ("<<: *x", [(1, 1), (1, 5)]),
            ("a: !!str 1", [(1, 4)]),
            ("a: !mine 1", [(1, 4)]),
            ("a: ! 1", [(1, 4)]),
            ("a: !<tag:x,1:y> z", [(1, 4)]),
            ("a: &x !!str 1", [(1, 4), (1, 7)]),
            ("a: !!map &x\n  b: 1", [(1, 4), (1, 10)]),
            ("&k a: 1", [(1, 1)]),
            ("a: [&x , *y ]", [(1, 5), (1, 10)]),
            ("*a : 1", [(1, 1)]),
        ],
    )
    def test_each_is_reported_where_it_stands(
        self, text: str, places: list[tuple[int, int]]
    ) -> None:
        node, found = read(text)
        assert [(d.code, d.span.line, d.span.column) for d in found] == [
            ("SY05", *place) for place in places
        ]
        assert node is not None

    def test_the_node_behind_an_anchor_keeps_its_exact_place(self) -> None:
        text = "a: &x !!str # note\n  foo\nb: &y\n  c: 1\n"
        node, _ = read(text)
        assert isinstance(node, MappingNode)
        assert [written(entry.value, text) for entry in node] == ["foo", "c: 1"]

    def test_an_empty_value_behind_an_anchor_does_not_reach_the_next_key(self) -> None:
        node, _ = read("a: &x\nb: 1\n")
        assert isinstance(node, MappingNode)
        empty = node.entries[0].value.span
        assert (empty.line, empty.column, empty.end_line, empty.end_column) == (1, 6, 1, 6)

    def test_a_quoted_merge_key_is_a_key_like_others(self) -> None:
        assert to_data(tree('"<<": 1')) == {"<<": 1}

    def test_an_alias_bomb_is_not_expanded(self) -> None:
        lines = ["a0: &a0 [x, x]"]
        lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 60)]
        node, found = read("\n".join(lines))
        assert node is not None
        assert len(found) == 60 + 59 * 9


class TestDepth:
    @pytest.mark.usefixtures("loader")
    @pytest.mark.parametrize("step", ["[", "{a: ", "- ", "? ", "[\n", "{"])
    def test_deep_nesting_is_reported(self, step: str) -> None:
        node, found = read(step * 10_000)
        assert node is None
        assert found
        assert {d.code for d in found} <= {"SH03", "SY01", "SY02"}

    @pytest.mark.parametrize(("depth", "codes"), [(MAX_DEPTH, []), (MAX_DEPTH + 1, ["SH03"])])
    def test_the_limit_is_exact(self, depth: int, codes: list[str]) -> None:
        node, found = read("[" * depth + "x" + "]" * depth)
        assert [d.code for d in found] == codes
        assert (node is None) == bool(codes)


class TestDecode:
    def test_utf_8_is_read_and_a_byte_order_mark_dropped(self) -> None:
        diagnostics = Diagnostics()
        source = decode("r.yaml", b"\xef\xbb\xbfa: \xc3\xa9", diagnostics)
        assert source == Source("r.yaml", "a: é")
        assert not diagnostics.found

    @pytest.mark.parametrize(
        ("data", "byte", "line", "column"),
        [
            (b"a: \xff", 3, 1, 4),
            (b"\xc3\xa9: 1\nb: \xe9t\xe9", 9, 2, 4),
            (b"\xef\xbb\xbfa\xff", 4, 1, 2),
            ("a: 1".encode("utf-16"), 0, 1, 1),
            (b"a\xed\xa0\x80", 1, 1, 2),
        ],
    )
    def test_other_bytes_are_reported_with_their_position(
        self, data: bytes, byte: int, line: int, column: int
    ) -> None:
        diagnostics = Diagnostics()
        assert decode("r.yaml", data, diagnostics) is None
        [found] = diagnostics.found
        assert (found.code, found.span.line, found.span.column) == ("SY01", line, column)
        assert f"byte {byte} " in found.message

    @pytest.mark.parametrize(("size", "codes"), [(MAX_BYTES, []), (MAX_BYTES + 1, ["SH07"])])
    def test_a_large_file_is_refused(self, size: int, codes: list[str]) -> None:
        diagnostics = Diagnostics()
        assert (decode("r.yaml", b"#" * size, diagnostics) is None) == bool(codes)
        assert [d.code for d in diagnostics.found] == codes


YAML_LIKE = st.text(st.sampled_from("ab1 \n\n\t\r-:?,[]{}#&*!|>'\"%@`\\<=~.é😀"), max_size=60)


def check_places(node: YamlNode, text: str) -> None:
    pending: list[YamlNode] = [node]
    while pending:
        here = pending.pop()
        span = here.span
        assert 0 <= span.offset <= span.end_offset <= len(text)
        assert (span.line, span.column) <= (span.end_line, span.end_column)
        if isinstance(here, ScalarNode):
            continue
        children = (
            list(here)
            if isinstance(here, ListNode)
            else [part for entry in here for part in (entry.key, entry.value)]
        )
        for child in children:
            assert span.offset <= child.span.offset
            assert child.span.end_offset <= span.end_offset
        pending += children


@given(st.binary(max_size=200) | YAML_LIKE.map(str.encode))
def test_any_bytes_give_a_tree_or_a_diagnostic(data: bytes) -> None:
    diagnostics = Diagnostics()
    source = decode("r.yaml", data, diagnostics)
    node = read_yaml(source, diagnostics) if source else None
    if node is None:
        assert diagnostics.has_errors
    elif source:
        check_places(node, source.text)


@given(st.text(st.characters(), max_size=50))
def test_any_text_gives_a_tree_or_a_diagnostic(text: str) -> None:
    node, found = read(text)
    assert (node is not None) or found


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text("abn yo01:.-'\"#\n\\é😀", max_size=12),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text("abc \n'", max_size=4), inner, max_size=3)
        ),
        max_leaves=12,
    ),
    st.booleans(),
)
def test_what_pyyaml_writes_is_read_back(data: object, flow: bool) -> None:
    node, found = read(yaml.safe_dump(data, default_flow_style=flow, allow_unicode=True))
    codes = {diagnostic.code for diagnostic in found}
    assert codes <= {"SY04", "SH03"}
    if not codes:
        assert node is not None
        assert to_data(node) == data


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="libyaml is not here")
@given(YAML_LIKE)
def test_both_loaders_give_the_same_tree(text: str) -> None:
    by_c, _ = read(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader")
        by_python, _ = read(text)
    if by_c is not None and by_python is not None:
        assert by_c == by_python


def test_a_text_that_is_read_again_has_the_same_tree_and_mistakes() -> None:
    text = "a: 1\na: yes\n"
    assert read(text) == read(text)
    assert [each.code for each in read(text)[1]] == ["SY02", "SY04"]
