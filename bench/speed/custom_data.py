"""The custom data of the handwritten Conversions API: what was done, and with which products."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bench.speed.meta import Object, category_of, products_of, rows
from bench.speed.normal_forms import hashed, is_digest
from bench.speed.values import (
    business_text,
    copied,
    currency,
    integer,
    is_missing,
    number,
    rest,
    text,
)
from mapping_engine.errors import ErrorCode, InstrumentationError

SHOPPING = frozenset((
    "ViewContent", "Search", "AddToCart", "AddToWishlist", "InitiateCheckout", "AddPaymentInfo",
    "Purchase",
))  # fmt: skip
_ORDERING = frozenset(("AddToWishlist", "InitiateCheckout", "AddPaymentInfo", "Purchase"))
_DELIVERIES = frozenset(("in_store", "curbside", "home_delivery"))
_IDS = ("product_id", "sku", "id")
_VALUES = ("revenue", "value", "price", "total")
_OF_THE_EVENT = frozenset(("opt_out", "event_id", "action_source"))


class CustomData:
    """Makes the custom data of an event under some settings."""

    def __init__(self, settings: Object) -> None:
        black = settings.get("blacklistPiiProperties", ())
        white = settings.get("whitelistPiiProperties", ())
        listed = _names(black, "blacklistPiiProperties")
        self._digested = _names(
            (row for row in black if row.get("blacklistPiiHash")), "blacklistPiiProperties"
        )
        left_out = _OF_THE_EVENT | listed
        self._kept = _names(white, "whitelistPiiProperties") - left_out
        self._apart = self._digested | self._kept
        self._without = left_out | self._apart
        self._content_types = {
            key: targets[0] for key, targets in rows(settings.get("categoryToContent", ())).items()
        }

    def __call__(
        self, properties: Object, name: str, key: str | None, options: Object, digests: bool
    ) -> Object:
        """The custom data of an event of this name; `key` is its own name in lower case."""
        found = rest(properties, self._without)
        if not self._apart.isdisjoint(properties):
            found = self._with_those_apart(found, properties, digests)
        if name in SHOPPING:
            if type(properties.get("category")) is dict and properties["category"]:
                raise InstrumentationError(ErrorCode.EVENT_REFUSED, "the category is an object")
            self._add_products(found, properties, name, key, options)
        self._add_amount(found, properties, name)
        if name == "Search":
            _add_search(found, properties.get("query"))
        return found

    def _add_amount(self, found: Object, properties: Object, name: str) -> None:
        given = properties.get("currency")
        code = currency(given)
        if name in SHOPPING and code is None and not is_missing(given):
            raise InstrumentationError(ErrorCode.EVENT_REFUSED, "the currency is none")
        amounts = (number(properties[key]) for key in _VALUES if key in properties)
        value = next((each for each in amounts if each is not None), None)
        if code is None and is_missing(given) and (name in SHOPPING or value is not None):
            code = "USD"
        for key, made in (("currency", code), ("value", value)):
            if made is not None:
                found[key] = made

    def _with_those_apart(self, others: Object, properties: Object, digests: bool) -> Object:
        """The copy with the properties that settings want, in the order of the event."""
        found: Object = {}
        for key, value in properties.items():
            if key in self._digested:
                kept = _digest_of(value, digests)
            else:
                kept = copied(value) if key in self._kept else others.get(key)
            if kept is not None:
                found[key] = kept
        return found

    def _add_products(
        self, found: Object, properties: Object, name: str, key: str | None, options: Object
    ) -> None:
        products = products_of(properties.get("products"))
        category = _category(properties.get("category"))
        one = _is_one_product(properties, products, name, key)
        lines = _with_ids([properties] if one and properties else products)
        if name in ("AddPaymentInfo", "AddToWishlist") and not products:
            lines = _with_ids([properties])
        alone = not lines and name == "ViewContent" and not one and category is not None
        if alone:
            lines = [{"product_id": category}]
        contents = _contents(lines, properties, name)
        ids = [each["id"] for each in contents if "id" in each]
        if ids or is_missing(properties.get("content_ids")):
            found["content_ids"] = ids[0] if one and ids else ids
        if contents or is_missing(properties.get("contents")):
            found["contents"] = contents
        if name in _ORDERING and (ids or is_missing(properties.get("num_items"))):
            found["num_items"] = len(ids)
        found["content_type"] = (
            business_text(properties.get("content_type"))
            or text(options.get("contentType"))
            or self._content_types.get(text(category_of(properties, products)) or "")
            or ("product_group" if alone else "product")
        )
        if category is not None:
            found["content_category"] = category
        title = business_text(properties.get("content_name"))
        title = title or business_text(properties.get("contentName"))
        if title is not None:
            found["content_name"] = title


def _names(table: Iterable[Any], column: str) -> frozenset[str]:
    return frozenset(name for row in table if (name := text(row.get(column))) is not None)


def _digest_of(value: Any, digests: bool) -> str | None:
    """The digest of a property; `digests` where the event says that it is one."""
    written = ("true" if value else "false") if type(value) is bool else text(value)
    if written is None or (digests and not is_digest(written)):
        return None
    return hashed(written.strip())


def _is_one_product(properties: Object, products: list[Object], name: str, key: str | None) -> bool:
    """Whether the properties themselves are the one product."""
    known = any(not is_missing(properties.get(id)) for id in _IDS)
    if name != "ViewContent":
        return name == "Search" or (name == "AddToCart" and (known or not products))
    if key == "product viewed":
        return True
    return key != "product list viewed" and not products and known


def _with_ids(lines: list[Object]) -> list[Object]:
    """The lines that have an id; one that is false is none."""
    found: list[Object] = []
    for line in lines:
        for key in _IDS:
            if not is_missing(value := line.get(key)):
                if value is not False:
                    found.append(line)
                break
    return found


def _contents(lines: list[Object], properties: Object, name: str) -> list[Object]:
    """The lines in Meta's form."""
    delivery = _delivery(properties) if name in _ORDERING else None
    of_all = integer(properties.get("quantity"))
    return [_content(line, of_all, delivery) for line in lines]


def _content(line: Object, of_all: int | None, delivery: str | None) -> Object:
    found: Object = {}
    id = next((id for key in _IDS if (id := business_text(line.get(key))) is not None), None)
    if id is not None:
        found["id"] = id
    quantity = integer(line.get("quantity"))
    quantity = of_all if quantity is None else quantity
    found["quantity"] = 1 if quantity is None else quantity
    price = number(line.get("price"))
    if price is not None:
        found["item_price"] = price
    if not is_missing(line.get("delivery_category")):
        delivery = _delivery(line)
    if delivery is not None:
        found["delivery_category"] = delivery
    return found


def _delivery(source: Object) -> str | None:
    written = text(source.get("delivery_category"))
    if written is None:
        return None
    written = written.strip().lower().replace(" ", "_").replace("-", "_")
    return written if written in _DELIVERIES else None


def _category(value: Any) -> str | None:
    """The category as a text; that of a list is its items."""
    if type(value) is list:
        items = [text(each) for each in value if not is_missing(each)]
        known = [each for each in items if each]
        return business_text(",".join(known)) if len(known) == len(items) else None
    return business_text(value)


def _add_search(found: Object, query: Any) -> None:
    if (type(query) is dict or type(query) is list) and query:
        raise InstrumentationError(ErrorCode.EVENT_REFUSED, "the search is for no text")
    written = ("true" if query else "false") if type(query) is bool else business_text(query)
    if written is not None:
        found["search_string"] = written
