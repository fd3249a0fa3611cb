"""TE01 names every part of the rules that no rule test reaches."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from mapping_engine.checks import Options, check_all
from mapping_engine.cli.main import main
from tools.check_example import TODAY, completed, write_pack

RULES = """\
accept:
  - {skip_when: type == 'skipped'}
  - {require: type != 'refused', message: refused}
pipelines:
  sized:
    first_of: [{value: $value |> number, when: $value != '1'}, {value: $value |> text}]
define:
  word: [p.a, type]
  shop: [p.c, type]
fan_out:
  each: {tag: tags}
  none: {message: no tag}
fields:
  x: {value: $word, as: text}
  y2: p.b |> sized |> text
  text:
    decide:
      one: {when: type == 'one', constant: one}
      otherwise: {constant: two}
refuse:
  - {when: $payload.x == 'no', message: not sold}
warn:
  - {when: $payload.x == 'odd', message: an odd one}
request:
  url: "{$api.base}/e"
  headers: {X-Shop: $shop}
  json: {payload: $payload}
"""
BASE = "tests: 1\nevent: {type: x, tags: [t], p: {a: a, b: 2}}\ncases:\n"
CASES = {
    "rule of `accept` 2": "{name: s, event: {type: skipped}, expect: {requests: 0}}",
    "rule of `accept` 3": "{name: r, event: {type: refused}, expect: {error: {code: EV04}}}",
    "rule of `none` 12": "{name: none, event: {tags: []}, expect: {error: {code: CF02}}}",
    "alternative 2 of `$word` 8": "{name: w, without: [p.a], expect: {requests: 1}}",
    "alternative 1 of `$shop` 9": "{name: c, event: {p: {c: c}}, expect: {requests: 1}}",
    "alternative 2 of `sized` 6": "{name: p, event: {p: {b: '1'}}, expect: {requests: 1}}",
    "the row `one` of `text` 18": "{name: o, event: {type: one}, expect: {requests: 1}}",
    "rule of `refuse` 21": "{name: f, event: {p: {a: 'no'}}, expect: {error: {code: EV04}}}",
    "rule of `warn` 23": "{name: v, event: {p: {a: odd}}, expect: {warnings: [an odd]}}",
}
"""What a case reaches, and where it stands."""


def untested(folder: Path, cases: list[str]) -> list[str]:
    write_pack(folder, completed(RULES))
    (folder / "tests").mkdir()
    plain = "{name: plain, expect: {requests: 1}}"
    text = BASE + "".join(f"  - {case}\n" for case in [plain, *cases])
    (folder / "tests" / "cases.yaml").write_text(text)
    found = check_all([folder], Options(TODAY, select=("TE01",))).diagnostics
    return [f"{each.message} {each.span.line}" for each in found]


def test_nothing_is_said_where_all_is_reached(tmp_path: Path) -> None:
    assert untested(tmp_path / "pack", list(CASES.values())) == []


@pytest.mark.parametrize("what", CASES)
def test_a_part_that_no_case_reaches_is_named(what: str, tmp_path: Path) -> None:
    cases = [case for part, case in CASES.items() if part != what]
    (found,) = untested(tmp_path / "pack", cases)
    assert found.endswith(what)


def test_the_command_says_it_after_the_tests(tmp_path: Path) -> None:
    untested(tmp_path / "pack", list(CASES.values())[1:])
    result = CliRunner().invoke(main, ["test", str(tmp_path / "pack"), "--coverage"])
    assert result.exit_code == 0, result.output
    assert "rules.yaml:2:5: no rule test reaches this rule of `accept`" in result.stdout
