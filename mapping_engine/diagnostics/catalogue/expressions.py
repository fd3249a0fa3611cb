"""Checks of selectors, paths and transforms."""

from __future__ import annotations

from mapping_engine.diagnostics.check import Check, Severity

CHECKS = (
    Check(
        "SE01 selector-syntax: the JMESPath selector does not parse",
        Severity.ERROR,
        why="The engine cannot know which path is meant.",
        fix="Correct the path; the help names what other languages write differently.",
        wrong="fields:\n  x: p.items[?b = `1`].a\n",
        right="fields:\n  x: p.items[?b == `1`].a\n",
    ),
    Check(
        "SE02 unknown-function: the JMESPath function does not exist",
        Severity.ERROR,
        why="jmespath finds this only when an event arrives.",
        fix="Write the name of a function of JMESPath, or use a transform after `|>`.",
        wrong="fields:\n  x: jmespath(lenght(to_array(tags)))\n",
        right="fields:\n  x: jmespath(length(to_array(tags)))\n",
    ),
    Check(
        "SE03 function-call: a JMESPath function is called with arguments it can never take",
        Severity.ERROR,
        why="jmespath finds this only when an event arrives.",
        fix="Give the arguments that the function is declared with.",
        wrong="fields:\n  x: jmespath(to_array(tags, type))\n",
        right="fields:\n  x: jmespath(to_array(tags))\n",
    ),
    Check(
        "SE08 unknown-field: the vocabulary does not declare this path",
        Severity.ERROR,
        why="A misspelled path never has a value, and nothing says so. In an object that may hold "
        "more keys than the declared ones it is a warning when a declared path is near, and a "
        "remark otherwise.",
        fix="Correct the path, or declare it in the vocabulary, so that its kind and its privacy "
        "are known.",
        ignore="A warning, where the path is right and the vocabulary is not yours to change.",
        wrong="fields:\n  x: p.items.a\n  y2: person.idd\n",
        right='fields:\n  x: "p.items[].a"\n  y2: person.id\n',
    ),
    Check(
        "TX01 unknown-transform: the transform or function does not exist",
        Severity.ERROR,
        why="The engine does not know what to do.",
        fix="Write the name that is meant; `mapping-engine transforms` lists them all.",
        wrong="fields:\n  x: p.a |> uper\n",
        right="fields:\n  x: p.a |> upper\n",
    ),
    Check(
        "TX02 transform-argument: a transform is called with wrong arguments",
        Severity.ERROR,
        why="The transform cannot work with them.",
        fix="Give the arguments of its signature: `mapping-engine transforms` shows them.",
        wrong="fields:\n  x: p.a |> truncate('ten')\n",
        right="fields:\n  x: p.a |> truncate(10)\n",
    ),
    Check(
        "TX03 transform-input-type: the piped type is never accepted",
        Severity.ERROR,
        why="The transform would reject every value.",
        fix="Convert the value first, or use another transform.",
        wrong="fields:\n  x: tags |> lower\n",
        right="fields:\n  x: tags |> first |> lower\n",
    ),
    Check(
        "TX06 regex-invalid: the regular expression is not valid",
        Severity.ERROR,
        why="Patterns are RE2, which takes linear time and has no look-around or back-references.",
        fix="Correct the pattern.",
        wrong="fields:\n  x: p.a |> matching('[a-z')\n",
        right="fields:\n  x: p.a |> matching('[a-z]+')\n",
    ),
)
