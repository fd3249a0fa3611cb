"""What is loaded from the cache is what reading would give, now."""

from __future__ import annotations

import os
import shutil
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

import mapping_engine
from mapping_engine import Mapping, MappingError, RuleError, load
from mapping_engine.core.model import Model
from mapping_engine.engine import loading
from mapping_engine.engine.cache import key
from mapping_engine.engine.cache.store import MOST_RECORDS, Kept
from mapping_engine.engine.loading import bundled_packs, find_pack, read_pack
from mapping_engine.source.bundled import bundled_folder
from mapping_engine.source.folder import Folder
from mapping_engine.testing import Case, collect

OWN_FILES = (
    "rules.yaml",
    "fragment.yaml",
    "vocabulary.yaml",
    "settings.schema.json",
    "payload.schema.json",
    "sizes.json",
)


def everything(value: object) -> object:
    """All that a model holds, with the places and texts that equality leaves out."""
    if is_dataclass(value):
        parts = {f.name: everything(getattr(value, f.name)) for f in fields(value)}
        return type(value), parts
    if isinstance(value, dict):
        return type(value), [(name, everything(each)) for name, each in value.items()]
    if isinstance(value, list | tuple):
        return type(value), [everything(each) for each in value]
    return type(value), value


def kept_model(pack: str | Path) -> Model | None:
    folder, name, entry = find_pack(pack)
    return Kept(folder, Folder(bundled_folder("rules"), "rules"), name, entry).model()


def answer(mapping: Mapping, case: Case) -> list[Any]:
    """Everything that a mapping says of a case."""
    try:
        destination = mapping.bind(case.settings, clock=lambda: case.now)
    except MappingError as error:
        return [error.to_dict()]
    outcome = destination.outcome(case.event)
    return [destination.warnings, outcome, destination.explain(case.event).text()]


@pytest.mark.usefixtures("place")
class TestTheSame:
    @pytest.mark.parametrize("pack", bundled_packs())
    def test_a_kept_model_is_the_one_that_was_read(self, pack: str) -> None:
        load(pack)
        assert everything(kept_model(pack)) == everything(read_pack(pack).model)

    @pytest.mark.parametrize("pack", bundled_packs())
    def test_requests_and_explanations_are_the_same(self, pack: str, reads: list[str]) -> None:
        cold, warm = load(pack), load(pack)
        assert reads == [pack]
        for case in collect(pack):
            assert str(answer(warm, case)) == str(answer(cold, case))

    def test_a_broken_pack_is_reported_the_same_and_read_anew(
        self, place: Path, pack: Path, reads: list[str]
    ) -> None:
        (pack / "rules.yaml").write_text("mapping: 1\nfeilds: {x: p.a}\n", "utf-8")
        found = []
        for _ in range(2):
            with pytest.raises(RuleError) as caught:
                load(pack)
            found.append([str(each) for each in caught.value.diagnostics])
        assert found[0] == found[1]
        assert len(reads) == 2
        assert not place.exists()

    def test_mistakes_made_after_loading_are_reported(self, pack: Path) -> None:
        load(pack)
        with (pack / "rules.yaml").open("a") as rules:
            rules.write("feilds: {}\n")
        with pytest.raises(RuleError, match="feilds"):
            load(pack)


@pytest.mark.usefixtures("place")
class TestWhatIsNoticed:
    @pytest.mark.parametrize("name", OWN_FILES)
    def test_a_changed_byte_of_any_file(self, pack: Path, reads: list[str], name: str) -> None:
        load(pack)
        change_a_byte(pack / name)
        load(pack)
        assert len(reads) == 2

    @pytest.mark.parametrize(
        "name",
        [
            "facebook_offline_conversions/rules.yaml",
            "fragments/meta/event.yaml",
            "fragments/iso/countries.json",
            "vocabularies/rudderstack/track.yaml",
        ],
    )
    def test_a_changed_byte_of_a_bundled_file(
        self,
        reads: list[str],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        name: str,
    ) -> None:
        rules = tmp_path / "rules"
        shutil.copytree(str(bundled_folder("rules")), rules)
        monkeypatch.setattr(loading, "bundled_folder", lambda _: rules)
        pack = "facebook_offline_conversions"
        load(pack)
        load(pack)
        change_a_byte(rules / name)
        load(pack)
        assert len(reads) == 2

    @pytest.mark.parametrize("name", OWN_FILES)
    def test_a_missing_file(self, pack: Path, name: str) -> None:
        load(pack)
        (pack / name).unlink()
        with pytest.raises(RuleError):
            load(pack)

    def test_a_changed_value_is_the_one_that_is_applied(self, pack: Path) -> None:
        event = {"type": "track", "p": {"a": "S"}}
        load(pack)
        (pack / "sizes.json").write_text('{"S": "short"}\n', "utf-8")
        [payload] = load(pack).bind({}).payloads(event)
        assert payload["x"] == "short"

    def test_a_new_time_of_a_file_is_no_change(self, pack: Path, reads: list[str]) -> None:
        load(pack)
        for name in OWN_FILES:
            os.utime(pack / name, (1, 1))
        load(pack)
        assert len(reads) == 1

    def test_another_version_of_the_engine(
        self, pack: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        load(pack)
        monkeypatch.setattr(mapping_engine, "__version__", "99.0")
        load(pack)
        assert len(reads) == 2

    @pytest.mark.parametrize("what", ["fingerprint", "libraries", "_python"])
    def test_other_code_other_libraries_and_another_python(
        self, pack: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch, what: str
    ) -> None:
        load(pack)
        monkeypatch.setattr(key, what, lambda *_: "another")
        load(pack)
        assert len(reads) == 2

    def test_another_name_of_the_same_folder(
        self, pack: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        load(pack)
        monkeypatch.chdir(pack.parent)
        load("pack")
        assert len(reads) == 2
        model = kept_model("pack")
        assert model is not None
        assert "pack/rules.yaml" in model.texts
        assert str(model.file.span).startswith("pack/rules.yaml:")


class TestWhatIsKept:
    def test_one_private_file_for_a_pack(self, place: Path, pack: Path) -> None:
        load(pack)
        load(pack)
        [record] = place.iterdir()
        assert record.suffix == ".record"
        assert record.stat().st_mode & 0o777 == 0o600
        assert place.stat().st_mode & 0o777 == 0o700

    @pytest.mark.parametrize("switch", ["off", "0", "", " OFF "])
    def test_nothing_when_it_is_switched_off(
        self, pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, switch: str
    ) -> None:
        monkeypatch.setenv("MAPPING_ENGINE_CACHE", switch)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
        monkeypatch.chdir(tmp_path)
        before = sorted(tmp_path.rglob("*"))
        load(pack)
        assert sorted(tmp_path.rglob("*")) == before

    def test_nothing_of_what_checks_and_editors_read(self, place: Path, pack: Path) -> None:
        read_pack(pack)
        read_pack(pack, {(pack / "rules.yaml").resolve(): "mapping: 1"})
        assert not place.exists()

    def test_only_so_many_records(self, place: Path, pack: Path) -> None:
        place.mkdir(mode=0o700)
        for number in range(MOST_RECORDS):
            old = place / f"{number:064x}.record"
            old.touch()
            os.utime(old, (number, number))
        load(pack)
        left = sorted(file.name for file in place.iterdir())
        assert len(left) == MOST_RECORDS
        assert f"{0:064x}.record" not in left
        assert f"{1:064x}.record" in left

    def test_what_a_killed_process_left_is_removed_after_an_hour(
        self, place: Path, pack: Path
    ) -> None:
        place.mkdir(mode=0o700)
        fresh, old = place / f"{1:032x}.tmp", place / f"{2:032x}.tmp"
        for file in (fresh, old, place / "notes.tmp"):
            file.touch()
        for file in (old, place / "notes.tmp"):
            os.utime(file, (1, 1))
        load(pack)
        assert fresh.exists()
        assert not old.exists()
        assert (place / "notes.tmp").exists()


def change_a_byte(file: Path) -> None:
    """Another byte that means the same, under the same size and time."""
    before = file.stat()
    data = file.read_bytes()
    assert data.endswith(b"\n")
    file.write_bytes(data[:-1] + b" ")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
