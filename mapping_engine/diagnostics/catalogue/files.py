"""Checks of YAML, the shape of files, and tests of rules."""

from __future__ import annotations

from mapping_engine.diagnostics.check import Check, Severity

CHECKS = (
    Check(
        "SY01 yaml-syntax: the file is not YAML text",
        Severity.ERROR,
        why="Nothing can be said of a file that does not read as YAML.",
        fix="Correct the place that is shown; most often a quote, a bracket or a colon is missing.",
        wrong="fields:\n  x: {value: p.a\n",
        right="fields:\n  x: {value: p.a}\n",
    ),
    Check(
        "SY02 duplicate-key: a key is repeated in a mapping",
        Severity.ERROR,
        why="YAML readers keep the last one without a warning, so the first rule would be lost.",
        fix="Keep one of the two, or rename one.",
        wrong="fields:\n  x: p.a\n  y2: type\n  x: type\n",
        right="fields:\n  x: p.a\n  y2: type\n",
    ),
    Check(
        "SY03 expression-syntax: an expression or template does not parse",
        Severity.ERROR,
        why="The engine cannot know what is meant.",
        fix="Write one of what is accepted at the mark.",
        wrong="fields:\n  x: p.a |> lower |>\n",
        right="fields:\n  x: p.a |> lower\n",
    ),
    Check(
        "SY04 ambiguous-scalar: YAML 1.1 tools would read this scalar as something else",
        Severity.ERROR,
        why="`no` is false and `010` is 8 to YAML 1.1 tools, and a text to others: two tools would "
        "see two rule files.",
        fix="Put it in quotes. `--fix` does.",
        wrong="fields:\n  x: {value: p.a, default: no}\n",
        right='fields:\n  x: {value: p.a, default: "no"}\n',
    ),
    Check(
        "SY05 anchor-or-merge: anchors, aliases, merges and tags are not accepted",
        Severity.ERROR,
        why="They hide where a rule comes from, and every message would point at the wrong place.",
        fix="Give the shared part a name under `define`, `tables` or `pipelines`.",
        wrong="fields:\n  x: &shared p.a\n  y2: *shared\n",
        right="define:\n  shared: p.a\nfields:\n  x: $shared\n  y2: $shared\n",
    ),
    Check(
        "SH01 unknown-key: the key is not in the file format",
        Severity.ERROR,
        why="A key that is silently ignored is a rule that silently does not apply.",
        fix="Write the key that is meant.",
        wrong="fields:\n  x: {value: p.a, defalt: none}\n",
        right="fields:\n  x: {value: p.a, default: none}\n",
    ),
    Check(
        "SH02 missing-key: a required key is absent",
        Severity.ERROR,
        why="Without it the block means nothing.",
        fix="Add the key.",
        wrong="fields:\n  x: {default: none}\n",
        right="fields:\n  x: {value: p.a, default: none}\n",
    ),
    Check(
        "SH03 wrong-node-type: the YAML here has the wrong shape or type",
        Severity.ERROR,
        why="A list where a mapping belongs, or a text where a number does, has no meaning.",
        fix="Write what is expected.",
        wrong="limits:\n  requests: many\nfields:\n  x: p.a\n",
        right="limits:\n  requests: 100\nfields:\n  x: p.a\n",
    ),
    Check(
        "SH04 exclusive-keys: keys that cannot be combined",
        Severity.ERROR,
        why="Each of them says where the value comes from, and only one of them can be right.",
        fix="Keep one. For alternatives use `first_of`.",
        wrong="fields:\n  x: {value: p.a, constant: none}\n",
        right="fields:\n  x: {first_of: [p.a, {constant: none}]}\n",
    ),
    Check(
        "SH05 unsupported-version: the format version is not one this engine knows",
        Severity.ERROR,
        why="Rules of another version may mean something else.",
        fix="Write `1`, or use the engine that knows the version.",
        wrong="mapping: 2\nfields:\n  x: p.a\n",
        right="mapping: 1\nfields:\n  x: p.a\n",
    ),
    Check(
        "SH07 unreadable-file: a file cannot be read, or lies outside its folder",
        Severity.ERROR,
        why="Rule files read nothing outside their own folder and the bundled fragments.",
        fix="Put the file into the folder of the pack, and name it relative to the rule file.",
        wrong="use: [./../elsewhere.yaml]\nfields:\n  x: p.a\n",
        right="use: [./fragment.yaml]\nfields:\n  x: $something\n",
    ),
    Check(
        "SH08 invalid-schema: a JSON Schema of the pack is invalid",
        Severity.ERROR,
        why="The payload and the settings could not be held against it.",
        fix="Correct the schema. It is JSON Schema 2020-12, with references inside the file only.",
        wrong='{"type": "objekt"}\n',
        right='{"type": "object"}\n',
        file="payload.schema.json",
    ),
    Check(
        "SH10 schema-words: a part of a JSON Schema has no effect, or can never be met",
        Severity.ERROR,
        why="JSON Schema ignores keywords that it does not know, and limits of other kinds of "
        "value: what they were to forbid, or to keep secret, is accepted and shown.",
        fix="Write the keyword, the mark or the name that is meant. Keywords of your own begin "
        "with `x-`.",
        ignore="A warning, where another tool reads the keyword.",
        wrong='{"type": "object", "properties": {"x": {"type": "string", "maxLenght": 80}}}\n',
        right='{"type": "object", "properties": {"x": {"type": "string", "maxLength": 80}}}\n',
        file="payload.schema.json",
    ),
    Check(
        "SH09 stray-key: a key that means nothing without another one",
        Severity.ERROR,
        why="It would be ignored, though whoever wrote it expects something of it.",
        fix="Drop the key, or add the one that it belongs to.",
        wrong="fields:\n  x: {value: p.a, keep_when: p.b}\n",
        right="fields:\n  x: {each: p.items, value: $item, keep_when: p.b}\n",
    ),
    Check(
        "TE03 invalid-test: a rule test cannot be read",
        Severity.ERROR,
        why="A test that does not run protects nothing.",
        fix="Correct what is shown.",
        ignore="Never: the test does not run.",
        wrong="tests: 1\nclock: noon\ncases:\n  - name: nothing\n    expect: {requests: 1}\n",
        right="tests: 1\nclock: 2024-01-01T12:00:00Z\ncases:\n  - name: nothing\n"
        "    expect: {requests: 1}\n",
        file="tests/cases.yaml",
    ),
)
