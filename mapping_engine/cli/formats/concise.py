"""One finding a line, for editors, `grep` and problem matchers."""

from __future__ import annotations

from mapping_engine.checks import Checked
from mapping_engine.diagnostics.render import visible


def text(checked: Checked) -> str:
    """``file:line:column: severity: message [CODE name]`` for each finding."""
    return "".join(
        f"{visible(str(found.span))}: {found.severity.value}: {visible(found.message)} "
        f"[{found.code} {found.name}]\n"
        for found in checked.diagnostics
    )
