"""The page of each pack is what its rules say."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from mapping_engine.cli.main import main
from tools.check_example import completed, write_pack
from tools.pack_pages import FOLDER, pages

RULES = """\
define:
  who: [person.id, p.a]
  first: {first_of: $who, as: text, default: nobody}
pipelines:
  email_form: {normalises: email, steps: text |> trim |> lower}
fields:
  x: {first_of: [$who, type], required: true}
  y2: {value: "p.a ?? type |> text", default: '-', when: p.b > 1}
  em: {first_of: email, as: email_form, then: hashed}
  text: $first
  word: {decide: {one: {when: type == 'x', constant: a}, otherwise: {constant: b}}}
  open:
    each: p.items
    keep_when: $item.a
    fields: {id: $item.a}
"""


def test_the_pages_are_those_that_the_rules_make() -> None:
    made = pages()
    written = {file.name: file.read_text("utf-8") for file in FOLDER.iterdir()}
    assert written == made, "run `python -m tools.pack_pages`"


def test_anybodys_pack_has_a_page(tmp_path: Path) -> None:
    write_pack(tmp_path / "pack", completed(RULES))
    result = CliRunner().invoke(main, ["docs", str(tmp_path / "pack")])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert (
        "| `x` | 1. `person.id`<br>2. `p.a`<br>3. `type` |  |  | yes | the event is refused |"
        in lines
    )
    assert "| `y2` | when `p.b > 1`:<br>1. `p.a`<br>2. `type` | `text` |  |  | `'-'` |" in lines
    assert "| `em` | `email` | `email_form \\|> hashed` | yes |  |  |" in lines
    assert "| `text` | `$first` |  |  |  |  |" in lines
    assert "| `$first` | 1. `person.id`<br>2. `p.a` | `text` | `'nobody'` |" in lines
    assert any(
        line.startswith("| `word` | 1. one, when `type == 'x'`: `'a'`<br>2.") for line in lines
    )
    assert "| `open[]` | for each of `p.items`<br>kept when `$item.a` |  |  |  |  |" in lines
    assert "| `open[].id` | `$item.a` |  |  |  |  |" in lines
    assert "| `email_form` | email | `text \\|> trim \\|> lower` |" in lines


def test_a_pack_that_does_not_load_has_none(tmp_path: Path) -> None:
    write_pack(tmp_path / "pack", completed("fields:\n  x: p.a |> uper\n"))
    result = CliRunner().invoke(main, ["docs", str(tmp_path / "pack")])
    assert result.exit_code == 2
    assert "unknown transform `uper`" in result.stderr
