"""What the language server does with whole files, and with all packs of a workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="the language server is an extra")

from lsprotocol import types

from tests.lsp.test_lsp import Editor, in_session

pytestmark = pytest.mark.filterwarnings(
    "ignore:'asyncio.iscoroutinefunction' is deprecated:DeprecationWarning:pygls"
)
"""The client of pygls 2.1 asks asyncio; from Python 3.14 on, that warns."""

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


def which(path: Path) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(path.as_uri())


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
