"""The files of a pack: where they lie, whose they are, and how they are saved."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mapping_engine.engine.loading import find_pack, read_pack, reading_of, rules_above
from mapping_engine.engine.project import project
from mapping_engine.errors import ErrorCode, InputError
from mapping_engine.frozen import Frozen
from mapping_engine.source.folder import NO_OVERLAY, Overlay
from mapping_engine.source.replacing import replaced
from mapping_engine.testing.cases import FOLDER

SAVED_TESTS = f"{FOLDER}/play.yaml"


class PackFile(Frozen):
    """A file by the name that findings show; one that is not ``own`` is never written."""

    name: str
    place: Path
    own: bool

    def text(self) -> str:
        """What stands in it; line ends are those that browsers know."""
        return self.place.read_text("utf-8-sig").replace("\r\n", "\n")

    def stamp(self) -> int:
        """What becomes another number when the file changes."""
        return self.place.stat().st_mtime_ns if self.place.exists() else 0


def pack_files(pack: str, overlay: Overlay = NO_OVERLAY) -> dict[str, PackFile]:
    """The files that the pack reads, by name; its rule file comes first."""
    folder, _, entry = find_pack(pack)
    first, reading, own = folder.shown(entry), reading_of(folder), own_homes(pack)
    homes = (folder, *(each.folder for each in reading.rules), *reading.packs)
    found = {}
    for name in dict.fromkeys((first, *read_pack(pack, overlay).texts)):
        places = (_inside(each.root, each.display, name) for each in homes)
        place = next(filter(None, places), None)
        if place is not None:
            found[name] = PackFile(name, place, any(map(place.is_relative_to, own)))
    return found


def own_homes(pack: str) -> tuple[Path, ...]:
    """The folders that may be written to: of a pack that was named by its path, or of a project."""
    (folder, _, entry), ours = find_pack(pack), project()
    root = folder.root
    if not isinstance(root, Path):
        return ()
    if ours is not None and root.resolve().is_relative_to(ours.packs.resolve()):
        shared = (ours.root / place for place in ours.kinds.values())
        return tuple(place.resolve() for place in (ours.packs, *shared))
    is_named = Path(pack) in (root, root / entry)
    return (rules_above(root) or root.resolve(),) if is_named else ()


def _inside(root: object, display: str, name: str) -> Path | None:
    """Where a file lies that is shown under this name, if it lies below ``root``."""
    start = f"{display}/" if display else ""
    if not isinstance(root, Path) or not name.startswith(start):
        return None
    place = root.joinpath(name.removeprefix(start)).resolve()
    return place if place.is_file() else None


def known(name: str, files: Mapping[str, PackFile]) -> PackFile:
    """The file of this name; raises InputError where there is none."""
    if name not in files:
        raise refusal("the pack reads no file of this name", "load the page again")
    return files[name]


def save(file: PackFile, text: str, was: str) -> None:
    """Write a file that is own, unless it is no longer as it ``was`` when it was read."""
    if not file.own:
        message = f"`{file.name}` comes with the package, and is not changed"
        raise refusal(message, "`mapping-engine eject` makes a copy of a pack")
    if file.text() != was:
        raise refusal(f"`{file.name}` has changed on the disk since", "load the page again")
    is_dos = b"\r\n" in file.place.read_bytes()
    write(file.place, text.replace("\n", "\r\n") if is_dos else text)


def saved_tests(pack: str) -> PackFile | None:
    """The file that rule tests are added to; None where the pack is not own."""
    root = find_pack(pack)[0].root
    if not own_homes(pack) or not isinstance(root, Path):
        return None
    return PackFile(SAVED_TESTS, root.resolve() / SAVED_TESTS, True)


def write(place: Path, text: str) -> None:
    """Put a text in the place of a file, which need not exist."""
    try:
        place.parent.mkdir(exist_ok=True)
        place.touch()
        replaced(place, text)
    except OSError as error:
        message = f"`{place.name}` cannot be written: {error.strerror}"
        raise refusal(message, "nothing was changed") from None


def refusal(message: str, help: str) -> InputError:
    """The error of what the page asks for and cannot have."""
    return InputError(ErrorCode.INPUT_FOREIGN, message, help=help)
