"""What made-up events are made of: no name, number or address here is a real person's."""

from __future__ import annotations

from typing import Any

EVENTS: dict[str, int] = {
    "Order Completed": 20,
    "Product Viewed": 25,
    "Product Added": 15,
    "Product List Viewed": 10,
    "Products Searched": 5,
    "Checkout Started": 8,
    "Payment Info Entered": 4,
    "Product Added to Wishlist": 3,
    "Newsletter Joined": 4,
    "Product Shared": 3,
    "Coupon Applied": 3,
}
"""The names of events, and how often each comes."""

FIRST_NAMES: tuple[Any, ...] = (
    "Mary", "  Anne-Marie ", "José", "Zoë", "Vale\u0301ry", "Łukasz", "Søren", "민준", "さくら",
    "Владимир", "محمد", "İpek", "Nguyễn", "Alex", "Jo", "GÜNTHER", "D'Arcy", "...", 7,
)  # fmt: skip
LAST_NAMES: tuple[Any, ...] = (
    "Smith", "O'Connor", "Müller-Lüdenscheidt", "García Márquez", "정", "Иванова", "Ó Súilleabháin",
    "van der Berg", "Straße", "Đặng", "Lee", "Kowalska", "Jones Jr.", "Sa\u0303o",
)  # fmt: skip
PHONES: tuple[Any, ...] = (
    "+1 (202) 555-0146", "001 202 555 0178", "+49 30 5550 1234", "12025550199", 442079460958,
    "٠١٢٣٤٥٦٧٨٩", "555", "none", "", None,
)  # fmt: skip
CITIES: tuple[Any, ...] = (
    "New Orleans", "San José", "Seattle 98121", "Zürich", "St. John's", "東京", "Łódź", "007", None,
)  # fmt: skip
STATES: tuple[Any, ...] = (
    "California", "CA", "north  carolina", "Bavaria", "New South Wales", "Île-de-France", "", None,
)  # fmt: skip
COUNTRIES: tuple[Any, ...] = (
    "US", "United States", "usa", "U.K.", "Deutschland", "DEU", "Côte d'Ivoire", "Japan", "br",
    "Narnia", None,
)  # fmt: skip
ZIPS: tuple[Any, ...] = (
    "98121-4892", "94115", 90009, "NR9 5AL", "123459876", "10115", "SW1A 1AA", "1", "-", None,
)  # fmt: skip
BIRTHDAYS: tuple[Any, ...] = (
    "1990-05-09", "9, 5, 1990", "09/05/1990", "9.5.1990", "1985-12-31T23:30:00-08:00", "30-02-1990",
    "unknown", 19900509, "31/12/90", None,
)  # fmt: skip
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/125.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
)
BRANDS: tuple[Any, ...] = ("Hasbro", "Nestlé", "Ørsted", "", None, 3)
CATEGORIES: tuple[Any, ...] = ("Games", "Vehicles", "Hotels", "Küche & Bad", "", None)
COUPONS = ("SUMMER-24", "WELCOME10", None)
CURRENCIES: tuple[Any, ...] = ("USD", "USD", "eur", " GBP ", "XXQ", "", None)
NOTES = (
    "please ring twice",
    "ask at ann@example.com",
    "für Oma 🎁",
)
