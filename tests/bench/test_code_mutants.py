"""The mutation run over code: what it changes, which mutants it takes, and what it says of them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from bench.code_mutants import study as studies
from bench.code_mutants.judge import Judged, Verdict, ended, judge
from bench.code_mutants.mutants import Mutant, sampled
from bench.code_mutants.operators import OPERATORS
from bench.code_mutants.plan import Plan
from bench.code_mutants.record import Recording, chosen_tests, record
from bench.code_mutants.report import as_data, as_page, as_text
from bench.code_mutants.study import Study, study

pytestmark = pytest.mark.xdist_group("code-mutants")

TINY = '''\
"""A module to change."""

import functools

COLOURS = ("red", "green")


def add(a: int, b: int) -> int:
    """Add."""
    return a + b


def capped(a: int) -> int:
    return 100 if a > 100 else a


def down(n: int) -> int:
    while n > 0:
        n -= 1
    return n


def never_called(text: str) -> str:
    return text.strip()


def is_colour(word: str) -> bool:
    return word in COLOURS


@functools.cache
def table() -> dict[str, int]:
    return {"one": 1, "two": 2}


def of_a_process() -> int:
    return 5
'''
TESTS = """\
import subprocess
import sys

from tiny import code


def test_add():
    assert code.add(1, 2) == 3


def test_capped():
    assert code.capped(200) == 100
    assert code.capped(5) == 5


def test_down():
    assert code.down(3) == 0


def test_is_colour():
    assert code.is_colour("red")


def test_one_comes_first_and_makes_the_table():
    assert code.table()["one"] == 1


def test_two_finds_the_table_made():
    assert code.table()["two"] == 2


def test_of_a_process():
    command = [sys.executable, "-c", "from tiny.code import *; print(of_a_process())"]
    assert subprocess.run(command, capture_output=True, text=True).stdout == "5\\n"


def test_that_fails():
    assert code.add(1, 1) == 3
"""
ORDER = """\
def order():
    return 7
"""
ORDER_TESTS = """\
from tiny.order import order

BEFORE = []


def test_a_slow_one():
    assert sum(range(3_000_000)) and order()
    BEFORE.append(order())


def test_that_needs_the_slow_one_before():
    assert BEFORE and order() != 1
"""
TEST = "tests/test_code.py::test_"


def quiet(_what: str, _done: int, _total: int) -> None:
    """No progress is shown."""


def mutants_of(text: str, folder: Path, seed: int = 1, count: int = 1000) -> list[Mutant]:
    file = folder / "code.py"
    file.write_text(dedent(text), "utf-8")
    return list(sampled(folder, [file], count, seed))


def changes(text: str, folder: Path, operator: str) -> set[str]:
    """Every change of one operator."""
    found: set[str] = set()
    for seed in range(8):
        found |= {m.change for m in mutants_of(text, folder, seed) if m.operator == operator}
    return found


FUNCTION = "def f(a, b=None, *, c=None):\n    "


@pytest.mark.parametrize(
    ("operator", "body", "expected"),
    [
        ("negate-condition", "if not a: b()", {"if not a: -> if a:"}),
        (
            "negate-condition",
            "return [x for x in a if x]",
            {"if x] -> return [x for x in a if not x]"},
        ),
        ("always", "if a: b()", {"if a: -> if True:"}),
        ("never", "while a: b()", {"while a: -> while False:"}),
        ("drop-not", "return not a", {"return not a -> return a"}),
        ("swap-comparison", "return a < b", {"return a < b -> return a <= b"}),
        ("swap-comparison", "return a is b", {"return a is b -> return a is not b"}),
        ("and-or", "return a and b", {"return a and b -> return a or b"}),
        ("drop-operand", "return a or b", {"a or b -> return a", "a or b -> return b"}),
        ("arithmetic", "return a + 1", {"return a + 1 -> return a - 1"}),
        ("arithmetic", "a += 1", {"a += 1 -> a = 1"}),
        ("return-none", "return a", {"return a -> return None"}),
        ("drop-statement", "a.append(b)", {"a.append(b) -> pass"}),
        ("drop-statement", "a = b", {"a = b -> pass"}),
        ("constant", "return 0", {"return 0 -> return 1"}),
        ("constant", "return True", {"return True -> return False"}),
        ("constant", "return 'x'", {"return 'x' -> return ''"}),
        ("break-continue", "while a: break", {"break -> continue"}),
        ("swap-arguments", "return a(b, c)", {"return a(b, c) -> return a(c, b)"}),
        ("drop-argument", "return a(b, c=c)", {"return a(b, c=c) -> return a(b)"}),
        ("other-call", "return any(a)", {"return any(a) -> return all(a)"}),
        ("other-call", "return a.find(b)", {"return a.find(b) -> return a.rfind(b)"}),
        ("other-call", "return f(a)\ndef g(x, y): pass", {"return f(a) -> return g(a)"}),
        ("unwrap-call", "return sorted(a)", {"return sorted(a) -> return a"}),
        ("unwrap-call", "return a.lower()", {"return a.lower() -> return a"}),
        ("slices", "return a[:1]", {"return a[:1] -> return a"}),
        ("drop-element", "return a in ('x', 'y')", {"('x', 'y') -> return a in ('x',)"}),
        ("drop-element", "return {a: b}", {"return {a: b} -> return {}"}),
        ("first-only", "for x in a: b(x)", {"for x in a: -> for x in list(a)[:1]:"}),
        ("drop-case", "match a:\n        case 1: b()", {"case 1: -> case 1 if False:"}),
    ],
)
def test_an_operator_changes(operator: str, body: str, expected: set[str], tmp_path: Path) -> None:
    found = changes(FUNCTION + body + "\n", tmp_path, operator)
    assert all(any(change.endswith(each) for change in found) for each in expected)
    assert len(found) >= len(expected)


def test_every_operator_has_an_example() -> None:
    (mark,) = (m for m in test_an_operator_changes.pytestmark)  # type: ignore[attr-defined]  # pytest adds it
    assert {operator.name for operator in OPERATORS} == {row[0] for row in mark.args[1]}


@pytest.mark.parametrize(
    "text",
    [
        '"""Text."""\n',
        "def f():\n    '''Text.'''\n",
        "def f(a: Literal['x']) -> Literal['y']: ...\n",
        "class C:\n    def __repr__(self): return 'x'\n",
        "class C(Protocol):\n    def f(self): return 'x'\n",
        "@overload\ndef f(a): return 'x'\n",
        "__all__ = ['x']\n",
        "Kinds = dict[Literal['x'], int]\n",
        "if TYPE_CHECKING:\n    x = 1\n",
        "import a\nfrom b import c\n",
        "print('at import')\n",
        "def f():\n    _LOG.debug('x')\n",
        "def f(a):\n    pass\n",
    ],
)
def test_what_no_test_could_notice_is_left_alone(text: str, tmp_path: Path) -> None:
    assert mutants_of(text, tmp_path) == []


def test_an_assertion_that_holds_is_left_alone(tmp_path: Path) -> None:
    found = mutants_of("def f(a, b):\n    return dict(zip(a, b, strict=True), key=1)\n", tmp_path)
    assert found
    changed = [each.change.partition(" -> ")[2] for each in found]
    assert [each for each in changed if "zip(" in each and "strict=True" not in each] == []


def test_what_compiles_to_the_same_is_no_mutant(tmp_path: Path) -> None:
    text = "def f(a):\n    if True:\n        a()\n"
    assert "never" in {m.operator for m in mutants_of(text, tmp_path)}
    assert "always" not in {m.operator for m in mutants_of(text, tmp_path)}


def test_texts_for_people_are_marked_and_seldom_taken(tmp_path: Path) -> None:
    text = "\n".join(f"def f{n}(a): return g{n}('a text', key='k{n}')" for n in range(50))
    every = mutants_of(text, tmp_path)
    marked = {m.id for m in every if m.message}
    assert 0 < len(marked) < len(every)
    taken = mutants_of(text, tmp_path, count=len(every) // 3)
    share = sum(m.id in marked for m in taken) / len(taken)
    assert share < len(marked) / len(every) / 2


def test_a_seed_makes_the_same_sample(tmp_path: Path) -> None:
    one = mutants_of(TINY, tmp_path, seed=1, count=10)
    assert mutants_of(TINY, tmp_path, seed=1, count=10) == one
    assert mutants_of(TINY, tmp_path, seed=2, count=10) != one


def test_a_sample_stays_when_other_code_is_added(tmp_path: Path) -> None:
    before = {m.id for m in mutants_of(TINY, tmp_path, count=10)}
    added = TINY.replace("def add(", "def added(): pass\n\n\ndef add(")
    every = {m.id for m in mutants_of(added, tmp_path)}
    assert before <= every


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    root = tmp_path_factory.mktemp("tiny")
    for folder in ("tiny", "tests"):
        (root / folder).mkdir()
    (root / "tiny" / "__init__.py").write_text("")
    (root / "tiny" / "code.py").write_text(TINY)
    (root / "tiny" / "order.py").write_text(ORDER)
    (root / "tests" / "test_code.py").write_text(TESTS)
    (root / "tests" / "test_order.py").write_text(ORDER_TESTS)
    return Plan(root, ("tiny",), grace=0.5, workers=1, budget=10)


@pytest.fixture(scope="module")
def recording(plan: Plan) -> Recording:
    return record(plan, quiet)


def taken(plan: Plan, operator: str, change: str) -> Mutant:
    """The mutant of an operator with this in its change."""
    for seed in range(10):
        for each in sampled(plan.root, plan.modules(), 1000, seed):
            if each.operator == operator and change in each.change:
                return each
    raise LookupError(change)


@pytest.mark.parametrize(
    ("operator", "change", "first", "executing"),
    [
        ("return-none", "return a + b", "add", 1),
        ("return-none", "return 5", "of_a_process", 1),
        ("drop-element", "'green'", "is_colour", 2),  # the other one imports it in a process
    ],
)
def test_a_recording_knows_who_executes_what(
    plan: Plan, recording: Recording, operator: str, change: str, first: str, executing: int
) -> None:
    chosen = chosen_tests(taken(plan, operator, change), recording, plan)
    assert chosen.tests[0] == f"{TEST}{first}"
    assert chosen.executing == executing


def test_the_cheapest_tests_run_up_to_the_budget(plan: Plan, recording: Recording) -> None:
    mutant = taken(plan, "constant", "return 7")
    file = "tests/test_order.py::test_"
    slow, quick = f"{file}a_slow_one", f"{file}that_needs_the_slow_one_before"
    cost = {slow: 4.0, quick: 2.0, f"{file}neighbour": 3.0, f"{TEST}add": 0.1}
    made = replace(recording, seconds=cost)
    most = {
        budget: chosen_tests(mutant, made, replace(plan, budget=budget)).tests
        for budget in (1, 5, 6, 30)
    }
    every = [quick, slow, f"{file}neighbour"]
    assert most == {1: every[:1], 5: every[:1], 6: every[:2], 30: every}


def test_a_test_that_fails_by_itself_takes_no_part(recording: Recording) -> None:
    assert recording.unfit == (f"{TEST}that_fails",)
    assert f"{TEST}that_fails" not in recording.seconds


@pytest.mark.parametrize(
    ("operator", "change", "verdict", "detail"),
    [
        ("return-none", "return a + b", Verdict.KILLED, "add"),
        ("swap-comparison", "a > 100", Verdict.SURVIVED, ""),
        ("arithmetic", "n -= 1", Verdict.TIMEOUT, ""),
        ("return-none", "text.strip()", Verdict.UNREACHED, ""),
        ("drop-element", "-> COLOURS = ('green',)", Verdict.KILLED, "is_colour"),
        ("drop-element", "-> return {'one': 1}", Verdict.KILLED, "two_finds_the_table_made"),
        ("constant", "return 5", Verdict.KILLED, "of_a_process"),
    ],
)
def test_a_verdict_is_as_expected(
    plan: Plan, recording: Recording, operator: str, change: str, verdict: Verdict, detail: str
) -> None:
    mutant = taken(plan, operator, change)
    found = judge(mutant, chosen_tests(mutant, recording, plan), recording, plan)
    assert found.verdict is verdict
    assert found.killer == (f"{TEST}{detail}" if detail else "")


def test_a_run_that_waits_for_nothing_is_given_up(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(1000)"]
    assert ended(command, tmp_path, {}, idle=1.0) is None
    assert ended([sys.executable, "-c", "raise SystemExit(3)"], tmp_path, {}) == 3


def test_the_working_tree_is_left_alone(plan: Plan, recording: Recording) -> None:
    mutant = taken(plan, "return-none", "return a + b")
    judge(mutant, chosen_tests(mutant, recording, plan), recording, plan)
    names = {file.relative_to(plan.root).parts[0] for file in plan.root.rglob("*")}
    assert names == {"tiny", "tests", ".code_mutants"}
    files = {file.name for file in (plan.root / "tiny").rglob("*")}
    assert files == {"__init__.py", "code.py", "order.py"}
    assert (plan.root / "tiny" / "code.py").read_text() == TINY


@pytest.fixture(scope="module")
def finished(plan: Plan, recording: Recording) -> Study:
    return study(replace(plan, paths=("tiny/order.py",)), quiet)


def test_a_test_that_fails_without_a_mutant_kills_none(finished: Study) -> None:
    assert {m.operator for m in finished.mutants} == {"return-none", "constant"}
    assert {judged.verdict for judged in finished.judged} == {Verdict.DOUBTFUL}


def test_a_report_adds_up_and_names_survivors(finished: Study) -> None:
    verdicts = (Judged(Verdict.KILLED, "a"), Judged(Verdict.SURVIVED, tests=3, executing=5))
    text = as_text(replace(finished, judged=verdicts))
    first, second = finished.mutants
    assert "all 2 1 0 1 50.0 %" in " ".join(text.split())
    assert f"tiny/order.py:2 {second.operator} (3 of 5 tests): {second.change}" in text
    assert first.change not in text
    assert "1 tests took no part" in text
    assert as_data(replace(finished, judged=verdicts))["percent"] == 50.0
    assert text in as_page(replace(finished, judged=verdicts))


def test_a_run_goes_on_where_it_was_until_a_test_changes(
    plan: Plan, finished: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_given: object) -> Judged:
        raise LookupError

    monkeypatch.setattr(studies, "judge", fails)
    again = study(finished.plan, quiet)
    assert again.mutants == finished.mutants
    (plan.root / "tests" / "test_order.py").write_text(ORDER_TESTS + "\n")
    with pytest.raises(LookupError):
        study(finished.plan, quiet)


def test_a_recording_that_was_stopped_is_combined_again(plan: Plan) -> None:
    data = record(plan, quiet).data
    data.rename(data.with_suffix(".begun"))
    data.with_suffix(".begun").write_text("half")
    assert record(plan, quiet).executing(plan.root / "tiny" / "order.py", [2])


def test_the_report_of_a_run_changes_nothing_for_the_next(plan: Plan) -> None:
    reporting = replace(plan, report=Path("report.md"))
    before = reporting.digest()
    (plan.root / "report.md").write_text("anything")
    assert reporting.digest() == before
    assert plan.digest() != before
