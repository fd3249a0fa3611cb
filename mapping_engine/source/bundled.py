"""Where the rules and the grammar of this package are."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from mapping_engine.errors import ErrorCode, RuleError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

KINDS = MappingProxyType({"rules": "rules", "grammar": "grammar", "checks": "docs/checks"})
"""What travels inside the package, and where it stands in a checkout."""
_INSTALLED = frozenset(("site-packages", "dist-packages"))


def bundled_folder(kind: str) -> Traversable:
    """The folder ``rules``, ``grammar`` or ``checks`` (the pages of the checks).

    An installed package carries them; in a checkout they stand beside the package.
    """
    if kind not in KINDS:
        raise RuleError(ErrorCode.RULES_INVALID, f"there is no bundled folder `{kind}`")
    package = _package()
    inside = package.joinpath("bundled", kind)
    if inside.is_dir():
        return inside
    if isinstance(package, Path) and package.parent.name not in _INSTALLED:
        beside = package.parent / KINDS[kind]
        if beside.is_dir():
            return beside
    raise RuleError(
        ErrorCode.RULES_INVALID,
        f"the folder `{kind}` is missing from this installation",
        help="install the package again",
    )


def _package() -> Traversable | Path:
    """The folder of the package, or what stands for it where it is imported from an archive."""
    folder = Path(__file__).parents[1]
    if folder.is_dir():
        return folder
    from importlib.resources import files  # for start-up time

    return files("mapping_engine")
