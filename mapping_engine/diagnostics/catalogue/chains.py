"""Checks of fallback chains and decision tables."""

from __future__ import annotations

from mapping_engine.diagnostics.catalogue.check import Check, Severity, table

_W, _I = Severity.WARNING, Severity.INFO

CHECKS = table(
    Check(
        "FB01",
        "unreachable-arm",
        _W,
        "an alternative before this one is never missing",
        why="What is never reached looks like a fallback and is none.",
        fix="Remove it, or move it before the alternative that always has a value. `--fix` "
        "removes it.",
        ignore="For an alternative that is to take over soon, with a date.",
        wrong="fields:\n  x: \"p.a ?? 'none' ?? type\"\n",
        right="fields:\n  x: \"p.a ?? type ?? 'none'\"\n",
    ),
    Check(
        "FB02",
        "duplicate-arm",
        _W,
        "the same alternative twice",
        why="The second one is never reached; most often another path was meant.",
        fix="Remove one, or write the path that was meant. `--fix` removes the second.",
        ignore="Never: remove it.",
        wrong="define:\n  who: [person.id, type]\nfields:\n  x: {first_of: [$who, p.a, type]}\n",
        right="define:\n  who: [person.id, type]\nfields:\n  x: {first_of: [$who, p.a]}\n",
    ),
    Check(
        "FB03",
        "swallowed-arm",
        _W,
        "an object is tried before one of its own fields",
        why="Where the field is there, so is the object, and the object is taken.",
        fix="Put the field first, or leave the object out.",
        ignore="Never: the order cannot be meant.",
        wrong="fields:\n  x: {first_of: [p, p.a]}\n",
        right="fields:\n  x: {first_of: [p.a, type]}\n",
    ),
    Check(
        "FB04",
        "mixed-type-arms",
        _W,
        "the alternatives are of different kinds",
        why="The receiver gets a text from one event and a list from the next.",
        fix="Convert them to one kind with `as`.",
        ignore="Where the receiver takes both kinds.",
        wrong="fields:\n  x: {first_of: [type, tags]}\n",
        right="fields:\n  x: {first_of: [type, tags |> first]}\n",
    ),
    Check(
        "FB06",
        "required-with-default",
        _W,
        "`required` on a field that always has a value",
        why="Whoever reads `required` expects events to be refused; none ever is.",
        fix="Drop `required`, or the default. `--fix` drops `required`.",
        ignore="Never: decide for one of the two.",
        wrong="fields:\n  x: {value: p.a, required: true, default: none}\n",
        right="fields:\n  x: {value: p.a, required: true}\n",
    ),
    Check(
        "PR05",
        "shadowed-row",
        _W,
        "a row that earlier rows never let through",
        why="The first row whose condition holds is taken, so this one never is.",
        fix="Move the row up, or remove it. `--fix` removes it.",
        ignore="Never: the row does nothing.",
        wrong="fields:\n  x:\n    decide:\n      any: {when: type is present, constant: a}\n"
        "      sold: {when: type == 'sold', constant: b}\n      otherwise: {constant: c}\n",
        right="fields:\n  x:\n    decide:\n      sold: {when: type == 'sold', constant: b}\n"
        "      any: {when: type is present, constant: a}\n      otherwise: {constant: c}\n",
    ),
    Check(
        "PR07",
        "no-otherwise",
        _I,
        "a decision table in which no row may hold",
        why="An event for which no row holds has no value here, which may not be meant.",
        fix="Add a last row without `when`, or a `default`.",
        ignore="Where such events are to have no value.",
        wrong="fields:\n  x:\n    decide:\n      sold: {when: type == 'sold', constant: b}\n",
        right="fields:\n  x:\n    decide:\n      sold: {when: type == 'sold', constant: b}\n"
        "      otherwise: {constant: c}\n",
    ),
)
