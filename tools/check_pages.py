"""Bring the pages of the checks up to date: `python -m tools.check_pages`.

A page is written by hand, but for its head, which its declaration makes, and for what `rules-check`
prints for its example.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from mapping_engine.checks import Checked
from mapping_engine.checks.catalogue import CATALOGUE
from mapping_engine.checks.pages import page_of
from mapping_engine.diagnostics import Check, Severity
from mapping_engine.diagnostics.render import render_all
from mapping_engine.frozen import Frozen
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
_CODE = r"```(?:yaml|json)\n(.*?)```\n"
_EXAMPLE = re.compile(rf"\n## Example\n\n(?:In `(.+?)`:\n\n)?{_CODE}", re.DOTALL)
_OUTPUT = re.compile(r"(?<=\n```text\n).*?(?=\n```\n)", re.DOTALL)
_CORRECTED = re.compile(rf"\n## Fix\n\n(?:(?!## ).)+?\n\n{_CODE}", re.DOTALL)
_FIXES = {
    True: "`--fix` corrects it.",
    False: "`--unsafe-fixes` offers a correction.",
    None: "",
}


class Example(Frozen):
    """A mistake and its correction: sections of a rule file, or of another ``file`` of the pack."""

    file: str
    wrong: str
    right: str | None


def example(code: str) -> Example:
    """The example on the page of a check."""
    page = page_of(code)
    wrong, right = _EXAMPLE.search(page), _CORRECTED.search(page)
    assert wrong is not None, f"the page of {code} has no example"
    return Example(wrong[1] or "rules.yaml", wrong[2], right and right[1])


def page(check: Check) -> str:
    """The page of one check, with the head and the output that it has now."""
    with tempfile.TemporaryDirectory() as folder:
        shown = example(check.code)
        select = (check.code,) if check.asked else ()
        checked = checked_example(shown.wrong, shown.file, Path(folder), select)
        output = render_all(checked.diagnostics, checked.texts).replace(f"{folder}/pack/", "")
    fixable = _FIXES[_fixable(check, checked)]
    asked = f"It runs only when it is selected: `--select {check.code}`." if check.asked else ""
    facts = " ".join(part for part in (_severity(check), fixable, asked) if part)
    head = f"# {check.code} {check.name}\n\n{_sentence(check.meaning)} {facts}\n"
    _, mark, written = page_of(check.code).partition("\n## Why\n")
    return head + mark + _OUTPUT.sub(lambda _: output, written, count=1)


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
            "prints, too; `make docs` brings their heads and outputs up to date. What the",
            "loader finds is declared in `mapping_engine/diagnostics/catalogue`; all else, beside",
            "the code that looks for it, in `mapping_engine/checks`.",
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
