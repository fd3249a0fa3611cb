"""What makes another record: other code of the engine, and other libraries that read rules."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from mapping_engine.engine.cache.key import fingerprint, key_of, libraries
from mapping_engine.source.folder import Folder


@pytest.fixture
def code(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    (folder / "inner" / "__pycache__").mkdir(parents=True)
    for name in ("a.py", "inner/b.py", "inner/__pycache__/b.pyc", "notes.txt"):
        (folder / name).write_text("one")
        os.utime(folder / name, (1, 1))
    return folder


class TestFingerprint:
    @pytest.mark.parametrize("name", ["a.py", "inner/b.py"])
    def test_a_time_is_enough(self, code: Path, name: str) -> None:
        before = fingerprint(code)
        os.utime(code / name, (1, 2))
        assert fingerprint(code) != before

    def test_a_size_is_enough(self, code: Path) -> None:
        before = fingerprint(code)
        (code / "a.py").write_text("more")
        os.utime(code / "a.py", (1, 1))
        assert fingerprint(code) != before

    @pytest.mark.parametrize("name", ["c.py", "inner/c.py", "c.pyc", "c.so"])
    def test_a_new_module(self, code: Path, name: str) -> None:
        before = fingerprint(code)
        (code / name).touch()
        assert fingerprint(code) != before

    def test_what_is_no_code_says_nothing(self, code: Path) -> None:
        before = fingerprint(code)
        for name in ("notes.txt", "inner/__pycache__/b.pyc"):
            (code / name).write_text("another")
        assert fingerprint(code) == before


class TestLibraries:
    def test_they_are_found_where_they_are_installed(self, tmp_path: Path) -> None:
        names = ("PyYAML-6.0.egg-info", "google_re2-1.1.dist-info", "jmespath-1.0.dist-info")
        for name in (*names, "click-8.dist-info", "lark"):
            (tmp_path / name).mkdir()
        found = libraries([str(tmp_path / "absent"), str(tmp_path)])
        assert sorted(found) == [str(tmp_path / name) for name in names]

    def test_another_version_is_another_answer(self, tmp_path: Path) -> None:
        one = tmp_path / "lark-1.2.2.dist-info"
        one.mkdir()
        before = libraries([str(tmp_path)])
        one.rename(tmp_path / "lark-1.3.0.dist-info")
        assert libraries([str(tmp_path)]) != before


class TestWhatHasNoKey:
    def test_unsaved_texts(self, tmp_path: Path) -> None:
        disk = Folder(tmp_path, "pack")
        unsaved = Folder(tmp_path, "pack", {tmp_path / "rules.yaml": ""})
        assert key_of(disk, disk, "pack", "rules.yaml")
        assert key_of(unsaved, disk, "pack", "rules.yaml") is None
        assert key_of(disk, unsaved, "pack", "rules.yaml") is None

    def test_archives(self, tmp_path: Path) -> None:
        archive = tmp_path / "a.zip"
        with zipfile.ZipFile(archive, "w") as written:
            written.writestr("rules.yaml", "")
        inside = Folder(zipfile.Path(archive), "pack")
        assert key_of(inside, Folder(tmp_path, "rules"), "pack", "rules.yaml") is None
