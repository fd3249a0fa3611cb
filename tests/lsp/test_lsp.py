"""The language server as an editor meets it: a real client on its standard input and output."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest

pytest.importorskip("pygls", reason="the language server is an extra")

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from mapping_engine.lsp.cursor import place_at, place_to_type
from mapping_engine.lsp.findings import actions
from mapping_engine.lsp.positions import Positions
from mapping_engine.lsp.server import path_of
from mapping_engine.lsp.workspace import check_unit, unit_of
from tools.check_example import completed, write_pack

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rules"
PACK = RULES / "facebook_offline_conversions"
IDENTITY = RULES / "fragments" / "meta" / "identity.yaml"
PERSON = RULES / "fragments" / "rudderstack" / "person.yaml"
TRACK = RULES / "vocabularies" / "rudderstack" / "track.yaml"
LONGEST = 300.0
"""Seconds: only a server that never answers takes so long, on a busy machine as well."""
T = TypeVar("T")

pytestmark = pytest.mark.filterwarnings(
    "ignore:'asyncio.iscoroutinefunction' is deprecated:DeprecationWarning:pygls"
)
"""The client of pygls 2.1 asks asyncio; from Python 3.14 on, that warns."""


class Editor(LanguageClient):
    """A client that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__("editor", "1")
        self.told: dict[str, types.PublishDiagnosticsParams] = {}
        self.heard: list[types.PublishDiagnosticsParams] = []
        self.news = asyncio.Event()
        self.texts: dict[Path, str] = {}
        self.versions: dict[Path, int] = {}

    def hear(self, params: types.PublishDiagnosticsParams) -> None:
        self.told[params.uri] = params
        self.heard.append(params)
        self.news.set()

    def open(self, path: Path, text: str | None = None) -> None:
        self.texts[path] = path.read_text(encoding="utf-8") if text is None else text
        self.versions[path] = 1
        item = types.TextDocumentItem(path.as_uri(), "yaml", 1, self.texts[path])
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def write(self, path: Path, text: str) -> None:
        self.texts[path] = text
        self.versions[path] += 1
        self.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.versions[path], path.as_uri()),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    def close(self, path: Path) -> None:
        which = types.TextDocumentIdentifier(path.as_uri())
        self.text_document_did_close(types.DidCloseTextDocumentParams(which))

    async def findings(self, path: Path) -> list[types.Diagnostic]:
        """What is said of the present text of an open file."""
        while True:
            self.news.clear()
            told = self.told.get(path.as_uri())
            if told is not None and told.version == self.versions[path]:
                return list(told.diagnostics)
            await self.news.wait()

    async def until(self, path: Path, *codes: str) -> None:
        """Wait until exactly these codes are said of a file."""
        while True:
            self.news.clear()
            told = self.told.get(path.as_uri())
            if told is not None and sorted(str(d.code) for d in told.diagnostics) == [*codes]:
                return
            await self.news.wait()

    async def until_found(self, path: Path, code: str) -> None:
        """Wait until this code is said of a file, whatever else is."""
        while code not in self.codes(path):
            self.news.clear()
            await self.news.wait()

    async def until_lost(self, path: Path, code: str) -> None:
        """Wait until this code is not said of a file any more."""
        while code in self.codes(path):
            self.news.clear()
            await self.news.wait()

    def codes(self, path: Path) -> set[object]:
        """What is said of a file now."""
        told = self.told.get(path.as_uri())
        return {each.code for each in told.diagnostics} if told is not None else set()

    def position(self, path: Path, before: str) -> types.Position:
        """The place behind the only occurrence of ``before``."""
        text = self.texts[path]
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {path}"
        return Positions(text).position(text.index(before) + len(before))

    async def hover(self, path: Path, before: str) -> str:
        which = types.TextDocumentIdentifier(path.as_uri())
        found = await self.text_document_hover_async(
            types.HoverParams(which, self.position(path, before))
        )
        return found.contents.value if found else ""  # type: ignore[union-attr]

    async def completions(self, path: Path, before: str) -> dict[str, types.CompletionItem]:
        which = types.TextDocumentIdentifier(path.as_uri())
        found = await self.text_document_completion_async(
            types.CompletionParams(which, self.position(path, before))
        )
        assert isinstance(found, types.CompletionList)
        return {item.label: item for item in found.items}

    async def definition(self, path: Path, before: str) -> str | None:
        """The line of the declaration, after the name of its file."""
        which = types.TextDocumentIdentifier(path.as_uri())
        found = await self.text_document_definition_async(
            types.DefinitionParams(which, self.position(path, before))
        )
        if found is None:
            return None
        assert isinstance(found, types.Location)
        target = Path(found.uri.removeprefix("file://"))
        line = target.read_text(encoding="utf-8").splitlines()[found.range.start.line]
        return f"{target.name}: {line.strip()}"


@asynccontextmanager
async def session(*encodings: str, folder: Path | None = None) -> AsyncIterator[Editor]:
    """An editor with a server of its own, which must end well; ``folder`` is its workspace."""
    editor = Editor()

    def told(params: types.PublishDiagnosticsParams) -> None:
        editor.hear(params)

    editor.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(told)
    await editor.start_io(sys.executable, "-m", "mapping_engine.lsp", cwd=ROOT)
    process = editor._server
    assert process is not None
    try:
        general = types.GeneralClientCapabilities(position_encodings=list(encodings) or None)
        await editor.initialize_async(
            types.InitializeParams(
                capabilities=types.ClientCapabilities(general=general),
                workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name)]
                if folder
                else None,
            )
        )
        editor.initialized(types.InitializedParams())
        yield editor
        await editor.shutdown_async(None)
        editor.exit(None)
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
        await editor.stop()  # type: ignore[no-untyped-call]


def in_session(
    work: Callable[[Editor], Awaitable[T]], *encodings: str, folder: Path | None = None
) -> T:
    async def run() -> T:
        async with session(*encodings, folder=folder) as editor:
            return await work(editor)

    return asyncio.run(asyncio.wait_for(run(), LONGEST))


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the bundled pack."""
    return Path(shutil.copytree(PACK, tmp_path / "pack"))


def spot(found: types.Diagnostic) -> tuple[object, int, int, int]:
    start, end = found.range.start, found.range.end
    return found.code, start.line, start.character, end.character


RIGHT = "client_user_agent: context.userAgent |> text"


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


WRITTEN_OUT = {
    "define:\n": "define:\n  birth: {first_of: $birthday, as: text |> date('DMY')}\n",
    "$hashed_city": "{first_of: $city, as: city, then: hashed}",
    "{value: $currency, default: USD, invalid: error}": "\n    value: $currency\n    default: USD",
    "contents: $contents": """contents:
    each: $products # $item is the product
    keep_when: $item.id
    fields:
      id: $item.id |> text
      quantity: {value: $item.quantity |> integer, default: 1}""",
}
"""Names of fragments, and what could stand in their place."""


def in_one_file(rules: Path) -> str:
    """The rules with more written out than there is in the file."""
    text = rules.read_text(encoding="utf-8")
    for name, written in WRITTEN_OUT.items():
        assert text.count(name) == 1
        text = text.replace(name, written)
    return text


def with_field(rules: Path, line: str) -> str:
    """The rules with a line more at the end of their fields."""
    text = rules.read_text(encoding="utf-8")
    return text.replace("\nbatch:", f"\n  {line}\nbatch:")


def test_hovering_explains_the_words_of_the_rules() -> None:
    rules = PACK / "rules.yaml"
    wanted = {
        "birth: {first_of: $birthday, as: text |> da": "text |> date(",
        "fbp: cont": "`context` — object",
        "require: lower(ty": "`type` — text",
        "hashing: $settings.isHash": "Hash personal data with SHA-256.",
        "lookup($tables.standard_ev": "`$tables.standard_events` — object with 8 entries",
        'url: "{$api.ba': "https://graph.facebook.com",
        "event_time: {value: $event_time, default: $no": "the time of the clock",
        "extern_id: {value: $user": "first_of: $user_id",
        "quantity: {value: $item.quan": "the item of the list `$products`",
        "rows($settings.eventsToIds, $standard_ev": "standard_event: $standard_events",
        "ct: {first_of: $city, as: ci": "without_digits",
        "# $item is the product\n    keep_wh": "Items for which this does not hold",
        "  currency: \n    val": "The value, as an expression.",
        "  doby: $birth.year |> bi": "normalises: birthday",
    }

    async def work(editor: Editor) -> None:
        editor.open(rules, in_one_file(rules))
        found = {before: await editor.hover(rules, before) for before in wanted}
        assert {before: text for before, text in found.items() if wanted[before] not in text} == {}

    in_session(work)


def test_hovering_says_that_a_path_is_personal() -> None:
    async def work(editor: Editor) -> None:
        editor.open(PERSON)
        assert "personal data (email)" in await editor.hover(PERSON, "\n  email: [traits.ema")
        assert "personal" in await editor.hover(PERSON, "\n  email: [trai")

    in_session(work)


def test_hovering_a_mistake_says_what_the_check_means(pack: Path) -> None:
    rules = pack / "rules.yaml"
    text = rules.read_text(encoding="utf-8").replace(RIGHT, "client_user_agent: context.userAgend")

    async def work(editor: Editor) -> None:
        editor.open(rules, text)
        await editor.findings(rules)
        assert "**SE08**" in await editor.hover(rules, "context.userAgend")

    in_session(work)


OFFERED: list[tuple[str, set[str], set[str]]] = [
    (
        "a: $ema",
        {"$email", "$settings", "$standard_event"},
        {"$payload", "$item", "$email |> email"},
    ),
    ("a: event\nrefuse:\n- when: $pay", {"$payload", "$email"}, {"$item"}),
    ("a: $settings.", {"accessToken", "eventsToIds"}, {"from"}),
    ("a: $tables.", {"genders", "standard_events"}, {"base"}),
    ("a: $api.", {"base", "version"}, {"genders"}),
    ("a: context.userAgent |> ", {"trim", "email", "zip_text"}, {"value"}),
    ("a: {first_of: $email, as: text |> lo", {"lower", "email"}, set()),
    ('a: "context.', {"traits", "userAgent"}, {"email"}),
    ("a: context.traits.", {"email", "address"}, {"context"}),
    ("a: $products[0].", {"product_id", "price"}, {"context"}),
    ("a: ", {"context", "traits", "at"}, {"trim"}),
    ("a: \"'a", set(), {"context"}),
    ("a: {value: context, inv", {"invalid", "then"}, {"value", "first_of"}),
    ("a: {invalid: ", {"warn", "error", "ignore"}, {"context"}),
    ("a:\n    val", {"value", "first_of", "required"}, {"fields_"}),
    ("a:\n    value: context\n    th", {"then"}, {"value", "template"}),
    ("a: {each: $products, value: $item.", {"product_id"}, {"context"}),
]


def test_what_can_be_written_is_offered(pack: Path) -> None:
    rules = pack / "rules.yaml"
    good = rules.read_text(encoding="utf-8")

    async def work(editor: Editor) -> None:
        editor.open(rules, good)
        await editor.findings(rules)
        wrong = []
        for typed, offered, not_offered in OFFERED:
            editor.write(rules, with_field(rules, typed))
            found = (await editor.completions(rules, f"\n  {typed}")).keys()
            if not offered <= found or found & not_offered:
                wrong.append((typed, offered - found, found & not_offered))
        assert wrong == []

    in_session(work)


def test_what_is_offered_is_described_as_hovering_does(pack: Path) -> None:
    rules = pack / "rules.yaml"
    text = with_field(rules, "a: context.traits.")

    async def work(editor: Editor) -> None:
        editor.open(rules, text)
        editor.open(PERSON)
        await editor.findings(rules)
        found = await editor.completions(rules, "a: context.traits.")
        assert found["email"].detail == "text, personal data (email)"
        assert "text, personal data (email)" in await editor.hover(PERSON, "context.traits.email")

    in_session(work)


def test_what_is_offered_replaces_what_is_typed(pack: Path) -> None:
    rules = pack / "rules.yaml"
    text = with_field(rules, "a: \"'😀' ?? $ema\"")

    async def work(editor: Editor) -> None:
        editor.open(rules, text)
        found = (await editor.completions(rules, "'😀' ?? $ema"))["$email"]
        assert isinstance(found.text_edit, types.TextEdit)
        where = found.text_edit.range
        assert (where.start.character, where.end.character) == (15, 18)
        assert found.text_edit.new_text == "email"

    in_session(work)


def test_the_definition_of_a_name_is_found(pack: Path) -> None:
    rules = pack / "rules.yaml"
    rules.write_text(in_one_file(rules), encoding="utf-8")
    wanted = {
        "extern_id: {value: $user": "match_keys.yaml: user_ids:",
        "no event set id for {$standard": "rules.yaml: standard_events: $mapped_events",
        "rows($settings.eventsToIds, $standard_ev": "rules.yaml: standard_event: $standard_ev",
        "hashing: $settings.isHash": 'settings.schema.json: "isHashRequired": {',
        "lookup($tables.standard_ev": "rules.yaml: standard_events: # for events",
        "text |> one_of($tables.action": "event.yaml: action_sources:",
        'url: "{$api.ba': "rules.yaml: base: https://graph.facebook.com",
        "ct: {first_of: $city, as: ci": "identity.yaml: city:",
        "quantity: {value: $it": "rules.yaml: each: $products # $item",
        "use: [meta/match_keys, meta/ev": "event.yaml: # yaml-language-server",
        "event: rudderst": "track.yaml: # yaml-language-server",
        "settings: settings.sch": "settings.schema.json: {",
        "payload: payload.sch": "payload.schema.json: {",
    }

    async def work(editor: Editor) -> None:
        editor.open(rules)
        found = {before: await editor.definition(rules, before) for before in wanted}
        wrong = {k: v for k, v in found.items() if not (v or "").startswith(wanted[k])}
        assert wrong == {}

    in_session(work)


def test_a_parameter_of_a_pipeline_leads_to_its_declaration() -> None:
    async def work(editor: Editor) -> None:
        editor.open(IDENTITY)
        assert (
            await editor.definition(IDENTITY, "{when: $value |> phones($coun")
            == "identity.yaml: parameters: [country]"
        )
        assert await editor.definition(IDENTITY, "values: [f, m") is None
        assert (
            await editor.definition(IDENTITY, "normalises: country\n    first_of:\n      - $val")
            is None
        )

    in_session(work)


def test_a_fix_is_offered_and_removes_the_mistake(pack: Path) -> None:
    rules = pack / "rules.yaml"
    good = in_one_file(rules)
    wrong = good.replace("    keep_when: $item.id\n", "    keep_wen: $item.id\n")

    async def work(editor: Editor) -> None:
        editor.open(rules, wrong)
        await editor.findings(rules)
        place = editor.position(rules, "# $item is the product\n    keep_w")
        found = await editor.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(rules.as_uri()),
                types.Range(place, place),
                types.CodeActionContext([]),
            )
        )
        (action,) = found or ()
        assert isinstance(action, types.CodeAction)
        assert action.edit is not None
        ((uri, (edit,)),) = (action.edit.changes or {}).items()
        assert uri == rules.as_uri()
        positions = Positions(wrong)
        start, end = positions.offset(edit.range.start), positions.offset(edit.range.end)
        assert wrong[:start] + edit.new_text + wrong[end:] == good

    in_session(work)


@pytest.mark.parametrize("file", [PACK / "rules.yaml", IDENTITY, TRACK], ids=lambda p: p.name)
def test_half_typed_text_has_no_place_that_breaks(file: Path) -> None:
    text = file.read_text(encoding="utf-8")[:3000]
    for end in range(0, len(text), 151):
        place_at(text[:end], end)
        place_to_type(text[:end], end)
        place_to_type(text, end)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_places_and_offsets_are_inverse(encoding: str) -> None:
    text = "a😀é\r\n\u2028x\r\r\n😀"
    positions = Positions(text, encoding)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n":
            assert positions.offset(positions.position(offset)) == offset


@pytest.mark.parametrize(
    "uri", ["file:///%00", "file:///%ff", "file://", "untitled:x", "%", "", f"file:///{'a' * 5000}"]
)
def test_odd_names_of_files_are_no_files_and_no_crash(uri: str) -> None:
    path = path_of(uri)
    assert path is None or not path.is_file()


@pytest.mark.parametrize(
    ("value", "preferred"), [("p.a ?? 'none' ?? type", False), ("p.a??type", True)]
)
def test_a_fix_that_takes_something_away_is_never_preferred(
    value: str, preferred: bool, tmp_path: Path
) -> None:
    write_pack(tmp_path / "pack", completed(f"fields:\n  x: {value}\n"))
    rules = (tmp_path / "pack" / "rules.yaml").resolve()
    found = check_unit(rules.parent, [], {})[0][rules]
    whole = types.Range(types.Position(0, 0), types.Position(9, 0))
    positions = Positions(found.text or "")
    (action,) = actions(found, rules.as_uri(), whole, positions, lambda _path: None)
    assert action.is_preferred is preferred


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
