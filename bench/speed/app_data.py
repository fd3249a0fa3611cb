"""The app data of the handwritten Conversions API: what Meta wants to know of events in an app."""

from __future__ import annotations

from typing import Any

from bench.speed.meta import Object, as_object
from bench.speed.values import boolean, is_missing, text
from mapping_engine.errors import ErrorCode, InstrumentationError

_PLATFORMS = {"android": "a2", "ios": "i2", "ipados": "i2", "tvos": "i2", "watchos": "i2"}


def platform(context: Object) -> str | None:
    """Meta's code of the kind of device."""
    written = text(as_object(context.get("device")).get("type"))
    return None if written is None else _PLATFORMS.get(written.strip().lower())


def app_data(context: Object, properties: Object) -> Object:
    """The app data of an event on a device of a known kind."""
    device = as_object(context.get("device"))
    found: Object = {
        "advertiser_tracking_enabled": _enabled(device.get("adTrackingEnabled")),
        "application_tracking_enabled": _enabled(properties.get("application_tracking_enabled")),
    }
    campaign = (
        text(properties.get("campaignId"))
        or text(as_object(context.get("traits")).get("campaignId"))
        or text(as_object(context.get("campaign")).get("name"))
    )
    if campaign is not None:
        found["campaign_ids"] = campaign
    for key in ("install_referrer", "installer_package"):
        if key in properties and (written := text(properties[key])) is not None:
            found[key] = written
    schemes = properties.get("url_schemes")
    if not is_missing(schemes):
        listed = schemes if type(schemes) is list else [schemes]
        found["url_schemes"] = [each for each in listed if each is not None]
    id = text(properties.get("windows_attribution_id"))
    if id is not None:
        found["windows_attribution_id"] = id
    found["extinfo"] = _extended(context, device)
    return found


def _enabled(value: Any) -> bool:
    if is_missing(value):
        raise InstrumentationError(ErrorCode.FIELD_REQUIRED, "whether tracking is allowed")
    found = boolean(value)
    if found is None:
        raise InstrumentationError(ErrorCode.FIELD_INVALID, "tracking is neither true nor false")
    return found


def _extended(context: Object, device: Object) -> list[str]:
    """The sixteen positions, each with its own meaning."""
    app, screen = as_object(context.get("app")), as_object(context.get("screen"))
    values = (
        platform(context),
        app.get("namespace"),
        app.get("build"),
        app.get("version"),
        as_object(context.get("os")).get("version"),
        device.get("model"),
        context.get("locale"),
        context.get("abv_timezone"),
        as_object(context.get("network")).get("carrier"),
        screen.get("width"),
        screen.get("height"),
        screen.get("density"),
        context.get("cpu_cores"),
        context.get("ext_storage_size"),
        context.get("avl_storage_size"),
        context.get("timezone"),
    )
    return [text(value) or "" for value in values]
