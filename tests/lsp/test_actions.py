"""The fixes that an editor is offered."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="the language server is an extra")

from lsprotocol import types

from mapping_engine.lsp.findings import actions
from mapping_engine.lsp.positions import Positions
from mapping_engine.lsp.workspace import check_unit
from tests.lsp.editor import CLIENT, Editor, in_one_file, in_session
from tools.check_example import completed, write_pack

pytestmark = CLIENT


def test_a_fix_is_offered_and_removes_the_mistake(pack: Path) -> None:
    rules = pack / "rules.yaml"
    good = in_one_file(rules)
    wrong = good.replace("    keep_when: $item.id\n", "    keep_wen: $item.id\n")

    async def work(editor: Editor) -> None:
        editor.open(rules, wrong)
        await editor.findings(rules)
        place = editor.position(rules, "# $item is the product\n    keep_w")
        found = await editor.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(rules.as_uri()),
                types.Range(place, place),
                types.CodeActionContext([]),
            )
        )
        (action,) = found or ()
        assert isinstance(action, types.CodeAction)
        assert action.edit is not None
        ((uri, (edit,)),) = (action.edit.changes or {}).items()
        assert uri == rules.as_uri()
        positions = Positions(wrong)
        start, end = positions.offset(edit.range.start), positions.offset(edit.range.end)
        assert wrong[:start] + edit.new_text + wrong[end:] == good

    in_session(work)


@pytest.mark.parametrize(
    ("value", "preferred"), [("p.a ?? 'none' ?? type", False), ("p.a??type", True)]
)
def test_a_fix_that_takes_something_away_is_never_preferred(
    value: str, preferred: bool, tmp_path: Path
) -> None:
    write_pack(tmp_path / "pack", completed(f"fields:\n  x: {value}\n"))
    rules = (tmp_path / "pack" / "rules.yaml").resolve()
    found = check_unit(rules.parent, [], {})[0][rules]
    whole = types.Range(types.Position(0, 0), types.Position(9, 0))
    positions = Positions(found.text or "")
    (action,) = actions(found, rules.as_uri(), whole, positions, lambda _path: None)
    assert action.is_preferred is preferred
