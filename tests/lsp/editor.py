"""An editor for tests: a real client on the standard input and output of a language server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest

pytest.importorskip("pygls", reason="the language server is an extra")

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from mapping_engine.lsp.positions import Positions

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rules"
PACK = RULES / "facebook_offline_conversions"
IDENTITY = RULES / "fragments" / "meta" / "identity.yaml"
EMAIL = RULES / "fragments" / "rudderstack" / "email.yaml"
PERSON = RULES / "fragments" / "rudderstack" / "person.yaml"
TRACK = RULES / "vocabularies" / "rudderstack" / "track.yaml"
RIGHT = "client_user_agent: context.userAgent |> text"
"""A line of ``PACK``."""
LONGEST = 300.0
"""Seconds: only a server that never answers takes so long, on a busy machine as well."""
SERVER = "import mapping_engine.lsp.__main__"
COMMAND = "from mapping_engine.cli.start import rules_check; rules_check()"
"""The server alone starts sooner than the command `rules-check --lsp` that starts it."""
T = TypeVar("T")

CLIENT = pytest.mark.filterwarnings(
    "ignore:'asyncio.iscoroutinefunction' is deprecated:DeprecationWarning:pygls"
)
"""The client of pygls 2.1 asks asyncio; from Python 3.14 on, that warns."""


class Editor(LanguageClient):
    """A client that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__("editor", "1")
        self.told: dict[str, types.PublishDiagnosticsParams] = {}
        self.heard: list[types.PublishDiagnosticsParams] = []
        self.shown: list[str] = []
        """The documents that it was to show; empty where it was to ask for lenses again."""
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
async def session(
    *encodings: str, folder: Path | None = None, shows: bool = False, command: str = SERVER
) -> AsyncIterator[Editor]:
    """An editor with a server of its own, which must end well; ``folder`` is its workspace.

    With ``shows``, it shows documents and the uses of names when it is asked to.
    """
    editor = Editor()

    def told(params: types.PublishDiagnosticsParams) -> None:
        editor.hear(params)

    def show(params: types.ShowDocumentParams) -> types.ShowDocumentResult:
        editor.shown.append(Path(params.uri.removeprefix("file://")).read_text(encoding="utf-8"))
        return types.ShowDocumentResult(True)

    def refresh(_: None) -> None:
        editor.shown.append("")

    editor.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(told)
    editor.feature(types.WINDOW_SHOW_DOCUMENT)(show)
    editor.feature(types.WORKSPACE_CODE_LENS_REFRESH)(refresh)
    await editor.start_io(sys.executable, "-c", command, "--lsp", cwd=ROOT)
    process = editor._server
    assert process is not None
    try:
        general = types.GeneralClientCapabilities(position_encodings=list(encodings) or None)
        documents = types.ShowDocumentClientCapabilities(shows)
        refreshes = types.CodeLensWorkspaceClientCapabilities(shows)
        await editor.initialize_async(
            types.InitializeParams(
                capabilities=types.ClientCapabilities(
                    general=general,
                    window=types.WindowClientCapabilities(show_document=documents),
                    workspace=types.WorkspaceClientCapabilities(code_lens=refreshes),
                ),
                initialization_options={"showUses": True} if shows else None,
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
    work: Callable[[Editor], Awaitable[T]],
    *encodings: str,
    folder: Path | None = None,
    shows: bool = False,
) -> T:
    async def run() -> T:
        async with session(*encodings, folder=folder, shows=shows) as editor:
            return await work(editor)

    return asyncio.run(asyncio.wait_for(run(), LONGEST))


def which(path: Path) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(path.as_uri())


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


async def references(editor: Editor, path: Path, before: str, *, declared: bool) -> list[str]:
    """What stands at the places of the word behind ``before``, after file and line."""
    found = await editor.text_document_references_async(
        types.ReferenceParams(
            types.ReferenceContext(declared), which(path), editor.position(path, before)
        )
    )
    shown = []
    for each in found or ():
        file = Path(each.uri.removeprefix("file://"))
        line = file.read_text(encoding="utf-8").splitlines()[each.range.start.line]
        text = line[each.range.start.character : each.range.end.character]
        shown.append(f"{file.parent.name}/{file.name}:{each.range.start.line + 1} {text}")
    return shown
