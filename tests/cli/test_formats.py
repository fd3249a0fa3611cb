"""Findings for machines: every format holds what was found, whatever the texts hold."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine.checks import Checked, Options, check_all
from mapping_engine.checks.catalogue import CATALOGUE
from mapping_engine.cli.formats import FORMATS, written
from mapping_engine.diagnostics import Diagnostic, Fix, Label, Severity, Span
from tools.check_example import TODAY, completed, write_pack

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SCHEMA = json.loads((HERE / "sarif-schema-2.1.0.json").read_text("utf-8"))
MATCHER = json.loads((ROOT / ".github" / "rules-check-matcher.json").read_text("utf-8"))
HOSTILE = "50%, a:b\r\nc]]> <&>\"' \x00\x1b[31m \ud800 \U0001f600 ::error::"
TEXTS = st.text(max_size=20) | st.just(HOSTILE)


def span(file: str = "a.yaml", line: int = 1, column: int = 2) -> Span:
    return Span(file, line, column, line, column + 3, column - 1, column + 2)


@st.composite
def findings(draw: st.DrawFn) -> Diagnostic:
    code = draw(st.sampled_from(sorted(CATALOGUE)))
    place = span(draw(st.sampled_from(["a.yaml", "dir/b c.yaml", "ü,:%.yaml"])), draw(st.just(1)))
    return Diagnostic(
        CATALOGUE[code],
        draw(TEXTS),
        place,
        (Label(place, draw(TEXTS)),) if draw(st.booleans()) else (),
        draw(st.none() | TEXTS),
        tuple(draw(st.lists(TEXTS, max_size=2))),
        Fix(place, draw(TEXTS), draw(TEXTS), safe=True) if draw(st.booleans()) else None,
        Severity.WARNING if draw(st.booleans()) else None,
    )


CHECKED = st.lists(findings(), max_size=4).map(lambda found: Checked(tuple(found), {}))


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checked:
    monkeypatch.chdir(tmp_path)
    rules = "define:\n  order: p.a\nfields:\n  x: $ordr\n  y2: \"p.a ?? 'ü😀' ?? type\"\n"
    write_pack(tmp_path / "pack", completed(rules))
    return check_all(["pack"], Options(TODAY))


@given(CHECKED)
def test_every_format_takes_every_finding(checked: Checked) -> None:
    for form in FORMATS:
        text = written(form, checked)
        assert text.endswith("\n") or not checked.diagnostics
        text.encode("utf-8", "replace")


# Concise, and the matcher of GitHub


def test_concise_gives_one_line_a_finding_that_the_problem_matcher_reads(real: Checked) -> None:
    pattern = MATCHER["problemMatcher"][0]["pattern"][0]
    lines = written("concise", real).splitlines()
    assert len(lines) == len(real.diagnostics) == 2
    for line, found in zip(lines, real.diagnostics, strict=True):
        match = re.fullmatch(pattern["regexp"], line)
        assert match is not None
        read = {name: match[pattern[name]] for name in pattern if name != "regexp"}
        assert read == {
            "file": found.span.file,
            "line": str(found.span.line),
            "column": str(found.span.column),
            "severity": found.severity.value,
            "message": found.message,
            "code": found.code,
        }


@given(CHECKED)
def test_concise_is_one_line_a_finding_whatever_the_texts_hold(checked: Checked) -> None:
    assert len(written("concise", checked).splitlines()) == len(checked.diagnostics)


# JSON


def test_json_and_jsonl_hold_the_same_findings(real: Checked) -> None:
    as_array = json.loads(written("json", real))
    as_lines = [json.loads(line) for line in written("jsonl", real).splitlines()]
    assert as_array == as_lines == [found.to_dict() for found in real.diagnostics]
    assert as_array[0]["fix"]["replacement"] == "order"


# SARIF


@given(CHECKED)
def test_sarif_follows_its_published_schema(checked: Checked) -> None:
    jsonschema.Draft4Validator(SCHEMA).validate(json.loads(written("sarif", checked)))


def test_sarif_names_rules_places_and_fixes(real: Checked) -> None:
    document = json.loads(written("sarif", real))
    jsonschema.Draft4Validator(SCHEMA).validate(document)
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["FB01", "PR01"]
    for result, found in zip(run["results"], real.diagnostics, strict=True):
        assert rules[result["ruleIndex"]] == result["ruleId"] == found.code
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "pack/rules.yaml"
        assert place["region"]["startColumn"] == found.span.column
        assert ("fixes" in result) == (found.fix is not None)
        if found.fix is None:  # nothing is taken away beside an error
            continue
        change = result["fixes"][0]["artifactChanges"][0]["replacements"][0]
        assert change["insertedContent"]["text"] == found.fix.replacement
    assert run["columnKind"] == "unicodeCodePoints"


def test_a_fingerprint_survives_moved_lines_and_tells_repeats_apart() -> None:
    first = Diagnostic(CATALOGUE["FB01"], "m", span(line=1))
    moved = Diagnostic(CATALOGUE["FB01"], "m", span(line=3))
    repeat = Diagnostic(CATALOGUE["FB01"], "m", span(line=4))

    def prints(text: str, *found: Diagnostic) -> list[str]:
        document = json.loads(written("sarif", Checked(found, {"a.yaml": text})))
        return [r["partialFingerprints"]["ruleLine/v1"] for r in document["runs"][0]["results"]]

    assert prints("x: a\n", first) == prints("\n\n  x: a\n", moved)
    one, other = prints("\n\nx: a\nx: a\n", moved, repeat)
    assert one != other


def test_a_file_name_becomes_a_uri() -> None:
    found = Diagnostic(CATALOGUE["FB01"], "m", span("dir\\b c%ü.yaml"))
    document = json.loads(written("sarif", Checked((found,), {})))
    place = document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "dir/b%20c%25%C3%BC.yaml"


# GitHub


def unescaped(text: str) -> str:
    """What the runner of GitHub makes of an escaped text."""
    for escaped, plain in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(escaped, plain)
    return text


@given(CHECKED)
def test_annotations_are_one_command_a_finding_and_read_back_whole(checked: Checked) -> None:
    text = written("github", checked)
    lines = text.removesuffix("\n").split("\n") if text else []
    assert len(lines) == len(checked.diagnostics)
    for line, found in zip(lines, checked.diagnostics, strict=True):
        command, _, message = line[2:].partition("::")
        kind, _, written_properties = command.partition(" ")
        properties = dict(each.split("=", 1) for each in written_properties.split(","))
        assert kind == {"error": "error", "warning": "warning", "info": "notice"}[found.severity]
        assert unescaped(properties["file"]) == found.span.file
        assert unescaped(properties["title"]) == f"{found.code} {found.name}"
        assert unescaped(message).startswith(found.message)


# JUnit


@given(CHECKED)
def test_junit_is_xml_with_a_failing_case_for_each_finding(checked: Checked) -> None:
    text = written("junit", checked).encode("utf-8", "replace")
    suites = ElementTree.fromstring(text)
    failures = suites.findall(".//failure")
    assert len(failures) == len(checked.diagnostics) == int(suites.attrib["failures"])
    cases = suites.findall(".//testcase")
    assert len(cases) == max(1, len(checked.diagnostics)) == int(suites.attrib["tests"])


def test_the_hook_for_other_repositories_takes_rules_and_all_that_belongs_to_them() -> None:
    text = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    pattern = re.search(r"files: (\S+)", text)
    assert pattern is not None
    for name in ("rules.yaml", "packs/a/rules.yaml", "rules/a/rules.yaml", "rules/own/x.yaml"):
        assert re.search(pattern[1], name), name
    for name in ("rules/a/settings.schema.json", "rules/fragments/iso/currencies.json"):
        assert re.search(pattern[1], name), name
    for name in (".github/workflows/ci.yml", "overrules.yaml", "package.json"):
        assert not re.search(pattern[1], name), name
