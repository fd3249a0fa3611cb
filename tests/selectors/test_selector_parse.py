"""Texts that are selectors, and what is said about those that are not."""

from __future__ import annotations

import pickle
import subprocess
import sys
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine.selectors import Selector, SelectorProblem, parse_selector, search


def problem(text: str) -> SelectorProblem:
    found = parse_selector(text)
    assert isinstance(found, SelectorProblem), found
    return found


def selector(text: str) -> Selector:
    found = parse_selector(text)
    assert isinstance(found, Selector), found
    return found


@pytest.mark.parametrize(
    ("text", "marked", "message", "help"),
    [
        ("$.a.b", "$.", "a selector has no `$`: it starts at the event", "write `a.b`"),
        ("$", "$", "a selector has no `$`: it starts at the event", "write `@`"),
        ("$['a']", "$[", "a selector has no `$`: it starts at the event", "leave it out"),
        (
            "a[?b == $settings.c]",
            "$settings",
            "`$settings` cannot be read inside a selector",
            "a selector reads only the event; `lookup` reads a row of a table",
        ),
        (
            "products.0.sku",
            "0",
            "`products.0.sku` has a numeric segment",
            "write `products[0].sku`",
        ),
        ("a.0.1.b", "0", "`a.0.1.b` has a numeric segment", "write `a[0][1].b`"),
        ("a[0].1", "1", "`a[0].1` has a numeric segment", "write `a[0][1]`"),
        ("x1.0", "0", "`x1.0` has a numeric segment", "write `x1[0]`"),
        ("a.1st", "1st", "the field `1st` starts with a digit", 'write `"1st"`'),
        (
            "a.b-c.d",
            "b-c",
            "`b-c` has to be quoted: a bare name holds only letters a to z, digits and `_`",
            'write `"b-c"`',
        ),
        (
            "ids.external-2",
            "external-2",
            "`external-2` has to be quoted: a bare name holds only letters a to z, digits and `_`",
            'write `"external-2"`',
        ),
        (
            "größe",
            "größe",
            "`größe` has to be quoted: a bare name holds only letters a to z, digits and `_`",
            'write `"größe"`',
        ),
        ("a[?b = 'x']", "=", "`=` is not a comparison of JMESPath", "write `==`"),
        ("a[?b = 'x' and c-d]", "=", "`=` is not a comparison of JMESPath", "write `==`"),
        ("a[?b === 'x']", "===", "`===` is not a comparison of JMESPath", "write `==`"),
        ("a[?b !== 'x']", "!==", "`!==` is not a comparison of JMESPath", "write `!=`"),
        ("a[?b <> 'x']", "<>", "`<>` is not a comparison of JMESPath", "write `!=`"),
        ("a[?b == 'x' and c]", "and", "`and` is not an operator of JMESPath", "write `&&`"),
        ("a or b", "or", "`or` is not an operator of JMESPath", "write `||`"),
        ("a[0] OR b", "OR", "`OR` is not an operator of JMESPath", "write `||`"),
        ("a[?not b]", "not", "`not` is not an operator of JMESPath", "write `!`"),
        (
            "a[?n == 42]",
            "42",
            "a number in a comparison stands in backticks",
            "write `42` with the backticks",
        ),
        (
            "a[?n > -1.5]",
            "-1.5",
            "a number in a comparison stands in backticks",
            "write `-1.5` with the backticks",
        ),
        (
            "a[?1 < n]",
            "1",
            "a number in a comparison stands in backticks",
            "write `1` with the backticks",
        ),
        (
            'foo[0]["a"]',
            '["a"]',
            "a field is read with a dot, not with brackets",
            "write `.a`",
        ),
        (
            "foo['a b']",
            "['a b']",
            "a field is read with a dot, not with brackets",
            'write `."a b"`',
        ),
        ("foo[bar]", "[bar]", "a field is read with a dot, not with brackets", "write `.bar`"),
        ("a..b", "..", "JMESPath has no `..`", "name every step of the path"),
        (
            "a.[0]",
            "[0]",
            "an index follows its list without a dot",
            "write `[0]` without the dot",
        ),
        ("a[*]b", "b", "a dot is missing before `b`", None),
        ("a[b == 'x']", "[", "a filter starts with `[?`", "write `[?`"),
        ("a ?? b", "??", "`??` is not an operator of JMESPath", "inside a selector write `||`"),
        ("a |> lower", "|>", "`|>` is not an operator of JMESPath", "use it outside the selector"),
        ('"length"(a)', '"length"', "the name of a function is not quoted", None),
        ("", "", "the selector is empty", "write a path"),
        (" ", " ", "the selector is empty", "write a path"),
        ('"foo', '"foo', "the double quote is never closed", None),
        ("a[?b == 'x]", "'x]", "the quote is never closed", None),
        ("a[?b == `1]", "`1]", "the backtick is never closed", None),
        ('a == `{"b"`', '`{"b"`', "what stands in backticks is not JSON", None),
        ('"\\u"', '"\\u"', "what stands in double quotes is not a JSON string", None),
        ("a^b", "^", "`^` has no meaning here in a selector", None),
        ("foo.", ".", "the selector ends too early", None),
        ("foo || ", "|", "the selector ends too early", None),
        ("a[?b", "[?b", "`[` is never closed", None),
        ("(a", "(a", "`(` is never closed", None),
        ("a]", "]", "unexpected `]` in the selector", None),
        ("@(foo)", "@", "`@` is not the name of a function", None),
        ("a[8:2:0]", "0", "the step of a slice cannot be 0", None),
        ("[::-0]", "-0", "the step of a slice cannot be 0", None),
        ("[&a]", "&", "`&` stands only before an argument of a function", "write `&&` for and"),
    ],
)
def test_a_text_that_is_no_selector_is_explained(
    text: str, marked: str, message: str, help: str | None
) -> None:
    found = problem(text)
    assert found.code == "SE01"
    assert text[found.start : found.end] == marked
    assert found.message == message
    if help is not None:
        assert found.help == help


@pytest.mark.parametrize(
    "text",
    [
        "a.and.or.not",
        "{and: a, or: b}",
        "and || or",
        'a."b-c"',
        "a[?b == 'x-y and z = 1 ?? $.c..d']",
        "a[?b == `1`]",
        'a.["b"]',
        '["b"]',
        "a[-1]",
        "a[::-1]",
        "a[0:0]",
        'a."0".b',
        "a[?b == c && !d]",
        "sort_by(a, &b)",
    ],
)
def test_what_only_looks_like_a_mistake_is_a_selector(text: str) -> None:
    assert selector(text).text == text


@pytest.mark.parametrize(
    ("text", "marked", "message", "help"),
    [
        ("lenght(a)", "lenght", "unknown JMESPath function `lenght`", "did you mean `length`?"),
        ("a[?b == 'f(' && nosuch(c)]", "nosuch", "unknown JMESPath function `nosuch`", None),
        ("a.Keys(@)", "Keys", "unknown JMESPath function `Keys`", "did you mean `keys`?"),
        ("not(a)", "not", "`not` is not an operator of JMESPath", "write `!`"),
        ("a[?length(b) == `1`].{c: abz(c)}", "abz", "unknown JMESPath function `abz`", None),
        ("a[?abz(b)].nosuch(c)", "abz", "unknown JMESPath function `abz`", None),
    ],
)
def test_an_unknown_function_is_named(
    text: str, marked: str, message: str, help: str | None
) -> None:
    found = problem(text)
    assert found.code == "SE02"
    assert text[found.start : found.end] == marked
    assert found.message == message
    if help is not None:
        assert found.help == help


@pytest.mark.parametrize(
    ("text", "marked", "message", "help"),
    [
        (
            "a.abs(b, c) ",
            "abs(b, c)",
            "`abs` takes 1 argument, not 2",
            "it is declared as `abs(number)`",
        ),
        ("join(',')", "join(',')", "`join` takes 2 arguments, not 1", None),
        (
            "not_null()",
            "not_null()",
            "`not_null` takes at least 1 argument, not 0",
            "it is declared as `not_null(any, ...)`",
        ),
        ("length(`1`)", "`1`", "argument 1 of `length` cannot be number", None),
        (
            "starts_with(a, `false` )",
            "`false`",
            "argument 2 of `starts_with` cannot be boolean",
            None,
        ),
        (
            "join(',', `[\"a\", 0]`)",
            '`["a", 0]`',
            "argument 2 of `join` cannot be this list",
            "it is declared as `join(text, list of texts)`",
        ),
        (
            "sort_by(a[?b == ')'], name)",
            "name",
            "argument 2 of `sort_by` cannot be an ordinary value",
            "it is declared as `sort_by(list, &expression)`",
        ),
        ("type(&a)", "&a", "argument 1 of `type` cannot be an `&expression`", None),
        ("merge(a, `1`)", "`1`", "argument 2 of `merge` cannot be number", None),
        ("[b, abs('x')]", "'x'", "argument 1 of `abs` cannot be text", None),
    ],
)
def test_a_call_that_cannot_succeed_is_refused(
    text: str, marked: str, message: str, help: str | None
) -> None:
    found = problem(text)
    assert found.code == "SE03"
    assert text[found.start : found.end] == marked
    assert found.message == message
    if help is not None:
        assert found.help == help


@pytest.mark.parametrize("text", ["max(`[]`)", "max(`[1, 2]`)", 'sort(`["a"]`)', "abs(a)"])
def test_a_call_that_may_succeed_is_accepted(text: str) -> None:
    assert selector(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3_999,
        "(" * 1_000 + "a" + ")" * 1_000,
        "!" * 3_000 + "a",
        "a" + ".*" * 1_900,
        "a" + "[]" * 1_900,
        "a" + "|a" * 1_900,
        "a" + "||a" * 1_300,
        "[" * 200 + "a" + "]" * 200,
        "{a:" * 900 + "a" + "}" * 900,
        "`" + "[" * 1_900 + "]" * 1_900 + "`",
        "`" + "[" * 300 + "]" * 300 + "`",
        "abs(" * 900 + "a" + ")" * 900,
        "&" * 3_000 + "a",
        "a" * 4_001,
    ],
    ids=lambda text: f"{text[:5]}-{len(text)}",
)
def test_a_very_long_or_deep_text_is_refused_calmly(text: str) -> None:
    found = problem(text)
    assert found.code == "SE01"
    assert 0 <= found.start <= found.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 4_000,
        "(" * 64 + "a" + ")" * 64,
        "a" + ".b" * 1_000,
        "a" + "[0].b" * 700,
        "a" + "[*].b" * 100,
        "a" + " | a" * 120,
        "a" + "[]" * 60,
    ],
    ids=lambda text: f"{text[:5]}-{len(text)}",
)
def test_the_limits_themselves_are_accepted(text: str) -> None:
    assert search(selector(text), {}) is None


@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ("{a:", "}"), ("to_array(", ")"), ("a[?", "]")]
)
def test_sixty_four_brackets_are_read_and_sixty_five_are_not(opening: str, closing: str) -> None:
    search(selector(opening * 64 + "a" + closing * 64), {"a": [1]})
    assert "too deeply" in problem(opening * 65 + "a" + closing * 65).message


FRAGMENTS = st.sampled_from(
    [
        *"abc.0[]{}()*@&|!<>=-,:?'\"`$ \\é_",
        "[?",
        "[]",
        "||",
        "&&",
        "==",
        "and",
        "or",
        "length(",
        "`1`",
    ]
)


@given(st.lists(FRAGMENTS, max_size=14).map("".join) | st.text(max_size=20))
def test_every_text_is_a_selector_or_has_a_problem_inside_it(text: str) -> None:
    found = parse_selector(text)
    if isinstance(found, SelectorProblem):
        assert found.code in {"SE01", "SE02", "SE03"}
        assert 0 <= found.start <= found.end <= len(text)
        assert found.message
        assert not found.message.endswith(".")
    else:
        assert found.text == text


def test_selectors_are_equal_when_their_texts_are() -> None:
    assert selector("a.b") == selector("a.b")
    assert selector("a.b") != selector("a. b")
    assert len({selector("a.b"), selector("a.b"), selector("c")}) == 2


def test_a_selector_survives_pickling() -> None:
    original = selector("a[?b == `1`].c | [0]")
    restored = pickle.loads(pickle.dumps(original))
    assert restored == original
    assert search(restored, {"a": [{"b": 1, "c": "found"}]}) == "found"
    assert b"children" not in pickle.dumps(original)


def test_an_old_style_literal_is_read_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert search(selector("a || `text`"), {}) == "text"


def test_the_room_is_imported_without_the_jmespath_package() -> None:
    code = "import sys, mapping_engine.selectors; sys.exit('jmespath' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
