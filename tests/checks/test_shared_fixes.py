"""A fix of a shared file breaks no pack that uses it, and changes nothing of what they do."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapping_engine import Destination, load
from mapping_engine.checks import Options, check_all
from mapping_engine.cli import fix
from mapping_engine.cli.rules_check import main
from mapping_engine.errors import RuleError
from tests.checks.rules import CONDITIONS, EVENTS, outcome, quoted
from tools.check_example import TODAY, completed, write_pack

NAMES = ("word", "guarded", "outer", "spare")
HARMLESS = ("'x' ?? p.a", "p.a??type", "p.a ?? p.a", "type", "p.a", "person.id", "$word")
ARMS = st.sampled_from([*HARMLESS, "'none'", "p.b |> text"])
CONVERSIONS = st.sampled_from(["text", "number", "lower"])
"""One of them turns away what a chain would never let go by itself."""
CHANGES = st.sampled_from(["p.a", "p.a ?? 'x'", "type", "'none'", "$wrod"])


@st.composite
def fragments(draw: st.DrawFn) -> str:
    """A shared fragment with random mistakes."""
    lines = ["fragment: 1", "tables: {words: [a, b], spare: [c]}", "define:"]
    for name in NAMES:
        arms = draw(st.lists(ARMS.filter(lambda arm: arm != "$word"), min_size=1, max_size=3))
        if name == "outer":
            arms.append("$word")
        listed = ", ".join(map(quoted, arms))
        when = f", when: {quoted(draw(CONDITIONS))}" if draw(st.booleans()) else ""
        lines.append(f"  {name}: {{first_of: [{listed}]{when}}}")
    return "\n".join(lines) + "\n"


@st.composite
def packs(draw: st.DrawFn) -> str:
    """Rules that use the fragment, with changes of their own."""
    lines = ["use: [shared]"]
    arm = quoted(draw(CHANGES))
    changes = ["", f"amend: {{word: {{first: {arm}}}}}", f"amend: {{word: {{last: {arm}}}}}"]
    changes += [f"override: {{word: {arm}}}", f"define: {{own: {arm}, odd: $wrod}}"]
    lines.append(draw(st.sampled_from(changes)))
    lines.append("fields:")
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1)):
        lines.append(f"  {name}: {{value: ${name}, as: {draw(CONVERSIONS)}}}")
    return completed("\n".join(lines) + "\n")


def write(place: Path, fragment: str, rules: list[str]) -> list[Path]:
    """A `rules` folder with the fragment and the packs."""
    folder = place / "rules"
    (folder / "fragments").mkdir(parents=True)
    (folder / "fragments" / "shared.yaml").write_text(fragment, "utf-8")
    for number, text in enumerate(rules):
        write_pack(folder / f"pack{number}", text)
    return [folder / f"pack{number}" for number in range(len(rules))]


def loaded(pack: Path) -> Destination | None:
    try:
        return load(pack).bind({"token": "t"}, clock=lambda: 0.0)
    except RuleError:
        return None


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    fragments(), st.lists(packs(), min_size=2, max_size=3), st.data(), st.lists(EVENTS, min_size=3)
)
def test_after_fixes_every_pack_loads_and_does_the_same(
    fragment: str, rules: list[str], data: st.DataObject, events: list[dict[str, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        folders = write(Path(place), fragment, rules)
        before = [loaded(each) for each in folders]
        shared = Path(place) / "rules" / "fragments" / "shared.yaml"
        given = data.draw(st.sampled_from([folders[0], folders[-1], shared, Path(place)]))
        fix.write_fixes([str(given)], Options(TODAY), unsafe=False)
        for pack, old in zip(folders, before, strict=True):
            new = loaded(pack)
            assert old is None or new is not None, shared.read_text()
            if old is None or new is None:
                continue
            for event in events:
                assert outcome(new, event) == outcome(old, event), shared.read_text()


AMENDED = "use: [shared]\namend: {word: {first: \"p.a ?? 'x'\"}}\nfields:\n  x: $word\n"
PLAIN = "use: [shared]\nfields:\n  x: $word\n"
SHARED = "fragment: 1\ndefine:\n  word: [p.a, type]\n"
REPEATED = "fragment: 1\ndefine:\n  word: [p.a, type, p.a]\n"


def fixes(path: Path) -> list[str]:
    """The codes of the findings that have a fix."""
    found = check_all([path], Options(TODAY)).diagnostics
    return [each.code for each in found if each.fix is not None]


@pytest.mark.parametrize("given", ["pack0", "pack1", "fragments/shared.yaml", ""])
def test_a_fix_is_offered_only_where_all_packs_agree(tmp_path: Path, given: str) -> None:
    packs = [completed(AMENDED), completed(PLAIN)]
    write(tmp_path, SHARED, packs)
    assert fixes(tmp_path / "rules" / given) == []


@pytest.mark.parametrize("given", ["pack0", "fragments/shared.yaml", ""])
def test_a_fix_on_which_they_agree_is_offered_once(tmp_path: Path, given: str) -> None:
    write(tmp_path, REPEATED, [completed(PLAIN), completed(PLAIN)])
    assert fixes(tmp_path / "rules" / given) == ["FB02"]


def test_what_a_conversion_reaches_stays(tmp_path: Path) -> None:
    fragment = "fragment: 1\ndefine:\n  word: [\"'none'\", p.b, type]\n"
    converted = completed("use: [shared]\nfields:\n  x: {first_of: [$word], as: number}\n")
    write(tmp_path, fragment, [converted, converted])
    assert fixes(tmp_path / "rules") == []


def test_nothing_is_taken_away_beside_a_mistake(tmp_path: Path) -> None:
    rules = completed("define: {spare: type, other: p.a}\nfields:\n  x: $nothing_like_it\n")
    write_pack(tmp_path / "pack", rules)
    assert "PR03" not in fixes(tmp_path / "pack")
    write_pack(tmp_path / "right", rules.replace("$nothing_like_it", "p.a"))
    assert "PR03" in fixes(tmp_path / "right")


def test_a_suppression_that_another_pack_needs_stays(tmp_path: Path) -> None:
    comment = "# rules: ignore FB01 -- of one pack\n"
    fragment = f"fragment: 1\ndefine:\n  word:\n    {comment}    - p.a\n"
    packs = write(tmp_path, fragment, [completed(AMENDED), completed(PLAIN)])
    for pack in packs:
        assert "SU01" not in {d.code for d in check_all([pack], Options(TODAY)).diagnostics}


# Files


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    write_pack(folder, completed("fields:\n  x: p.a??type\n"))
    return folder


def run(pack: Path) -> int:
    return CliRunner().invoke(main, ["--fix", str(pack)]).exit_code


def test_a_fixed_file_keeps_its_mode(pack: Path) -> None:
    (pack / "rules.yaml").chmod(0o640)
    assert run(pack) == 0
    assert (pack / "rules.yaml").stat().st_mode & 0o777 == 0o640
    assert "p.a ?? type" in (pack / "rules.yaml").read_text()


def test_a_link_stays_a_link(pack: Path) -> None:
    (pack / "rules.yaml").rename(pack / "own.txt")
    (pack / "rules.yaml").symlink_to("own.txt")
    assert run(pack) == 0
    assert (pack / "rules.yaml").is_symlink()
    assert "p.a ?? type" in (pack / "own.txt").read_text()


def test_a_file_that_cannot_be_written_is_as_it_was(
    pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    before = {file: file.read_bytes() for file in pack.iterdir()}
    assert run(pack) == 2
    assert {file: file.read_bytes() for file in pack.iterdir()} == before
