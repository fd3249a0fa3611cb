"""Checks of transforms, types and conditions."""

from __future__ import annotations

from mapping_engine.diagnostics.catalogue.check import Check, Severity, table

_E, _W = Severity.ERROR, Severity.WARNING

CHECKS = table(
    Check(
        "TX01",
        "unknown-transform",
        _E,
        "the transform or function does not exist",
        why="The engine does not know what to do.",
        fix="Write the name that is meant; `mapping-engine transforms` lists them all.",
        wrong="fields:\n  x: p.a |> uper\n",
        right="fields:\n  x: p.a |> upper\n",
    ),
    Check(
        "TX02",
        "transform-argument",
        _E,
        "a transform is called with wrong arguments",
        why="The transform cannot work with them.",
        fix="Give the arguments of its signature: `mapping-engine transforms` shows them.",
        wrong="fields:\n  x: p.a |> truncate('ten')\n",
        right="fields:\n  x: p.a |> truncate(10)\n",
    ),
    Check(
        "TX03",
        "transform-input-type",
        _E,
        "the piped type is never accepted",
        why="The transform would reject every value.",
        fix="Convert the value first, or use another transform.",
        wrong="fields:\n  x: tags |> lower\n",
        right="fields:\n  x: tags |> first |> lower\n",
    ),
    Check(
        "TX05",
        "constant-condition",
        _W,
        "a condition that always, or never, holds",
        why="What depends on it always happens, or never does: most often a misspelled value, or "
        "`and` for `or`.",
        fix="Correct the condition, or remove it.",
        ignore="For a switch in the rules themselves, such as `when: false`.",
        wrong="fields:\n  x: {when: lower(type) == 'Sold', value: p.a}\n",
        right="fields:\n  x: {when: lower(type) == 'sold', value: p.a}\n",
    ),
    Check(
        "TX06",
        "regex-invalid",
        _E,
        "the regular expression is not valid",
        why="Patterns are RE2, which takes linear time and has no look-around or back-references.",
        fix="Correct the pattern.",
        wrong="fields:\n  x: p.a |> matching('[a-z')\n",
        right="fields:\n  x: p.a |> matching('[a-z]+')\n",
    ),
    Check(
        "TX08",
        "near-miss-text",
        _W,
        "a constant that is nearly another one",
        why="Two constants that differ by one letter, by case or by a space are most often meant "
        "to be one, and then one of them never matches.",
        fix="Write them alike.",
        ignore="Where both are right.",
        wrong="tables:\n  names: {Order Completed: Purchase}\nfields:\n"
        "  x: {when: type == 'Order Complted', value: p.a |> lookup($tables.names)}\n",
        right="tables:\n  names: {Order Completed: Purchase}\nfields:\n"
        "  x: {when: type == 'Order Completed', value: p.a |> lookup($tables.names)}\n",
    ),
)
