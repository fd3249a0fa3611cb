"""What is said, offered and found at the places of real packs."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="the language server is an extra")

from lsprotocol import types

from tests.lsp.editor import CLIENT, EMAIL, IDENTITY, PACK, RIGHT, Editor, in_one_file, in_session

pytestmark = CLIENT


def with_field(rules: Path, line: str) -> str:
    """The rules with a line more at the end of their fields."""
    text = rules.read_text(encoding="utf-8")
    return text.replace("\nbatch:", f"\n  {line}\nbatch:")


def test_hovering_explains_the_words_of_the_rules() -> None:
    rules = PACK / "rules.yaml"
    wanted = {
        "birth: {first_of: $birthday, as: text |> da": "text |> date(",
        "fbp: cont": "`context` — object",
        "require: lower(ty": "`type` — text",
        "hashing: $settings.isHash": "Hash personal data with SHA-256.",
        "lookup($tables.standard_ev": "`$tables.standard_events` — object with 8 entries",
        'url: "{$api.ba': "https://graph.facebook.com",
        "event_time: {value: $event_time, default: $no": "the time of the clock",
        "extern_id: {value: $user": "first_of: $user_id",
        "quantity: {value: $item.quan": "the item of the list `$products`",
        "rows($settings.eventsToIds, $standard_ev": "standard_event: $standard_events",
        "ct: {first_of: $city, as: ci": "without_digits",
        "# $item is the product\n    keep_wh": "Items for which this does not hold",
        "  currency: \n    val": "The value, as an expression.",
        "  doby: $birth.year |> bi": "normalises: birthday",
    }

    async def work(editor: Editor) -> None:
        editor.open(rules, in_one_file(rules))
        found = {before: await editor.hover(rules, before) for before in wanted}
        assert {before: text for before, text in found.items() if wanted[before] not in text} == {}

    in_session(work)


def test_hovering_says_that_a_path_is_personal() -> None:
    async def work(editor: Editor) -> None:
        editor.open(EMAIL)
        assert "personal data (email)" in await editor.hover(EMAIL, "\n  given_email: [traits.ema")
        assert "personal" in await editor.hover(EMAIL, "\n  given_email: [trai")

    in_session(work)


def test_hovering_a_mistake_says_what_the_check_means(pack: Path) -> None:
    rules = pack / "rules.yaml"
    text = rules.read_text(encoding="utf-8").replace(RIGHT, "client_user_agent: context.userAgend")

    async def work(editor: Editor) -> None:
        editor.open(rules, text)
        await editor.findings(rules)
        assert "**SE08**" in await editor.hover(rules, "context.userAgend")

    in_session(work)


OFFERED: list[tuple[str, set[str], set[str]]] = [
    (
        "a: $ema",
        {"$email", "$settings", "$standard_event"},
        {"$payload", "$item", "$email |> email"},
    ),
    ("a: event\nrefuse:\n- when: $pay", {"$payload", "$email"}, {"$item"}),
    ("a: $settings.", {"accessToken", "eventsToIds"}, {"from"}),
    ("a: $tables.", {"genders", "standard_events"}, {"base"}),
    ("a: $api.", {"base", "version"}, {"genders"}),
    ("a: context.userAgent |> ", {"trim", "email", "zip_text"}, {"value"}),
    ("a: {first_of: $email, as: text |> lo", {"lower", "email"}, set()),
    ('a: "context.', {"traits", "userAgent"}, {"email"}),
    ("a: context.traits.", {"email", "address"}, {"context"}),
    ("a: $products[0].", {"product_id", "price"}, {"context"}),
    ("a: ", {"context", "traits", "at"}, {"trim"}),
    ("a: \"'a", set(), {"context"}),
    ("a: {value: context, inv", {"invalid", "then"}, {"value", "first_of"}),
    ("a: {invalid: ", {"warn", "error", "ignore"}, {"context"}),
    ("a:\n    val", {"value", "first_of", "required"}, {"fields_"}),
    ("a:\n    value: context\n    th", {"then"}, {"value", "template"}),
    ("a: {each: $products, value: $item.", {"product_id"}, {"context"}),
]


def test_what_can_be_written_is_offered(pack: Path) -> None:
    rules = pack / "rules.yaml"
    good = rules.read_text(encoding="utf-8")

    async def work(editor: Editor) -> None:
        editor.open(rules, good)
        await editor.findings(rules)
        wrong = []
        for typed, offered, not_offered in OFFERED:
            editor.write(rules, with_field(rules, typed))
            found = (await editor.completions(rules, f"\n  {typed}")).keys()
            if not offered <= found or found & not_offered:
                wrong.append((typed, offered - found, found & not_offered))
        assert wrong == []

    in_session(work)


def test_what_is_offered_is_described_as_hovering_does(pack: Path) -> None:
    rules = pack / "rules.yaml"
    text = with_field(rules, "a: context.traits.")

    async def work(editor: Editor) -> None:
        editor.open(rules, text)
        editor.open(EMAIL)
        await editor.findings(rules)
        found = await editor.completions(rules, "a: context.traits.")
        assert found["email"].detail == "text, personal data (email)"
        assert "text, personal data (email)" in await editor.hover(EMAIL, "context.traits.email")

    in_session(work)


def test_what_is_offered_replaces_what_is_typed(pack: Path) -> None:
    rules = pack / "rules.yaml"
    text = with_field(rules, "a: \"'😀' ?? $ema\"")

    async def work(editor: Editor) -> None:
        editor.open(rules, text)
        found = (await editor.completions(rules, "'😀' ?? $ema"))["$email"]
        assert isinstance(found.text_edit, types.TextEdit)
        where = found.text_edit.range
        assert (where.start.character, where.end.character) == (15, 18)
        assert found.text_edit.new_text == "email"

    in_session(work)


def test_the_definition_of_a_name_is_found(pack: Path) -> None:
    rules = pack / "rules.yaml"
    rules.write_text(in_one_file(rules), encoding="utf-8")
    wanted = {
        "extern_id: {value: $user": "match_keys.yaml: user_ids:",
        "no event set id for {$standard": "rules.yaml: standard_events: $mapped_events",
        "rows($settings.eventsToIds, $standard_ev": "rules.yaml: standard_event: $standard_ev",
        "hashing: $settings.isHash": 'settings.schema.json: "isHashRequired": {',
        "lookup($tables.standard_ev": "rules.yaml: standard_events: # for events",
        "text |> one_of($tables.action": "event.yaml: action_sources:",
        'url: "{$api.ba': "rules.yaml: base: https://graph.facebook.com",
        "ct: {first_of: $city, as: ci": "identity.yaml: city:",
        "quantity: {value: $it": "rules.yaml: each: $products # $item",
        "use: [meta/match_keys, meta/ev": "event.yaml: # yaml-language-server",
        "event: rudderst": "track.yaml: # yaml-language-server",
        "settings: settings.sch": "settings.schema.json: {",
        "payload: payload.sch": "payload.schema.json: {",
    }

    async def work(editor: Editor) -> None:
        editor.open(rules)
        found = {before: await editor.definition(rules, before) for before in wanted}
        wrong = {k: v for k, v in found.items() if not (v or "").startswith(wanted[k])}
        assert wrong == {}

    in_session(work)


def test_a_parameter_of_a_pipeline_leads_to_its_declaration() -> None:
    async def work(editor: Editor) -> None:
        editor.open(IDENTITY)
        assert (
            await editor.definition(IDENTITY, "{when: $value |> phones($coun")
            == "identity.yaml: parameters: [country]"
        )
        assert await editor.definition(IDENTITY, "values: [f, m") is None
        assert (
            await editor.definition(IDENTITY, "normalises: country\n    first_of:\n      - $val")
            is None
        )

    in_session(work)
