"""The ISO tables are what their source says, and the aliases agree with them."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mapping_engine.transforms import REGISTRY
from mapping_engine.transforms.forms import folded

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "rules" / "fragments" / "iso"


def table(name: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return found


def generated() -> Iterator[tuple[str, str]]:
    specification = importlib.util.spec_from_file_location(
        "iso_tables", ROOT / "tools" / "iso_tables.py"
    )
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    yield from module.tables()


def test_the_files_are_what_the_tool_writes() -> None:
    pytest.importorskip("pycountry", reason="the tables are generated from pycountry")
    for name, text in generated():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name}: run iso_tables.py"


@pytest.mark.parametrize(
    "name", ["countries.json", "us_states.json", "country_aliases.json", "country_names.json"]
)
def test_no_two_keys_of_a_table_contradict_each_other_when_folded(name: str) -> None:
    problem = REGISTRY["lookup_folded"].parameters[0].problem
    assert problem is not None
    assert problem(table(name)) is None
    assert all(folded(key) for key in table(name))


def test_an_alias_says_something_that_the_countries_do_not() -> None:
    known = {folded(key): code for key, code in table("countries.json").items()}
    aliases = table("country_aliases.json")
    assert set(aliases.values()) <= {*known.values(), "xk"}  # which ISO leaves to its users
    assert [key for key in aliases if folded(key) in known] == []
    assert len({folded(key) for key in aliases}) == len(aliases)
    assert list(aliases) == sorted(aliases)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("US", "us"),
        ("usa", "us"),
        ("U.S.A.", "us"),
        ("united states of america", "us"),
        ("America", "us"),
        ("U.K.", "gb"),
        ("England", "gb"),
        ("Scotland", "gb"),
        ("UAE", "ae"),
        ("Holland", "nl"),
        ("deutschland", "de"),
        ("Espana", "es"),
        ("South Korea", "kr"),
        ("Russia", "ru"),
        ("Czech Republic", "cz"),
        ("Ivory Coast", "ci"),
        ("COTE D'IVOIRE", "ci"),
        ("Viet Nam", "vn"),
        ("Bolivia", "bo"),
        ("turkiye", "tr"),
        ("日本", "jp"),
    ],
)
def test_a_country_is_found_as_people_write_it(written: str, code: str) -> None:
    tables = table("countries.json") | table("country_aliases.json")
    assert REGISTRY["lookup_folded"].function(written, tables) == code


def test_the_tables_are_complete() -> None:
    assert len(set(table("countries.json").values())) == 249
    states = table("us_states.json")
    assert len(set(states.values())) == 57
    assert states["District of Columbia"] == "dc"
    assert states["Puerto Rico"] == "pr"
    currencies = json.loads((FOLDER / "currencies.json").read_text(encoding="utf-8"))
    assert {"USD", "EUR", "JPY"} <= set(currencies)
    assert not {"ABC", "XYZ", "DEM"} & set(currencies)


def test_a_name_in_another_language_is_no_other_country_elsewhere() -> None:
    known = {folded(key): code for key, code in table("countries.json").items()}
    known |= {folded(key): code for key, code in table("country_aliases.json").items()}
    names = table("country_names.json")
    assert {names["Deutschland"], names["Alemanha"], names["Germania"]} == {"de"}
    for name, code in names.items():
        assert known.get(folded(name), code) == code, name
