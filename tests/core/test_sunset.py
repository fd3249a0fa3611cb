"""What is said of an API that is switched off: from 90 days before, and ever after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mapping_engine.core.sunset import sunset_of
from tests.core.conftest import Core

DAY = date(2031, 6, 1)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (91, None),
        (90, "the API is switched off in 90 days, on 2031-06-01"),
        (2, "the API is switched off in 2 days, on 2031-06-01"),
        (1, "the API is switched off in 1 day, on 2031-06-01"),
        (0, "the API was switched off on 2031-06-01"),
        (-400, "the API was switched off on 2031-06-01"),
    ],
)
def test_the_day_is_told_in_words(days: int, said: str | None, core: Core) -> None:
    file = core("").file
    assert file.api is not None
    api = replace(file.api, sunset=DAY, successor=file.title)
    assert sunset_of(api, DAY - timedelta(days)) == (said and (said, "Small"))
    assert sunset_of(file.api, DAY) is None
    assert sunset_of(None, DAY) is None
