"""Write the ISO tables of rules/fragments/iso from pycountry: `python tools/iso_tables.py`.

The data come from Debian's iso-codes (ISO 3166-1, 3166-2 and 4217) by way of pycountry, which only
this tool needs. A test generates the tables again and compares.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from gettext import translation
from pathlib import Path

LANGUAGES = ("de", "es", "fr", "it", "nl", "pt", "pt_BR")
FOLDER = Path(__file__).parent.parent / "rules" / "fragments" / "iso"


def countries() -> dict[str, str]:
    """Every name and code of a country and its two-letter code, in lower case."""
    import pycountry

    rows: dict[str, str] = {}
    for country in pycountry.countries:
        keys = (
            country.alpha_2,
            country.alpha_3,
            country.name,
            getattr(country, "common_name", None),
            getattr(country, "official_name", None),
        )
        _add(rows, keys, country.alpha_2)
    return rows


def country_names() -> dict[str, str]:
    """The names of countries in LANGUAGES, but for those that two countries share."""
    import pycountry

    rows: dict[str, set[str]] = {}
    for language in LANGUAGES:
        texts = translation("iso3166-1", pycountry.LOCALES_DIR, [language])
        for country in pycountry.countries:
            for key in ("name", "common_name", "official_name"):
                english = getattr(country, key, None)
                name = texts.gettext(english) if english else None
                if name and name != english:
                    rows.setdefault(name, set()).add(country.alpha_2.lower())
    return {name: codes.pop() for name, codes in rows.items() if len(codes) == 1}


def us_states() -> dict[str, str]:
    """States, the District of Columbia and territories, by name and by two-letter code."""
    import pycountry

    rows: dict[str, str] = {}
    for state in pycountry.subdivisions:
        if state.country_code != "US":
            continue
        code = state.code.removeprefix("US-")
        _add(rows, (code, state.name), code)
    return rows


def currencies() -> list[str]:
    """The three-letter codes of the currencies in use."""
    import pycountry

    return sorted(currency.alpha_3 for currency in pycountry.currencies)


def tables() -> Iterator[tuple[str, str]]:
    """The name of each file and its text."""
    for name, data in (
        ("countries.json", countries()),
        ("country_names.json", country_names()),
        ("us_states.json", us_states()),
        ("currencies.json", currencies()),
    ):
        yield name, json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _add(rows: dict[str, str], keys: Iterable[str | None], code: str) -> None:
    for key in filter(None, keys):
        known = rows.setdefault(key, code.lower())
        if known != code.lower():
            raise ValueError(f"{key} is both {known} and {code.lower()}")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in tables():
        (FOLDER / name).write_text(text, encoding="utf-8")
