"""Which keys are those of personal data: names, compounds of them, and persons."""

from __future__ import annotations

import pytest

from mapping_engine.types.personal import Personal, personal_of

KNOWN = Personal(
    names={"email": "email", "phone": "phone", "firstname": "name", "city": "address",
           "address": "address", "zipcode": "address"},
    persons=frozenset({"customer", "user"}),
    qualifiers=frozenset({"billing", "home"}),
    endings=frozenset({"email", "phone"}),
)  # fmt: skip


@pytest.mark.parametrize(
    "key",
    [
        "email", "E-Mail", "first name", "customerName", "customer_name", "CUSTOMER_NAME",
        "username", "billingAddress", "billing_zip_code", "home city", "order_email",
        "contactEmail", "primary_customer_name", "workPhone2", "customerfirstname", "HTTPUserName",
    ],
)  # fmt: skip
def test_keys_of_personal_data(key: str) -> None:
    assert KNOWN.names_data(key)


@pytest.mark.parametrize(
    "key",
    [
        "name", "product_name", "order_city", "email_count", "phone_model", "customer", "user_id",
        "customer_level", "homepage", "voicemail", "capacity", "", "_", "x" * 10_000 + "_email",
    ],
)  # fmt: skip
def test_keys_of_other_things(key: str) -> None:
    assert not KNOWN.names_data(key)


def test_persons_are_known_in_the_plural_and_in_any_case() -> None:
    assert all(map(KNOWN.is_person, ["customer", "Customers", "USER"]))
    assert not any(map(KNOWN.is_person, ["customer_id", "s", "billing", "email"]))


def test_only_places_of_other_things_may_be_kept_by_rules() -> None:
    assert not KNOWN.names_person(("trip", "city"))
    for path in [("city",), ("customer", "city"), ("address", "city"), ("trip", "email")]:
        assert KNOWN.names_person(path)


def test_it_is_the_same_as_a_table() -> None:
    assert personal_of(KNOWN.as_table()) == KNOWN
    assert personal_of({}) == Personal({})
