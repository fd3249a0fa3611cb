"""The rules and the grammar are found wherever the package is."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from mapping_engine.errors import MappingError, RuleError
from mapping_engine.source import bundled
from mapping_engine.source.bundled import bundled_folder


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "site" / "mapping_engine"
    package.mkdir(parents=True)
    monkeypatch.setattr(bundled, "_package", lambda: package)
    return package


def test_the_grammar_of_this_checkout_is_found() -> None:
    assert bundled_folder("grammar").joinpath("expression.lark").is_file()


def test_an_installed_package_carries_its_folders(place: Path) -> None:
    (place / "bundled" / "rules").mkdir(parents=True)
    (place.parent / "rules").mkdir()
    assert bundled_folder("rules") == place / "bundled" / "rules"


def test_in_a_checkout_they_stand_beside_the_package(place: Path) -> None:
    (place.parent / "rules").mkdir()
    assert bundled_folder("rules") == place.parent / "rules"


def test_a_zip_carries_them_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "app.zip"
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("mapping_engine/bundled/rules/a/rules.yaml", "a: 1")
    monkeypatch.setattr(bundled, "_package", lambda: zipfile.Path(archive, "mapping_engine/"))
    assert bundled_folder("rules").joinpath("a", "rules.yaml").read_text() == "a: 1"
    with pytest.raises(RuleError):
        bundled_folder("grammar")


@pytest.mark.parametrize("name", ["site-packages", "dist-packages"])
def test_a_strangers_folder_among_installed_packages_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    package = tmp_path / name / "mapping_engine"
    package.mkdir(parents=True)
    (tmp_path / name / "rules").mkdir()
    monkeypatch.setattr(bundled, "_package", lambda: package)
    with pytest.raises(RuleError):
        bundled_folder("rules")


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("kind", ["rules", "grammar", "other", "../rules"])
def test_a_missing_folder_is_an_error_of_this_library(kind: str) -> None:
    with pytest.raises(MappingError) as caught:
        bundled_folder(kind)
    assert kind in caught.value.message
