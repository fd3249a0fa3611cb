"""A folder that keeps what it answered, so that one can find out later whether that still holds."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from mapping_engine.diagnostics import Diagnostics, Span
from mapping_engine.source.folder import NO_OVERLAY, Folder, Overlay

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Answers: TypeAlias = dict[str, bytes | bool]
"""By name: the SHA-256 of a file that was read, or whether a file that was asked for exists."""


class ObservedFolder(Folder):
    """A folder, and in ``answers`` what it answered.

    That is None once a question was asked that is not kept (for a list of names, or for a file
    that cannot be read), or whose answer changed meanwhile.
    """

    def __init__(
        self, root: Traversable | Path, display: str, overlay: Overlay = NO_OVERLAY
    ) -> None:
        super().__init__(root, display, overlay)
        self.answers: Answers | None = {}

    def read(self, relative: str, span: Span | None, diagnostics: Diagnostics) -> bytes | None:
        """As of any folder; the digest of the bytes is kept."""
        data = super().read(relative, span, diagnostics)
        if data is None:
            self.answers = None
        else:
            self._keep(relative, sha256(data).digest())
        return data

    def exists(self, relative: str) -> bool:
        """As of any folder; the answer is kept."""
        found = super().exists(relative)
        self._keep(relative, found)
        return found

    def names(self, under: str = "", suffix: str = "") -> tuple[str, ...]:
        """As of any folder; nothing is known of the answers any more."""
        self.answers = None
        return super().names(under, suffix)

    def _keep(self, relative: str, answer: bytes | bool) -> None:
        """Keep an answer; that a file exists says nothing more once it is read."""
        if self.answers is None:
            return
        known = self.answers.get(relative)
        if isinstance(known, bytes) and answer is True:
            return
        if known in (None, answer) or (known is True and isinstance(answer, bytes)):
            self.answers[relative] = answer
        else:
            self.answers = None


def still(folder: Folder, answers: Answers) -> bool:
    """Whether ``folder`` answers every question as it did: each file is read and compared."""
    return all(_answer(folder, name, known) == known for name, known in answers.items())


def _answer(folder: Folder, relative: str, known: bytes | bool) -> bytes | bool:
    if isinstance(known, bool):
        return folder.exists(relative)
    data = folder.bytes_of(relative)
    return data is not None and sha256(data).digest()
