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
from bench.speed.settings import SETTINGS
from bench.speed.timing import Timed, rotate
from bench.speed.variants import Variants, differing, result
from mapping_engine import Mapping, load

SEEDS = (1, 2)


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return load("facebook_offline_conversions")


@pytest.mark.parametrize("hashing", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_handwritten_variant_makes_the_requests_and_errors_of_the_engine(
    mapping: Mapping, seed: int, hashing: bool
) -> None:
    variants = Variants(mapping, {**SETTINGS, "isHashRequired": hashing})
    assert differing(variants.ours(), variants.handwritten(), events(seed, 300)) == []


@pytest.mark.parametrize("changed", [{"valueFieldIdentifier": "tax"}, {"limitedDataUSage": False}])
def test_it_follows_the_settings(mapping: Mapping, changed: dict[str, Any]) -> None:
    variants = Variants(mapping, {**SETTINGS, **changed})
    assert differing(variants.ours(), variants.handwritten(), events(3, 100)) == []


@pytest.mark.parametrize("hashing", [True, False])
def test_the_naive_variant_makes_them_too(mapping: Mapping, hashing: bool) -> None:
    variants = Variants(mapping, {**SETTINGS, "isHashRequired": hashing})
    assert differing(variants.ours(), variants.naive(), events(1, 60)) == []


def test_a_variant_that_does_another_job_is_noticed(mapping: Mapping) -> None:
    other = Variants(mapping, {**SETTINGS, "categoryToContent": []})
    assert differing(Variants(mapping).ours(), other.handwritten(), events(1, 60))


def test_a_seed_gives_the_same_events_and_another_seed_others() -> None:
    assert events(1, 20) == events(1, 20)
    assert events(1, 20) != events(2, 20)


def test_one_event_in_ten_is_refused_for_one_of_many_reasons(mapping: Mapping) -> None:
    ours = Variants(mapping).ours()
    found = [result(ours, raw) for raw in events(1, 1000)]
    refused = Counter(each for each in found if isinstance(each, tuple))
    assert 60 < refused.total() < 140
    assert {code for _, code in refused} == {"EV01", "EV04", "EV05", "EV06", "CF02", "PL01"}
    assert {len(each) for each in found if isinstance(each, list)} == {0, 1, 3}


def test_the_floor_digests_what_the_requests_hold_as_digests(mapping: Mapping) -> None:
    variants = Variants(mapping)
    plain = variants.destination(isHashRequired=False)
    known = floor.known(events(1, 40), variants.destination(), plain)
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
    timed = [Timed(name, partial(order.append, name), 2) for name in "ab"]
    rotate(timed, 2)
    assert order == ["a", "b", "b", "a"]
    assert all(len(each.seconds) == 2 and each.best <= each.median for each in timed)
