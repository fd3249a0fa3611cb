"""What somebody else could have written is not used; the mapping is the right one all the same."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mapping_engine import load
from mapping_engine.engine.cache.place import Untrusted, chosen, opened, read, write
from mapping_engine.engine.cache.record import MAGIC, MOST_BYTES

NOBODY = 65534
AS_ROOT = os.geteuid() == 0

Tampering = Callable[[Path, Path], None]


def group_may_write_the_folder(place: Path, record: Path) -> None:
    place.chmod(0o770)


def others_may_write_the_folder(place: Path, record: Path) -> None:
    place.chmod(0o702)


def others_may_write_the_folder_above(place: Path, record: Path) -> None:
    place.parent.chmod(0o777)


def the_folder_is_a_link(place: Path, record: Path) -> None:
    place.symlink_to(place.rename(place.with_name("elsewhere")))


def the_folder_is_a_file(place: Path, record: Path) -> None:
    place.rename(place.with_name("elsewhere"))
    place.touch()


def the_record_is_a_link(place: Path, record: Path) -> None:
    record.symlink_to(record.rename(place.parent / "elsewhere"))


def the_record_has_a_second_name(place: Path, record: Path) -> None:
    os.link(record, place.parent / "elsewhere")


def the_record_is_a_folder(place: Path, record: Path) -> None:
    record.unlink()
    record.mkdir()


def the_record_is_a_pipe(place: Path, record: Path) -> None:
    record.unlink()
    os.mkfifo(record)


def group_may_write_the_record(place: Path, record: Path) -> None:
    record.chmod(0o620)


def others_may_write_the_record(place: Path, record: Path) -> None:
    record.chmod(0o602)


def the_folder_is_foreign(place: Path, record: Path) -> None:
    os.chown(place, NOBODY, NOBODY)


def the_folder_above_is_foreign(place: Path, record: Path) -> None:
    os.chown(place.parent, NOBODY, NOBODY)


def the_record_is_foreign(place: Path, record: Path) -> None:
    os.chown(record, NOBODY, NOBODY)


def the_record_is_too_large(place: Path, record: Path) -> None:
    os.truncate(record, MOST_BYTES + 1)


def the_record_is_cut(place: Path, record: Path) -> None:
    os.truncate(record, record.stat().st_size - 1)


def the_record_is_empty(place: Path, record: Path) -> None:
    os.truncate(record, 0)


def a_bit_is_flipped(place: Path, record: Path) -> None:
    data = bytearray(record.read_bytes())
    data[len(data) // 2] ^= 1
    record.write_bytes(data)


def the_digest_is_wrong(place: Path, record: Path) -> None:
    data = bytearray(record.read_bytes())
    data[len(MAGIC)] ^= 1
    record.write_bytes(data)


def the_format_is_another(place: Path, record: Path) -> None:
    record.write_bytes(record.read_bytes().replace(b"record 1\n", b"record 2\n", 1))


OF_ANY_USER: list[Tampering] = [
    group_may_write_the_folder,
    others_may_write_the_folder,
    others_may_write_the_folder_above,
    the_folder_is_a_link,
    the_folder_is_a_file,
    the_record_is_a_link,
    the_record_has_a_second_name,
    the_record_is_a_folder,
    the_record_is_a_pipe,
    group_may_write_the_record,
    others_may_write_the_record,
    the_record_is_too_large,
    the_record_is_cut,
    the_record_is_empty,
    a_bit_is_flipped,
    the_digest_is_wrong,
    the_format_is_another,
]
OF_ROOT: list[Tampering] = [
    the_folder_is_foreign,
    the_folder_above_is_foreign,
    the_record_is_foreign,
]


def texts(folder: Path) -> dict[str, bytes]:
    return {str(f): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


@pytest.mark.parametrize(
    "tamper",
    [
        *OF_ANY_USER,
        *(
            pytest.param(each, marks=pytest.mark.skipif(not AS_ROOT, reason="only root can"))
            for each in OF_ROOT
        ),
    ],
)
def test_what_was_tampered_with_is_not_used(
    place: Path, pack: Path, reads: list[str], tamper: Tampering
) -> None:
    event = {"type": "track", "p": {"a": "S"}}
    expected = load(pack).bind({}).payloads(event)
    [record] = place.iterdir()
    tamper(place, record)
    assert load(pack).bind({}).payloads(event) == expected == [{"x": "small", "text": "track"}]
    assert len(reads) == 2


@pytest.mark.parametrize(
    "tamper", [group_may_write_the_folder, others_may_write_the_folder_above, the_folder_is_a_link]
)
def test_nothing_is_written_to_a_place_that_cannot_be_trusted(
    place: Path, pack: Path, tamper: Tampering
) -> None:
    load(pack)
    [record] = place.iterdir()
    tamper(place, record)
    record.unlink()
    load(pack)
    assert texts(place) == {}


@pytest.mark.skipif(not AS_ROOT, reason="only root can give files away")
class TestWhatBelongsToSomebodyElse:
    def test_it_is_not_replaced(self, place: Path, pack: Path) -> None:
        load(pack)
        [record] = place.iterdir()
        record.write_text("foreign")
        os.chown(record, NOBODY, NOBODY)
        load(pack)
        assert texts(place) == {str(record): b"foreign"}

    def test_it_is_not_removed(self, place: Path, pack: Path) -> None:
        place.mkdir(mode=0o700)
        foreign = place / f"{1:032x}.tmp"
        foreign.touch()
        os.chown(foreign, NOBODY, NOBODY)
        os.utime(foreign, (1, 1))
        load(pack)
        assert foreign.exists()
        assert len(texts(place)) == 2


def test_a_file_of_more_bytes_than_a_record_has_is_not_read(place: Path) -> None:
    place.mkdir(mode=0o700)
    with opened(place, create=False) as folder:
        write(folder, "a", "b", b"1234")
        assert read(folder, "a", 4) == b"1234"
        with pytest.raises(Untrusted):
            read(folder, "a", 3)


def test_a_link_in_the_place_of_a_record_leads_to_nothing_that_is_written(
    place: Path, pack: Path, tmp_path: Path
) -> None:
    load(pack)
    [record] = place.iterdir()
    record.unlink()
    other = tmp_path / "other"
    other.write_text("not ours")
    record.symlink_to(other)
    load(pack)
    assert other.read_text() == "not ours"
    assert record.is_symlink()


@pytest.mark.parametrize("error", [PermissionError, OSError, MemoryError])
def test_a_place_that_cannot_be_written_is_no_error(
    place: Path, pack: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", refuse)
        assert load(pack).name == "pack"
    assert list(place.iterdir()) == []


def test_a_place_that_cannot_be_made_is_no_error(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "file" / "cache", Path("/proc/1/none/cache"), Path("/a\0b")):
        monkeypatch.setattr(os, "environ", {"MAPPING_ENGINE_CACHE": str(place)})
        assert load(pack).name == "pack"


class TestWhere:
    def test_in_the_folder_that_the_environment_names(self, tmp_path: Path) -> None:
        assert chosen({"MAPPING_ENGINE_CACHE": str(tmp_path)}) == tmp_path

    def test_never_below_the_current_directory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os.path, "expanduser", lambda _: "~")
        assert chosen({"MAPPING_ENGINE_CACHE": "cache"}) is None
        assert chosen({"XDG_CACHE_HOME": "cache"}) is None
        assert chosen({}) is None

    def test_in_the_users_cache_otherwise(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", "/home/u")
        monkeypatch.setattr(sys, "platform", "linux")
        assert chosen({"XDG_CACHE_HOME": "/c"}) == Path("/c/mapping-engine")
        assert chosen({}) == Path("/home/u/.cache/mapping-engine")
        monkeypatch.setattr(sys, "platform", "darwin")
        assert chosen({}) == Path("/home/u/Library/Caches/mapping-engine")

    def test_nowhere_without_a_system_that_says_who_may_write(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(os, "geteuid")
        assert chosen({"MAPPING_ENGINE_CACHE": str(tmp_path)}) is None

    def test_a_folder_of_all_users_is_no_place(self) -> None:
        with pytest.raises(Untrusted), opened(Path("/tmp"), create=True):
            pass
