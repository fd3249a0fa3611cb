"""Mistakes in `batch` and `answers` are told where they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping_engine.engine.loading import read_pack
from tests.engine.mini import HEAD

RULES = """
request:
  url: "{$api.base}/e"
  json: {data: [$payload], token: $settings.key, to: p.a}
define: {call: p.a}
tables: {bad: [1, 2]}
fields: {x: p.a}
"""


KINDS = """
fields: {x: p.a}
requests:
  new:
    when: p.a == 'x'
    url: "{$api.base}/n"
    json: {data: {all: [$payload]}}
    NEW
  old:
    url: "{$api.base}/o"
    json: {all: [$payload]}
    OLD
"""


def told(folder: Path, written: str, rules: str = RULES) -> list[str]:
    (folder / "rules.yaml").write_text(f"{HEAD}{rules}{written}\n")
    (folder / "vocabulary.yaml").write_text(
        "vocabulary: 1\nevent: {p: part}\nobjects: {part: {a: text}}\n"
        "personal: {names: {email: [email]}}\n"
    )
    (folder / "payload.schema.json").write_text('{"properties": {"x": {"type": "string"}}}')
    (folder / "settings.schema.json").write_text(
        '{"properties": {"key": {"type": "string", "x-secret": true}}}'
    )
    found = read_pack(folder).diagnostics
    return [f"{each.code} {each.message}: {each.help}" for each in found]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("batch: {into: data, at_most: 1, bytes: 1 MB}", None),
        ("batch: {into: data, bytes: 500 kB, by: [url, headers, body.token]}", None),
        ("batch: {into: all, beside: [token], at_most: 9, alone: body.to == 'x'}", None),
        ("batch: {into: a, beside: [], at_most: 9, adding: {b: 1}, url: '{$api.base}/b'}", None),
        (
            "batch: {into: all, beside: [token], at_most: 9, adding: {to: x}}",
            "SN01 each body has `to` already, and would lose it: name another key",
        ),
        (
            "batch: {into: '@', beside: [token], at_most: 9}",
            "SN01 nothing can stand beside a list that is the whole body: write `beside: []`",
        ),
        (
            "batch: {into: token.all, beside: [token], at_most: 9}",
            "SN01 `token` is where the list is, and cannot stand beside it",
        ),
        ("batch: {into: data, at_most: 9, adding: {b: 1}}", "SH09 `adding` means nothing"),
        (
            "batch: {into: data, at_most: 9, url: '{$api.base}/{body.to}'}",
            "FO02 the URL of what is",
        ),
        ("batch: {into: data, at_most: 9, url: '{$api.base}/{$payload}'}", "FO02 `$payload`"),
        ("batch: {into: data, at_most: 9, url: '{$api.base}/{$settings.key}'}", "PI06 a secret"),
        ("batch: {into: data}", "SH02 `batch` has no `at_most` or `bytes`"),
        ("batch: {at_most: 1}", "SH02 `batch` has no `into`"),
        ("batch: {into: dta, at_most: 1}", "did you mean `data`?"),
        ("batch: {into: token, at_most: 1}", "SN01 `token` of the body is text"),
        ("batch: {into: all, beside: [tokn], at_most: 1}", "did you mean `token`?"),
        ("batch: {into: data, at_most: 1, by: [body.tokn]}", "did you mean `token`?"),
        ("batch: {into: data, at_most: 1, by: [ulr]}", "did you mean `url`?"),
        ("batch: {into: data, bytes: 1 MX}", "SH03 expected a size"),
        ("batch: {into: data, bytes: 0}", "SH03 expected a size"),
        ("batch: {into: data, bytes: much}", "SH03 expected a size"),
        ("batch: {into: data, at_most: 1, alone: $call == 'x'}", "FO02 `$call` is not available"),
        ("answers: [{when: stauts == 200, delivered: true}]", "did you mean `status`?"),
        ("answers: [{when: type == 'x', delivered: true}]", "does not declare `type`"),
        ("answers: [{when: $call == 'x', delivered: true}]", "FO02 `$call` is not available"),
        ("answers: [{when: status == 200, refuse: '{$payload.x}'}]", "FO02 `$payload` is not"),
        ("answers: [{when: 'status in $tables.bad', retry: 5}]", None),
        ("answers: [{when: status == 200}]", "SH02 this row of `answers` has no `delivered`"),
        ("answers: [{when: status == 200, retry: 5, stop: x}]", "SH04 this row of `answers` has"),
        ("answers: [{when: status == 200, delivered: false}]", "SH03 expected `true`"),
        ("answers: [{when: status == 1, retry: {after: 5, at_most: 5 y}}]", "units: s, min, h, d"),
        ("answers: [{when: status == 200, drop: {when: body.x}}]", "SH02 `drop` has no `at`"),
        ("answers: [{when: status == 200, drop: {at: 1, when: body.x}}]", "SH09 `when` means"),
        ("answers: [{when: status == 200, retry: 5, because: body.x}]", "SH09 `because` means"),
        ("answers: [{when: status == 200, drop: $item.x}]", "FO02 `$item` is not available"),
        ("answers: [{when: headers.Retry == '1', retry: 5}]", "write `headers.retry`"),
        ("answers: [{when: headers.\"x-a\" == '1', retry: 5}]", "write `headers.x_a`"),
        ("answers: [{when: status == 200, refuse: '{$settings.key}'}]", "PI06 a secret"),
    ],
)
def test_mistakes_have_a_place_and_help(tmp_path: Path, written: str, said: str | None) -> None:
    found = told(tmp_path, written)
    assert any(said in each for each in found) if said else not found, found


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("status >= 400", "status == 429", "the rows above take every status"),
        ("status == 429", "status >= 400", None),
        ("status >= 400", "status == 200 or body.x == 1", None),
        ("status >= 400 and body.x == 1", "status == 429", None),
        ("body.x == 1", "body.x == 1", "has the same condition"),
        ("status == 400", "status > 400 and status < 401", "no answer has such a status"),
        ("status == 400", "status == 4000", "no answer has such a status"),
        ("status in [400, 401]", "status == 400", "the rows above take every status"),
        ("not status < 400", "status == 500", "the rows above take every status"),
        ("status != 200", "status == 200", None),
        ("status != 200", "status == 201", "the rows above take every status"),
        ("true", "body.x == 1", "the rows above take every status"),
        ("status >= body.x", "status == 400", None),
    ],
)
def test_rows_that_no_answer_reaches_are_told(
    tmp_path: Path, first: str, second: str, reason: str | None
) -> None:
    rows = f'answers:\n  - {{when: "{first}", retry: 5}}\n  - {{when: "{second}", retry: 6}}'
    found = told(tmp_path, rows)
    if reason is None:
        assert not found
    else:
        assert [each.split(": ")[0] for each in found] == ["SN02 this row never applies"]
        assert reason in found[0]


def test_a_row_that_may_find_no_item_hides_no_other(tmp_path: Path) -> None:
    rows = "answers: [{when: status == 400, drop: body.at}, {when: status == 400, split: bad}]"
    assert told(tmp_path, rows) == []


@pytest.mark.parametrize(
    ("of_new", "of_old", "of_all", "said"),
    [
        ("data.all", "all", None, []),
        ("data.all", None, None, []),
        (None, "all", "data.all", []),
        ("data.al", "all", None, ["the body of the request `new` has no `al`"]),
        (None, None, "all", ["the body of the request `new` has no `all`"]),
        (
            None,
            None,
            "al",
            [f"the body of the request `{name}` has no `al`" for name in ("new", "old")],
        ),
    ],
)
def test_what_is_joined_has_to_be_in_each_kind_that_it_is_for(
    tmp_path: Path, of_new: str | None, of_old: str | None, of_all: str | None, said: list[str]
) -> None:
    written = [f"batch: {{into: {each}, at_most: 1}}" if each else "" for each in (of_new, of_old)]
    rules = KINDS.replace("NEW", written[0]).replace("OLD", written[1])
    found = told(tmp_path, f"batch: {{into: {of_all}, at_most: 1}}" if of_all else "", rules)
    assert len(found) == len(said)
    assert all(f"SN01 {text}" in each for each, text in zip(found, said, strict=True)), found


@pytest.mark.parametrize(
    ("body", "batch", "said"),
    [
        ("form: {a: p.a}", "{into: '@', at_most: 1}", "name one of its fields"),
        ("ndjson: [$payload]", "{into: '@', at_most: 1}", None),
        ("ndjson: [$payload]", "{into: data, at_most: 1}", "write `into: '@'` alone"),
        ("ndjson: [$payload]", "{into: '@', beside: [], at_most: 1}", "write `into: '@'` alone"),
        ("text: '{$payload.x}'", "{into: '@', at_most: 1}", "there is no list in the body"),
        ("xml: {r: $payload}", "{into: r, at_most: 1}", "there is no list in the body"),
        ("body: none", "{into: data, at_most: 1}", "there is no list in the body"),
    ],
)
def test_the_format_of_the_body_says_what_can_be_joined(
    tmp_path: Path, body: str, batch: str, said: str | None
) -> None:
    rules = f"request:\n  url: '{{$api.base}}/e'\n  {body}\nfields: {{x: p.a}}\n"
    found = [each for each in told(tmp_path, f"batch: {batch}", rules) if "SN01" in each]
    assert len(found) == (said is not None)
    assert all(said in each for each in found if said), found
