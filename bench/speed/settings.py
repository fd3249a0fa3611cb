"""Settings of the destinations that the benchmark runs, as a dashboard would send them."""

from __future__ import annotations

from typing import Any

NOW = 1_720_000_000.0
"""The clock of every variant, some days after the last event."""

OFFLINE_CONVERSIONS: dict[str, Any] = {
    "accessToken": "EAAB-token/of+the=benchmark",
    "eventsToStandard": [
        {"from": "Order Completed", "to": "Purchase"},
        {"from": "Order Completed", "to": "Lead"},
        {"from": "Product Added", "to": "AddToCart"},
        {"from": "Newsletter Joined", "to": "Subscribe"},
        {"from": "Product Shared", "to": "ViewContent"},
        {"from": "Order Completed", "to": "Purchase"},
        {"from": "Store Visited", "to": "Schedule"},  # has no row below: a configuration error
        {"from": "", "to": ""},
    ],
    "eventsToIds": [
        {"from": "Purchase", "to": "505050505050501"},
        {"from": "Purchase", "to": 505050505050502},
        {"from": "Lead", "to": "505050505050503"},
        {"from": "AddToCart", "to": "505050505050504"},
        {"from": "ViewContent", "to": "505050505050505"},
        {"from": "Search", "to": "505050505050506"},
        {"from": "InitiateCheckout", "to": "505050505050507"},
        {"from": "AddPaymentInfo", "to": "505050505050508"},
        {"from": "AddToWishlist", "to": "505050505050509"},
        {"from": "Subscribe", "to": "505050505050510"},
        {"from": "Other", "to": "505050505050511"},
        {"from": "", "to": ""},
    ],
    "categoryToContent": [
        {"from": "Vehicles", "to": "vehicle"},
        {"from": "Hotels", "to": "hotel"},
        {"from": "Flights", "to": "flight"},
    ],
    "valueFieldIdentifier": "properties.price",
    "limitedDataUSage": True,
    "isHashRequired": True,
}

CONVERSIONS: dict[str, Any] = {
    "datasetId": 505050505050501,
    "accessToken": "EAAB-token/of+the=benchmark",
    "actionSource": "website",
    "eventsToEvents": [
        {"from": "newsletter joined", "to": "Subscribe"},
        {"from": "Product Viewed", "to": "ViewContent"},
        {"from": "Newsletter Joined", "to": "Lead"},  # the row above has this name already
        {"from": "", "to": ""},
    ],
    "categoryToContent": [
        {"from": "Vehicles", "to": "vehicle"},
        {"from": "Hotels", "to": "hotel"},
        {"from": "Flights", "to": "flight"},
    ],
    "blacklistPiiProperties": [
        {"blacklistPiiProperties": "nickname", "blacklistPiiHash": True},
        {"blacklistPiiProperties": "note", "blacklistPiiHash": False},
        {"blacklistPiiProperties": "", "blacklistPiiHash": False},
    ],
    "whitelistPiiProperties": [{"whitelistPiiProperties": "city"}],
    "limitedDataUSage": True,
    "testDestination": True,
    "testEventCode": "TEST 12345",
    "removeExternalId": False,
}
