"""A pack that extends another one: what is laid over, added, changed and dropped."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping_engine import RuleError, load
from mapping_engine.checks import Options, check_all
from mapping_engine.cli.main import main
from mapping_engine.core.model import Model
from mapping_engine.diagnostics import Diagnostic
from mapping_engine.engine.loading import bundled_packs, load_examined
from mapping_engine.engine.migration import load_migration
from mapping_engine.engine.outcome import Outcome
from mapping_engine.file.rule_files import ENTRY
from mapping_engine.mutants.operators import OPERATORS
from mapping_engine.mutants.pages import pages
from mapping_engine.mutants.study import candidates
from mapping_engine.reference import reference_page
from mapping_engine.testing import run_tests

BASE = """\
mapping: 1
title: Base
api: {base: "https://base.test", version: v1, sunset: 2031-01-01, successor: other}
event: ./vocabulary.yaml
settings: settings.schema.json
payload: payload.schema.json
use: [./shared.yaml]
switch: [Base]
tables:
  names: {sold: Sale, seen: View}
  kinds: [a, b]
pipelines:
  tidy: text |> trim
define:
  name: text |> lower |> lookup($tables.names)
  id: [p.id, p.key]
  seen: $id is present
accept:
  - require: type == 't'
    message: only t
fields:
  name: {value: $name, default: Other}
  id: {first_of: [p.id, p.key], as: tidy}
  kind: {when: $seen, value: p.kind |> one_of($tables.kinds)}
  inside: {fields: {word: $word, note: {first_of: [p.note], as: text}}}
request:
  url: "{$api.base}/{$api.version}/e"
  headers: {X-Token: $settings.token}
  json: {event: $payload}
warn:
  - when: $payload.id is missing
    message: there is no id
  - when: p.odd is present
    message: that is odd
    field: "id"
settings_warn:
  - when: $settings.old is present
    message: that is old
"""
STRING = {"type": "string"}
FILES = {
    ENTRY: BASE,
    "shared.yaml": "fragment: 1\ndefine:\n  word: [p.word, p.text]\n",
    "vocabulary.yaml": """\
vocabulary: 1
event: {type: text, text: text, p: part}
objects:
  part: {id: text, key: text, kind: text, word: text, text: text, note: text, odd: text}
personal: {names: {email: [email]}}
""",
    "settings.schema.json": json.dumps(
        {
            "type": "object",
            "properties": {"token": {**STRING, "x-secret": True}, "old": STRING},
            "required": ["token"],
            "additionalProperties": False,
        }
    ),
    "payload.schema.json": json.dumps(
        {
            "type": "object",
            "properties": {
                **dict.fromkeys(("name", "id", "kind"), STRING),
                "inside": {"type": "object", "properties": {"word": STRING, "note": STRING}},
            },
            "additionalProperties": False,
        }
    ),
    "tests/cases.yaml": """\
tests: 1
settings: {token: t}
event: {type: t, text: sold, p: {id: i, key: k, kind: a}}
cases:
  - {name: a sale, expect: {payload: {name: Sale}, no_warnings: true}}
  - {name: its id, expect: {payload: {id: i}}}
""",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return folder


def own(folder: Path, rules: str, base: str = BASE, **files: str) -> Path:
    """A pack `own` that extends the pack `base` beside it."""
    write(folder / "base", FILES | {ENTRY: base})
    named = {name.replace("_", "."): text for name, text in files.items()}
    head = "mapping: 1\nextends: base\ntitle: Own\n"
    return write(folder / "own", {ENTRY: head + rules} | named)


def outcome(pack: Path, settings: dict[str, Any] | None = None, **event: Any) -> Outcome:
    bound = load(pack).bind({"token": "t"} | (settings or {}), clock=lambda: 0.0)
    return bound.outcome({"type": "t", "text": "sold", **event})


def body(pack: Path, settings: dict[str, Any] | None = None, **event: Any) -> Any:
    (request,) = outcome(pack, settings, **event).requests
    return request.body["event"]


def found(pack: Path) -> tuple[Diagnostic, ...]:
    return check_all([pack], Options()).diagnostics


def said(pack: Path) -> list[str]:
    return [f"{Path(d.span.file).parent.name}:{d.span.line} {d.message}" for d in found(pack)]


# Laying over


def test_a_pack_that_says_nothing_more_is_the_extended_one(tmp_path: Path) -> None:
    pack, event = own(tmp_path, ""), {"id": "i"}
    assert load(pack).model.title == "Own"
    assert outcome(pack, p=event).requests == outcome(tmp_path / "base", p=event).requests
    assert found(pack) == ()


def test_a_field_is_added_or_takes_the_place_of_the_one_there(tmp_path: Path) -> None:
    schema = '{"properties": {"more": {"type": "string"}}}'
    rules = "payload: payload.json\nfields: {kind: {constant: k}, more: p.word}\n"
    pack = own(tmp_path, rules, payload_json=schema)
    assert body(pack, p={"word": "w", "kind": "a"}) == {
        "name": "Sale",
        "kind": "k",
        "inside": {"word": "w"},
        "more": "w",
    }


def test_a_field_is_changed_by_its_path(tmp_path: Path) -> None:
    rules = """\
amend:
  fields.id: {first: [p.odd], drop: [p.id]}
  fields.inside.fields.note: {last: [p.text]}
  word: {drop: [p.word]}
"""
    pack = own(tmp_path, rules)
    assert body(pack, p={"odd": " o ", "word": "w", "text": "t"}) == {
        "name": "Sale",
        "id": "o",
        "inside": {"word": "t", "note": "t"},
    }


def test_definitions_are_added_and_overridden_as_those_of_fragments(tmp_path: Path) -> None:
    rules = "define: {more: p.odd}\noverride: {name: $more, word: {constant: x}}\n"
    assert body(own(tmp_path, rules), p={"odd": "o"}) == {"name": "o", "inside": {"word": "x"}}
    assert said(own(tmp_path, "define: {name: p.odd}\n")) == [
        "own:4 definition `name` hides another of the same name"
    ]


def test_rows_are_added_to_a_table_and_a_list_or_pipeline_is_another_one(tmp_path: Path) -> None:
    rules = """\
tables: {names: {sold: Sold, left: Gone}, kinds: [c]}
pipelines: {tidy: text |> upper}
"""
    pack = own(tmp_path, rules)
    assert body(pack, p={"id": "i", "kind": "c"}) == {"name": "Sold", "id": "I", "kind": "c"}
    assert [body(pack, text=text)["name"] for text in ("seen", "left")] == ["View", "Gone"]


def test_blocks_are_laid_over_key_by_key_and_what_excludes_a_key_takes_its_place(
    tmp_path: Path,
) -> None:
    rules = """\
api: {version: v2}
request:
  headers: {X-Own: $settings.own}
  form: {e: $payload}
settings: own.json
"""
    pack = own(tmp_path, rules, own_json='{"properties": {"own": {"type": "string"}}}')
    (request,) = outcome(pack, {"own": "o"}).requests
    assert (request.url, request.format) == ("https://base.test/v2/e", "form")
    assert {"X-Token": "t", "X-Own": "o"}.items() <= request.headers.items()


def test_own_rules_of_a_list_stand_before_the_others(tmp_path: Path) -> None:
    rules = "accept: [{require: text, message: no text}]\nwarn: [{when: true, message: mine}]\n"
    pack = own(tmp_path, rules)
    assert "no text" in str(outcome(pack, text=None, type="x").error)
    assert [w.message for w in outcome(pack).warnings] == ["mine", "there is no id"]


def test_an_own_kind_of_request_is_tried_first(tmp_path: Path) -> None:
    kinds = "requests:\n  all: {path: [all], fields: {id: p.id}}\n"
    base = BASE.partition("fields:\n")[0] + kinds
    rules = """\
requests:
  few: {when: p.odd, path: [few], fields: {id: p.odd}}
  all: {path: [most]}
amend: {requests.all.fields.id: {as: upper}}
drop: [pipelines.tidy]
"""
    pack = own(tmp_path, rules, base)
    urls = [outcome(pack, p=p).requests[0].url for p in ({"odd": "o"}, {"id": "i"})]
    assert urls == ["https://base.test/few", "https://base.test/most"]
    assert outcome(pack, p={"id": "i"}).requests[0].body == {"id": "I"}


def test_schemas_and_vocabulary_are_laid_over(tmp_path: Path) -> None:
    rules = "settings: own.json\nevent: ./own.yaml\noverride: {id: $settings.own ?? p.mine}\n"
    schema = '{"properties": {"own": {"type": "string"}}, "required": ["own"]}'
    words = "vocabulary: 1\nobjects: {part: {mine: text}}\n"
    pack = own(tmp_path, rules + "fields: {id: $id}\n", own_json=schema, own_yaml=words)
    assert found(pack) == ()
    with pytest.raises(Exception, match="own"):
        load(pack).bind({"token": "t"})
    assert body(pack, {"own": "o"})["id"] == "o"


def test_of_several_packs_the_last_word_counts(tmp_path: Path) -> None:
    own(tmp_path, "tables: {names: {sold: Sold}}\namend: {fields.id: {first: [p.odd]}}\n")
    rules = "mapping: 1\nextends: own\ntitle: Third\nfields: {id: p.key}\n"
    third = write(tmp_path / "third", {ENTRY: rules})
    assert body(third, p={"odd": "o", "key": "k"}) == {"name": "Sold", "id": "k"}
    assert found(third) == ()


# Dropping


def test_what_is_dropped_is_not_there(tmp_path: Path) -> None:
    rules = """\
drop: [fields.kind, fields.inside.fields.note, tables.names.seen, warn.that is odd,
       accept.type == 't', request.headers.X-Token, settings.old, settings_warn, define.id,
       define.seen]
"""
    pack = own(tmp_path, rules)
    done = outcome(pack, type="x", text=None, p={"id": "i", "kind": "a", "odd": "o", "note": "n"})
    assert done.requests[0].body == {"event": {"name": "Other", "id": "i"}}
    assert "X-Token" not in done.requests[0].headers
    assert done.warnings == ()
    assert load(pack).model.tables["names"] == {"sold": "Sale"}
    assert "old" not in load(pack).model.settings_schema["properties"]


@pytest.mark.parametrize(
    ("path", "help"),
    [
        ("fields.kinds", "did you mean `fields.kind`?"),
        ("settings.odl", "did you mean `old`?"),
        ("warn.that is od", "did you mean `warn.that is odd`?"),
        ("tests.a sael", "did you mean `a sale`?"),
    ],
)
def test_what_is_not_there_cannot_be_dropped(tmp_path: Path, path: str, help: str) -> None:
    (only,) = found(own(tmp_path, f"drop: [{path}]\n"))
    assert (only.code, only.span.line, only.help) == ("PR01", 4, help)


def test_what_is_dropped_and_needed_is_a_mistake_of_the_pack(tmp_path: Path) -> None:
    pack = own(tmp_path, "drop: [tables.kinds]\n")
    (only,) = found(pack)
    assert "table `kinds` is not defined" in only.message
    assert f"see what {pack}/rules.yaml drops" in (only.help or "")
    assert only.fix is None
    assert found(tmp_path / "base") == ()


# Mistakes


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("fields: {kind: {constnat: 1}}", "own:4 unknown key `constnat` in this field"),
        (
            "amend: {fields.idd: {last: [p.odd]}}",
            "own:4 there is nothing to change: the field `fields.idd` does not exist",
        ),
        (
            "fields: {id: [p.id]}\namend: {fields.id: {last: [p.odd]}}",
            "own:5 there is nothing to change: `fields.id` is written in this file",
        ),
        (
            "amend: {fields.id: {drop: [p.odd]}}",
            "own:4 `fields.id` has no `p.odd` to drop",
        ),
    ],
)
def test_a_mistake_stands_where_it_is_written(tmp_path: Path, rules: str, expected: str) -> None:
    assert expected in said(own(tmp_path, rules + "\n"))


def test_a_field_that_a_definition_makes_is_changed_there(tmp_path: Path) -> None:
    base = BASE.replace("  inside: {fields", "  inside: $in\n").replace(": {word: $word", "#")
    base = base.replace("define:\n", "define:\n  in: {fields: {word: $word, note: p.note}}\n")
    (only,) = found(own(tmp_path, "amend: {fields.inside.fields.word: {when: $seen}}\n", base))
    assert only.help == "`$in` makes it: write `in.fields.word`"
    pack = own(tmp_path, "amend: {in.fields.word: {when: $seen}}\n", base)
    assert found(pack) == ()
    assert body(pack, p={"word": "w"}) == {"name": "Sale"}


def test_an_unknown_pack_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    pack = own(tmp_path, "")
    write(pack, {ENTRY: "mapping: 1\nextends: bsae\n"})
    (only,) = found(pack)
    assert (only.message, only.help) == (
        "there is no pack `bsae` to extend",
        "did you mean `base`?",
    )
    for outside in ("../base", "/etc", str(tmp_path / "base")):
        write(pack, {ENTRY: f"mapping: 1\nextends: {outside}\n"})
        (only,) = found(pack)
        assert only.message == f"there is no pack `{outside}` to extend"


@pytest.mark.parametrize("given", ["[base]", "{pack: base}", ""])
def test_what_is_no_name_of_a_pack_is_the_one_mistake(tmp_path: Path, given: str) -> None:
    pack = own(tmp_path, "")
    write(pack, {ENTRY: f"mapping: 1\nextends: {given}\ntitle: Own\n"})
    (only,) = found(pack)
    assert only.message.startswith("expected a text, found")


def test_nothing_outside_of_the_folders_is_read(tmp_path: Path) -> None:
    pack = own(tmp_path, "settings: ../base/settings.schema.json\n")
    assert "must lie in its folder" in said(pack)[0]


def test_packs_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    pack = own(tmp_path, "")
    for name in ("own", "base"):
        write(tmp_path / "base", {ENTRY: f"mapping: 1\nextends: {name}\n"})
        with pytest.raises(RuleError, match="files that use themselves"):
            load(pack)


def test_drop_without_extends_means_nothing(tmp_path: Path) -> None:
    own(tmp_path, "", BASE + "drop: [fields.id]\n")
    assert "`drop` means nothing in a mapping file without `extends`" in said(tmp_path / "base")[0]


# Findings


def test_what_the_extended_pack_does_is_not_held_against_the_own_one(tmp_path: Path) -> None:
    base = BASE.replace("  kinds: [a, b]\n", "  kinds: [a, b]\n  spare: {x: y}   \n")
    pack = own(tmp_path, "", base + "# rules: ignore FB01 -- an old reason\n")
    assert found(pack) == ()
    assert {d.code for d in found(tmp_path / "base")} == {"PR03", "ST01", "SU01"}
    both = check_all([tmp_path / "base", pack], Options()).diagnostics
    alone = check_all([tmp_path / "base"], Options()).diagnostics
    assert [str(d.span) for d in both] == [str(d.span) for d in alone]
    assert [d.fix is not None for d in both] == [False, True, True]  # the other may use the table


def test_what_is_unused_of_the_own_things_is_found(tmp_path: Path) -> None:
    rules = "settings: own.json\ndefine: {spare: p.odd}\n"
    pack = own(tmp_path, rules, own_json='{"properties": {"own": {"type": "string"}}}')
    assert said(pack) == [
        "own:1 setting `own` is never used",
        "own:5 definition `$spare` is never used",
    ]


def test_a_file_of_the_own_pack_is_checked_with_it(tmp_path: Path) -> None:
    words = "vocabulary: 1\nobjects: {parts: {x: text}}\n"
    pack = own(tmp_path, "event: ./own.yaml\n", own_yaml=words)
    alone = check_all([pack / "own.yaml"], Options()).diagnostics
    assert alone == found(pack)
    assert [d.code for d in alone] == ["SE08"]


def test_a_file_of_the_extended_pack_is_checked_with_those_that_extend_it(tmp_path: Path) -> None:
    pack = own(tmp_path, "override: {word: [$gone]}\n")
    shared = tmp_path / "base" / "shared.yaml"
    write(shared.parent, {"shared.yaml": "fragment: 1\ndefine: {word: p.word, gone: p.text}\n"})
    (unused,) = check_all([shared], Options()).diagnostics
    assert (unused.message, unused.fix) == ("definition `$gone` is never used", None)
    write(shared.parent, {"shared.yaml": "fragment: 1\ndefine: {word: p.word}\n"})
    (only,) = check_all([shared], Options()).diagnostics
    assert (Path(only.span.file).parent, only.message) == (pack, "`$gone` is not defined")


# Rule tests


def test_inherited_tests_are_run_with_the_own_rules(tmp_path: Path) -> None:
    pack = own(tmp_path, "amend: {fields.id: {first: [p.key]}}\n")
    passed, failed = run_tests(pack)
    assert passed.passed
    assert "drop `tests.its id`, or all of `tests.cases.yaml`" in failed.text()


@pytest.mark.parametrize("path", ["tests", "tests.cases.yaml"])
def test_inherited_tests_are_dropped(tmp_path: Path, path: str) -> None:
    assert run_tests(own(tmp_path, f"drop: [{path}]\n")) == []
    (kept,) = run_tests(own(tmp_path, "drop: [tests.its id]\n"))
    assert kept.case.name == "a sale"


def test_an_own_test_takes_the_place_of_that_of_its_name(tmp_path: Path) -> None:
    pack = own(tmp_path, "amend: {fields.id: {first: [p.key]}}\n")
    text = FILES["tests/cases.yaml"].replace("{id: i}", "{id: k}")
    write(pack, {"tests/own.yaml": text.replace("name: a sale", "name: another")})
    assert [(r.case.name, r.passed) for r in run_tests(pack)] == [
        ("a sale", True),
        ("another", True),
        ("its id", True),
    ]


def test_mistakes_are_planted_in_the_own_rules_where_they_are_written(tmp_path: Path) -> None:
    rules = "fields: {id: p.key ?? p.odd}\namend: {word: {first: p.odd}}\n"
    files = pages([str(own(tmp_path, rules))])
    made = {m.file for operator in OPERATORS for m in candidates(operator, files)}
    assert {file.rpartition("/")[2] for file in made} == {"rules.yaml", "shared.yaml"}


# Bundled packs


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For each bundled pack one that extends it and is called like it."""
    folder = tmp_path_factory.mktemp("laid")
    for name in bundled_packs():
        write(folder / name, {ENTRY: f"mapping: 1\nextends: {name}\n"})
    return folder


def core(model: Model) -> tuple[object, ...]:
    parts = (each.fields for each in model.requests)
    rules = (rule.condition for rule in model.accept)
    return (model.definitions, model.pipelines, model.tables, *parts, *rules)


@pytest.mark.parametrize("name", bundled_packs())
def test_each_bundled_pack_can_be_extended(laid: Path, name: str) -> None:
    extended, bundled = load_examined(laid / name), load_examined(name)
    assert core(extended.model) == core(bundled.model)
    assert extended.model.settings_schema == bundled.model.settings_schema
    assert extended.model.file.api == bundled.model.file.api
    assert found(laid / name) == ()


def test_the_page_marks_what_is_ours_and_what_is_left_out(tmp_path: Path) -> None:
    rules = """\
drop: [fields.kind, define.seen]
amend: {word: {first: [p.odd]}}
tables: {names: {left: Gone}}
fields: {id: p.key}
warn: [{when: p.odd, message: mine}]
"""
    page = reference_page(load_examined(own(tmp_path, rules)))
    assert "It extends the pack `base`." in page
    assert "Left out: `fields.kind`, `define.seen`." in page
    marks = [re.sub(" *[|].*", "", line[2:]) for line in page.splitlines() if "** " in line + " "]
    assert marks[1:] == [
        "`name` **changed**",
        "`id` **ours**",
        "`inside.word` **changed**",
        "`p.odd`: mine **ours**",
    ]


def test_without_another_version_a_pack_is_held_against_the_extended_one(tmp_path: Path) -> None:
    pack = own(tmp_path, "fields: {id: p.key}\n")
    found = CliRunner().invoke(main, ["diff", str(pack)])
    assert found.exit_code == 1
    assert "fields\n  id\n" in found.stdout
    assert "no pack" in CliRunner().invoke(main, ["diff", str(tmp_path / "base")]).stderr


def test_the_settings_of_another_pack_migrate_to_one_that_extends(laid: Path) -> None:
    migration = load_migration("facebook_offline_conversions", str(laid / "facebook_conversions"))
    assert migration.apply({"accessToken": "t"}).settings["accessToken"] == "t"


# Any split of a pack

SECTIONS = re.split(r"^(?=\w)", BASE, flags=re.MULTILINE)[1:]


@settings(max_examples=15, deadline=None)
@given(st.sets(st.integers(4, len(SECTIONS) - 1)), st.sampled_from(["sold", "seen", "x"]))
def test_wherever_a_pack_is_cut_in_two_the_requests_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, moved: set[int], text: str
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    rules = "".join(part for place, part in enumerate(SECTIONS) if place in moved)
    rest = "".join(part for place, part in enumerate(SECTIONS) if place not in moved)
    pack = own(folder, rules, rest)
    write(pack, {name: text for name, text in FILES.items() if name != ENTRY})
    write(folder / "whole", FILES)
    event: dict[str, Any] = {"text": text, "p": {"id": " i ", "kind": "b", "word": "w"}}
    assert outcome(pack, **event).requests == outcome(folder / "whole", **event).requests
    shutil.rmtree(folder)
