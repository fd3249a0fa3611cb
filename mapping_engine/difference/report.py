"""Differences as text for a terminal, and as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from mapping_engine.difference.events import Counted, EventsDifference
from mapping_engine.difference.rules import Change, RulesDifference


def rules_text(found: RulesDifference) -> str:
    """The difference of two versions of rules, as text."""
    if not found.changes:
        return "the rules say the same\n"
    lines: list[str] = []
    for section, changes in groupby(found.changes, key=lambda each: each.section):
        lines.append(section)
        for change in changes:
            lines.append(f"  {change.name}")
            lines += [f"    - {change.old}"] if change.old is not None else []
            lines += [f"    + {change.new}"] if change.new is not None else []
    return "\n".join([*lines, "", *_can(found)]) + "\n"


def _can(found: RulesDifference) -> Iterator[str]:
    yield _said("what is hashed, or sent in clear", found.hashing)
    yield _said("which events are sent", found.accepting)


def _said(what: str, changes: tuple[Change, ...]) -> str:
    if not changes:
        return f"cannot change {what}"
    names = dict.fromkeys(f"{each.section} {each.name}" for each in changes)
    return f"can change {what}: {', '.join(names)}"


def events_text(found: EventsDifference) -> str:
    """The difference that two versions make to events, as text."""
    lines = [f"{found.differing} of {found.events} events differ"]
    for name, counted in parts(found):
        lines.append(f"{name}: {_events(counted)}")
        lines += [f"  {each}" for each in shown(counted)]
    return "\n".join(lines) + "\n"


def rules_markdown(found: RulesDifference) -> str:
    """The difference of two versions of rules, as Markdown."""
    if not found.changes:
        return "The rules say the same.\n"
    rows = [
        f"| {each.section} | {_cell(each.name)} | {_cell(each.old)} | {_cell(each.new)} |"
        for each in found.changes
    ]
    head = ["| section | what | before | now |", "| --- | --- | --- | --- |"]
    can = (f"- {line[0].upper()}{line[1:]}." for line in _can(found))
    return "\n".join([*head, *rows, "", *can]) + "\n"


def events_markdown(found: EventsDifference) -> str:
    """The difference that two versions make to events, as Markdown."""
    lead = f"**{found.differing} of {found.events} events differ.**"
    rows = [
        f"| {_cell(name)} | {counted.events} | {_cell('; '.join(shown(counted)))} |"
        for name, counted in parts(found)
    ]
    head = ["", "| what | events | examples |", "| --- | ---: | --- |"] if rows else []
    return "\n".join([lead, *head, *rows]) + "\n"


def parts(found: EventsDifference) -> Iterator[tuple[str, Counted]]:
    """All that was counted, under names; the most frequent of a kind first."""
    yield from ((name, c) for name, c in _most(found.fields))
    if found.requests_gained.events:
        yield "requests gained", found.requests_gained
    if found.requests_lost.events:
        yield "requests lost", found.requests_lost
    for what, counted in (
        ("error gained", found.errors_gained),
        ("error lost", found.errors_lost),
        ("warning gained", found.warnings_gained),
        ("warning lost", found.warnings_lost),
    ):
        yield from ((f"{what}: {name}", c) for name, c in _most(counted))


def _most(counted: dict[str, Counted]) -> Iterable[tuple[str, Counted]]:
    return sorted(counted.items(), key=lambda item: -item[1].events)


def shown(counted: Counted) -> Iterator[str]:
    """The examples of what was counted, each as a line."""
    for place, old, new in counted.examples:
        said = " -> ".join(each for each in (old, new) if each)
        yield f"{place}: {said}" if said else place


def _events(counted: Counted) -> str:
    return f"{counted.events} event{'s' * (counted.events != 1)}"


def _cell(text: str | None) -> str:
    return "" if text is None else text.replace("|", "\\|").replace("\n", " ")
