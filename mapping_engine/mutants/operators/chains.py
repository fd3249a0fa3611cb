"""Transforms and alternatives changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from mapping_engine.expression import CallExpression, Chain, Expression, Literal, children
from mapping_engine.mutants.children import Child
from mapping_engine.mutants.edit import Edit, Edits
from mapping_engine.mutants.mutant import Operator, cut, doubled, swapped
from mapping_engine.mutants.page import Page, Steps

_HASHED = "hashed"
_NEUTRAL = frozenset(("hashed", "list", "text", "number", "integer"))


# Transforms


def _cut_step(page: Page, steps: Steps, place: int) -> Edit:
    """A row of transforms without one; the key goes when none is left."""
    start, end = page.at(steps.calls[place])
    if place > 0 or steps.source is not None:
        pipe = page.text.rindex("|>", 0, start)
        return Edit(len(page.text[:pipe].rstrip(" ")), end, "")
    if len(steps.calls) > 1:
        return Edit(start, page.at(steps.calls[1])[0], "")
    entry = page.entry(steps.block, steps.key) if steps.block else None
    return entry.cut() if entry else Edit(start, end, "text")


def _calls(page: Page) -> Iterator[tuple[CallExpression, Steps, int]]:
    """Every transform, the row in which it stands, and its place there."""
    for steps in page.steps:
        for place, call in enumerate(steps.calls):
            yield call, steps, place


def _cut(name: str) -> Callable[[Page], Edits]:
    return lambda page: (
        _cut_step(page, s, at) for call, s, at in _calls(page) if call.name == name
    )


def _cut_other(page: Page) -> Edits:
    for call, steps, place in _calls(page):
        if call.name not in _NEUTRAL and steps.key != "as":
            yield _cut_step(page, steps, place)


def _cut_normaliser(page: Page) -> Edits:
    """Without `as:` before `then: hashed`; without the step before `|> hashed`."""
    for steps in page.steps:
        names = [call.name for call in steps.calls]
        if _HASHED not in names:
            continue
        place = names.index(_HASHED)
        if place > 0:
            yield _cut_step(page, steps, place - 1)
        elif steps.key == "then" and steps.block is not None:
            entry = page.entry(steps.block, "as")
            if entry is not None:
                yield entry.cut()


def _after(name: str, added: str) -> Callable[[Page], Edits]:
    def edits(page: Page) -> Edits:
        for call, _, _ in _calls(page):
            if call.name == name:
                _, end = page.at(call)
                yield Edit(end, end, f" |> {added}")

    return edits


def _other_normaliser(page: Page) -> Edits:
    used = [
        call
        for call, steps, _ in _calls(page)
        if steps.key == "as" and not call.arguments and call.name not in _NEUTRAL
    ]
    for place, call in enumerate(used):
        rest = [c.name for c in used[place + 1 :] + used[:place] if c.name != call.name]
        if rest:
            yield Edit(*page.at(call), rest[0])


def _added_list(page: Page) -> Edits:
    for steps in page.steps:
        if steps.calls[-1].name != "list":
            _, end = page.at(steps.calls[-1])
            yield Edit(end, end, " |> list")


def _renamed(old: str, new: str) -> Callable[[Page], Edits]:
    def edits(page: Page) -> Edits:
        for call, _, _ in _calls(page):
            if call.name == old and not call.arguments:
                yield Edit(*page.at(call), new)

    return edits


def _swap(page: Page, one: Expression, other: Expression) -> Edit:
    (a, b), (c, d) = page.grouped(one), page.grouped(other)
    return Edit(a, d, page.text[c:d] + page.text[b:c] + page.text[a:b])


def _swapped_steps(page: Page, *, hashed: bool = False) -> Edits:
    """Two transforms the wrong way round, of which the second one hashes, or does not."""
    for steps in page.steps:
        for one, other in pairwise(steps.calls):
            if (other.name == _HASHED) is hashed:
                yield _swap(page, one, other)


def _hash_too_early(page: Page) -> Edits:
    """`email |> hashed` written as `hashed |> email`."""
    return _swapped_steps(page, hashed=True)


def _other_argument(page: Page) -> Edits:
    for call in page.of(CallExpression):
        for argument in children(call):
            if isinstance(argument, Literal):
                value = argument.value
                if isinstance(value, bool):
                    other = "false" if value else "true"
                else:
                    other = str(value + 1) if isinstance(value, int | float) else "1"
                yield Edit(*page.at(argument), other)


def _cut_argument(page: Page) -> Edits:
    for call in page.of(CallExpression):
        if call.arguments:
            start, end = page.at(call.arguments[-1])
            before = re.search(r"[,(]\s*\Z", page.text[:start])
            comma = before is not None and before[0].startswith(",")
            yield Edit(before.start() if before and comma else start, end, "")


# Alternatives


def _arms(page: Page) -> Iterator[Child]:
    return page.held("first_of")


def _swapped_alternatives(page: Page) -> Edits:
    for chain in page.of(Chain):
        yield from (_swap(page, one, other) for one, other in pairwise(chain.arms))


def _cut_alternative(page: Page) -> Edits:
    return (edit for chain in page.of(Chain) for edit in page.without_one(chain.arms))


def _joined_by(word: str) -> Callable[[Page], Edits]:
    def edits(page: Page) -> Edits:
        for chain in page.of(Chain):
            yield from (Edit(*gap, f" {word} ") for gap in page.between(chain.arms))

    return edits


CHAINS = (
    Operator("drop-normaliser", "personal data is hashed as it is", _cut_normaliser),
    Operator("drop-hashed", "`hashed` is forgotten", _cut(_HASHED)),
    Operator("hash-twice", "`hashed` is written twice", _after(_HASHED, _HASHED)),
    Operator("change-after-hash", "a digest is changed", _after(_HASHED, "truncate(32)")),
    Operator("hash-too-early", "`hashed` is written before the normaliser", _hash_too_early),
    Operator("other-normaliser", "another normaliser is used", _other_normaliser),
    Operator("drop-list", "`|> list` is forgotten", _cut("list")),
    Operator("add-list", "`|> list` is written where a single value belongs", _added_list),
    Operator("integer-to-number", "`integer` becomes `number`", _renamed("integer", "number")),
    Operator("number-to-text", "`number` becomes `text`", _renamed("number", "text")),
    Operator("drop-text", "`text` is forgotten", _cut("text")),
    Operator("drop-step", "a transform is forgotten", _cut_other),
    Operator("swap-steps", "two transforms stand the wrong way round", _swapped_steps),
    Operator("other-argument", "an argument of a transform is wrong", _other_argument),
    Operator("drop-argument", "an argument of a transform is forgotten", _cut_argument),
    Operator("swap-arms", "two alternatives stand the wrong way round", swapped(_arms)),
    Operator("drop-arm", "an alternative is forgotten", cut(_arms)),
    Operator("double-arm", "an alternative is written twice", doubled(_arms)),
    Operator("swap-alternatives", "`a ?? b` becomes `b ?? a`", _swapped_alternatives),
    Operator("drop-alternative", "`a ?? b` becomes `a` or `b`", _cut_alternative),
    Operator("or-for-fallback", "`or` is written for `??`", _joined_by("or")),
    Operator("bars-for-fallback", "`||` is written for `??`", _joined_by("||")),
)
"""Transforms and alternatives."""
