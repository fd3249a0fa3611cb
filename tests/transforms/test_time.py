"""Times and dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine.transforms import REGISTRY, Json, Rejected
from mapping_engine.transforms.time import _ISO, _from_iso, _from_usual

NO_TIME = Rejected("is not a date and time")
NO_DATE = Rejected("is not a real date")
seconds = REGISTRY["epoch_seconds"].function
milliseconds = REGISTRY["epoch_milliseconds"].function
read_date = REGISTRY["date"].function


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2019-10-14T09:03:17.562Z", 1571043797),
        ("2019-10-14T09:03:17,562Z", 1571043797),
        ("2019-10-14 09:03:17 +0000", 1571043797),
        ("2019-10-14T09:03:17", 1571043797),
        ("2019-10-14t09:03:17z", 1571043797),
        ("20191014T090317Z", 1571043797),
        ("2019-10-14T14:33:17+05:30", 1571043797),
        ("2019-10-14T01:03:17-08", 1571043797),
        (" 2019-10-14T09:03Z ", 1571043780),
        ("2019-10-14T09:03:17.123456789Z", 1571043797),
        ("2016-12-31T23:59:60Z", 1483228800),
        ("2016-12-31T24:00:00Z", 1483228800),
        ("20191014", 1571011200),
        (1571043797, 1571043797),
        (1571043797.9, 1571043797),
        (1571043797562, 1571043797),
        (1571043797562.5, 1571043797),
        ("1571043797562", 1571043797),
        ("1571043797.5", 1571043797),
        (99_999_999_999, 99_999_999_999),
        (100_000_000_000, 100_000_000),
        (0, 0),
        (-0.5, -1),
        ("-1", -1),
    ],
)
def test_a_time_is_read(value: Json, expected: int) -> None:
    assert seconds(value) == expected
    assert type(seconds(value)) is int


@pytest.mark.parametrize(
    "value",
    [
        "",
        "now",
        "10/14/2019",
        "2019-10-14T25:00:00Z",
        "2019-10-14T09:60:00Z",
        "2019-10-14T09:03:61Z",
        "2019-10-14T24:00:01Z",
        "2019-10-14T09:03:17+24:00",
        "2019-02-29",
        "2019-1014",
        "0000-01-01",
        "२०१९-10-14",
        "1e9",
        "1" * 19,
        "2019-10-14T09:03:17." + "1" * 99,
        1e300,
        -1e300,
        10**17,
        "2019-10-14T09:03:17Z\x00",
    ],
)
def test_what_is_no_time_is_refused(value: Json) -> None:
    assert seconds(value) == NO_TIME
    assert milliseconds(value) == NO_TIME


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda each: timezone(timedelta(minutes=each)))


@given(st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)), OFFSETS)
def test_every_iso_time_is_read_as_the_standard_library_reads_it(
    moment: datetime, offset: timezone
) -> None:
    aware = moment.replace(tzinfo=offset)
    exact = (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert milliseconds(aware.isoformat()) == exact
    assert seconds(aware.isoformat(" ")) == exact // 1000
    assert seconds(moment.isoformat()) == seconds(moment.isoformat() + "Z")


@given(st.integers(0, 10**11 - 1), st.integers(0, 999))
def test_fractions_of_a_second_are_exact(second: int, fraction: int) -> None:
    assert milliseconds(f"{second}.{fraction:03}") == second * 1000 + fraction


@pytest.mark.parametrize(
    ("value", "order", "expected"),
    [
        ("09, 05, 1990", "DMY", "1990-05-09"),
        ("9,5,1990", "DMY", "1990-05-09"),
        ("09/05/1990", "DMY", "1990-05-09"),
        ("09-05-1990", "DMY", "1990-05-09"),
        ("09.05.1990", "DMY", "1990-05-09"),
        (" 09  05 1990 ", "DMY", "1990-05-09"),
        ("09/05/1990", "MDY", "1990-09-05"),
        ("1990/5/9", "YMD", "1990-05-09"),
        ("1990/5/9", "DMY", "1990-05-09"),
        ("19900509", "DMY", "1990-05-09"),
        ("1990-05-09T00:30:00+14:00", "DMY", "1990-05-09"),
        ("1990-05-09 23:59:59.999Z", "MDY", "1990-05-09"),
        ("29/02/2000", "DMY", "2000-02-29"),
        ("31/12/2100", "DMY", "2100-12-31"),
    ],
)
def test_a_date_is_read_as_it_is_written(value: str, order: str, expected: str) -> None:
    year, month, day = expected.split("-")
    assert read_date(value, order) == {"year": year, "month": month, "day": day}


@pytest.mark.parametrize(
    "value",
    [
        "",
        "29/02/1900",
        "31/04/1990",
        "13-13-1990",
        "12/31/1990",
        "12/31/90",
        "01-01-1799",
        "01/01/2101",
        "0/1/1990",
        "1990",
        "1990-05",
        "09 May 1990",
        "1/2/3/1990",
        "٠٩/٠٥/١٩٩٠",
        "1²/05/1990",
        "009/05/1990",
        "6f" * 32,
        " " * 100 + "09/05/1990",
    ],
)
def test_what_is_no_real_date_is_refused(value: str) -> None:
    assert read_date(value, "DMY") == NO_DATE


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from([",", " / ", "-", ". "]))
def test_every_real_date_is_read_in_every_order(day: date, separator: str) -> None:
    expected = {"year": f"{day:%Y}", "month": f"{day:%m}", "day": f"{day:%d}"}
    for order in ("DMY", "MDY", "YMD"):
        parts = {"D": str(day.day), "M": str(day.month), "Y": str(day.year)}
        assert read_date(separator.join(parts[each] for each in order), order) == expected
    assert read_date(day.isoformat(), "DMY") == expected


@pytest.mark.parametrize("order", ["DMY", "MDY", "YMD"])
def test_the_order_of_a_date_is_one_of_three(order: str) -> None:
    problem = REGISTRY["date"].parameters[0].problem
    assert problem is not None
    assert problem(order) is None
    assert problem(order.lower()) == problem(7) == "expected `DMY`, `MDY` or `YMD`"


USUAL = ["2024-06-10T12:34:56.789Z", "2024-06-10T12:34:56Z", "2024-06-10T12:34:56+05:30"]


@given(
    st.sampled_from(USUAL),
    st.lists(st.tuples(st.integers(0, 23), st.sampled_from("0125679-:.,TZ+ Wt\u0663")), max_size=3),
)
def test_the_standard_library_reads_usual_times_as_we_do(
    text: str, changes: list[tuple[int, str]]
) -> None:
    written = list(text)
    for place, letter in changes:
        written[min(place, len(written) - 1)] = letter
    text = "".join(written)
    found = _from_usual(text)
    iso = _ISO.fullmatch(text)
    assert found is None or found == (iso and _from_iso(iso))


@pytest.mark.parametrize(
    "text",
    [
        "2024-06-10T12:34:56:789Z",
        "2024-W24-1T12:34:56.789Z",
        "2024-06-10T12:34:56+05:60",
        "2024-06-10T12:34:56.78Z",
        "2024-06-10T12:34:56",
        "2024-06-10",
        "",
    ],
)
def test_other_forms_are_left_to_our_own_reading(text: str) -> None:
    assert _from_usual(text) is None


def test_an_offset_has_less_than_sixty_minutes() -> None:
    for name in ("epoch_seconds", "epoch_milliseconds"):
        found = REGISTRY[name].function("2024-06-10T12:34:56+05:60")
        assert found == Rejected("is not a date and time")
