"""`mapping-engine coverage`: by rule tests, by events, with a bound, as data and as a page."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapping_engine.cli.main import main

ADWAVE = Path(__file__).resolve().parents[2] / "examples" / "adwave"
SETTINGS = str(ADWAVE / "settings.json")
EVENT = json.loads((ADWAVE / "event.json").read_text())


def coverage(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["coverage", str(ADWAVE), *arguments])


def hits(*arguments: str) -> dict[str, int]:
    parts = json.loads(coverage(*arguments, "--json").stdout)["parts"]
    return {part["what"]: part["reached"] for part in parts}


def events(folder: Path, *found: object) -> str:
    file = folder / "events.ndjson"
    file.write_text("".join(json.dumps(each) + "\n" for each in found))
    return str(file)


def test_what_rule_tests_do_not_reach_is_said_with_its_place() -> None:
    found = coverage()
    assert found.exit_code == 0
    *places, last = found.stdout.splitlines()
    assert all("rules" in place and ": nothing reaches " in place for place in places)
    assert last.endswith(" parts are reached")
    reached, parts = (int(word) for word in last.split() if word.isdigit())
    assert parts - reached >= len(places)


def test_events_are_counted_part_by_part(tmp_path: Path) -> None:
    other = {**EVENT, "type": "page"}
    file = events(tmp_path, EVENT, EVENT, other)
    found = hits(file, "--settings", SETTINGS)
    assert found["the field `id`"] == 2
    assert found["this rule of `accept`"] == 0 or "this rule of `accept`" in found
    assert found["alternative 1 of `$order_id`"] == 2
    assert found["alternative 2 of `$order_id`"] == 0


def test_what_belongs_to_a_field_that_is_never_made_is_not_said_beside_it(tmp_path: Path) -> None:
    file = events(tmp_path, {**EVENT, "context": {}})
    found = coverage(file, "--settings", SETTINGS).stdout
    assert "nothing reaches the field `user.email_sha256`" in found
    assert "of `user.email_sha256`\n" not in found


def test_both_ways_of_a_condition_and_a_default_are_branches(tmp_path: Path) -> None:
    worth = "the branch where `$value is present`"
    kept = "the branch where `$item.product_id ?? $item.id ?? $item.sku`"
    named = "the branch where `lower(type) == 'track'` does not hold"  # it holds: no rule applies
    bare = {
        **EVENT,
        "messageId": "m",
        "properties": {"total": 2, "products": [{"sku": "s"}, {"price": 1}]},
    }
    other = {**EVENT, "messageId": "m", "properties": {}}
    file = events(tmp_path, EVENT, bare, other)
    found = hits(file, "--settings", SETTINGS)
    assert (found[f"{worth} holds"], found[f"{worth} does not hold"]) == (2, 1)
    assert (found[f"{kept} holds"], found[f"{kept} does not hold"]) == (2, 1)
    assert found["the default of `currency`"] == 2
    assert named not in found
    assert found[named.replace("does not hold", "holds")] == 3
    said = coverage(events(tmp_path, EVENT), "--settings", SETTINGS).stdout
    assert f"rules.yaml:41:20: nothing reaches {worth} does not hold\n" in said


@pytest.mark.parametrize(("bound", "status"), [("1", 0), ("99.9", 1)])
def test_a_bound_decides_the_exit_status(bound: str, status: int) -> None:
    assert coverage("--fail-under", bound).exit_code == status


def test_events_need_settings() -> None:
    assert coverage(str(ADWAVE / "event.json")).exit_code == 2


class _Page(HTMLParser):
    """What stands in a page: its tags with their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_the_rules_and_loads_nothing(tmp_path: Path) -> None:
    file = tmp_path / "map.html"
    coverage("--html", str(file))
    page = _Page()
    page.feed(file.read_text())
    assert "rest_of: properties # what no rule maps elsewhere" in page.text
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in page.tags}
    classes = [attrs.get("class") for tag, attrs in page.tags if tag == "span"]
    assert "h0" in classes
    assert {"h4", "h5"} & set(classes)
    assert any("half" in (each or "") for each in classes)
