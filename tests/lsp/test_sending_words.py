"""What is offered and said in `batch` and `answers`: the parts of requests and of answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="the language server is an extra")

from mapping_engine.core.load import Examined
from mapping_engine.core.sending import OF_REQUEST
from mapping_engine.engine.loading import read_pack
from mapping_engine.lsp.completion import proposals
from mapping_engine.lsp.cursor import place_at, place_to_type
from mapping_engine.lsp.meaning import meaning
from mapping_engine.lsp.scope import CursorScope
from tests.engine.mini import HEAD, REQUEST, VOCABULARY

RULES = f"""{HEAD}{REQUEST}
fields: {{x: p.a}}
batch: {{into: payload, at_most: 5, alone: url == 'x'}}
answers:
  - {{when: status == 200, delivered: true}}
"""


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> Examined:
    folder = tmp_path_factory.mktemp("words")
    (folder / "rules.yaml").write_text(RULES)
    (folder / "vocabulary.yaml").write_text(VOCABULARY)
    for name in ("settings", "payload"):
        (folder / f"{name}.schema.json").write_text(json.dumps({"type": "object"}))
    found = read_pack(folder).examined
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("alone: url", "`url` — text\n\nof a request"),
        ("when: status", "`status` — number\n\nof an"),
    ],
)
def test_a_part_is_what_it_is(examined: Examined, before: str, said: str) -> None:
    offset = RULES.index(before) + len(before)
    place = place_at(RULES, offset)
    assert place is not None
    found = meaning(place, offset, Path("rules.yaml"), examined)
    assert found is not None
    assert found.text is not None
    assert found.text.startswith(said)


def test_a_batch_of_a_kind_of_request_reads_requests_too(examined: Examined) -> None:
    text = RULES.replace("batch:", "requests:\n  one:\n    batch:")
    place = place_at(text, text.index("url == 'x'"))
    assert place is not None
    assert CursorScope(place, examined).vocabulary(examined) is OF_REQUEST


def test_parts_of_an_answer_are_offered(examined: Examined) -> None:
    text = RULES.replace("status == 200", "s")
    offset = text.index("{when: s") + len("{when: s")
    place = place_to_type(text, offset)
    assert place is not None
    labels = {each.label for each in proposals(place, offset, examined)}
    assert {"status", "headers", "body"} <= labels
    assert not labels & {"p", "name", "tags"}
