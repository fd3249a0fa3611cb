"""A folder gives its files, and nothing else."""

from __future__ import annotations

import os
import zipfile
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapping_engine.diagnostics import Diagnostic, Diagnostics, Span
from mapping_engine.source import folder as folder_module
from mapping_engine.source.folder import Folder

SPAN = Span("rules.yaml", 3, 7, 3, 12)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    root = tmp_path / "pack"
    (root / "sub" / "deep").mkdir(parents=True)
    (root / "rules.yaml").write_text("a: 1")
    (root / "payload.schema.json").write_text("{}")
    (root / "sub" / "x.yaml").write_text("x: 1")
    (root / "sub" / "deep" / "y.yaml").write_text("y: 1")
    (root / ".hidden").write_text("no")
    (tmp_path / "secret.yaml").write_text("secret")
    (tmp_path / "pack-two").mkdir()
    (tmp_path / "pack-two" / "z.yaml").write_text("secret")
    return root


@pytest.fixture(params=["directory", "zip"])
def any_folder(request: pytest.FixtureRequest, pack: Path, tmp_path: Path) -> Folder:
    root: Traversable | Path = pack
    if request.param == "zip":
        archive = tmp_path / "pack.zip"
        with zipfile.ZipFile(archive, "w") as written:
            for path in pack.rglob("*"):
                if path.is_file():
                    written.write(path, f"in/{path.relative_to(pack).as_posix()}")
            written.writestr("outside.yaml", "secret")
        root = zipfile.Path(archive, "in/")
    return Folder(root, "pack")


def refused(folder: Folder, name: str, span: Span | None = SPAN) -> Diagnostic:
    diagnostics = Diagnostics()
    assert folder.read(name, span, diagnostics) is None
    assert not folder.exists(name)
    [found] = diagnostics.found
    assert found.code == "SH07"
    return found


class TestAnyFolder:
    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("rules.yaml", b"a: 1"),
            ("./rules.yaml", b"a: 1"),
            ("sub/x.yaml", b"x: 1"),
            ("sub//deep/./y.yaml", b"y: 1"),
        ],
    )
    def test_a_file_is_read(self, any_folder: Folder, name: str, data: bytes) -> None:
        diagnostics = Diagnostics()
        assert any_folder.exists(name)
        assert any_folder.read(name, SPAN, diagnostics) == data
        assert not diagnostics.found

    def test_files_are_listed_in_order(self, any_folder: Folder) -> None:
        assert any_folder.names() == (
            "payload.schema.json",
            "rules.yaml",
            "sub/deep/y.yaml",
            "sub/x.yaml",
        )
        assert any_folder.names("sub") == ("sub/deep/y.yaml", "sub/x.yaml")
        assert any_folder.names("", ".json") == ("payload.schema.json",)
        assert any_folder.names("nowhere") == ()
        assert any_folder.names("..") == ()

    def test_a_missing_file_is_reported_with_the_nearest_name(self, any_folder: Folder) -> None:
        found = refused(any_folder, "payload.shema.json")
        assert found.message == "the file `payload.shema.json` does not exist"
        assert found.help == "did you mean `payload.schema.json`?"
        assert found.span == SPAN

    def test_without_a_span_the_report_is_at_the_folder(self, any_folder: Folder) -> None:
        assert refused(any_folder, "nothing", None).span.file == "pack"

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("", "has no name"),
            (".", "is a directory"),
            ("sub", "is a directory"),
            ("sub/", "is a directory"),
            ("../secret.yaml", "without `..`"),
            ("sub/../rules.yaml", "without `..`"),
            ("..", "without `..`"),
            ("/etc/passwd", "relative to its folder"),
            ("//host/share", "relative to its folder"),
            ("~/x", "relative to its folder"),
            ("C:x.yaml", "relative to its folder"),
            ("c:/x.yaml", "relative to its folder"),
            ("sub\\x.yaml", "backslash"),
            ("..\\secret.yaml", "backslash"),
            ("rules.yaml\0", "control character"),
            ("rules\n.yaml", "control character"),
            ("\ud800", "control character"),
            ("rules.yaml/x", ""),
            ("x" * 10_000, ""),
        ],
    )
    def test_other_names_are_refused(self, any_folder: Folder, name: str, reason: str) -> None:
        found = refused(any_folder, name)
        assert reason in found.message
        assert len(found.message) < 200
        assert found.message.isprintable()

    def test_a_large_file_is_refused(
        self, any_folder: Folder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(folder_module, "MAX_BYTES", 3)
        diagnostics = Diagnostics()
        assert any_folder.read("rules.yaml", SPAN, diagnostics) is None
        assert "is larger than" in diagnostics.found[0].message

    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(name=st.text(max_size=20) | st.text("./\\~ac:x", max_size=12))
    def test_no_name_raises(self, any_folder: Folder, name: str) -> None:
        diagnostics = Diagnostics()
        data = any_folder.read(name, SPAN, diagnostics)
        assert (data is None) == bool(diagnostics.found)
        assert isinstance(any_folder.exists(name), bool)
        assert isinstance(any_folder.names(name), tuple)


class TestLinks:
    def test_a_link_within_the_folder_is_followed(self, pack: Path) -> None:
        (pack / "link.yaml").symlink_to("sub/x.yaml")
        folder = Folder(pack, "pack")
        assert folder.read("link.yaml", SPAN, Diagnostics()) == b"x: 1"
        assert "link.yaml" in folder.names()

    @pytest.mark.parametrize("target", ["../secret.yaml", "../pack-two/z.yaml", "/etc/hostname"])
    def test_a_link_out_of_the_folder_is_refused(self, pack: Path, target: str) -> None:
        (pack / "link.yaml").symlink_to(target)
        folder = Folder(pack, "pack")
        assert "leads out of the folder `pack`" in refused(folder, "link.yaml").message
        assert "link.yaml" not in folder.names()

    def test_a_directory_that_leads_out_is_refused(self, pack: Path) -> None:
        (pack / "away").symlink_to("../pack-two")
        folder = Folder(pack, "pack")
        assert "leads out of the folder" in refused(folder, "away/z.yaml").message
        assert folder.names("away") == ()
        assert not any(name.startswith("away") for name in folder.names())

    def test_links_in_a_circle_are_refused(self, pack: Path) -> None:
        (pack / "one").symlink_to("two")
        (pack / "two").symlink_to("one")
        (pack / "sub" / "up").symlink_to("..")
        folder = Folder(pack, "pack")
        refused(folder, "one")
        assert len(folder.names()) == 4

    def test_a_folder_reached_by_a_link_works(self, pack: Path, tmp_path: Path) -> None:
        (tmp_path / "alias").symlink_to(pack)
        folder = Folder(tmp_path / "alias", "alias")
        assert folder.read("sub/x.yaml", SPAN, Diagnostics()) == b"x: 1"
        assert "sub/x.yaml" in folder.names()


class TestSpecialFiles:
    def test_a_pipe_is_refused_without_waiting(self, pack: Path) -> None:
        os.mkfifo(pack / "pipe")
        folder = Folder(pack, "pack")
        assert "is not a regular file" in refused(folder, "pipe").message
        assert "pipe" not in folder.names()

    def test_a_device_is_refused(self) -> None:
        diagnostics = Diagnostics()
        assert Folder(Path("/dev"), "dev").read("null", SPAN, diagnostics) is None
        assert "is not a regular file" in diagnostics.found[0].message

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_a_file_that_may_not_be_read_is_reported(self, pack: Path) -> None:
        (pack / "rules.yaml").chmod(0)
        diagnostics = Diagnostics()
        assert Folder(pack, "pack").read("rules.yaml", SPAN, diagnostics) is None
        assert "cannot be read" in diagnostics.found[0].message

    def test_a_folder_that_does_not_exist_holds_nothing(self, tmp_path: Path) -> None:
        folder = Folder(tmp_path / "nowhere", "nowhere")
        assert folder.names() == ()
        refused(folder, "rules.yaml")
