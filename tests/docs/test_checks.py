"""Each check keeps what its declaration says: its example shows it, and the correction is clean."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping_engine.checks.catalogue import CATALOGUE
from tools.check_example import checked_example
from tools.check_pages import FOLDER, RESERVED, pages

CODES = sorted(CATALOGUE)


@pytest.mark.parametrize("code", CODES)
def test_the_example_of_a_check_shows_it_and_nothing_else(code: str, tmp_path: Path) -> None:
    check = CATALOGUE[code]
    select = (code,) if check.asked else ()
    found = checked_example(check.wrong, check.file, tmp_path, select)
    assert {each.code for each in found.diagnostics} == {code}


@pytest.mark.parametrize("code", [code for code in CODES if CATALOGUE[code].right])
def test_the_corrected_example_is_clean(code: str, tmp_path: Path) -> None:
    check = CATALOGUE[code]
    found = checked_example(check.right, check.file, tmp_path)
    assert [str(each) for each in found.diagnostics] == []


@pytest.mark.parametrize("code", CODES)
def test_a_check_says_what_why_and_what_to_do(code: str) -> None:
    check = CATALOGUE[code]
    assert check.code == code
    assert all([check.meaning, check.why, check.fix, check.ignore, check.wrong])
    assert check.right or check.asked
    assert not check.meaning.endswith(".")


def test_names_are_unique_and_reserved_codes_stay_free() -> None:
    names = [check.name for check in CATALOGUE.values()]
    assert len(set(names)) == len(names)
    assert not set(RESERVED) & set(CATALOGUE)


def test_the_pages_are_those_that_the_declarations_make() -> None:
    made = pages()
    written = {file.name: file.read_text("utf-8") for file in FOLDER.iterdir()}
    assert written == made, "run `python -m tools.check_pages`"
