"""The other version of a pack: in another folder, or at a revision of git."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from mapping_engine.engine.loading import find_pack, reading_of, rules_above
from mapping_engine.errors import ErrorCode, RuleError
from mapping_engine.file.extending import read_layers
from mapping_engine.file.rule_files import ENTRY, Location


@contextmanager
def older_pack(pack: str, against: str | None) -> Iterator[str]:
    """The path of the version of a pack that is in a folder, or was in a revision of git.

    What was in a revision is written to a temporary folder, which is gone afterwards. Without
    ``against``, it is the pack that the pack extends. Raises RuleError where there is no such
    version.
    """
    folder, name, entry = find_pack(pack)
    root = Path(str(folder.root)).resolve()
    extended = [at for at, _ in read_layers(Location(folder, entry), reading_of(folder))][:-1]
    if against is None:
        if not extended:
            raise _error(f"`{name}` extends no pack; name another version of it with --against")
        last = extended[-1]
        yield str(last.folder.root.joinpath(last.name.removesuffix(f"/{ENTRY}")))
        return
    if Path(against).is_dir():
        yield _in_folder(Path(against), name, entry)
        return
    with TemporaryDirectory(prefix="mapping-engine-") as made:
        top = Path(_git(root, "rev-parse", "--show-toplevel").decode().strip())
        whole = rules_above(root) or (root.parent if extended and root != top else root)
        _extract(top, against, whole.relative_to(top), Path(made))
        there = Path(made) / root.relative_to(top)
        if not (there / entry).is_file():
            raise _error(f"there is no {entry} of `{name}` in the revision `{against}`")
        yield str(there if entry == ENTRY else there / entry)


def _in_folder(folder: Path, name: str, entry: str) -> str:
    """The pack in a folder: the folder itself, or one of this name in it or in its `rules`."""
    for place in (folder, folder / name, folder / "rules" / name):
        if (place / entry).is_file():
            return str(place if entry == ENTRY else place / entry)
    raise _error(f"there is no {entry} of `{name}` in the folder `{folder}`")


def _extract(top: Path, revision: str, part: Path, into: Path) -> None:
    found = _git(
        top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    commit = found.decode().strip()
    data = _git(top, "archive", "--format=tar", commit, "--", part.as_posix())
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        archive.extractall(into, filter="data")


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, check=True
        )
    except FileNotFoundError:
        raise _error("git is not installed; name a folder instead of a revision") from None
    except subprocess.CalledProcessError as problem:
        said = problem.stderr.decode(errors="replace").strip().partition("\n")[0]
        why = f" ({said})" if said else ""
        raise _error(f"neither a folder nor a revision of git with these rules{why}") from None
    return done.stdout


def _error(message: str) -> RuleError:
    return RuleError(
        ErrorCode.RULES_INVALID, message, help="name a folder, or a revision such as `HEAD~1`"
    )
