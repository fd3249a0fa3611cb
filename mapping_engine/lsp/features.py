"""The wiring of the language server: what the editor says, and what it is answered."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from mapping_engine.diagnostics import Span
from mapping_engine.file.expression_shapes import STEPS
from mapping_engine.lsp.completion import proposals
from mapping_engine.lsp.cursor import kind_of, place_at, place_to_type
from mapping_engine.lsp.findings import actions, fix_all, meanings, suppressions
from mapping_engine.lsp.lenses import SHOW_USES
from mapping_engine.lsp.meaning import Meaning, meaning
from mapping_engine.lsp.places import declared_in, packs_for, readings, rule_texts, used_in, word_at
from mapping_engine.lsp.positions import Positions
from mapping_engine.lsp.renaming import RefusedRename, renamed
from mapping_engine.lsp.server import RulesServer, path_of
from mapping_engine.lsp.shown import register
from mapping_engine.lsp.signatures import signature
from mapping_engine.lsp.symbols import Symbol, flat, symbols
from mapping_engine.lsp.tokens import takes_expression, tokens
from mapping_engine.source.layout import laid_out
from mapping_engine.source.node import Source


def _begun(ls: RulesServer, params: types.InitializeParams) -> None:
    options = params.initialization_options
    ls.shows_uses = SHOW_USES if isinstance(options, dict) and options.get("showUses") else ""


async def _opened(ls: RulesServer, params: types.DidOpenTextDocumentParams) -> None:
    await ls.changed(params.text_document.uri, pause=0)


async def _changed(ls: RulesServer, params: types.DidChangeTextDocumentParams) -> None:
    await ls.changed(params.text_document.uri)


async def _saved(ls: RulesServer, _params: object) -> None:
    await ls.saved()


async def _closed(ls: RulesServer, params: types.DidCloseTextDocumentParams) -> None:
    await ls.closed(params.text_document.uri)


def _ended(ls: RulesServer, _params: None) -> None:
    ls.ended = True


def _asked(
    ls: RulesServer,
    params: types.HoverParams
    | types.CompletionParams
    | types.DefinitionParams
    | types.ReferenceParams
    | types.RenameParams
    | types.SignatureHelpParams,
) -> tuple[Path | None, Positions, int]:
    """The file that is asked about, unless it cannot be read, and the place in it."""
    path = path_of(params.text_document.uri)
    text = ls.files.text(path) if path else None
    positions = ls.positions(text or "")
    return (None if text is None else path), positions, positions.offset(params.position)


def _meaning(
    ls: RulesServer, path: Path | None, positions: Positions, offset: int
) -> Meaning | None:
    place = place_at(positions.text, offset) if path else None
    if path is None or place is None:
        return None
    return meaning(place, offset, path, ls.files.examined(path, fresh=True))


def _hover(ls: RulesServer, params: types.HoverParams) -> types.Hover | None:
    path, positions, offset = _asked(ls, params)
    found = _meaning(ls, path, positions, offset)
    current = ls.findings(path) if path else None
    parts = [found.text] if found and found.text else []
    place = positions.range(found.start, found.end) if found and parts else None
    parts += meanings(current, offset) if current else []
    if not parts:
        return None
    content = types.MarkupContent(types.MarkupKind.Markdown, "\n\n---\n\n".join(parts))
    return types.Hover(content, place)


def _completion(ls: RulesServer, params: types.CompletionParams) -> types.CompletionList:
    path, positions, offset = _asked(ls, params)
    place = place_to_type(positions.text, offset) if path else None
    if path is None or place is None:
        return types.CompletionList(is_incomplete=False, items=[])
    items = [
        types.CompletionItem(
            label=each.label,
            kind=each.kind,
            detail=each.detail or None,
            documentation=each.doc or None,
            filter_text=each.text,
            text_edit=types.TextEdit(positions.range(each.start, offset), each.text),
        )
        for each in proposals(place, offset, ls.files.examined(path, fresh=False))
    ]
    return types.CompletionList(is_incomplete=False, items=items)


def _definition(ls: RulesServer, params: types.DefinitionParams) -> types.Location | None:
    found = _meaning(ls, *_asked(ls, params))
    target = ls.located(found.file.resolve()) if found and found.file else None
    if found is None or target is None:
        return None
    uri, positions = target
    return types.Location(
        uri, positions.of_span(found.span) if found.span else positions.range(0, 0)
    )


def _code_actions(ls: RulesServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    uri = params.text_document.uri
    path = path_of(uri)
    found = ls.findings(path) if path else None
    if found is None or found.text is None:
        return []
    positions, only = ls.positions(found.text), params.context.only
    offered = actions(found, uri, params.range, positions, ls.located)
    offered += suppressions(found, uri, params.range, positions, ls.located)
    everything = fix_all(found, uri, positions)
    offered += [everything] if everything else []
    return [each for each in offered if not only or _is_wanted(each, only)]


def _is_wanted(action: types.CodeAction, only: Sequence[types.CodeActionKind | str]) -> bool:
    """Whether it is of one of these kinds: `source` is one of `source.fixAll`, too."""
    kind = f"{_text(action.kind)}."
    return any(kind.startswith(f"{_text(each)}.") for each in only)


def _text(kind: types.CodeActionKind | str | None) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind or ""


def _formatting(
    ls: RulesServer, params: types.DocumentFormattingParams
) -> list[types.TextEdit] | None:
    path = path_of(params.text_document.uri)
    text = ls.files.text(path) if path else None
    if path is None or text is None or kind_of(text) is None:
        return None
    found = laid_out(Source(path.name, text))
    if found is None or found == text:
        return None
    return [types.TextEdit(ls.positions(text).range(0, len(text)), found)]


async def _references(
    ls: RulesServer, params: types.ReferenceParams
) -> list[types.Location] | None:
    path, positions, offset = _asked(ls, params)
    place = place_at(positions.text, offset) if path else None
    word = word_at(place, offset) if place else None
    if path is None or word is None:
        return None
    packs = packs_for(path, ls.folders(), ls.files.units())
    wanted = (used_in, declared_in) if params.context.include_declaration else (used_in,)
    overlay = ls.files.overlay

    def find() -> set[tuple[Path, Span]]:
        found = (part(each, word) for _, each in readings(packs, overlay) for part in wanted)
        return set().union(*found)

    places = await asyncio.to_thread(find)
    located = (ls.location(file, span) for file, span in sorted(places))
    return [each for each in located if each is not None]


def _document_symbols(
    ls: RulesServer, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol]:
    path = path_of(params.text_document.uri)
    text = (ls.files.text(path) if path else None) or ""
    positions = ls.positions(text)
    return [_document_symbol(each, positions) for each in symbols(text)]


def _document_symbol(found: Symbol, positions: Positions) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        name=found.name or "''",  # which the protocol does not allow to be empty
        kind=found.kind,
        range=positions.of_span(found.whole),
        selection_range=positions.of_span(found.span),
        detail=found.section,
        children=[_document_symbol(each, positions) for each in found.inner],
    )


async def _workspace_symbols(
    ls: RulesServer, params: types.WorkspaceSymbolParams
) -> list[types.WorkspaceSymbol]:
    wanted, folders, overlay = params.query.casefold(), ls.folders(), ls.files.overlay

    def find() -> list[tuple[Path, str, Symbol]]:
        return [
            (path, text, each)
            for path, text in rule_texts(folders, overlay)
            for each in flat(symbols(text))
            if wanted in each.name.casefold()
        ]

    return [
        types.WorkspaceSymbol(
            name=each.name,
            kind=each.kind,
            location=types.Location(ls.uri(path), ls.positions(text).of_span(each.span)),
            container_name=path.parent.name,
        )
        for path, text, each in await asyncio.to_thread(find)
    ]


async def _rename(ls: RulesServer, params: types.RenameParams) -> types.WorkspaceEdit:
    path, positions, offset = _asked(ls, params)
    place = place_at(positions.text, offset) if path else None
    word = word_at(place, offset) if place else None
    name = params.new_name.removeprefix("$")
    folders, overlay = ls.folders(), ls.files.overlay
    try:
        if path is None or word is None:
            raise RefusedRename("nothing stands here that has a name")
        packs = [
            each for each in packs_for(path, folders, ls.files.units()) if ls.files.is_pack(each)
        ]
        found = await asyncio.to_thread(renamed, word, name, packs, folders, overlay)
    except RefusedRename as refusal:
        code = types.LSPErrorCodes.RequestFailed
        raise JsonRpcException(str(refusal), code) from None
    changes = {}
    for file, places in found.items():
        if located := ls.located(file):
            uri, positions = located
            changes[uri] = [types.TextEdit(positions.range(*each), name) for each in places]
    return types.WorkspaceEdit(changes=changes)


def _signature(ls: RulesServer, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    path, positions, offset = _asked(ls, params)
    place = place_to_type(positions.text, offset) if path else None
    if place is None or not takes_expression(place.scalar, place.shape, offset):
        return None
    words = tokens(place.scalar, place.shape, offset)
    found = signature(words, steps=place.shape is STEPS)
    if found is None:
        return None
    named = [types.ParameterInformation(name, doc) for name, doc in found.row.parameters]
    shown = types.SignatureInformation(found.row.signature, found.row.summary, named)
    return types.SignatureHelp([shown], 0, found.parameter)


def make_server() -> RulesServer:
    """A language server that has not started."""
    server = RulesServer()
    triggers = types.CompletionOptions(trigger_characters=["$", ".", ">", " "])
    kinds = types.CodeActionOptions(
        code_action_kinds=[types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll]
    )
    server.feature(types.INITIALIZE)(_begun)
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(_opened)
    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(_changed)
    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(_saved)
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(_saved)
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(_closed)
    server.feature(types.SHUTDOWN)(_ended)
    server.feature(types.TEXT_DOCUMENT_HOVER)(_hover)
    server.feature(types.TEXT_DOCUMENT_COMPLETION, triggers)(_completion)
    server.feature(types.TEXT_DOCUMENT_DEFINITION)(_definition)
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, kinds)(_code_actions)
    server.feature(types.TEXT_DOCUMENT_FORMATTING)(_formatting)
    server.feature(types.TEXT_DOCUMENT_REFERENCES)(_references)
    server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)(_document_symbols)
    server.feature(types.WORKSPACE_SYMBOL)(_workspace_symbols)
    server.feature(types.TEXT_DOCUMENT_RENAME)(_rename)
    arguments = types.SignatureHelpOptions(trigger_characters=["(", ","])
    server.feature(types.TEXT_DOCUMENT_SIGNATURE_HELP, arguments)(_signature)
    register(server)
    return server


def serve() -> None:
    """Serve one editor on standard input and output, until it says goodbye."""
    server = make_server()
    server.start_io()
    sys.exit(0 if server.ended else 1)
