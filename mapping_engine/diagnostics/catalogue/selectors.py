"""Checks of JMESPath selectors and the paths of the event."""

from __future__ import annotations

from mapping_engine.diagnostics.catalogue.check import Check, Severity, table

_E, _W = Severity.ERROR, Severity.WARNING

CHECKS = table(
    Check(
        "SE01",
        "selector-syntax",
        _E,
        "the JMESPath selector does not parse",
        why="The engine cannot know which path is meant.",
        fix="Correct the path; the help names what other languages write differently.",
        wrong="fields:\n  x: p.items[?b = `1`].a\n",
        right="fields:\n  x: p.items[?b == `1`].a\n",
    ),
    Check(
        "SE02",
        "unknown-function",
        _E,
        "the JMESPath function does not exist",
        why="jmespath finds this only when an event arrives.",
        fix="Write the name of a function of JMESPath, or use a transform after `|>`.",
        wrong="fields:\n  x: jmespath(lenght(to_array(tags)))\n",
        right="fields:\n  x: jmespath(length(to_array(tags)))\n",
    ),
    Check(
        "SE03",
        "function-call",
        _E,
        "a JMESPath function is called with arguments it can never take",
        why="jmespath finds this only when an event arrives.",
        fix="Give the arguments that the function is declared with.",
        wrong="fields:\n  x: jmespath(to_array(tags, type))\n",
        right="fields:\n  x: jmespath(to_array(tags))\n",
    ),
    Check(
        "SE05",
        "null-hostile-function",
        _W,
        "the JMESPath function fails when its input is missing",
        why="Most functions of JMESPath do not take null, so an event without the path makes the "
        "whole selector fail, with a warning for each such event.",
        fix="Use a transform, which passes over what is missing, or guard the input: "
        "`not_null(tags, `[]`)`.",
        ignore="Where an `accept` rule makes sure that the input is there.",
        wrong="fields:\n  x: jmespath(length(tags))\n",
        right="fields:\n  x: tags |> count\n",
    ),
    Check(
        "SE06",
        "identifier-as-literal",
        _W,
        "a name in double quotes, or true, that is meant as a value",
        why='In JMESPath `"x"` and `true` are names of fields. The comparison is with a field that '
        "does not exist, and so it never holds.",
        fix="Write texts in single quotes, and true in a selector between back-ticks.",
        ignore="Where a field really has this name: declare it in the vocabulary.",
        wrong='fields:\n  x: p.items[?a == "sold"].b\n',
        right="fields:\n  x: p.items[?a == 'sold'].b\n",
    ),
    Check(
        "SE07",
        "index-in-projection",
        _W,
        "an index after a projection applies to every element",
        why="`items[?...].b[0]` takes the first element of each `b`, and where `b` is no list that "
        "is nothing at all.",
        fix="Write `jmespath(items[?...].b | [0])` to take one of the results.",
        ignore="Where each element is a list: declare it as one in the vocabulary.",
        wrong="fields:\n  x: p.items[?a == 'sold'].b[0]\n",
        right="fields:\n  x: jmespath(p.items[?a == 'sold'].b | [0])\n",
    ),
    Check(
        "SE08",
        "unknown-field",
        _E,
        "the vocabulary does not declare this path",
        why="A misspelled path is a value that is quietly never there. In an object that may hold "
        "more keys than the declared ones it is a warning when a declared path is near, and a "
        "remark otherwise.",
        fix="Correct the path, or declare it in the vocabulary, so that its kind and its privacy "
        "are known.",
        ignore="A warning, where the path is right and the vocabulary is not yours to change.",
        wrong="fields:\n  x: p.items.a\n  y2: person.idd\n",
        right='fields:\n  x: "p.items[].a"\n  y2: person.id\n',
    ),
    Check(
        "SE09",
        "jmespath-or",
        _W,
        "`||` in a selector skips other things than `??` does",
        why="JMESPath's `||` also skips false, and it keeps blank text. `??` skips what is "
        "missing, as everywhere in the rules.",
        fix="Write the alternatives with `??`, outside of `jmespath(...)`.",
        ignore="Where false is to be skipped.",
        wrong="fields:\n  x: jmespath(p.a || type)\n",
        right="fields:\n  x: p.a ?? type\n",
    ),
    Check(
        "SE10",
        "ordering-non-numbers",
        _W,
        "`<` and its like with something that is no number",
        why="They compare numbers only: with a text they never hold.",
        fix="Write the number without quotes, or compare with `==`.",
        ignore="Never: the condition cannot hold.",
        wrong="fields:\n  x: {when: p.b > '62', value: p.a}\n",
        right="fields:\n  x: {when: p.b > 62, value: p.a}\n",
    ),
)
