"""The engine knows of no destination: packs are data, wherever they lie."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import mapping_engine
from mapping_engine import load
from mapping_engine.core.load import read_mapping
from mapping_engine.file.rule_files import Reading, Shared
from mapping_engine.source.bundled import bundled_folder
from mapping_engine.source.folder import Folder
from tests.loaded import loaded

PACK = "facebook_offline_conversions"
SETTINGS = {"accessToken": "t", "eventsToIds": [{"from": "Other", "to": 1}]}
EVENT = {"type": "track", "event": "E", "userId": "u", "traits": {"nickname": "Bo"}}


def copy(source: Path, target: Path) -> None:
    for file in source.rglob("*"):
        if file.is_file():
            place = target / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.read_bytes())


@pytest.fixture
def rules() -> Path:
    folder = bundled_folder("rules")
    assert isinstance(folder, Path)
    return folder


def test_the_pack_works_under_another_name_in_another_folder(rules: Path, tmp_path: Path) -> None:
    copy(rules / PACK, tmp_path / "somebody_elses")
    moved = load(tmp_path / "somebody_elses")
    assert moved.name == "somebody_elses"
    clock = lambda: 1704110400.0  # noqa: E731  # a clock in one line
    ours = loaded(PACK).bind(SETTINGS, clock=clock).apply(EVENT)
    assert moved.bind(SETTINGS, clock=clock).apply(EVENT) == ours


def test_the_engine_names_no_destination_and_no_source() -> None:
    names = re.compile(r"facebook|tiktok|rudder|(?<!jsonschema_rs\.)\bmeta\b", re.IGNORECASE)
    package = Path(mapping_engine.__file__).parent
    found = [
        f"{file.name}: {line}"
        for file in package.rglob("*.py")
        for line in file.read_text("utf-8").splitlines()
        if names.search(line)
    ]
    assert found == []


def test_one_path_in_a_fragment_is_changed_without_python(rules: Path, tmp_path: Path) -> None:
    copy(rules, tmp_path)
    person = tmp_path / "fragments" / "rudderstack" / "person.yaml"
    text = person.read_text("utf-8")
    person.write_text(text.replace("    - traits.firstName\n", "    - traits.nickname\n"), "utf-8")
    reading = Reading(Folder(tmp_path / PACK, "pack"), (Shared(Folder(tmp_path, "rules")),))
    model = read_mapping(PACK, "rules.yaml", reading).model
    assert model is not None, reading.diagnostics.found
    (request,) = mapping_engine.Mapping(model).bind(SETTINGS).apply(EVENT)
    assert "fn" in request.body["data"][0]["match_keys"]
