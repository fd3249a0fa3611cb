"""Findings for machines."""

from __future__ import annotations

from mapping_engine.checks import Checked
from mapping_engine.cli.events import dumps
from mapping_engine.cli.formats import github
from mapping_engine.diagnostics.render import visible

FORMATS = ("concise", "json", "jsonl", "sarif", "github", "junit")


def written(form: str, checked: Checked) -> str:
    """What was found, in one of the formats: the whole of standard output."""
    match form:
        case "concise":  # one finding a line, for editors, `grep` and problem matchers
            return "".join(
                f"{visible(str(found.span))}: {found.severity.value}: {visible(found.message)} "
                f"[{found.code} {found.name}]\n"
                for found in checked.diagnostics
            )
        case "json":
            return dumps([found.to_dict() for found in checked.diagnostics]).decode()
        case "jsonl":
            return "".join(dumps(found.to_dict()).decode() for found in checked.diagnostics)
        case "github":
            return github.text(checked)
        case "sarif":
            from mapping_engine.cli.formats import sarif  # it needs hashlib and urllib

            return sarif.text(checked)
        case "junit":
            from mapping_engine.cli.formats import junit  # it needs the XML of Python

            return junit.text(checked)
        case _:
            raise ValueError(f"no such format: {form}")
