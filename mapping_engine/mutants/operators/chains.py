"""Transforms and alternatives changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mapping_engine.expression import CallExpression, Chain, Expression, Literal
from mapping_engine.mutants.children import Child
from mapping_engine.mutants.edit import Edit, Edits
from mapping_engine.mutants.mutant import Operator
from mapping_engine.mutants.page import Page, Steps

_HASHED = "hashed"
_NEUTRAL = frozenset(("hashed", "list", "text", "number", "integer"))


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


def _cut(*names: str) -> Callable[[Page], Edits]:
    def edits(page: Page) -> Edits:
        for steps in page.steps:
            for place, call in enumerate(steps.calls):
                if call.name in names:
                    yield _cut_step(page, steps, place)

    return edits


def _cut_other(page: Page) -> Edits:
    for steps in page.steps:
        for place, call in enumerate(steps.calls):
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
        for steps in page.steps:
            for call in steps.calls:
                if call.name == name:
                    _, end = page.at(call)
                    yield Edit(end, end, f" |> {added}")

    return edits


def _hash_too_early(page: Page) -> Edits:
    """`email |> hashed` written as `hashed |> email`."""
    for steps in page.steps:
        for one, other in zip(steps.calls, steps.calls[1:], strict=False):
            if other.name == _HASHED:
                yield _swap(page, one, other)


def _other_normaliser(page: Page) -> Edits:
    used = [
        (steps, call)
        for steps in page.steps
        for call in steps.calls
        if steps.key == "as" and not call.arguments and call.name not in _NEUTRAL
    ]
    for place, (_, call) in enumerate(used):
        rest = [c.name for _, c in used[place + 1 :] + used[:place] if c.name != call.name]
        if rest:
            start, end = page.at(call)
            yield Edit(start, end, rest[0])


def _added_list(page: Page) -> Edits:
    for steps in page.steps:
        if steps.calls[-1].name != "list":
            _, end = page.at(steps.calls[-1])
            yield Edit(end, end, " |> list")


def _renamed(old: str, new: str) -> Callable[[Page], Edits]:
    def edits(page: Page) -> Edits:
        for steps in page.steps:
            for call in steps.calls:
                if call.name == old and not call.arguments:
                    yield Edit(*page.at(call), new)

    return edits


def _swap(page: Page, one: Expression, other: Expression) -> Edit:
    (a, b), (c, d) = page.grouped(one), page.grouped(other)
    return Edit(a, d, page.text[c:d] + page.text[b:c] + page.text[a:b])


def _swapped_steps(page: Page) -> Edits:
    for steps in page.steps:
        for one, other in zip(steps.calls, steps.calls[1:], strict=False):
            if other.name != _HASHED:
                yield _swap(page, one, other)


def _arguments(page: Page) -> Iterator[tuple[CallExpression, list[Expression]]]:
    for node in page.expressions:
        if isinstance(node, CallExpression):
            yield node, [*node.arguments, *(value for _, value in node.named)]


def _other_argument(page: Page) -> Edits:
    for _, arguments in _arguments(page):
        for argument in arguments:
            if isinstance(argument, Literal):
                start, end = page.at(argument)
                value = argument.value
                if isinstance(value, bool):
                    yield Edit(start, end, "false" if value else "true")
                elif isinstance(value, int | float):
                    yield Edit(start, end, str(value + 1))
                else:
                    yield Edit(start, end, "1")


def _cut_argument(page: Page) -> Edits:
    for call, _ in _arguments(page):
        if call.arguments:
            start, end = page.at(call.arguments[-1])
            before = re.search(r"[,(]\s*\Z", page.text[:start])
            comma = before is not None and before[0].startswith(",")
            yield Edit(before.start() if before and comma else start, end, "")


def _arms(page: Page) -> Iterator[Child]:
    for block in page.blocks:
        yield from page.held(block, "first_of")


def _swapped_arms(page: Page) -> Edits:
    yield from (edit for arm in _arms(page) if (edit := arm.swapped()))


def _removed_arms(page: Page) -> Edits:
    yield from (arm.cut() for arm in _arms(page))


def _doubled_arms(page: Page) -> Edits:
    yield from (edit for arm in _arms(page) if (edit := arm.doubled()))


def _chains(page: Page) -> Iterator[Chain]:
    return (node for node in page.expressions if isinstance(node, Chain))


def _swapped_alternatives(page: Page) -> Edits:
    for chain in _chains(page):
        for one, other in zip(chain.arms, chain.arms[1:], strict=False):
            yield _swap(page, one, other)


def _cut_alternative(page: Page) -> Edits:
    for chain in _chains(page):
        for one, other in zip(chain.arms, chain.arms[1:], strict=False):
            yield Edit(page.grouped(one)[0], page.grouped(other)[0], "")
        before, last = chain.arms[-2:]
        yield Edit(page.grouped(before)[1], page.grouped(last)[1], "")


def _or(page: Page) -> Edits:
    for chain in _chains(page):
        for one, other in zip(chain.arms, chain.arms[1:], strict=False):
            yield Edit(page.grouped(one)[1], page.grouped(other)[0], " or ")


def _bars(page: Page) -> Edits:
    for chain in _chains(page):
        for one, other in zip(chain.arms, chain.arms[1:], strict=False):
            yield Edit(page.grouped(one)[1], page.grouped(other)[0], " || ")


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
    Operator("swap-arms", "two alternatives stand the wrong way round", _swapped_arms),
    Operator("drop-arm", "an alternative is forgotten", _removed_arms),
    Operator("double-arm", "an alternative is written twice", _doubled_arms),
    Operator("swap-alternatives", "`a ?? b` becomes `b ?? a`", _swapped_alternatives),
    Operator("drop-alternative", "`a ?? b` becomes `a` or `b`", _cut_alternative),
    Operator("or-for-fallback", "`or` is written for `??`", _or),
    Operator("bars-for-fallback", "`||` is written for `??`", _bars),
)
"""Transforms and alternatives."""
