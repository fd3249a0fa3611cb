"""Write the page of each check from its declaration: `python -m tools.check_pages`.

The outputs are what `rules-check` prints for the examples.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from mapping_engine.checks import Checked
from mapping_engine.checks.catalogue import CATALOGUE
from mapping_engine.diagnostics import Check, Severity
from mapping_engine.diagnostics.render import render_all
from tools.check_example import checked_example

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "checks"
RESERVED = {
    "SH06": "deprecated-key",
    "FB05": "failing-arm-not-guarded",
    "TX04": "no-op-transform",
    "TX07": "lossy-number",
    "PR06": "unreachable-rule",
    "PI05": "pii-in-key-or-log",
    "ST02": "missing-description",
}
"""Codes that are kept free for checks that do not exist yet, and the names they will have."""
_FIXES = {
    True: "`--fix` corrects it.",
    False: "`--unsafe-fixes` offers a correction.",
    None: "",
}


def page(check: Check) -> str:
    """The page of one check."""
    with tempfile.TemporaryDirectory() as folder:
        select = (check.code,) if check.asked else ()
        checked = checked_example(check.wrong, check.file, Path(folder), select)
        output = render_all(checked.diagnostics, checked.texts).replace(f"{folder}/pack/", "")
    fixable = _FIXES[_fixable(check, checked)]
    asked = f"It runs only when it is selected: `--select {check.code}`." if check.asked else ""
    facts = " ".join(part for part in (_severity(check), fixable, asked) if part)
    language = "json" if check.file.endswith(".json") else "yaml"
    where = f"In `{check.file}`:\n\n" if check.file != "rules.yaml" else ""
    parts = [
        f"# {check.code} {check.name}",
        f"{_sentence(check.meaning)} {facts}",
        "## Why",
        check.why,
        "## Example",
        f"{where}```{language}\n{check.wrong}```",
        f"```text\n{output}\n```",
        "## Fix",
        check.fix,
    ]
    if check.right:
        parts.append(f"```{language}\n{check.right}```")
    parts += ["## When to ignore", check.ignore]
    return "\n\n".join(parts) + "\n"


def _fixable(check: Check, checked: Checked) -> bool | None:
    fixes = [d.fix.safe for d in checked.diagnostics if d.code == check.code and d.fix]
    return max(fixes) if fixes else None


def _severity(check: Check) -> str:
    article = "A" if check.severity is Severity.WARNING else "An"
    return f"{article} {check.severity.value}."


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def index() -> str:
    """The list of all checks."""
    rows = [
        f"| [{check.code}]({check.code}.md) | {check.name} | {check.severity.value} "
        f"| {check.meaning.replace('|', chr(92) + '|')} |"
        for check in CATALOGUE.values()
    ]
    reserved = ", ".join(f"{code} {name}" for code, name in sorted(RESERVED.items()))
    return "\n".join(
        [
            "# The checks",
            "",
            "What `rules-check` finds. Each check has a page, which `rules-check --explain CODE`",
            "prints, too. `make docs` makes the pages from the declarations. What the loader finds",
            "is declared in `mapping_engine/diagnostics/catalogue`; all else, beside the code that",
            "looks for it, in `mapping_engine/checks`.",
            "",
            "| code | name | severity | finds |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
            f"Reserved for checks to come: {reserved}.",
            "",
        ]
    )


def pages() -> dict[str, str]:
    """Every file of the folder by its name."""
    return {
        "README.md": index(),
        **{f"{code}.md": page(check) for code, check in CATALOGUE.items()},
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")
