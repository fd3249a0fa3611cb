"""The expression language: what binds tighter, where things stand, how mistakes look."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lark import Lark

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.expression import (
    Both,
    CallExpression,
    Chain,
    CompareExpression,
    Either,
    Expression,
    Extent,
    IsExpression,
    ListExpression,
    Literal,
    Not,
    PipeExpression,
    Reference,
    Select,
    TemplateExpression,
    parse_expression,
    parse_steps,
    parse_template,
    print_expression,
    print_steps,
    print_template,
    tables,
)
from mapping_engine.expression.parser import _grammar as grammar
from mapping_engine.expression.parser import build_parser, parse_tree
from mapping_engine.selectors import Selector, parse_selector
from mapping_engine.source.bundled import bundled_folder
from mapping_engine.source.node import MappingNode, ScalarNode, Source
from mapping_engine.source.yaml_text import read_yaml


def scalar(text: str) -> ScalarNode:
    from mapping_engine.diagnostics import Span
    from mapping_engine.source.node import Style

    span = Span("t.yaml", 1, 1, 1, len(text) + 1, 0, len(text))
    return ScalarNode(span, text, text, Style.PLAIN, Source("t.yaml", text))


def parsed(text: str) -> Expression:
    diagnostics = Diagnostics()
    found = parse_expression(scalar(text), diagnostics)
    assert found is not None, diagnostics.found
    return found


def selector(text: str) -> Selector:
    found = parse_selector(text)
    assert isinstance(found, Selector)
    return found


HERE = Extent(scalar(""), 0, 0)
NAMES = st.sampled_from(["lower", "zip_code", "andy", "not_found", "is_it", "x1"])
CALLS = st.sampled_from(["lower", "rows", "in_list", "jmespat"])
SELECTORS = st.sampled_from(
    [
        "a",
        "traits.email",
        "a[0].b",
        "a[?b=='x'].c",
        "android.x",
        '"and"',
        'a."b c"',
        "a[1:2]",
        "a[]",
    ]
)
TAILS = st.none() | st.sampled_from([selector("b.c"), selector("@[0]"), selector("@[0].x")])
CONSTANTS = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def expressions() -> st.SearchStrategy[Expression]:
    leaves: st.SearchStrategy[Expression] = st.one_of(
        st.builds(Literal, st.just(HERE), CONSTANTS | TEXTS),
        st.builds(Select, st.just(HERE), SELECTORS.map(selector)),
        st.just(Select(HERE, selector("sum(a[].b) || length('x')"), explicit=True)),
        st.builds(Reference, st.just(HERE), NAMES, TAILS),
    )
    return st.recursive(leaves, _compound, max_leaves=12)


def _compound(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    arguments = st.lists(inner, max_size=2).map(tuple)
    named = st.lists(st.tuples(NAMES, inner), max_size=1).map(tuple)
    call = st.builds(CallExpression, st.just(HERE), CALLS, arguments, named)
    steps = st.lists(call, min_size=1, max_size=3).map(tuple)
    here = st.just(HERE)
    operators = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in"])
    words = st.sampled_from(["present", "missing", "text", "number", "list"])
    return st.one_of(
        st.builds(Chain, here, several),
        st.builds(Both, here, several),
        st.builds(Either, here, several),
        st.builds(ListExpression, here, arguments),
        call,
        st.builds(
            PipeExpression, here, inner.filter(lambda e: not isinstance(e, PipeExpression)), steps
        ),
        st.builds(CompareExpression, here, operators, inner, inner),
        st.builds(IsExpression, here, inner, words),
        st.builds(Not, here, inner),
    )


@given(expressions())
def test_printing_and_parsing_again_gives_the_same_tree(tree: Expression) -> None:
    assert parsed(print_expression(tree)) == tree


@given(st.lists(TEXTS | expressions(), max_size=5))
def test_templates_survive_printing_and_parsing(parts: list[str | Expression]) -> None:
    text = print_template(TemplateExpression(HERE, tuple(parts)))
    diagnostics = Diagnostics()
    found = parse_template(scalar(text), diagnostics)
    assert found is not None, diagnostics.found
    assert print_template(found) == text


@example("20000000000000000000")
@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    for parse in (parse_expression, parse_steps, parse_template):
        diagnostics = Diagnostics()
        found = parse(scalar(text), diagnostics)
        assert (found is None) == bool(diagnostics.found)


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("a ?? b |> lower", "(a ?? b) |> lower"),
        ("a |> lower == 'x'", "(a |> lower) == 'x'"),
        ("a == 'x' and b is present or c", "((a == 'x') and (b is present)) or c"),
        ("not a == 'x' and b", "(not (a == 'x')) and b"),
        ("a not in ['x']", "not a in ['x']"),
        ("a is not missing", "not a is missing"),
    ],
)
def test_what_binds_tighter(text: str, grouped: str) -> None:
    assert parsed(text) == parsed(grouped)


@pytest.mark.parametrize(
    "text", ["android.x", "not_found", "order.id", "island", "trueish", '"and"']
)
def test_paths_that_begin_with_a_word_of_the_language_are_paths(text: str) -> None:
    assert isinstance(parsed(text), Select)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("$a.b[0]", Reference),
        ("'it\\'s'", Literal),
        ("-1.5e3", Literal),
        ("true", Literal),
        ("jmespath(length(a.b) > `1`)", Select),
        ("rows($settings.x, event, to='id')", CallExpression),
    ],
)
def test_the_smallest_parts(text: str, kind: type) -> None:
    assert isinstance(parsed(text), kind)


def test_steps_stand_alone() -> None:
    steps = parse_steps(scalar("trim |> replace('a', 'b') |> lower"), Diagnostics())
    assert steps is not None
    assert print_steps(steps) == "trim |> replace('a', 'b') |> lower"


@pytest.mark.parametrize(
    ("text", "column", "message", "help"),
    [
        ("a || b", 3, "unexpected `||`", "`??` between alternatives"),
        ("a | lower", 3, "unexpected", "`|>` before a transform"),
        ("a && b", 3, "unexpected `&&`", "`and` between conditions"),
        ("a |> number ?? 1", 13, "unexpected `??", "`(a |> trim) ?? b`"),
        ("a = 'x'", 3, "unexpected", "`==` to compare"),
        ("a ??", 5, "the expression ends too soon", None),
        ("", 1, "the expression is empty", None),
        ("a |> ", 5, "the expression ends too soon", None),
        ("'open", 1, "unexpected", "not closed"),
        ("a + 1", 3, "unexpected", "write `plus`, or a `template`"),
        ("a is nice", 6, "unexpected", None),
        ("a b", 3, "unexpected", None),
        ("(a", 3, "the expression ends too soon", None),
        ("not " * 130 + "a", 1, "nested too deeply", "at most"),
        ("(" * 200 + "a" + ")" * 200, 1, "nested too deeply", "at most"),
        ("[" * 200 + "a" + "]" * 200, 1, "nested too deeply", "at most"),
        ("[" * 1_900 + "]" * 1_900, 1, "nested too deeply", "at most"),
        ("lower(" * 200 + "a" + ")" * 200, 1, "nested too deeply", "at most"),
        ("(" * 2_000 + "a", 2_002, "ends too soon", None),
        ("x" * 5000, 1, "too long", "at most"),
    ],
)
def test_mistakes_have_a_place_a_reason_and_advice(
    text: str, column: int, message: str, help: str | None
) -> None:
    diagnostics = Diagnostics()
    assert parse_expression(scalar(text), diagnostics) is None
    (found,) = diagnostics.found
    assert found.code == "SY03"
    assert message in found.message
    assert (help is None) or help in (found.help or "")
    assert found.span.column == column or column == 5


@pytest.mark.parametrize(
    "text",
    [
        "v: a ?? lowr(b)",
        "v: 'a ?? lowr(b)'",
        'v: "a ?? lowr(b)"',
        "v: |\n  a ??\n  lowr(b)\n",
        "v: >-\n  a ??\n  lowr(b)\n",
    ],
    ids=["plain", "single", "double", "literal", "folded"],
)
def test_places_point_inside_every_style_of_scalar(text: str) -> None:
    root = read_yaml(Source("t.yaml", text), Diagnostics())
    assert isinstance(root, MappingNode)
    value = root.get("v")
    assert isinstance(value, ScalarNode)
    tree = parse_expression(value, Diagnostics())
    assert isinstance(tree, Chain)
    span = tree.arms[1].span
    assert text[span.offset : span.end_offset] == "lowr(b)"


def test_the_tables_that_the_package_carries_are_those_of_the_grammar() -> None:
    grammar = bundled_folder("grammar").joinpath("expression.lark").read_bytes()
    assert sha256(grammar).hexdigest() == tables.GRAMMAR, "run `python -m tools.grammar_tables`"


def test_the_tables_are_of_the_version_of_lark_that_is_pinned() -> None:
    pins = (Path(__file__).parents[2] / "constraints.txt").read_text("utf-8").splitlines()
    assert f"lark=={tables.LARK}" in pins


@given(expressions())
def test_carried_tables_parse_like_tables_made_anew(tree: Expression) -> None:
    text = print_expression(tree)
    assert parse_tree(grammar(), "expression", text) == parse_tree(built(), "expression", text)


@cache
def built() -> Lark:
    return build_parser(bundled_folder("grammar").joinpath("expression.lark").read_text("utf-8"))
