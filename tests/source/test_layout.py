"""The layout of rule files: what changes, and that nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_engine.diagnostics import Diagnostics
from mapping_engine.source.layout import laid_out
from mapping_engine.source.node import Source, to_data
from mapping_engine.source.yaml_text import read_yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(
    file
    for folder in ("rules", "examples", "tests/strangers")
    for file in ROOT.glob(f"{folder}/**/*.yaml")
)
ODD = """

#a comment
mapping: 1\x20

use:
- a   #why
-   b
define:
      x:
            first_of:
            -  p.a
            # about b
            -   value:  p.b
                doc: >-
                    some text
                      #no comment
                    more
            - {constant: "a #b",
               when: c}


      #deep
      y: [ a,
         b ]
fields:
 x:
  value: $x
 y: "a
   #b"
 #last
"""
EVEN = """# a comment
mapping: 1

use:
  - a   # why
  - b
define:
  x:
    first_of:
      - p.a
      # about b
      - value:  p.b
        doc: >-
            some text
              #no comment
            more
      - {constant: "a #b",
         when: c}

  # deep
  y: [ a,
     b ]
fields:
  x:
    value: $x
  y: "a
    #b"
  # last
"""


def layout(text: str) -> str | None:
    return laid_out(Source("f", text))


def data(text: str) -> object:
    node = read_yaml(Source("f", text), Diagnostics())
    return None if node is None else to_data(node)


def test_levels_blank_lines_and_comments_are_set_right() -> None:
    assert layout(ODD) == EVEN


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_rule_files_of_the_project_have_the_layout(file: Path) -> None:
    text = file.read_text("utf-8")
    assert layout(text) == text


@pytest.mark.parametrize("text", ["a: [", "a:\n\t- b", "a: b\r\n"])
def test_what_cannot_be_read_has_no_layout(text: str) -> None:
    assert layout(text) is None


LINES = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sampled_from(
            ["a:", "b: c", "- d", "- e: f", "- - g", "h: |", "i: 'j", "k'", "# l", "#m", "",
             "{n: o}", "p: {q: r,", "s: t}", "- u: >-", "v w #x", "y: z  # a", 'b: "c #d"']
        ),
    ),
    max_size=14,
)  # fmt: skip


@given(LINES)
def test_the_layout_says_the_same_and_is_its_own_layout(lines: list[tuple[int, str]]) -> None:
    text = "".join(f"{' ' * indent}{line}\n" for indent, line in lines)
    found = layout(text)
    if found is not None:
        assert data(found) == data(text)
        assert found.count("#") == text.count("#")
        assert layout(found) == found
