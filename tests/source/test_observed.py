"""A folder that was observed can be asked later whether it still answers the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.source.folder import Folder
from mapping_engine.source.observed import Answers, ObservedFolder, still


@pytest.fixture
def observed(tmp_path: Path) -> ObservedFolder:
    (tmp_path / "a.yaml").write_text("a")
    return ObservedFolder(tmp_path, "pack")


def answers(observed: ObservedFolder) -> Answers:
    assert observed.answers is not None
    return observed.answers


def read(folder: Folder, name: str) -> bytes | None:
    return folder.read(name, None, Diagnostics())


def test_it_answers_as_any_folder(observed: ObservedFolder) -> None:
    assert read(observed, "a.yaml") == b"a"
    assert observed.exists("a.yaml")
    assert not observed.exists("b.yaml")
    assert observed.names() == ("a.yaml",)
    assert observed.shown("a.yaml") == "pack/a.yaml"


def test_a_file_that_appears_is_noticed(observed: ObservedFolder, tmp_path: Path) -> None:
    assert not observed.exists("b.yaml")
    assert still(Folder(tmp_path, "pack"), answers(observed))
    (tmp_path / "b.yaml").touch()
    assert not still(Folder(tmp_path, "pack"), answers(observed))


def test_a_file_that_goes_is_noticed(observed: ObservedFolder, tmp_path: Path) -> None:
    assert observed.exists("a.yaml")
    (tmp_path / "a.yaml").unlink()
    assert not still(Folder(tmp_path, "pack"), answers(observed))


@pytest.mark.parametrize("text", ["b", "", "aa"])
def test_other_bytes_are_noticed_however_it_was_asked(
    observed: ObservedFolder, tmp_path: Path, text: str
) -> None:
    for _ in range(2):
        assert observed.exists("a.yaml")
        read(observed, "a.yaml")
    assert still(Folder(tmp_path, "pack"), answers(observed))
    (tmp_path / "a.yaml").write_text(text)
    assert not still(Folder(tmp_path, "pack"), answers(observed))


def test_a_link_that_leads_out_of_the_folder_is_noticed(
    observed: ObservedFolder, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    read(observed, "a.yaml")
    outside = tmp_path_factory.mktemp("outside") / "a.yaml"
    (tmp_path / "a.yaml").rename(outside)
    (tmp_path / "a.yaml").symlink_to(outside)
    assert not still(Folder(tmp_path, "pack"), answers(observed))


def test_questions_whose_answers_are_not_kept_leave_no_answers(observed: ObservedFolder) -> None:
    observed.names()
    read(observed, "a.yaml")
    assert observed.answers is None


def test_a_file_that_cannot_be_read_leaves_no_answers(observed: ObservedFolder) -> None:
    assert read(observed, "b.yaml") is None
    assert observed.answers is None


def test_a_file_that_changes_while_it_is_observed_leaves_no_answers(
    observed: ObservedFolder, tmp_path: Path
) -> None:
    read(observed, "a.yaml")
    (tmp_path / "a.yaml").write_text("b")
    read(observed, "a.yaml")
    assert observed.answers is None
