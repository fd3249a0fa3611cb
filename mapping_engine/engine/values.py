"""What single steps of the rules make of values: told once, for both ways of running them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import TypeAlias

from mapping_engine.core.nodes import Node
from mapping_engine.core.spell import spell
from mapping_engine.diagnostics import Span
from mapping_engine.engine.run import Issue, Run, present, same
from mapping_engine.engine.texts import as_text
from mapping_engine.transforms.declare import Parameter, Rejected, Transform
from mapping_engine.transforms.hashing import OF_NOTHING, digest, is_digest
from mapping_engine.transforms.scalars import scalar_text
from mapping_engine.types.kinds import Json, kind_of

CLOCKS: Mapping[str, Callable[[Run], int]] = {
    "now": lambda run: int(run.now),
    "now_ms": lambda run: int(run.now * 1000),
}


def in_template(node: Node, value: Json, issues: list[Issue]) -> str | None:
    """How a value reads in a template; an issue for what holds an object."""
    text = as_text(value)
    if text is None and value is not None:
        reason = f"{wrong_kind(kind_of(value), 'text')}, and no list of texts"
        issues.append(Issue(spell(node), reason, node.span))
    return text


# Conditions


def is_word(value: Json, word: str) -> bool:
    """Whether a value, None where there is none, is what stands after ``is``."""
    if word in ("present", "missing"):
        return (value is not None) is (word == "present")
    return kind_of(value) == word


def _ordered(compare: Callable[[Json, Json], bool]) -> Callable[[Json, Json], bool]:
    def ordered(left: Json, right: Json) -> bool:
        return kind_of(left) == kind_of(right) == "number" and compare(left, right)

    return ordered


def _within(left: Json, right: Json) -> bool:
    if left is None:
        return False
    if type(right) is list:
        if type(left) is str:
            return left in right
        return any(same(left, item) for item in right)
    return type(right) is dict and type(left) is str and left in right


COMPARISONS: Mapping[str, Callable[[Json, Json], bool]] = {
    "==": lambda left, right: left is not None and right is not None and same(left, right),
    "!=": lambda left, right: left is None or right is None or not same(left, right),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "in": _within,
}


# Transforms


def argument(parameter: Parameter, given: Json) -> Json:
    """An argument of a kind that the parameter takes, else its default.

    None for a required one means that the transform yields nothing.
    """
    if given is not None and kind_of(given) in parameter.kinds.names:
        return given
    return parameter.default


def wrong_argument(parameter: Parameter, given: Json) -> str | None:
    """Why an argument is not taken; None for one that is, and for one that is missing."""
    if given is None:
        return None
    kind = kind_of(given)
    if kind not in parameter.kinds.names:
        return f"{_shown(kind)}, but `{parameter.name}` takes {parameter.kinds}"
    # What a problem says could repeat the value, which is an event's.
    is_wrong = parameter.problem is not None and parameter.problem(given) is not None
    return f"is no valid `{parameter.name}`" if is_wrong else None


def is_wrong(parameter: Parameter, given: Json, node: Node, issues: list[Issue]) -> bool:
    """Whether an argument is not taken; an issue says why."""
    reason = wrong_argument(parameter, given)
    if reason is not None:
        issues.append(Issue(spell(node), reason, node.span))
    return reason is not None


def is_hashing(target: Transform, run: Run) -> bool:
    """Whether a transform works at all: hashing does not where it is off, or was done before."""
    return not target.honours_hashing_switch or (run.hashing and not run.already_hashed)


def accepted(target: Transform, value: Json, label: str, span: Span, issues: list[Issue]) -> bool:
    """Whether a transform takes values of this kind; an issue where it does not."""
    kind = kind_of(value)
    if kind in target.accepts.names:
        return True
    issues.append(Issue(label, wrong_kind(kind, str(target.accepts)), span))
    return False


def left_of(target: Transform, result: Json, label: str, span: Span, issues: list[Issue]) -> Json:
    """What is left of the result of a transform; an issue where it is rejected or empty."""
    if type(result) is Rejected:
        issues.append(Issue(label, result.reason, span))
        return None
    found = present(result)
    if found is None and result is not None:
        issues.append(Issue(label, f"has nothing left after `{target.name}`", span))
    return found


def wrong_kind(kind: str, accepts: str) -> str:
    """Why a value of this kind was not converted."""
    return f"{_shown(kind)}, not {accepts}"


def _shown(kind: str) -> str:
    article = "an" if kind == "object" else "a"
    return "is no JSON value" if kind == "nothing" else f"is {article} {kind}"


# Entries


Pairs: TypeAlias = "list[tuple[Json, Json]]"


def pairs_of(value: Json, node: Node, issues: list[Issue]) -> Pairs:
    """The entries of an object, or the items of a list with their places; an issue elsewhere."""
    if type(value) is dict:
        return list(value.items())
    if type(value) is list:
        return list(enumerate(value))
    if value is not None:
        issues.append(Issue(spell(node), wrong_kind(kind_of(value), "object or list"), node.span))
    return []


def key_text(value: Json, node: Node, issues: list[Issue]) -> str | None:
    """A key of an object; an issue for what is none."""
    found = scalar_text(value)
    if found is None and value is not None:
        issues.append(Issue(spell(node), wrong_kind(kind_of(value), "text or number"), node.span))
    return found


# Digests


def passes(run: Run, value: Json) -> bool:
    """Whether a pipeline that normalises lets a value pass: it is a digest, or said to be one."""
    return run.already_hashed or (type(value) is str and is_digest(value.strip()))


def closed_digests(values: tuple[Json, ...] | None) -> frozenset[str]:
    """The digests of all values that a pipeline can yield, where these are few."""
    return frozenset(digest(str(value)) for value in values or ())


def passed_digest(
    value: Json, closed: frozenset[str], label: str, span: Span, issues: list[Issue]
) -> str | None:
    """A digest as it is sent; None, with the reason, for what may not be sent as one."""
    found = value.strip().lower() if type(value) is str else ""
    reason = None
    if not is_digest(found):
        reason = "is no digest, though it is said to be"
    elif found == OF_NOTHING:
        reason = "is the digest of an empty text"
    elif closed and found not in closed:
        reason = "is a digest of none of the accepted values"
    if reason is not None:
        issues.append(Issue(label, reason, span))
        return None
    return found
