"""PR05, PR07: rows of decision tables that are never taken, and tables that may take none."""

from __future__ import annotations

from mapping_engine.checks.atoms import Conjunction
from mapping_engine.checks.examples import event_for
from mapping_engine.checks.logic import Normal
from mapping_engine.checks.subject import Subject
from mapping_engine.core.everything import value_blocks
from mapping_engine.diagnostics import Fix, Label
from mapping_engine.expression import Expression, Literal
from mapping_engine.file.shapes import Named
from mapping_engine.file.values import ArmBlock, FieldBlock, ValueBlock

Row = Named[ArmBlock]


def find(subject: Subject) -> None:
    """Look at every decision table, and at every chain whose alternatives have conditions."""
    for block in value_blocks(subject.model):
        if block.decide:
            rows = [row for row in block.decide if row.value is not None]
            hidden = _hidden_rows(rows, subject)
            if not hidden:
                _no_otherwise(block, rows, subject)
        elif block.first_of:
            _hidden_arms(block.first_of, subject)


def _hidden_rows(rows: list[Row], subject: Subject) -> bool:
    """Report rows that are never taken; whether there is one."""
    found = False
    for place, row in enumerate(rows):
        assert row.value is not None
        earlier = rows[:place]
        catching = [e for e in earlier if _always_has_value(e.value, subject)]
        if _is_hidden(row.value, _arms(catching), subject):
            found = True
            _report_row(row, catching, subject)
            continue
        same = next((e for e in earlier if e.value == row.value), None)
        if same is not None:
            found = True
            subject.diagnostics.report(
                "PR05",
                f"row `{row.name}` says the same as row `{same.name}`",
                row.span,
                labels=(Label(same.span, "the first is here"),),
                help="remove one",
                fix=_removal(row),
            )
    return found


def _report_row(row: Row, catching: list[Row], subject: Subject) -> None:
    assert row.value is not None
    taker = _taker(row.value, catching, subject)
    labels = (Label(taker.span, "this row takes them first"),) if taker else ()
    notes: tuple[str, ...] = ()
    mine = [] if row.value.when is None else [(row.value.when, True)]
    possible = subject.conditions.possible(subject.conditions.together(mine))
    event = _example(possible, subject)
    if taker is not None and event is not None:
        notes = (f"for example, this event takes row `{taker.name}`: {event}",)
    subject.diagnostics.report(
        "PR05",
        f"row `{row.name}` is never taken",
        row.span,
        labels=labels,
        notes=notes,
        help="remove it, or move it up",
        fix=_removal(row),
    )


def _arms(rows: list[Row]) -> list[ArmBlock]:
    return [row.value for row in rows if row.value is not None]


def _example(possible: list[Conjunction], subject: Subject) -> str | None:
    events = (event_for(each, subject.conditions, subject.model) for each in possible)
    return next((event for event in events if event is not None), None)


def _removal(row: Row) -> Fix:
    return Fix(row.span, "", f"remove row `{row.name}`", safe=True, whole=True)


def _is_hidden(arm: ArmBlock, catching: list[ArmBlock], subject: Subject) -> bool:
    """Whether an earlier row is taken whenever this one could be."""
    if not catching:
        return False
    if arm.when is not None and subject.conditions.never(arm.when):
        return False  # TX05 says so already
    return subject.conditions.unsatisfiable(_left(arm, catching, subject)) is not None


def _left(arm: ArmBlock | None, catching: list[ArmBlock], subject: Subject) -> Normal:
    """What holds when none of the rows is taken, and the condition of ``arm`` does hold."""
    parts: list[tuple[Expression, bool]] = []
    if arm is not None and arm.when is not None:
        parts.append((arm.when, True))
    for other in catching:
        if other.when is None:
            return []
        parts.append((other.when, False))
    return subject.conditions.together(parts)


def _taker(arm: ArmBlock, catching: list[Row], subject: Subject) -> Row | None:
    """The row that alone hides this one, if there is one."""
    return next((row for row in catching if _is_hidden(arm, _arms([row]), subject)), None)


def _always_has_value(arm: ArmBlock | None, subject: Subject) -> bool:
    """Whether a row has a value whenever its condition holds."""
    if arm is None or arm.as_:
        return False
    node = arm.value or arm.template or arm.constant
    if isinstance(node, Literal):
        return not subject.facts.type_of(node).missing
    if node is None:
        return False
    found = subject.facts.type_of(node)
    return bool(found.kinds) and not found.missing


def _no_otherwise(block: ValueBlock, rows: list[Row], subject: Subject) -> None:
    required = isinstance(block, FieldBlock) and block.required
    if block.default is not None or required or block.when is not None:
        return
    catching = [row for row in rows if _always_has_value(row.value, subject)]
    if any(row.value is not None and row.value.when is None for row in rows):
        return
    left = _left(None, _arms(catching), subject)
    if subject.conditions.unsatisfiable(left) is not None:
        return
    possible = subject.conditions.possible(left)
    event = _example(possible, subject)
    subject.diagnostics.report(
        "PR07",
        "no row of this decision table may hold, and then there is no value",
        block.place("decide"),
        notes=(f"for example, this event takes no row: {event}",) if event else (),
        help="add a last row without `when`, or a `default`",
    )


def _hidden_arms(arms: tuple[ArmBlock, ...], subject: Subject) -> None:
    """Alternatives with conditions, of which an earlier one always takes over."""
    for place, arm in enumerate(arms):
        earlier = [
            other
            for other in arms[:place]
            if other.when is not None and _always_has_value(other, subject)
        ]
        if arm.when is None or not earlier or not _is_hidden(arm, earlier, subject):
            continue
        taker = next((other for other in earlier if _is_hidden(arm, [other], subject)), None)
        subject.diagnostics.report(
            "FB01",
            "this alternative is never reached",
            arm.span,
            labels=(Label(taker.span, "this one takes over"),) if taker else (),
            help="remove it, or move it up",
            fix=Fix(arm.span, "", "remove the alternative", safe=True, whole=True),
        )
