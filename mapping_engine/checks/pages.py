"""The pages of the checks, in `docs/checks`: why, an example, what to do, and when to ignore it."""

from __future__ import annotations

from mapping_engine.source.bundled import bundled_folder


def page_of(code: str) -> str:
    """The page of a check."""
    return bundled_folder("checks").joinpath(f"{code}.md").read_text("utf-8")


def section(page: str, title: str) -> str:
    """What a page says under a title, but for code."""
    return page.partition(f"\n## {title}\n\n")[2].partition("\n## ")[0].partition("```")[0].strip()
