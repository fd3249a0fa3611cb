"""Where the rules and the grammar of this package are."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

from mapping_engine.errors import ErrorCode, RuleError

KINDS = MappingProxyType({"rules": "rules", "grammar": "grammar", "checks": "docs/checks"})
"""What travels inside the package, and where it stands in a checkout."""
_INSTALLED = frozenset(("site-packages", "dist-packages"))


def bundled_folder(kind: str) -> Traversable:
    """The folder ``rules``, ``grammar`` or ``checks`` (the pages of the checks).

    An installed package carries them; in a checkout they stand beside the package.
    """
    if kind not in KINDS:
        raise RuleError(ErrorCode.RULES_INVALID, f"there is no bundled folder `{kind}`")
    package = files("mapping_engine")
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
