"""What decides the route of an event is found out once for each text that rules list."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from mapping_engine import Destination, MappingError, load
from mapping_engine.engine.routes import deciding_fields
from mapping_engine.engine.run import Run
from tests.engine.mini import Mini

RULES = """
tables:
  words: {sold: [Purchase, Lead], seen: [ViewContent]}
accept:
  - {require: name is present, message: no name}
  - {skip_when: name == 'test'}
fan_out:
  each:
    word: name |> lookup($tables.words)
  none: {message: "nothing is mapped to {name}"}
fields:
  word: $word
  a: p.a
"""


def kept(destination: Destination) -> set[tuple[Any, ...]]:
    """The texts for which routes are remembered."""
    return set(destination._silent[1].routes.known)


def test_requests_are_the_same_the_second_time(mini: Mini) -> None:
    destination = mini(RULES)
    for a in (1, 2):
        made = destination.payloads({"name": "sold", "p": {"a": a}})
        assert made == [{"word": "Purchase", "a": a}, {"word": "Lead", "a": a}]
        assert destination.payloads({"name": "seen"}) == [{"word": "ViewContent"}]
    assert kept(destination) == {("sold",), ("seen",)}


def test_only_texts_that_the_rules_list_are_kept(mini: Mini) -> None:
    listing = "word: {value: name |> lookup($tables.words), default: ['Other']}"
    destination = mini(RULES.replace("word: name |> lookup($tables.words)", listing))
    for name in ("ann@example.com", "Sold", "test", "", 7, None, ["sold"], {"sold": "sold"}, True):
        with suppress(MappingError):
            destination.apply({"name": name})
    assert kept(destination) <= {("Sold",)}


def test_a_known_route_is_taken_without_a_look_at_the_rules(
    mini: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    destination = mini(RULES)
    before = destination.payloads({"name": "sold"})

    def untouched(run: Run) -> Any:
        raise AssertionError("the rules were asked again")

    monkeypatch.setattr(destination._silent[0], "_accept", untouched)
    assert destination.payloads({"name": "sold"}) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name |> lookup", "p.a |> text |> lookup"),
        ("name is present", "p.name is present"),
        ("name is present", "jmespath(length(@)) > 0"),
        ("name is present", "$now > 7"),
        ("name is present", "$integration.on is missing"),
        ("name is present", "at('name') is present"),
        ("name |> lookup", "name ?? tags[0] |> text |> lookup"),
        ("fields:", "already_hashed: p.b == true\nfields:"),
        ("name is present", "name |> own is present"),
    ],
)
def test_what_else_decides_keeps_routes_from_being_remembered(
    mini: Mini, old: str, new: str
) -> None:
    own = "pipelines: {own: {first_of: [{value: p.c}, {value: $value}]}}\n"
    changed = (own if "own" in new else "") + RULES.replace(old, new)
    destination = mini(changed)
    assert deciding_fields(destination.mapping.model) is None
    destination.outcome({"name": "sold"})
    assert not kept(destination)


def test_the_type_and_name_of_an_event_decide_in_the_bundled_pack() -> None:
    assert deciding_fields(load("facebook_offline_conversions").model) == ("event", "type")
