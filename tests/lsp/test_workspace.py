"""What the language server does with whole files, and with all packs of a workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="the language server is an extra")

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from mapping_engine.engine.loading import read_pack
from mapping_engine.lsp.positions import Positions
from tests.lsp.editor import CLIENT, PERSON, Editor, in_session, references, which

pytestmark = CLIENT

RULES = """\
mapping: 1
title: Small
event: ./vocabulary.yaml
settings: settings.schema.json
payload: payload.schema.json
use: [people]
api: {base: "https://x.test"}
request: {url: "{$api.base}/e", json: {payload: $payload}}
fields: {x: $mail, y: type |> loud}
"""
OTHER = RULES.replace("fields:", "amend: {mail: {drop: $raw}}\nfields:").replace(
    "type |> loud", "$settings.token"
)
PEOPLE = """\
fragment: 1
pipelines:
  loud: text |> upper
define:
  raw: name
  mail: [$raw, type |> loud]
"""
FILES = {
    "rules/fragments/people.yaml": PEOPLE,
    "rules/one/rules.yaml": RULES,
    "rules/two/rules.yaml": OTHER,
    "rules/one/tests/cases.yaml": "tests: 1\ntitle: All\nevent: {type: a}\ncases:\n"
    "  - {name: the type is loud, expect: {payload: {x: a, y: A}}}\n",
}
BESIDE = {
    "vocabulary.yaml": "vocabulary: 1\nevent: {type: text, name: text}\npersonal: {names: {}}\n",
    "settings.schema.json": '{"properties": {"token": {"type": "string"}}}',
    "payload.schema.json": "{}",
}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder of rules: two packs that share a fragment."""
    beside = {
        f"rules/{pack}/{name}": text for pack in ("one", "two") for name, text in BESIDE.items()
    }
    for name, text in {**FILES, **beside}.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "rules"


async def formatted(editor: Editor, path: Path, text: str) -> str | None:
    editor.open(path, text)
    edits = await editor.text_document_formatting_async(
        types.DocumentFormattingParams(which(path), types.FormattingOptions(2, insert_spaces=True))
    )
    editor.close(path)
    if not edits:
        return None
    (edit,) = edits
    assert edit.range.start == types.Position(0, 0)
    assert edit.range.end.line == text.count("\n")
    return edit.new_text


def test_a_file_is_laid_out(rules: Path) -> None:
    people = rules / "fragments" / "people.yaml"

    async def work(editor: Editor) -> None:
        untidy = PEOPLE.replace("  raw: name\n", "  raw: name   #the name\n\n\n")
        tidy = PEOPLE.replace("  raw: name\n", "  raw: name   # the name\n\n")
        assert await formatted(editor, people, untidy) == tidy
        assert await formatted(editor, people, PEOPLE) is None
        assert await formatted(editor, people, "fragment: 1\ndefine: [") is None
        assert await formatted(editor, rules / "notes.yaml", "a:   1  \n\n\n") is None

    in_session(work)


def test_a_word_is_found_in_all_packs_of_the_workspace(rules: Path) -> None:
    people, two = rules / "fragments" / "people.yaml", rules / "two" / "rules.yaml"

    async def work(editor: Editor) -> None:
        editor.open(people)
        editor.open(two)
        mail = ["one/rules.yaml:9 $mail", "two/rules.yaml:10 $mail"]
        declared = ["fragments/people.yaml:6 mail", *mail[:1], "two/rules.yaml:9 mail", *mail[1:]]
        assert await references(editor, people, "  mai", declared=False) == mail
        assert await references(editor, two, "{x: $ma", declared=True) == declared
        assert await references(editor, people, "type |> lou", declared=False) == [
            "fragments/people.yaml:6 loud",
            "one/rules.yaml:9 loud",
        ]
        assert await references(editor, people, "mail: [$raw, ty", declared=False) == [
            "fragments/people.yaml:6 type",
            "one/rules.yaml:9 type",
        ]
        assert await references(editor, two, "$settings.tok", declared=True) == [
            "two/rules.yaml:10 $settings.token"
        ]
        assert await references(editor, two, "map", declared=True) == []

    in_session(work, folder=rules.parent)


def test_a_fragment_is_judged_by_one_of_its_packs_before_all_are_asked(rules: Path) -> None:
    people, two = rules / "fragments" / "people.yaml", rules / "two" / "rules.yaml"
    two.write_text(OTHER.replace("$settings.token", "$settings.tokn"), encoding="utf-8")

    async def work(editor: Editor) -> None:
        editor.open(people, PEOPLE.replace("upper", "uper"))
        await editor.until(two, "FO03")
        first, second, *others = [each.uri for each in editor.heard]
        assert first == second == people.as_uri()
        assert people.as_uri() not in others
        assert editor.codes(people) == {"TX01"}

    in_session(work)


def test_what_a_file_declares_is_outlined(rules: Path) -> None:
    people, cases = rules / "fragments" / "people.yaml", rules / "one" / "tests" / "cases.yaml"
    nested = rules / "one" / "rules.yaml"

    async def work(editor: Editor) -> None:
        async def outline(path: Path, text: str | None = None) -> list[tuple[str, str | None]]:
            editor.open(path, text)
            found = await editor.text_document_document_symbol_async(
                types.DocumentSymbolParams(which(path))
            )
            shown = []
            for each in found or ():
                assert isinstance(each, types.DocumentSymbol)
                shown.append((each.name, each.detail))
                shown += [(f"  {inner.name}", inner.detail) for inner in each.children or ()]
            return shown

        assert await outline(people) == [
            ("loud", "pipelines"),
            ("raw", "define"),
            ("mail", "define"),
        ]
        assert await outline(cases) == [("the type is loud", "cases")]
        deep = RULES.replace("x: $mail", "x: {fields: {z: $mail}}")
        assert await outline(nested, deep) == [
            ("x", "fields"),
            ("  z", "fields"),
            ("y", "fields"),
        ]
        assert await outline(rules / "notes.yaml", "define: {a: b}") == []
        assert await outline(rules / "half.yaml", "mapping: 1\ndefine: {a: [") == []

    in_session(work)


def test_what_all_files_declare_is_searched(rules: Path) -> None:
    people = rules / "fragments" / "people.yaml"

    async def work(editor: Editor) -> None:
        editor.open(people, PEOPLE.replace("loud", "louder"))

        async def search(query: str) -> list[str]:
            found = await editor.workspace_symbol_async(types.WorkspaceSymbolParams(query))
            return [f"{each.container_name}: {each.name}" for each in found or ()]

        assert await search("MAIL") == ["fragments: mail", "two: mail"]
        assert await search("loud") == ["fragments: louder", "tests: the type is loud"]

    in_session(work, folder=rules)


async def renamed(editor: Editor, path: Path, before: str, name: str) -> dict[str, str]:
    """The texts after another name was given to the word behind ``before``."""
    found = await editor.text_document_rename_async(
        types.RenameParams(which(path), editor.position(path, before), name)
    )
    assert found is not None
    texts = {}
    for uri, edits in (found.changes or {}).items():
        file = Path(uri.removeprefix("file://"))
        lines = editor.texts.get(file, file.read_text(encoding="utf-8")).split("\n")
        for edit in reversed(edits):
            line, start, end = edit.range.start.line, edit.range.start, edit.range.end
            text = lines[line]
            lines[line] = text[: start.character] + edit.new_text + text[end.character :]
        texts[f"{file.parent.name}/{file.name}"] = "\n".join(lines)
    return texts


def test_a_definition_gets_another_name_wherever_it_is_used(rules: Path) -> None:
    two = rules / "two" / "rules.yaml"

    async def work(editor: Editor) -> None:
        editor.open(two)
        texts = await renamed(editor, two, "{x: $ma", "letter")
        assert texts == {
            "fragments/people.yaml": PEOPLE.replace("mail", "letter"),
            "one/rules.yaml": RULES.replace("mail", "letter"),
            "two/rules.yaml": OTHER.replace("mail", "letter"),
        }
        for name, text in texts.items():
            (rules / name).write_text(text, encoding="utf-8")
        for pack in ("one", "two"):
            assert read_pack(rules / pack).model is not None

    in_session(work, folder=rules.parent)


def test_a_pack_that_extends_another_one_is_at_home_in_the_editor(rules: Path) -> None:
    people = rules / "fragments" / "people.yaml"
    people.write_text(f"{PEOPLE}  post: {{fields: {{letter: $mail}}}}\n", encoding="utf-8")
    one = rules / "one" / "rules.yaml"
    one.write_text(RULES.replace("{x: $mail,", "{x: $post,"), encoding="utf-8")
    own, text = rules / "own" / "rules.yaml", "mapping: 1\nextends: one\ntitle: Own\n"
    own.parent.mkdir()
    change = "amend: {post.fields.letter: {default: none}}\nfields: {y: $raw |> loud}\n"
    own.write_text(text + change, encoding="utf-8")

    async def work(editor: Editor) -> None:
        editor.open(own)
        assert await editor.findings(own) == []
        assert await editor.definition(own, "extends: on") == "rules.yaml: mapping: 1"
        assert await editor.definition(own, "y: $ra") == "people.yaml: raw: name"
        texts = await renamed(editor, own, "amend: {po", "parcel")
        assert texts["own/rules.yaml"] == text + change.replace("post.", "parcel.")
        assert "  parcel: {fields" in texts["fragments/people.yaml"]
        editor.write(own, text.replace("one", "on") + change)
        (wrong,) = [d for d in await editor.findings(own) if d.code == "PR01"]
        assert "there is no pack `on` to extend" in wrong.message
        editor.write(own, text + change)
        assert {"one", "two", "webhook"} <= (await editor.completions(own, "extends: ")).keys()

    in_session(work, folder=rules.parent)


def test_alternatives_that_another_file_drops_and_unsaved_texts_follow(rules: Path) -> None:
    people, one = rules / "fragments" / "people.yaml", rules / "one" / "rules.yaml"

    async def work(editor: Editor) -> None:
        editor.open(people)
        assert await renamed(editor, people, "  ra", "first") == {
            "fragments/people.yaml": PEOPLE.replace("raw", "first"),
            "two/rules.yaml": OTHER.replace("$raw", "$first"),
        }
        unsaved = RULES.replace("y: type |> loud", "y: type |> loud, z: loud(name)")
        editor.open(one, unsaved)
        assert await renamed(editor, people, "  lou", "shout") == {
            "fragments/people.yaml": PEOPLE.replace("loud", "shout"),
            "one/rules.yaml": unsaved.replace("loud", "shout"),
        }

    in_session(work, folder=rules.parent)


def test_a_parameter_of_the_same_name_keeps_it(rules: Path) -> None:
    people, one = rules / "fragments" / "people.yaml", rules / "one" / "rules.yaml"
    own = "pipelines: {own: {parameters: [mail], first_of: [$mail]}}\n"

    async def work(editor: Editor) -> None:
        editor.open(people)
        editor.open(one, RULES.replace("y: type |> loud", "y: type |> own('a')") + own)
        texts = await renamed(editor, people, "  mai", "letter")
        assert texts["one/rules.yaml"].endswith(f"{{x: $letter, y: type |> own('a')}}\n{own}")

    in_session(work, folder=rules.parent)


@pytest.mark.parametrize(
    ("before", "name", "why"),
    [
        ("  mai", "raw", "exists already in one"),
        ("  mai", "settings", "a name of the language"),
        ("  mai", "a-b", "is no name"),
        ("  lou", "lower", "a name of the language"),
        ("text |> uppe", "higher", "neither a definition nor a pipeline"),
        ("ra", "first", "outside of the workspace"),
    ],
)
def test_a_name_that_cannot_be_is_refused(rules: Path, before: str, name: str, why: str) -> None:
    people = rules / "fragments" / "people.yaml"
    folder = rules / "one" if "outside" in why else rules

    async def work(editor: Editor) -> None:
        editor.open(people)
        place = f"  {before}" if before == "ra" else before
        with pytest.raises(JsonRpcException, match=why):
            await renamed(editor, people, place, name)

    in_session(work, folder=folder)


def test_bundled_files_and_packs_with_mistakes_keep_their_names(rules: Path) -> None:
    one = rules / "one" / "rules.yaml"

    async def work(editor: Editor) -> None:
        editor.open(PERSON)
        with pytest.raises(JsonRpcException, match="bundled file"):
            await renamed(editor, PERSON, "\n  full_nam", "whole_name")
        editor.open(one, RULES.replace("use: [people]", "use: [people, nobody]"))
        people = rules / "fragments" / "people.yaml"
        editor.open(people)
        with pytest.raises(JsonRpcException, match="correct the mistakes of one first"):
            await renamed(editor, people, "  mai", "letter")

    in_session(work, folder=rules.parent)


async def offered(
    editor: Editor, path: Path, before: str, *only: types.CodeActionKind
) -> dict[str, str]:
    """The titles of the actions at a place, and the text after each of them."""
    place = editor.position(path, before)
    found = await editor.text_document_code_action_async(
        types.CodeActionParams(
            which(path),
            types.Range(place, place),
            types.CodeActionContext([], only=list(only) or None),
        )
    )
    texts = {}
    for action in found or ():
        assert isinstance(action, types.CodeAction)
        assert action.edit is not None
        ((_, (edit,)),) = (action.edit.changes or {}).items()
        positions, text = Positions(editor.texts[path]), editor.texts[path]
        start, end = positions.offset(edit.range.start), positions.offset(edit.range.end)
        texts[action.title] = f"{text[:start]}{edit.new_text}{text[end:]}"
    return texts


def test_a_finding_is_suppressed_by_a_comment_that_wants_a_reason(rules: Path) -> None:
    one = rules / "one" / "rules.yaml"
    last = "fields: {x: $mail, y: type |> loud}\n"
    text = RULES.replace(last, "fields:\n  x: $mail\n  y: \"type ?? 'a' ?? 'b'\"\n")
    title = "Suppress FB01 here, with a reason"

    async def work(editor: Editor) -> None:
        editor.open(one, text)
        await editor.until_found(one, "FB01")
        changed = (await offered(editor, one, "?? 'a' ?? '"))[title]
        assert changed == text.replace("  y:", "  # rules: ignore FB01 --\n  y:")
        editor.write(one, changed)
        await editor.until_found(one, "SU02")
        assert "FB01" not in editor.codes(one)
        editor.write(one, changed.replace("FB01 --", "FB01 -- b follows in May"))
        await editor.until_lost(one, "SU02")
        assert "FB01" not in editor.codes(one)
        folded = text.replace("\"type ?? 'a' ?? 'b'\"", ">-\n    type ?? 'a'\n    ?? 'b'")
        editor.write(one, folded)
        await editor.until_found(one, "FB01")
        assert title not in await offered(editor, one, "    ?? '")

    in_session(work)


def test_all_safe_fixes_of_a_file_are_made_at_once(rules: Path) -> None:
    one = rules / "one" / "rules.yaml"
    last = "fields: {x: $mail, y: type |> loud}\n"
    good = "fields:\n  x: $mail\n  y: \"type ?? 'a'\"\n  z: \"name ?? 'a'\"\n"
    text = RULES.replace(last, good.replace("'a'", "'a' ?? 'b'"))
    everything = types.CodeActionKind.SourceFixAll

    async def work(editor: Editor) -> None:
        editor.open(one, text)
        await editor.until_found(one, "FB01")
        found = await offered(editor, one, "mapping: ", everything)
        assert found == {"Apply all safe fixes": RULES.replace(last, good)}
        quick = await offered(editor, one, "mapping: ", types.CodeActionKind.QuickFix)
        assert quick == {}
        editor.write(one, RULES)
        await editor.until_lost(one, "FB01")
        assert await offered(editor, one, "mapping: ", everything) == {}

    in_session(work)


def test_the_parameters_of_a_transform_are_shown_where_they_are_written(rules: Path) -> None:
    one = rules / "one" / "rules.yaml"

    async def work(editor: Editor) -> None:
        async def shown(written: str) -> tuple[str, int | None] | None:
            path = one.with_name(f"rules{len(editor.texts)}.yaml")
            editor.open(path, RULES.replace("{x: $mail, y: type |> loud}", f"\n  x: {written}"))
            found = await editor.text_document_signature_help_async(
                types.SignatureHelpParams(which(path), editor.position(path, written))
            )
            if found is None:
                return None
            (one_of,) = found.signatures
            return one_of.label, found.active_parameter

        replace = "text |> replace(old: text, new?: text) -> text"
        assert await shown("type |> replace(") == (replace, 0)
        assert await shown("type |> replace('a(,', ") == (replace, 1)
        assert await shown("replace(type") == (replace, None)
        assert await shown("replace(lower(type), ") == (replace, 0)
        assert await shown("type |> lower ") is None
        assert await shown("type |> nothing_known(") is None

    in_session(work)


def test_a_secret_says_where_it_lies(rules: Path) -> None:
    one = rules / "one" / "rules.yaml"
    head = 'headers: {a: "$secrets.key", b: "$secrets.given"}, '
    text = RULES.replace('{url: "', f'{{{head}url: "') + (
        "secrets:\n  key: {from: $settings.token, description: Lets requests in.}\n  given: Own.\n"
    )
    (rules / "one" / "settings.schema.json").write_text(
        '{"properties": {"token": {"type": "string", "x-secret": true}}}', encoding="utf-8"
    )
    one.write_text(text, encoding="utf-8")

    async def work(editor: Editor) -> None:
        editor.open(one)
        assert await editor.hover(one, "$secrets.ke") == (
            "`$secrets.key` — a secret, which lies in `$settings.token`\n\nLets requests in."
        )
        assert await editor.hover(one, "$secrets.giv") == (
            "`$secrets.given` — a secret, which is given when settings are bound\n\nOwn."
        )
        assert await editor.definition(one, "$secrets.giv") == "rules.yaml: given: Own."

    in_session(work)
