"""Rule files as a page on which the parts that nothing reaches are grey."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import escape
from math import log2

from mapping_engine.core.model import Model
from mapping_engine.testing.coverage import Mark, RulePart

_WARMEST = 5
_PAGE = """<!DOCTYPE html>
<html lang="en">
<title>{title}: what is reached</title>
<style>
:root {{ color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }}
pre {{ overflow-x: auto; }}
pre span {{ display: inline-block; min-width: 100%; padding-left: 1ex; }}
.n {{ color: gray; display: inline-block; width: 5ex; text-align: right; padding-right: 1ex; }}
.h0 {{ color: gray; text-decoration: line-through; }}
.half {{ outline: 1px dashed gray; }}
{warmth}
</style>
<h1>{title}</h1>
<p>{reached} of {parts} parts are reached. The number before a line says how often the part that
begins there was reached; what nothing reaches is struck out in grey. A dashed line has a branch
that nothing takes, which is named where the pointer rests.</p>
{files}
</html>
"""


def heat_map(model: Model, parts: list[RulePart], counts: Counter[Mark]) -> str:
    """A page with the rule files of a pack; it loads nothing, and holds no value of an event."""
    shown = "\n".join(
        f"<h2>{escape(file)}</h2>\n<pre>{chr(10).join(_lines(file, text, parts, counts))}</pre>"
        for file, text in model.texts.items()
        if file.endswith((".yaml", ".yml")) and any(part.place.file == file for part in parts)
    )
    warmth = "\n".join(
        f".h{each} {{ background: rgb(60 160 60 / {each * 8}%); }}"
        for each in range(1, _WARMEST + 1)
    )
    page = _PAGE.format(
        title=escape(model.title),
        reached=sum(counts[part.mark] > 0 for part in parts),
        parts=len(parts),
        warmth=warmth,
        files=shown,
    )
    return page.encode("ascii", "xmlcharrefreplace").decode()  # the same in every encoding


def _lines(file: str, text: str, parts: list[RulePart], counts: Counter[Mark]) -> Iterator[str]:
    found: dict[int, list[RulePart]] = {}
    for part in parts:
        if part.place.file == file:
            found.setdefault(part.place.line, []).append(part)
    most = max((counts[part.mark] for part in parts), default=1)
    for number, line in enumerate(text.splitlines(), 1):
        here = found.get(number, [])
        if not here:
            yield f'<b class="n"></b>{escape(line)}'
            continue
        branches = [counts[part.mark] for part in here if part.is_branch]
        least = min((counts[part.mark] for part in here if not part.is_branch), default=None)
        least = max(branches) if least is None else least
        said = "; ".join(f"{part.what}: {counts[part.mark]}" for part in here)
        heat = f"h{_warmth(least, most)}{' half' if least and not all(branches) else ''}"
        yield (
            f'<b class="n">{least}</b>'
            f'<span class="{heat}" title="{escape(said)}">{escape(line)}</span>'
        )


def _warmth(count: int, most: int) -> int:
    """0 for what nothing reaches, and up to 5 for what is reached most."""
    if not count:
        return 0
    return 1 + round((_WARMEST - 1) * log2(count + 1) / log2(most + 1))
