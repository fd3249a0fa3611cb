"""The wiring of what is shown in a text, colours and lenses, and of what a click on a lens does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from mapping_engine.errors import RuleError
from mapping_engine.lsp.highlighting import KINDS, MODIFIERS, numbers
from mapping_engine.lsp.lenses import EXPLAIN, SHOW_USES, TEST, Lens, RanTests, lenses
from mapping_engine.lsp.server import RulesServer, path_of

T = TypeVar("T")


def _colours(ls: RulesServer, params: types.SemanticTokensParams) -> types.SemanticTokens:
    path = path_of(params.text_document.uri)
    text = (ls.files.text(path) if path else None) or ""
    return types.SemanticTokens(data=numbers(text, ls.positions(text)))


async def _lenses(ls: RulesServer, params: types.CodeLensParams) -> list[types.CodeLens]:
    path = path_of(params.text_document.uri)
    opened = ls.files.opened.get(path) if path else None
    if path is None or opened is None or opened.unit is None:
        return []
    pack = opened.unit if ls.files.is_pack(opened.unit) else None
    ran, overlay = (ls.ran.get(pack) if pack else None), ls.files.overlay

    def find() -> list[Lens]:
        examined = ls.files.examined(path, fresh=False)
        return list(lenses(opened.text, pack, examined, overlay, ran))

    positions, found = ls.positions(opened.text), []
    for each in await asyncio.to_thread(find):
        place, arguments = positions.of_span(each.span), list[object](each.arguments)
        command = ls.shows_uses if each.command == SHOW_USES else each.command
        if command == SHOW_USES:
            arguments = [opened.uri, place.start]
        shown = types.Command(each.title, command, arguments=arguments)
        found.append(types.CodeLens(place, shown))
    return found


async def _test(ls: RulesServer, pack: str) -> str:
    """Run the rule tests of a pack on the texts of the editor, and show those that fail."""
    from mapping_engine.lsp.sample import tested  # few sessions run rules, and it takes long

    ran: RanTests = await _worked(tested, Path(pack), ls.files.overlay)
    ls.ran[Path(pack)] = ran
    workspace = ls.client_capabilities.workspace
    if workspace and workspace.code_lens and workspace.code_lens.refresh_support:
        await ls.workspace_code_lens_refresh_async(None)
    if ran.text:
        await _show(ls, f"{ran.text}\n{ran.title}\n")
    else:
        ls.window_show_message(types.ShowMessageParams(types.MessageType.Info, ran.title))
    return ran.title


async def _explain(ls: RulesServer, pack: str, kind: str, name: str) -> str:
    """Show why the event of a rule test becomes what it becomes."""
    from mapping_engine.lsp.sample import explained  # few sessions run rules

    text = await _worked(explained, Path(pack), kind, name, ls.files.overlay)
    await _show(ls, text)
    return text


async def _worked(work: Callable[..., T], *arguments: object) -> T:
    try:
        return await asyncio.to_thread(work, *arguments)
    except RuleError as error:
        code = types.LSPErrorCodes.RequestFailed
        raise JsonRpcException(str(error), code) from None


async def _show(ls: RulesServer, text: str) -> None:
    """Show a text: as a document of its own, if the editor does that for a server."""
    window = ls.client_capabilities.window
    if window and window.show_document and window.show_document.support:
        file = Path(ls.folder.name, "mapping-engine.txt")
        file.write_text(text, encoding="utf-8")
        await ls.window_show_document_async(types.ShowDocumentParams(file.as_uri()))
    else:
        ls.window_show_message(types.ShowMessageParams(types.MessageType.Info, text))


def register(server: RulesServer) -> None:
    """Have the server answer what editors ask for to show it."""
    legend = types.SemanticTokensLegend([*KINDS], [*MODIFIERS])
    server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, legend)(_colours)
    server.feature(types.TEXT_DOCUMENT_CODE_LENS)(_lenses)
    server.command(TEST)(_test)
    server.command(EXPLAIN)(_explain)
