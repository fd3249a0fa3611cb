"""What a language server says of the texts in an editor, and when."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="the language server is an extra")

from lsprotocol import types

from mapping_engine.lsp.workspace import check_unit, unit_of
from tests.lsp.editor import CLIENT, COMMAND, RIGHT, Editor, in_session, session
from tools.check_example import completed, write_pack

pytestmark = CLIENT


def spot(found: types.Diagnostic) -> tuple[object, int, int, int]:
    start, end = found.range.start, found.range.end
    return found.code, start.line, start.character, end.character


@pytest.mark.parametrize(
    ("encoding", "column"),
    [(None, 34), ("utf-16", 34), ("utf-8", 36), ("utf-32", 33)],
)
def test_a_mistake_is_shown_where_the_editor_counts_it(
    pack: Path, encoding: str | None, column: int
) -> None:
    rules = pack / "rules.yaml"
    wrong = rules.read_text(encoding="utf-8").replace(RIGHT, "client_user_agent: \"'😀' |> texd\"")
    line = wrong[: wrong.index("😀")].count("\n")

    async def work(editor: Editor) -> None:
        editor.open(rules, wrong)
        (found,) = [each for each in await editor.findings(rules) if each.code == "TX01"]
        assert spot(found)[1:] == (line, column, column + len("texd"))
        assert found.severity is types.DiagnosticSeverity.Error
        assert found.source == "rules-check"
        assert "did you mean `text`?" in found.message

    in_session(work, *([encoding] if encoding else []))


def test_the_command_serves_an_editor_and_ends_well(small: Path) -> None:
    async def run() -> set[object]:
        async with session(command=COMMAND) as editor:
            editor.open(small / "rules.yaml", "mapping: 1\n")
            return {each.code for each in await editor.findings(small / "rules.yaml")}

    assert "SH02" in asyncio.run(run())


def test_a_mistake_is_gone_when_it_is_corrected_and_nothing_is_saved(pack: Path) -> None:
    rules = pack / "rules.yaml"
    good = rules.read_text(encoding="utf-8")

    async def work(editor: Editor) -> None:
        editor.open(rules, good.replace(RIGHT, "client_user_agent: context.userAgend |> text"))
        found = await editor.findings(rules)
        assert "SE08" in {each.code for each in found}
        editor.write(rules, good)
        assert "SE08" not in {each.code for each in await editor.findings(rules)}

    in_session(work)
    assert rules.read_text(encoding="utf-8") == good


def test_the_last_of_many_changes_counts(pack: Path) -> None:
    rules = pack / "rules.yaml"
    good = rules.read_text(encoding="utf-8")

    async def work(editor: Editor) -> None:
        editor.open(rules, good)
        for end in range(len(RIGHT)):
            editor.write(rules, good.replace(RIGHT, RIGHT[:end]))
        editor.write(rules, good)
        found = await editor.findings(rules)
        assert types.DiagnosticSeverity.Error not in {each.severity for each in found}

    in_session(work)


def test_what_was_found_in_an_older_text_is_never_said_of_a_newer_one(pack: Path) -> None:
    rules = pack / "rules.yaml"
    good = rules.read_text(encoding="utf-8")
    wrong = good.replace(RIGHT, "client_user_agent: context.userAgent |> texd")

    async def work(editor: Editor) -> None:
        editor.open(rules, wrong)
        for pause in (0.0, 0.02, 0.05, 0.1, 0.2):
            await asyncio.sleep(pause)
            editor.write(rules, good)
            await asyncio.sleep(pause)
            editor.write(rules, wrong)
        editor.write(rules, good)
        await editor.findings(rules)
        said = {p.version: [d.code for d in p.diagnostics] for p in editor.heard}
        stale = {v for v, codes in said.items() if ("TX01" in codes) != (v is not None and v % 2)}
        assert stale == set()

    in_session(work)


def test_other_files_of_the_pack_are_shown_too_and_closing_clears_them(pack: Path) -> None:
    rules, schema = pack / "rules.yaml", pack / "settings.schema.json"
    schema.write_text("{", encoding="utf-8")

    async def work(editor: Editor) -> None:
        editor.open(rules)
        await editor.until(schema, "SH08")
        editor.close(rules)
        await editor.until(schema)
        await editor.until(rules)

    in_session(work)


SMALL = {
    "rules.yaml": """\
mapping: 1
title: Small
event: ./vocabulary.yaml
settings: settings.schema.json
payload: payload.schema.json
use: [./own.yaml]
api: {base: "https://x.test"}
request: {url: "{$api.base}/e", json: {payload: $payload}}
fields: {x: $shared}
""",
    "own.yaml": "fragment: 1\ndefine:\n  shared: type\n",
    "vocabulary.yaml": "vocabulary: 1\nevent: {type: text}\npersonal: {names: {}}\n",
    "settings.schema.json": "{}",
    "payload.schema.json": "{}",
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A pack with a fragment of its own."""
    for name, text in SMALL.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_what_is_saved_is_seen_by_other_files(small: Path) -> None:
    rules, own = small / "rules.yaml", small / "own.yaml"

    async def work(editor: Editor) -> None:
        editor.open(rules)
        assert "PR01" not in {each.code for each in await editor.findings(rules)}
        own.write_text(SMALL["own.yaml"].replace("shared", "other"), encoding="utf-8")
        which = types.TextDocumentIdentifier(own.as_uri())
        editor.text_document_did_save(types.DidSaveTextDocumentParams(which))
        await editor.until_found(rules, "PR01")

    in_session(work)


def test_the_rules_are_judged_before_their_rule_tests(small: Path) -> None:
    rules, cases = small / "rules.yaml", small / "tests" / "cases.yaml"
    cases.parent.mkdir()
    wrong = "tests: 1\nevent: {type: a}\ncases: [{name: a, expect: {payload: {nothing: a}}}]\n"
    cases.write_text(wrong, encoding="utf-8")

    async def work(editor: Editor) -> None:
        editor.open(rules)
        await editor.until_found(cases, "TE02")
        before = len(editor.heard)
        editor.write(rules, SMALL["rules.yaml"].replace("x: $shared", "nothing: $shard"))
        await editor.until(cases)
        heard = [(each.uri, *(d.code for d in each.diagnostics)) for each in editor.heard[before:]]
        judged = (rules.as_uri(), "PR01")
        assert heard == [judged, judged, (cases.as_uri(),)]
        editor.open(cases, wrong.replace("tests: 1", "tests: 2"))
        await editor.until_found(cases, "SH05")

    in_session(work)


def test_a_closed_file_counts_as_it_is_on_disk(small: Path) -> None:
    rules, own = small / "rules.yaml", small / "own.yaml"

    async def work(editor: Editor) -> None:
        editor.open(rules)
        await editor.findings(rules)
        editor.open(own, SMALL["own.yaml"].replace("shared", "other"))
        await editor.until_found(rules, "PR01")
        editor.close(own)
        await editor.until_lost(rules, "PR01")

    in_session(work)


def test_a_text_that_becomes_another_document_is_no_part_of_its_pack_any_more(small: Path) -> None:
    other = small / "other.yaml"
    other.write_text(SMALL["rules.yaml"], encoding="utf-8")

    async def work(editor: Editor) -> None:
        editor.open(other)
        await editor.findings(other)
        editor.write(other, "services: {}\n")
        editor.write(other, "fragment: 1\ndefin: {}\n")
        await editor.until_found(other, "SH01")

    in_session(work)


def test_of_what_is_no_file_or_holds_nothing_there_is_nothing_to_say(small: Path) -> None:
    rules = small / "rules.yaml"

    async def work(editor: Editor) -> None:
        editor.open(rules, SMALL["rules.yaml"] + "\n\n")
        for uri in ((small / "nowhere.yaml").as_uri(), "https://x.test/rules.yaml", rules.as_uri()):
            which, end = types.TextDocumentIdentifier(uri), types.Position(11, 0)
            context = types.CodeActionContext([])
            assert await editor.text_document_hover_async(types.HoverParams(which, end)) is None
            assert (
                await editor.text_document_definition_async(types.DefinitionParams(which, end))
                is None
            )
            actions = types.CodeActionParams(which, types.Range(end, end), context)
            assert not await editor.text_document_code_action_async(actions)
            if uri != rules.as_uri():
                found = await editor.text_document_completion_async(
                    types.CompletionParams(which, end)
                )
                assert isinstance(found, types.CompletionList)
                assert not found.items

    in_session(work)


def test_a_conflict_names_its_other_side(pack: Path) -> None:
    rules = pack / "rules.yaml"
    text = rules.read_text(encoding="utf-8").replace(RIGHT, f"{RIGHT}\n      {RIGHT}")

    async def work(editor: Editor) -> None:
        editor.open(rules, text)
        found = {each.code: each for each in await editor.findings(rules)}
        (related,) = found["SY02"].related_information or ()
        assert related.message == "first defined here"
        assert related.location.range.start.line == found["SY02"].range.start.line - 1

    in_session(work)


@pytest.mark.parametrize(
    ("name", "text", "codes"),
    [
        ("a.yaml", "fragment: 1\ndefin: {}\n", ["SH01"]),
        ("a.yaml", "vocabulary: 1\nevent: {a: text}\n", ["SH02"]),
        ("a.yaml", "tests: 1\ncases: 1\n", ["SH03"]),
        ("compose.yaml", "services: {}\n", []),
    ],
)
def test_a_file_of_no_pack_is_checked_alone(
    tmp_path: Path, name: str, text: str, codes: list[str]
) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")

    async def work(editor: Editor) -> None:
        editor.open(file)
        if codes:
            assert [each.code for each in await editor.findings(file)] == codes
        else:
            assert await editor.hover(file, "serv") == ""
            assert not editor.told

    in_session(work)


def test_a_fragment_in_a_folder_of_rules_has_the_findings_of_its_packs(tmp_path: Path) -> None:
    shared = tmp_path / "rules" / "fragments" / "shared.yaml"
    shared.parent.mkdir(parents=True)
    shared.write_text("fragment: 1\ndefine: {word: $wrod}\n")
    write_pack(tmp_path / "rules" / "pack", completed("use: [shared]\nfields:\n  x: $word\n"))
    text = shared.read_text()
    unit = unit_of(shared, text)
    assert unit == shared
    found, _ = check_unit(unit, [shared], {shared: text})
    assert "PR01" in [each.code for each in found[shared].diagnostics]
