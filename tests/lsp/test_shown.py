"""What an editor shows in a text: colours and lenses, and what a click on a lens does."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="the language server is an extra")

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from mapping_engine.lsp.highlighting import KINDS, coloured
from mapping_engine.lsp.positions import Positions
from tests.lsp.editor import CLIENT, PERSON, Editor, in_session, references, which

pytestmark = CLIENT

RULES = """\
mapping: 1
title: Small
event: ./vocabulary.yaml
settings: settings.schema.json
payload: payload.schema.json
api: {base: "https://x.test"}
pipelines:
  loud: text |> upper
define:
  who: [name, $settings.name |> loud]
requests:
  first:
    when: type == 'a' and not (count > 10)
    url: "{$api.base}/a"
    json: $payload
    fields: {x: $who, y: type |> loud}
  second:
    url: "{$api.base}/b"
    json: $payload
    fields: {z: {value: $who |> loud, default: true}}
"""
TESTS = """\
tests: 1
settings: {name: me}
event: {type: a, name: ann, count: 1}
cases:
  - name: a call of another type
    event: {type: b}
    expect: {payload: {z: ANN}}
  - name: a call of the first type
    expect: {payload: {x: ann, y: A}}
  - name: a name that is a number
    settings: {name: 3}
    expect: {error: {kind: configuration, message: name}}
"""
FILES = {
    "rules.yaml": RULES,
    "tests/cases.yaml": TESTS,
    "vocabulary.yaml": "vocabulary: 1\n"
    "event: {type: text, name: text, count: number}\npersonal: {names: {}}\n",
    "settings.schema.json": '{"properties": {"name": {"type": "string"}}}',
    "payload.schema.json": "{}",
}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack of two kinds of requests, with rule tests."""
    for name, text in FILES.items():
        file = tmp_path / "pack" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "pack"


def colours(text: str) -> list[tuple[str, str, int]]:
    """Each word with its colour."""
    found = coloured(text)
    return [
        (text[each.span.offset : each.span.end_offset], each.kind, each.modifiers) for each in found
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("event: ./vocabulary.yaml", [("./vocabulary.yaml", "namespace", 0)]),
        ("define: {who: name}", [("who", "variable", 1), ("name", "property", 0)]),
        ("pipelines: {loud: text}", [("loud", "function", 1), ("text", "function", 0)]),
        (
            "fields: {x: \"$settings.a ?? $who |> replace('a', new='b')\"}",
            [
                ("x", "property", 1),
                ("$settings.a", "parameter", 2),
                ("$who", "variable", 0),
                ("replace", "function", 0),
                ("'a'", "string", 0),
                ("'b'", "string", 0),
            ],
        ),
        (
            "fields: {x: {when: lower(type) == 'a' and count > -1.5, constant: true}}",
            [
                ("x", "property", 1),
                ("when", "keyword", 0),
                ("lower", "function", 0),
                ("type", "property", 0),
                ("'a'", "string", 0),
                ("count", "property", 0),
                ("-1.5", "number", 0),
                ("constant", "keyword", 0),
            ],
        ),
        ("fields: {x: {template: 'a {type} b'}}", [("template", "keyword", 0)]),
        ("fields: {x: 'type |>'}", [("x", "property", 1)]),
        ("fields: [", []),
    ],
)
def test_words_have_the_colours_of_what_they_are(
    line: str, words: list[tuple[str, str, int]]
) -> None:
    found = colours(f"mapping: 1\n{line}\n")
    assert [each for each in found if each in words] == words


def test_no_word_is_coloured_twice_and_none_in_what_is_no_rules() -> None:
    text = PERSON.read_text(encoding="utf-8")
    places = [each.span for each in coloured(text)]
    assert all(a.end_offset <= b.offset for a, b in pairwise(places))
    assert colours("define: {a: b}") == []


def test_an_editor_gets_colours_and_the_places_it_counts(pack: Path) -> None:
    rules = pack / "rules.yaml"
    text = RULES.replace("title: Small", 'title: "😀"').replace("x: $who", '"😀": $who')

    async def work(editor: Editor) -> None:
        editor.open(rules, text)
        found = await editor.text_document_semantic_tokens_full_async(
            types.SemanticTokensParams(which(rules))
        )
        assert found is not None
        line = column = 0
        shown, positions, data = [], Positions(text), [*found.data]
        for start in range(0, len(data), 5):
            down, right, length, kind, _ = data[start : start + 5]
            line, column = line + down, (right if down else column + right)
            first = positions.offset(types.Position(line, column))
            last = positions.offset(types.Position(line, column + length))
            shown.append((text[first:last], KINDS[kind]))
        assert shown == [(word, kind) for word, kind, _ in colours(text)]
        assert ('"😀"', "property") in shown

    in_session(work)


async def lenses(editor: Editor, path: Path) -> dict[str, types.Command]:
    """The commands above the lines, by the line and the title."""
    found = await editor.text_document_code_lens_async(types.CodeLensParams(which(path)))
    lines = editor.texts[path].split("\n")
    shown = {}
    for each in found or ():
        assert each.command is not None
        shown[f"{lines[each.range.start.line].strip()} <- {each.command.title}"] = each.command
    return shown


async def click(editor: Editor, command: types.Command) -> str:
    run = types.ExecuteCommandParams(command.command, command.arguments)
    return str(await editor.workspace_execute_command_async(run))


def test_lenses_count_uses_run_rule_tests_and_explain_a_sample(pack: Path) -> None:
    rules, cases = pack / "rules.yaml", pack / "tests" / "cases.yaml"

    async def work(editor: Editor) -> None:
        editor.open(rules)
        editor.open(cases)
        shown = await lenses(editor, rules)
        assert [*shown] == [
            "mapping: 1 <- run the rule tests (3)",
            "loud: text |> upper <- 3 uses",
            "who: [name, $settings.name |> loud] <- 2 uses",
            "fields: {x: $who, y: type |> loud} <- explain with a sample",
            "fields: {z: {value: $who |> loud, default: true}} <- explain with a sample",
        ]
        uses = await references(editor, rules, "  lou", declared=False)
        assert len(uses) == 3

        *_, first, second = shown.values()
        assert "cases.yaml:8: a call of the first type\n\nSmall" in await click(editor, first)
        assert "cases.yaml:5: a call of another type\n\nSmall" in await click(editor, second)
        own = await lenses(editor, cases)
        assert "z = " in await click(editor, own["- name: a call of another type <- explain"])
        refused = own["- name: a name that is a number <- explain"]
        assert "setting `name` is a number" in await click(editor, refused)

        run = shown["mapping: 1 <- run the rule tests (3)"]
        assert await click(editor, run) == "rule tests: 3 passed, 0 failed"
        assert "mapping: 1 <- rule tests: 3 passed, 0 failed" in await lenses(editor, rules)
        assert "tests: 1 <- rule tests: 3 passed, 0 failed" in await lenses(editor, cases)

        editor.write(rules, RULES.replace("y: type |> loud", "y: type"))
        assert "mapping: 1 <- run the rule tests (3)" in await lenses(editor, rules)
        assert await click(editor, run) == "rule tests: 2 passed, 1 failed"
        editor.write(rules, RULES.replace("y: type |> loud", "y: type |> lout"))
        with pytest.raises(JsonRpcException, match="cannot be used"):
            await click(editor, run)

    in_session(work)


def test_an_editor_that_can_shows_uses_and_documents(pack: Path) -> None:
    rules = pack / "rules.yaml"

    async def work(editor: Editor) -> None:
        editor.open(rules, RULES.replace("y: type |> loud", "y: type"))
        shown = await lenses(editor, rules)
        uses = shown["who: [name, $settings.name |> loud] <- 2 uses"]
        assert uses.command == "mapping-engine.showUses"
        assert uses.arguments is not None
        assert uses.arguments[0] == rules.as_uri()
        await click(editor, shown["mapping: 1 <- run the rule tests (3)"])
        await click(editor, shown["fields: {x: $who, y: type} <- explain with a sample"])
        refreshed, failure, explanation = editor.shown
        assert refreshed == ""
        assert "a call of the first type\n" in failure
        assert failure.endswith("\nrule tests: 2 passed, 1 failed\n")
        assert "* $who: " in explanation

    in_session(work, shows=True)
