"""Names that use one another: in order, in circles, too deep, and too often."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from bench.fuzz.files import limited
from tests.core.conftest import Core, Reading
from tests.core.written import call, first, listed, name, path


def in_a_row(line: str, count: int, start: str = "p.a") -> str:
    """Definitions ``d0`` to ``d<count>``, of which each uses the last, and a field that is one."""
    lines = [line.format(last=f"$d{n - 1}", n=n) for n in range(1, count + 1)]
    written = "".join(f"  d{n}: {text}\n" for n, text in enumerate([start, *lines]))
    return f"define:\n{written}fields: {{o: $d{count}}}\n"


def found(reading: Reading, rules: str) -> list[tuple[str, str]]:
    """What is wrong with rules: codes and messages."""
    read = reading(rules)
    assert read.model is None or not read.diagnostics
    return [(each.code, each.message) for each in read.diagnostics]


def codes(reading: Reading, rules: str) -> list[str]:
    return [code for code, _ in found(reading, rules)]


# Order


def test_each_definition_comes_after_those_it_uses(core: Core) -> None:
    model = core("define: {x: [$v, $w], v: $w, w: {value: p.a, when: $u}, u: name}")
    assert list(model.definitions) == ["u", "w", "v", "x"]


def test_variables_of_the_fan_out_and_the_payload_are_behind_what_uses_them(core: Core) -> None:
    model = core(
        "define: {x: [$v, $k], v: $i.k, w: name, u: $payload.k, t: [$x, $u]}\n"
        "fan_out: {each: {i: p.items, k: p.items}}\n"
    )
    assert model.depends == {
        "w": frozenset(),
        "v": {"i"},
        "x": {"i", "k"},
        "u": {"payload"},
        "t": {"i", "k", "payload"},
    }


# Circles


@pytest.mark.parametrize(
    ("define", "way"),
    [
        ("{x: $x}", "`$x` -> `$x`"),
        ("{x: $v, v: '$w.k', w: '[$x]'}", "`$x` -> `$v` -> `$w` -> `$x`"),
        ("{u: $x, x: $v, v: $x}", "`$x` -> `$v` -> `$x`"),
        ("{x: [$x, p.a], v: {value: $x, as: text}}", "`$x` -> `$x`"),
        ("{x: [$v, p.a], v: {first_of: [$x, p.b], as: text}}", "`$x` -> `$v` -> `$x`"),
        ("{x: {value: $v, as: \"replace('a', $x)\"}, v: [p.a, p.b]}", "`$x` -> `$v` -> `$x`"),
        ("{x: {each: p.items, value: $x}}", "`$x` -> `$x`"),
        ("{x: {when: $v, value: p.a}, v: $x is present}", "`$x` -> `$v` -> `$x`"),
    ],
)
def test_definitions_that_use_themselves_are_refused(
    define: str, way: str, reading: Reading
) -> None:
    wrong = found(reading, f"define: {define}")
    assert wrong == [("PR04", f"definition that uses itself: {way}")]


def test_each_circle_is_told_once(reading: Reading) -> None:
    wrong = found(reading, "define: {a: $b, b: $a, c: [$a, $d], d: '[$c]', e: $c}")
    assert [message for _, message in wrong] == [
        "definition that uses itself: `$a` -> `$b` -> `$a`",
        "definition that uses itself: `$c` -> `$d` -> `$c`",
    ]


def test_an_item_of_the_same_name_makes_no_circle(core: Core) -> None:
    core("define: {x: {each: p.items, item: x, value: $x.k}}")


def test_a_conversion_in_one_place_makes_no_circle_in_others(core: Core) -> None:
    core(
        "define: {x: [p.a, p.b], v: {value: $x, as: text}, "
        "w: {value: $x, as: \"text |> replace('a', $v)\"}}"
    )


@pytest.mark.parametrize(
    ("pipelines", "way"),
    [
        ("{f: f}", "`f` -> `f`"),
        ("{f: g |> trim, g: {first_of: [$value |> h]}, h: lower |> f}", "`f` -> `g` -> `h` -> `f`"),
    ],
)
def test_pipelines_that_use_themselves_are_refused(
    pipelines: str, way: str, reading: Reading
) -> None:
    wrong = found(reading, f"pipelines: {pipelines}")
    assert wrong == [("PR04", f"pipeline that uses itself: {way}")]


def test_a_long_circle_is_shortened(reading: Reading) -> None:
    lines = "".join(f"  d{n}: $d{(n + 1) % 1000}\n" for n in range(1000))
    ((code, message),) = found(reading, f"define:\n{lines}")
    assert code == "PR04"
    shown = [0, 1, 2, 3, 4, None, 996, 997, 998, 999, 0]
    way = " -> ".join("..." if n is None else f"`$d{n}`" for n in shown)
    assert message == f"definition that uses itself: {way}"


# Far


@pytest.mark.parametrize("line", ["{last}", "'[{last}, p.b]'", "[{last}, p.b]", "{last} |> text"])
def test_150_definitions_in_a_row_are_fine(line: str, core: Core) -> None:
    rules = in_a_row(line, 150)
    assert len(core(rules).definitions) == 151


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("{last}", 10_000),
        ("[{last}, p.b]", 1_000),
        ("{{when: '{last} is text', value: name}}", 1_000),
        ("{{first_of: [{last}, p.b], as: text}}", 1_000),
    ],
)
@pytest.mark.parametrize("turned", [False, True], ids=["", "turned"])
def test_definitions_in_a_long_row_are_refused(
    line: str, count: int, turned: bool, reading: Reading
) -> None:
    rules = in_a_row(line, count)
    if turned:
        head, *lines, fields = rules.splitlines()
        rules = "\n".join([head, *reversed(lines), fields])
    assert codes(reading, rules) == ["PR08"]


def test_pipelines_in_a_long_row_are_refused(reading: Reading) -> None:
    lines = "".join(f"  f{n}: f{n - 1} |> lower\n" for n in range(1, 2_001))
    assert codes(reading, f"pipelines:\n  f0: trim\n{lines}define: {{x: p.a |> f2000}}") == ["PR08"]


def test_pipelines_with_deep_steps_in_a_row_are_refused(reading: Reading) -> None:
    def step(n: int) -> str:
        return f"{'trim(' * 40}$value |> f{n - 1}{')' * 40}"

    lines = "".join(f"  f{n}: {{first_of: ['{step(n)}']}}\n" for n in range(1, 11))
    assert codes(reading, f"pipelines:\n  f0: trim\n{lines}") == ["PR08"]


DEEP = [
    ("'" + "[" * 10_000 + "p.a" + "]" * 10_000 + "'", "SY03"),
    ("{constant: " + "[" * 10_000 + "1" + "]" * 10_000 + "}", "SH03"),
    ("[" * 10_000 + "p.a" + "]" * 10_000, "SH03"),
    ("{value: p.a, as: " + " |> ".join(["trim"] * 450) + "}", "PR08"),
    ("{value: p.a ?? p.b, as: " + " |> ".join(["trim"] * 450) + "}", "PR08"),
]


@pytest.mark.parametrize(("written", "code"), DEEP, ids=range(len(DEEP)))
@pytest.mark.parametrize("section", ["define", "fields"])
def test_what_is_nested_too_deep_is_refused(
    section: str, written: str, code: str, reading: Reading
) -> None:
    assert codes(reading, f"{section}:\n  o: {written}\n") == [code]


@pytest.mark.parametrize(
    "line", ["{{fields: {{k: {last}}}}}", "{{copy_of: p, fields: {{k: {last}}}}}"]
)
def test_named_objects_may_not_be_nested_too_deep(line: str, core: Core, reading: Reading) -> None:
    core(in_a_row(line, 50))
    assert codes(reading, in_a_row(line, 190)) == ["PR08"]


def test_conditions_and_messages_may_not_be_nested_too_deep_either(reading: Reading) -> None:
    deep = "p.a |> " + " |> ".join(["trim"] * 450)
    for rules in (
        f"accept: [{{skip_when: {deep}}}]",
        f"refuse: [{{when: {deep}, message: wrong}}]",
        f"refuse: [{{when: p.a, message: 'a {{{deep}}}'}}]",
        f"fan_out: {{each: {{i: {deep} |> list}}}}",
        f"hashing: {deep}",
    ):
        assert codes(reading, rules) == ["PR08"]


# Often


def test_sharing_as_alternatives_costs_nothing(core: Core) -> None:
    model = core(in_a_row("[{last}, {last}]", 20))
    assert model.definitions["d20"] == first(name("d19"), name("d19"))


@pytest.mark.parametrize("start", ["p.a", "{fields: {k: p.a}}"])
def test_what_many_alternatives_share_is_held_to_the_schema_once(
    start: str, reading: Reading
) -> None:
    rows = "".join(f"  d{n}: [$d{n - 1}, $d{n - 1}]\n" for n in range(1, 41))
    rules = f"define:\n  d0: {start}\n{rows}fields: {{x: {{fields: {{y: $d40}}}}}}\n"
    with limited(5):
        assert codes(reading, rules) == []


def test_sharing_as_converted_alternatives_costs_nothing(core: Core) -> None:
    rules = in_a_row("[{last}, {last}]", 20, "[p.a, p.b]")
    model = core(rules.replace("{o: $d20}", "{o: {value: $d20, as: text}}"))
    assert len(model.definitions) == 42
    assert model.definitions["d0 |> text"] == first(*(call(path(f"p.{k}"), "text") for k in "ab"))


def test_sharing_as_conditions_costs_nothing(core: Core) -> None:
    core(in_a_row("{{when: '{last} and {last}', value: p.a}}", 20))


def test_sharing_as_values_is_bounded(core: Core, reading: Reading) -> None:
    model = core(in_a_row("'[{last}, {last}]'", 10))
    assert model.definitions["d10"] == listed(name("d9"), name("d9"))
    for line in (
        "'[{last}, {last}]'",
        "{{positions: [{last}, {last}]}}",
        "{{template: '{{{last}}}{{{last}}}'}}",
        "{{fields: {{k: {last}, l: {last}}}}}",
    ):
        ((code, message),) = found(reading, in_a_row(line, 20))
        assert (code, message.split("`")[1]) == ("PR08", "$d16")


def test_conversions_that_multiply_are_refused(reading: Reading) -> None:
    line = "[{{value: {last}, as: trim}}, {{value: {last}, as: lower}}]"
    assert codes(reading, in_a_row(line, 22, "[p.a, p.b]")) == ["PR08"]


@pytest.mark.parametrize("line", ["[{last}, {last}]", "[{last}, p.b]"])
def test_conversions_that_read_an_item_are_refused_where_they_multiply(
    line: str, core: Core, reading: Reading
) -> None:
    each = "{each: p.items, first_of: [{value: $d%d, as: \"replace('a', $item)\"}]}"

    def rules(count: int) -> str:
        return in_a_row(line, count, "[p.a, p.b]").replace(f"$d{count}}}", f"{each % count}}}")

    core(rules(5))
    assert codes(reading, rules(150)) == ["PR08"]


def twice(steps: Iterable[str]) -> str:
    lines = "".join(f"  f{n}: {text}\n" for n, text in enumerate(["trim", *steps]))
    return f"pipelines:\n{lines}define: {{x: p.a |> f22}}\n"


@pytest.mark.parametrize(
    "step",
    [
        "f{last} |> f{last}",
        "{{first_of: [$value |> f{last}, $value |> lower |> f{last}]}}",
        "{{first_of: ['[$value |> f{last}, $value |> f{last}] |> first']}}",
    ],
)
def test_pipelines_that_use_others_twice_are_bounded(step: str, reading: Reading) -> None:
    rules = twice(step.format(last=n) for n in range(22))
    ((code, message),) = found(reading, rules)
    assert code == "PR08"
    assert message.startswith("pipeline `f1")
