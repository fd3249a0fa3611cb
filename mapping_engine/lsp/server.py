"""One editor: its texts, their places, and what was last said about them."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from tempfile import TemporaryDirectory

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from mapping_engine import __version__
from mapping_engine.checks.users import kind_of_text
from mapping_engine.diagnostics import Span
from mapping_engine.lsp.findings import published
from mapping_engine.lsp.lenses import RanTests
from mapping_engine.lsp.positions import Positions
from mapping_engine.lsp.workspace import Findings, Workspace, check_unit
from mapping_engine.source.folder import Overlay

PAUSE, LONGER = 0.05, 0.3
"""Seconds without a change before the rules are checked, and then what stands beside them."""
BESIDE = frozenset(("tests", "migration"))
"""The files that are not checked before the rules are."""
_LOG = logging.getLogger(__name__)


class RulesServer(LanguageServer):
    """One editor, its open files, and what was last said about them."""

    def __init__(self) -> None:
        full = types.TextDocumentSyncKind.Full
        super().__init__("rules-check", __version__, text_document_sync_kind=full)
        self.files = Workspace()
        self.ended = False
        self.shows_uses = ""
        """The command by which the editor shows the uses of a name, if it has one."""
        self.ran: dict[Path, RanTests] = {}
        """What became of the rule tests of packs whose texts have not changed since."""
        self.folder = TemporaryDirectory(prefix="mapping-engine-")
        """The folder of what is shown in documents of their own."""
        self._found: dict[Path, dict[Path, Findings]] = {}
        self._said: dict[Path, list[types.Diagnostic]] = {}
        self._tickets: dict[Path, int] = {}
        self._turn = asyncio.Lock()

    # Places

    def positions(self, text: str) -> Positions:
        """The places of a text as this editor counts them."""
        return Positions(text, self.workspace.position_encoding or "utf-16")

    def located(self, path: Path) -> tuple[str, Positions] | None:
        """The URI and the places of a file, unless it cannot be read."""
        text = self.files.text(path)
        if text is None:
            return None
        return self.uri(path), self.positions(text)

    def uri(self, path: Path) -> str:
        """The name the editor gave to a file, or the one it would."""
        opened = self.files.opened.get(path)
        return opened.uri if opened else path.as_uri()

    def folders(self) -> list[Path]:
        """The folders that the editor has opened."""
        named = self.workspace.folders or filter(None, (self.workspace.root_uri,))
        found = (path_of(uri) for uri in named)
        return [path for path in found if path is not None]

    def location(self, path: Path, span: Span) -> types.Location | None:
        """A place in a file for the editor, unless the file cannot be read."""
        found = self.located(path)
        return types.Location(found[0], found[1].of_span(span)) if found else None

    def findings(self, path: Path) -> Findings | None:
        """What is wrong with an open file, unless its text has changed since."""
        opened = self.files.opened.get(path)
        found = self._merged(path)
        same = opened is not None and found is not None and opened.text == found.text
        return found if same else None

    # Texts

    async def changed(self, uri: str, *, pause: float = PAUSE) -> None:
        """Check the pack of a file that was opened or changed."""
        path = path_of(uri)
        if path is None:
            return
        document = self.workspace.get_text_document(uri)
        before = self.files.opened.get(path)
        opened = self.files.put(path, uri, document.version, document.source)
        if before is not None and before.unit not in (None, opened.unit):
            self._leave(before.unit)
        units = {unit for unit, found in self._found.items() if path in found}
        if opened.unit is not None:
            units.add(opened.unit)
        for unit in units:
            self.ran.pop(unit, None)
        is_rules = kind_of_text(opened.text) not in BESIDE
        checks = (self._check(unit, pause, rules_first=is_rules) for unit in sorted(units))
        await asyncio.gather(*checks)

    async def closed(self, uri: str) -> None:
        """Forget the text of a file; its pack is checked as long as another file is open."""
        path = path_of(uri)
        opened = self.files.opened.pop(path, None) if path else None
        if opened is None or opened.unit is None:
            return
        if opened.unit in self.files.units():
            await self._check(opened.unit, 0)
        else:
            self._leave(opened.unit)

    async def saved(self) -> None:
        """Check everything again: other packs may use what was written to disk."""
        for unit in sorted(self.files.units()):
            await self._check(unit, 0)

    def _leave(self, unit: Path | None) -> None:
        if unit is None or unit in self.files.units():
            return
        self._tickets[unit] = self._tickets.get(unit, 0) + 1
        self._found.pop(unit, None)
        self.files.forget(unit)
        self._publish()

    async def _check(self, unit: Path, pause: float, *, rules_first: bool = False) -> None:
        """Check after a pause; a newer text of the same pack makes this check stop.

        With ``rules_first``, what is wrong with the rules of the pack is said before the rest, and
        of a shared file, what one of the packs says that use it.
        """
        ticket = self._tickets[unit] = self._tickets.get(unit, 0) + 1
        await asyncio.sleep(pause)
        if rules_first:
            await self._check_now(unit, ticket, beside=False)
            await asyncio.sleep(LONGER if pause else 0)
        await self._check_now(unit, ticket, beside=True)

    async def _check_now(self, unit: Path, ticket: int, *, beside: bool) -> None:
        async with self._turn:
            if self._tickets[unit] != ticket or unit not in self.files.units():
                return
            overlay, members = self.files.overlay, self.files.members(unit)
            try:
                found = await asyncio.to_thread(self._found_in, unit, members, overlay, beside)
            except Exception:  # half-typed text must not end the server
                _LOG.exception("the check of %s failed", unit)
                found = {}
            if self._tickets[unit] != ticket:
                return
            if not beside:
                members = self.files.opened.keys() & found.keys()
                found = {**self._found.get(unit, {}), **{path: found[path] for path in members}}
            self._found[unit] = found
            self._publish(members)

    def _found_in(
        self, unit: Path, members: set[Path], overlay: Overlay, beside: bool
    ) -> dict[Path, Findings]:
        """What is wrong with a pack, or with a file: first by one of the packs that use it."""
        if not beside and not self.files.is_pack(unit):
            unit = self.files.user_of(unit, fresh=False) or unit
        found, examined = check_unit(unit, members, overlay, beside=beside)
        self.files.remember(unit, overlay, examined)
        return found

    # Findings

    def _merged(self, path: Path) -> Findings | None:
        """What all packs that use a file say of its present text."""
        now = self.files.text(path)
        parts = [found[path] for found in self._found.values() if path in found]
        parts = [part for part in parts if part.text in (None, now)]
        if not parts:
            return None
        unique = dict.fromkeys(each for part in parts for each in part.diagnostics)
        return Findings(now, tuple(unique))

    def _publish(self, always: set[Path] | None = None) -> None:
        """Tell the editor what has changed, and what it waits for."""
        files = {path for found in self._found.values() for path in found}
        for path in sorted(files | set(self._said) | (always or set())):
            found = self._merged(path)
            opened = self.files.opened.get(path)
            if found is None and opened is not None and path in files:
                continue  # a newer text is about to be checked
            positions = self.positions((found and found.text) or "")
            every = found.diagnostics if found else ()
            said = [published(each, positions, self.located) for each in every]
            if said == self._said.get(path, []) and path not in (always or ()):
                continue
            self._said[path] = said
            if not said:
                del self._said[path]
            version = opened.version if opened else None
            self.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(self.uri(path), said, version)
            )


def path_of(uri: str) -> Path | None:
    """The file behind a URI; None for a text that is no file."""
    try:
        found = to_fs_path(uri)
        path = Path(found).resolve() if found else None
        if path is not None:
            path.exists()
    except (OSError, ValueError):  # a zero byte, or a name that is too long
        return None
    return path
