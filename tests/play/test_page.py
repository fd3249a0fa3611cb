"""The page of `play` in a browser: real clicks and keys, what is seen, and that all can use it."""

from __future__ import annotations

import json
import os
import shutil
import struct
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from mapping_engine.play.http_server import PlayServer
from mapping_engine.play.trial import Sample
from mapping_engine.testing.runner import run_tests
from tests.conftest import IN_CI
from tests.play.serving import EVENT, PERSON, ROOT, TOKEN, own_pack, serving

if not IN_CI:
    pytest.importorskip("selenium")
    if shutil.which("chromedriver") is None:
        pytest.skip("there is no Chromium to look at the page", allow_module_level=True)

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

pytestmark = pytest.mark.xdist_group("browser")

SCREENSHOT = ROOT / "docs" / "play.png"
AXE = files("axe_core_python").joinpath("axe.min.js")
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync
--disable-background-networking --disable-component-update --disable-dev-shm-usage"""
WIDTH, HEIGHT = 1280, 720
EMAIL = "user.email_sha256"


class Page:
    """What a person does and sees."""

    def __init__(self, browser: Chrome) -> None:
        self.browser = browser

    def open(self, server: PlayServer) -> None:
        self.browser.get(server.first_url)
        self.until(lambda: self.status == "1 request")

    def until(self, holds: Any) -> Any:
        return WebDriverWait(self.browser, 20, 0.02, [WebDriverException]).until(lambda _: holds())

    def find(self, selector: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def button(self, text: str) -> WebElement:
        return next(each for each in self.all("button") if each.text == text)

    def field(self, path: str) -> WebElement:
        return self.find(f"button.field[title='{path}']")

    def type(self, *keys: str) -> None:
        ActionChains(self.browser, duration=0).send_keys(*keys).perform()

    def edit(self, editor: str, old: str, new: str) -> None:
        """Select a part of a text and type over it."""
        area = self.find(f"#{editor} textarea")
        script = """const [area, old] = arguments, start = area.value.indexOf(old);
            if (start < 0) throw new Error("it is not there");
            area.focus(); area.setSelectionRange(start, start + old.length);"""
        self.browser.execute_script(script, area, old)
        self.type(new)

    @property
    def status(self) -> str:
        return self.find("#status").text

    @property
    def focused(self) -> WebElement:
        return self.browser.switch_to.active_element

    def lit(self, name: str = "lit") -> list[str]:
        """The texts that are marked in this way, in the editors."""
        script = "return [...CSS.highlights.get(arguments[0])].map((range) => range.toString())"
        found: list[str] = self.browser.execute_script(script, name)
        return sorted(found, key=len)

    def chain(self) -> list[tuple[str, str]]:
        """What is drawn of a chain: labels and how it went."""
        return [
            (each.get_attribute("data-label") or "", each.get_attribute("data-outcome") or "")
            for each in self.all("#picture [data-label]")
        ]

    def colours(self, scheme: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def violations(self) -> list[str]:
        """What axe finds wrong, with the element."""
        if not self.browser.execute_script("return 'axe' in window"):
            self.browser.execute_script(AXE.read_text("utf-8"))
        found = self.browser.execute_async_script(
            "const done = arguments[0]; axe.run().then((found) => done(found.violations))"
        )
        return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]


def console(browser: Chrome) -> list[Any]:
    """What was written to the console since it was last asked for."""
    found: list[Any] = browser.execute("getLog", {"type": "browser"})["value"]
    return found


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*FLAGS.split(), f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options, ChromeService(shutil.which("chromedriver")))
    metrics = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    yield driver
    driver.quit()


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return own_pack(tmp_path)


@pytest.fixture
def page(browser: Chrome, pack: Path) -> Iterator[Page]:
    """The page of a pack of one's own; it writes nothing to the console of the browser."""
    with serving(str(pack)) as server:
        found = Page(browser)
        found.open(server)
        yield found
        browser.get("about:blank")
    assert console(browser) == []


def test_a_click_on_a_field_shows_its_chain_its_rule_and_its_source(page: Page) -> None:
    page.field(EMAIL).click()
    assert page.find("#chain-head").text.startswith(f"Chain of {EMAIL} =")
    assert page.chain()[0] == ("$email", "taken")
    assert page.chain()[2:7] == [
        ("traits.email |> email", "invalid"),
        ("traits.email", "taken"),
        ("email", "invalid"),
        ("$value", "taken"),
        ("text", "taken"),
    ]
    assert ("context.traits.email |> email", "taken") in page.chain()
    assert ("properties.email |> email", "skipped") in page.chain()
    assert "invalid: traits.email does not match the pattern" in page.find("#picture").text
    assert PERSON not in page.find("#picture").text
    assert page.lit() == [f'"email": "{PERSON}"', "{first_of: $email, as: email, then: hashed}"]
    page.find("#picture [data-label='traits.email'] button").click()
    assert page.find("#file option:checked").text.endswith("/rudderstack/email.yaml (bundled)")
    assert page.lit() == ["traits.email", '"email": "none"']


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    page.browser.execute_script("document.activeElement.blur()")
    for _ in range(40):
        page.type(Keys.TAB)
        if page.focused.get_attribute("data-key"):
            break
    for _ in range(10):
        if page.focused.get_attribute("title") == EMAIL:
            break
        page.type(Keys.ARROW_DOWN)
    assert page.find("#chain-head").text.startswith(f"Chain of {EMAIL}")
    for _ in range(10):
        if page.focused.text.endswith("invalid"):
            break
        page.type(Keys.TAB)
    page.type(Keys.ENTER)
    assert page.lit() == ["traits.email", '"email": "none"']


def test_an_edit_of_the_rules_is_live_and_a_fix_mends_it(page: Page, pack: Path) -> None:
    before = (pack / "rules.yaml").read_text()
    page.edit("rules", "required: true, invalid", "requierd: true, invalid")
    page.until(lambda: page.lit("error") == ["requierd"])
    assert page.status == "not applied"
    assert "did you mean `required`?" in page.find("#findings").text
    page.button("Fix: write `required`").click()
    page.until(lambda: page.status == "1 request" and not page.all("#findings li"))
    assert page.lit("error") == []
    page.edit("rules", "default: EUR", "default: CHF")
    page.until(lambda: "CHF" in page.field("currency").text)
    assert (pack / "rules.yaml").read_text() == before
    page.button("Save rules").click()
    page.until(lambda: page.status == "saved")
    assert (pack / "rules.yaml").read_text() == before.replace("default: EUR", "default: CHF")


def test_edits_of_event_settings_and_clock_are_live(page: Page) -> None:
    page.field("amount").click()
    page.edit("event", "12.50", "7")
    page.until(lambda: page.field("amount").text.split() == ["amount", "7"])
    assert page.find("#chain-head").text == "Chain of amount = 7"
    page.edit("settings", "4711", "9")
    page.until(lambda: "/accounts/9/" in page.find(".request").text)
    page.edit("event", "track", "page")
    page.until(lambda: page.status == "refused")
    assert "message type page is not supported" in page.find(".failure").text
    page.find("#now").send_keys("?")
    page.until(lambda: "the clock shows no time" in page.find(".failure").text)


def test_differences_over_all_events_are_shown(page: Page) -> None:
    page.edit("rules", "default: EUR", "default: CHF")
    page.button("Differences").click()
    page.until(lambda: page.all("#counted"))
    assert page.find("#counted").text.startswith("1 of 1 events differ")
    assert page.find("#dialog tbody").text.startswith("body.conversions[].currency 1\none:")
    page.type(Keys.ESCAPE)
    assert not page.find("#dialog").is_displayed()


def test_what_is_seen_is_saved_as_a_rule_test(page: Page, pack: Path) -> None:
    page.button("Save as rule test").click()
    page.until(lambda: page.all("#case-text"))
    page.type("an order of one", Keys.ENTER)
    page.until(lambda: 'name: "an order of one"' in page.find("#case-text").text)
    assert "make up whoever is in it" in page.find("#case-note").text
    page.button("Save").click()
    page.until(lambda: "it passes" in page.find("#case-note").text)
    assert [each.case.name for each in run_tests(pack) if each.case.file.endswith("play.yaml")] == [
        "an order of one"
    ]
    page.button("Close").click()


def test_a_copied_command_is_masked(page: Page) -> None:
    granted = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    page.browser.execute_cdp_cmd("Browser.grantPermissions", granted)
    page.button("Copy as curl").click()
    page.until(lambda: page.status == "copied, masked")
    page.find("#now").clear()
    page.find("#now").send_keys(Keys.CONTROL, "v")
    pasted = page.find("#now").get_attribute("value") or ""
    assert pasted.startswith("curl -X POST https://api.adwave.example/v2/accounts/4711/")
    assert "Bearer ***" in pasted
    assert TOKEN not in pasted
    assert PERSON not in pasted


def test_nothing_is_loaded_from_outside(page: Page) -> None:
    script = "return performance.getEntriesByType('resource').map((each) => each.name)"
    loaded = page.browser.execute_script(script)
    own = page.browser.execute_script("return location.origin")
    assert len(loaded) > 5
    assert [name for name in loaded if not name.startswith(f"{own}/")] == []
    refused = page.browser.execute_async_script(
        """const done = arguments[0];
        document.addEventListener("securitypolicyviolation", (each) => done(each.blockedURI));
        new Image().src = "http://127.0.0.1:9/x.png";"""
    )
    assert refused == "http://127.0.0.1:9/x.png"
    assert len(console(page.browser)) == 1


def test_all_can_use_it_light_and_dark(page: Page) -> None:
    page.field(EMAIL).click()
    found = {}
    for scheme in ("light", "dark"):
        page.colours(scheme)
        found[f"{scheme}, a chain"] = page.violations()
    page.edit("rules", "required: true, invalid", "requierd: true, invalid")
    page.until(lambda: page.lit("error") == ["requierd"])
    found["dark, a finding"] = page.violations()
    page.colours("light")
    found["light, a finding"] = page.violations()
    page.button("Save as rule test").click()
    page.until(lambda: page.find("#dialog").is_displayed())
    found["light, a dialog"] = page.violations()
    assert {name: each for name, each in found.items() if each} == {}


def test_it_fits_on_a_small_screen_and_can_be_read(page: Page) -> None:
    page.field(EMAIL).click()
    script = """return [document.documentElement.scrollWidth, document.documentElement.scrollHeight,
        Math.min(...[...document.querySelectorAll("body *")]
            .map((each) => parseFloat(getComputedStyle(each).fontSize)))]"""
    width, height, smallest = page.browser.execute_script(script)
    assert (width, height) == (WIDTH, HEIGHT)
    assert smallest >= 11


def test_the_screenshot_of_the_readme_is_made_here(
    browser: Chrome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    settings = json.loads((ROOT / "examples" / "conversions.json").read_text())
    event = json.loads((ROOT / "examples" / "first.ndjson").read_text())
    sample = Sample("first.ndjson:1", json.dumps(event, indent=2), settings, {}, "2023-04-19")
    with serving("facebook_conversions", sample) as server:
        page = Page(browser)
        page.colours("light")
        page.open(server)
        assert page.find("#whose").text == "bundled, read-only"
        page.field("user_data.em").click()
        assert ("context.traits.email |> emails", "taken") in page.chain()
        if os.environ.get("UPDATE_GOLDEN"):
            SCREENSHOT.write_bytes(browser.get_screenshot_as_png())
        browser.get("about:blank")
    data = SCREENSHOT.read_bytes()
    assert struct.unpack(">II", data[16:24]) == (WIDTH, HEIGHT)
    assert len(data) < 200_000


def test_the_example_is_made_up() -> None:
    assert EVENT["context"]["traits"]["email"].endswith(".test")
