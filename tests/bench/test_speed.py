"""The speed benchmark compares like with like; how fast each is, no test says."""

from __future__ import annotations

from collections import Counter
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pytest

from bench.speed import floor, growth
from bench.speed.events import events
from bench.speed.purchases import purchases
from bench.speed.settings import NOW
from bench.speed.timing import Timed, parts, rotate
from bench.speed.variants import (
    OFFLINE,
    PACKS,
    PURCHASES,
    Pack,
    Variants,
    differing,
    result,
    variants,
)
from mapping_engine import Mapping, load

SEEDS = (1, 2)
OF_PURCHASES: tuple[dict[str, Any], ...] = (
    {"actionSource": "physical_store", "limitedDataUSage": False},
    {"actionSource": None, "testEventCode": None},
    {"removeExternalId": True, "blacklistPiiProperties": []},
    {"eventsToEvents": [{"from": "ORDER COMPLETED", "to": "AddToCart"}]},
    {"eventsToEvents": [{"from": "Quiz Finished", "to": "Search"}], "categoryToContent": []},
    {"whitelistPiiProperties": [{"whitelistPiiProperties": "email"}], "testDestination": False},
)
"""Settings of the Conversions API that a dashboard may send as well."""


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return load(OFFLINE.name)


@pytest.fixture(scope="module")
def conversions() -> Mapping:
    return load(PURCHASES.name)


@pytest.mark.parametrize("hashing", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_handwritten_variant_makes_the_requests_and_errors_of_the_engine(
    mapping: Mapping, seed: int, hashing: bool
) -> None:
    jobs = variants(OFFLINE, mapping, isHashRequired=hashing)
    assert differing(jobs.ours(), jobs.handwritten(), events(seed, 300)) == []


@pytest.mark.parametrize("changed", [{"valueFieldIdentifier": "tax"}, {"limitedDataUSage": False}])
def test_it_follows_the_settings(mapping: Mapping, changed: dict[str, Any]) -> None:
    jobs = variants(OFFLINE, mapping, **changed)
    assert differing(jobs.ours(), jobs.handwritten(), events(3, 100)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_so_does_that_of_the_conversions_api(conversions: Mapping, seed: int) -> None:
    jobs = variants(PURCHASES, conversions)
    assert differing(jobs.ours(), jobs.handwritten(), purchases(seed, 600)) == []


@pytest.mark.parametrize("changed", OF_PURCHASES)
def test_which_follows_its_settings(conversions: Mapping, changed: dict[str, Any]) -> None:
    settings = {**PURCHASES.settings, **changed}
    kept = {key: value for key, value in settings.items() if value is not None}
    jobs = Variants(PURCHASES, conversions, kept)
    assert differing(jobs.ours(), jobs.handwritten(), purchases(3, 200)) == []


@pytest.mark.parametrize(
    "traits",
    [
        {"gender": "f", "address": {"city": "Reno", "state": "NV", "zip": 1234, "country": "US"}},
        {"birthday": "1990-05-09"},
        {"firstName": "Ann", "gender": "f"},
        {"lastName": "Lee", "gender": "f"},
    ],
)
def test_both_refuse_an_event_of_whose_person_too_little_is_known(
    conversions: Mapping, traits: dict[str, Any]
) -> None:
    event = {"type": "page", "timestamp": NOW, "traits": traits}
    jobs = variants(PURCHASES, conversions)
    for job in (jobs.ours(), jobs.handwritten()):
        assert result(job, orjson.dumps(event)) == ("InstrumentationError", "EV04")
        assert len(result(job, orjson.dumps({**event, "userId": 1}))) == 1


@pytest.mark.parametrize("pack", PACKS)
def test_an_outcome_has_the_requests_and_errors_of_apply(pack: Pack) -> None:
    jobs = variants(pack)
    corpus = pack.events(1, 200)
    assert differing(jobs.ours(), jobs.ours_with_warnings(), corpus) == []
    assert differing(jobs.ours(), jobs.handwritten_with_our_encoding(), corpus) == []


@pytest.mark.parametrize("hashing", [True, False])
def test_the_naive_variant_makes_them_too(mapping: Mapping, hashing: bool) -> None:
    jobs = variants(OFFLINE, mapping, isHashRequired=hashing)
    assert differing(jobs.ours(), jobs.naive(), events(1, 60)) == []


@pytest.mark.parametrize("pack", PACKS)
def test_a_variant_that_does_another_job_is_noticed(pack: Pack) -> None:
    mapping = load(pack.name)
    other = variants(pack, mapping, categoryToContent=[])
    assert differing(variants(pack, mapping).ours(), other.handwritten(), pack.events(1, 60))


@pytest.mark.parametrize("pack", PACKS)
def test_a_seed_gives_the_same_events_and_another_seed_others(pack: Pack) -> None:
    assert pack.events(1, 20) == pack.events(1, 20)
    assert pack.events(1, 20) != pack.events(2, 20)


def test_one_event_in_ten_is_refused_for_one_of_many_reasons(mapping: Mapping) -> None:
    ours = variants(OFFLINE, mapping).ours()
    found = [result(ours, raw) for raw in events(1, 1000)]
    refused = Counter(each for each in found if isinstance(each, tuple))
    assert 60 < refused.total() < 140
    assert {code for _, code in refused} == {"EV01", "EV04", "EV05", "EV06", "CF02"}
    assert {len(each) for each in found if isinstance(each, list)} == {0, 1, 3}


def test_one_purchase_in_twenty_is_refused_for_one_of_many_reasons(conversions: Mapping) -> None:
    ours = variants(PURCHASES, conversions).ours()
    found = [result(ours, raw) for raw in purchases(1, 2000)]
    refused = Counter(each for each in found if isinstance(each, tuple))
    assert 60 < refused.total() < 140
    assert {code for _, code in refused} == {"EV01", "EV04", "EV05", "EV06"}
    assert {len(each) for each in found if isinstance(each, list)} == {0, 1}


def test_most_events_for_the_conversions_api_are_purchases_of_three_products() -> None:
    orders = [
        event
        for raw in purchases(1, 400)
        if isinstance(event := orjson.loads(raw), dict)
        and str(event["event"]).lower() == "order completed"
    ]
    assert 280 < len(orders) < 360
    counts = Counter(len(event["properties"]["products"]) for event in orders)
    assert counts.most_common(1) == [(3, len(orders))]


def test_the_floor_digests_what_the_requests_hold_as_digests(mapping: Mapping) -> None:
    jobs = variants(OFFLINE, mapping)
    plain = jobs.destination(isHashRequired=False)
    known = floor.known(events(1, 40), jobs.destination(), plain)
    for each in known:
        bodies = orjson.dumps(each.bodies).decode()
        assert all(sha256(text.encode()).hexdigest() in bodies for text in each.texts)
    assert sum(len(each.texts) for each in known) > 100


@pytest.mark.parametrize("grow", [growth.growing_fields, growth.growing_chains])
def test_packs_that_grow_give_each_field_a_value(tmp_path: Path, grow: Any) -> None:
    for count, pack, event in islice(grow(tmp_path), 3):
        (request,) = load(pack).bind({}).apply({**event, "tags": ["t"]})
        fields = count if grow is growth.growing_fields else growth.SOME
        assert len(request.body["payload"]) == fields


def test_an_event_that_grows_becomes_more_requests(tmp_path: Path) -> None:
    for count, pack, event in growth.growing_requests(tmp_path):
        assert len(load(pack).bind({}).apply(event)) == count


def test_rounds_are_timed_in_rotation() -> None:
    order: list[str] = []
    timed = [Timed(name, [partial(order.append, name)], 2) for name in "ab"]
    rotate(timed, 2)
    assert order == ["a", "b", "b", "a"]
    assert all(len(each.seconds) == 2 and each.best <= each.median for each in timed)


def test_each_part_counts_at_its_best() -> None:
    timed = Timed("job", [], 2, [[1.0, 5.0], [3.0, 1.0], [9.0, 9.0]])
    assert (timed.best, timed.median) == (1e6, 3e6)
    assert [*map(len, parts(range(250)))] == [100, 100, 50]
