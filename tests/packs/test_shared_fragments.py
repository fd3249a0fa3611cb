"""What both of Meta's packs mean by the same thing is written once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mapping_engine.core.load import read_mapping
from mapping_engine.engine.mapping import Mapping
from mapping_engine.file.rule_files import Reading, Shared
from mapping_engine.source.bundled import bundled_folder
from mapping_engine.source.folder import Folder

OFFLINE, CONVERSIONS = "facebook_offline_conversions", "facebook_conversions"
SETTINGS: dict[str, dict[str, Any]] = {
    OFFLINE: {"accessToken": "t", "eventsToIds": [{"from": "Other", "to": 1}]},
    CONVERSIONS: {"accessToken": "t", "datasetId": "7", "actionSource": "website"},
}


class Rules:
    """A copy of all rules that may be changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        source = bundled_folder("rules")
        assert isinstance(source, Path)
        for file in source.rglob("*"):
            if file.is_file():
                place = folder / file.relative_to(source)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(file.read_bytes())

    def change(self, file: str, old: str, new: str) -> None:
        place = self.folder / "fragments" / file
        text = place.read_text("utf-8")
        assert text.count(old) == 1
        place.write_text(text.replace(old, new), "utf-8")

    def payload(self, pack: str, event: dict[str, Any]) -> dict[str, Any]:
        reading = Reading(Folder(self.folder / pack, pack), (Shared(Folder(self.folder, "rules")),))
        model = read_mapping(pack, "rules.yaml", reading).model
        assert model is not None, reading.diagnostics.found
        whole = {"type": "track", "event": "E", "userId": "u", "timestamp": 1704103200, **event}
        destination = Mapping(model).bind(SETTINGS[pack], clock=lambda: 1704103200.0)
        (payload,) = destination.payloads(whole)
        return payload


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    return Rules(tmp_path)


@pytest.mark.parametrize(
    ("file", "old", "new", "event", "offline", "conversions"),
    [
        ("rudderstack/email.yaml", "email: [traits.email,", "email: [traits.mail,",
         {"traits": {"mail": "a@x.test"}}, "email", "em"),
        ("rudderstack/person.yaml", "    - traits.phone\n", "    - traits.mobile\n",
         {"traits": {"mobile": "4915112345678"}}, "phone", "ph"),
        ("rudderstack/person.yaml", "    - traits.firstName\n", "    - traits.forename\n",
         {"traits": {"forename": "Ann"}}, "fn", "fn"),
        ("rudderstack/person.yaml", "address_state: [traits.address.state,",
         "address_state: [traits.address.region,",
         {"traits": {"address": {"region": "Texas"}}}, "st", "st"),
        ("rudderstack/person.yaml", "    - traits.birthday\n", "    - traits.born\n",
         {"traits": {"born": "1990-12-31"}}, "doby", "db"),
        ("rudderstack/person.yaml", "    - userId\n", "    - traits.account\n",
         {"userId": None, "traits": {"account": "a1"}}, "extern_id", "external_id"),
        ("meta/identity.yaml", "{f: f, female: f,", "{f: f, female: f, femme: f,",
         {"traits": {"gender": "femme"}}, "gen", "ge"),
        ("meta/event.yaml", "query_parameter('fbclid')", "query_parameter('click')",
         {"context": {"page": {"url": "https://s.test/?click=Ab1"}}}, "fbc", "fbc"),
    ],
)  # fmt: skip
def test_a_change_in_a_fragment_changes_both_packs(
    file: str,
    old: str,
    new: str,
    event: dict[str, Any],
    offline: str,
    conversions: str,
    rules: Rules,
) -> None:
    event = {"request_ip": "192.0.2.1", "anonymousId": "anonymous", **event}
    before = (rules.payload(OFFLINE, event), rules.payload(CONVERSIONS, event))
    rules.change(file, old, new)
    after = (rules.payload(OFFLINE, event), rules.payload(CONVERSIONS, event))
    assert before[0]["match_keys"].get(offline) != after[0]["match_keys"][offline]
    assert before[1]["user_data"].get(conversions) != after[1]["user_data"][conversions]


@pytest.mark.parametrize(
    ("old", "new", "event", "path"),
    [
        ("properties.products |> records", "properties.products[1:] |> records",
         {"event": "Checkout Started",
          "properties": {"products": [{"id": "o"}, {"product_id": "p"}]}}, "contents"),
        ("properties.currency |> text", "properties.money |> text",
         {"event": "Checkout Started", "properties": {"money": "EUR"}}, "currency"),
    ],
)  # fmt: skip
def test_products_and_money_are_shared_too(
    old: str, new: str, event: dict[str, Any], path: str, rules: Rules
) -> None:
    rules.change("rudderstack/commerce.yaml", old, new)
    offline = rules.payload(OFFLINE, {**event, "event": "E"})
    assert offline[path] in ("EUR", [{"id": "p", "quantity": 1}])
    conversions = rules.payload(CONVERSIONS, event)["custom_data"]
    assert conversions[path] == offline[path]


def test_a_pack_keeps_what_it_changes_for_itself(rules: Rules) -> None:
    traits = {"state": "NV", "address": {"state": "TX"}}
    external = {"externalId": [{"id": "a@x.test", "type": "other"}]}
    event = {"context": external, "traits": traits}
    offline, conversions = rules.payload(OFFLINE, event), rules.payload(CONVERSIONS, event)
    assert "email" in offline["match_keys"]
    assert "em" not in conversions["user_data"]
    assert offline["match_keys"]["st"] != [conversions["user_data"]["st"]]
