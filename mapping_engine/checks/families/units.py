"""TX09: numbers of one unit where another is wanted."""

from __future__ import annotations

from mapping_engine.checks.subject import Subject
from mapping_engine.core.nodes import Call, Compare, Const, FirstOf, Node
from mapping_engine.diagnostics import Check, Severity
from mapping_engine.transforms import REGISTRY
from mapping_engine.types.units import UNITS, conversion_help, is_plausible

TX09 = Check(
    "TX09 wrong-unit: a number of one unit where another is wanted",
    Severity.WARNING,
    why="Milliseconds that are read as seconds lie 50,000 years ahead, and no error says so.",
    fix="Convert the number, or compare it with one of its own unit.",
    ignore="Never: the numbers cannot be compared.",
    wrong="fields:\n  x: p.b |> epoch_seconds |> days_before($now_ms)\n",
    right="fields:\n  x: p.b |> epoch_seconds |> days_before($now)\n",
)
CHECKS = (TX09,)
_SUMS = ("plus", "minus")


def find(subject: Subject) -> None:
    """Look at the numbers that are compared, or given to transforms that want a unit."""
    for node in subject.nodes:
        if isinstance(node, Compare):
            _compared(node, subject)
        elif isinstance(node, FirstOf):
            _chosen([arm.value for arm in node.alternatives], subject)
        elif isinstance(node, Call) and node.name in REGISTRY:
            _given(node, subject)
            _counted(node, subject)
    for field in subject.fields:
        if field.default is not None:
            _chosen([field.value, field.default], subject)


def _chosen(values: list[Node], subject: Subject) -> None:
    """Alternatives of which one is in another unit than the first."""
    units = [(value, subject.facts.type_of(value).unit) for value in values]
    known = [(value, unit) for value, unit in units if unit is not None]
    for value, unit in known[1:]:
        first = known[0][1]
        if unit != first:
            _report(value, f"the first alternative is in {UNITS[first]}", unit, first, subject)


def _given(node: Call, subject: Subject) -> None:
    wanted = REGISTRY[node.name].wants
    for part in (node.input, *node.arguments) if wanted is not None else ():
        unit = subject.facts.type_of(part).unit if part is not None else None
        if part is not None and wanted is not None and unit not in (None, wanted):
            _report(part, f"`{node.name}` takes {UNITS[wanted]}", unit, wanted, subject)


def _counted(node: Call, subject: Subject) -> None:
    """Two numbers of which one is added to the other, or taken from it."""
    if node.name in _SUMS and node.input is not None:
        unit = subject.facts.type_of(node.input).unit
        for part in node.arguments:
            other = subject.facts.type_of(part).unit if part is not None else None
            if part is not None and unit is not None and other not in (None, unit):
                _report(part, f"`{node.name}` takes {UNITS[unit]} here", other, unit, subject)


def _compared(node: Compare, subject: Subject) -> None:
    left, right = (subject.facts.type_of(part).unit for part in (node.left, node.right))
    if left is not None and right is not None and left != right:
        _report(node.right, f"it is compared with {UNITS[left]}", right, left, subject)
    for operand, unit in ((node.right, left), (node.left, right)):
        value = operand.value if isinstance(operand, Const) else None
        if unit is None or isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if not is_plausible(value, unit):
            message = f"it is compared with {UNITS[unit]}, of which these are too many or too few"
            help = f"write a number of {UNITS[unit]}"
            subject.diagnostics.report(TX09, message, operand.span, help=help)


def _report(part: Node, takes: str, unit: str | None, wanted: str, subject: Subject) -> None:
    message = f"{takes}, but this is in {UNITS[unit or wanted]}"
    subject.diagnostics.report(TX09, message, part.span, help=conversion_help(wanted))
