"""Checks of YAML, the shape of files, and tests of rules."""

from __future__ import annotations

from mapping_engine.diagnostics.check import Check, Severity

CHECKS = (
    Check(
        "SY01 yaml-syntax: the file is not YAML text",
        Severity.ERROR,
        "correct the place that is shown; most often a quote, a bracket or a colon is missing",
    ),
    Check(
        "SY02 duplicate-key: a key is repeated in a mapping",
        Severity.ERROR,
        "keep one of the two, or rename one",
    ),
    Check(
        "SY03 expression-syntax: an expression or template does not parse",
        Severity.ERROR,
        "write what is accepted at the mark; the help names habits of other languages",
    ),
    Check(
        "SY04 ambiguous-scalar: YAML 1.1 tools would read this scalar as something else",
        Severity.ERROR,
        "put it in quotes",
    ),
    Check(
        "SY05 anchor-or-merge: anchors, aliases, merges and tags are not accepted",
        Severity.ERROR,
        "give the shared part a name under `define`, `tables` or `pipelines`",
    ),
    Check(
        "SH01 unknown-key: the key is not in the file format",
        Severity.ERROR,
        "write the key that is meant",
    ),
    Check(
        "SH02 missing-key: a required key is absent",
        Severity.ERROR,
        "add the key",
    ),
    Check(
        "SH03 wrong-node-type: the YAML here has the wrong shape or type",
        Severity.ERROR,
        "write what is expected",
    ),
    Check(
        "SH04 exclusive-keys: keys that cannot be combined",
        Severity.ERROR,
        "keep one",
    ),
    Check(
        "SH05 unsupported-version: the format version is not one this engine knows",
        Severity.ERROR,
        "write `1`, or use the engine that knows the version",
    ),
    Check(
        "SH07 unreadable-file: a file cannot be read, or lies outside its folder",
        Severity.ERROR,
        "put the file into the folder of the pack, and name it relative to the rule file",
    ),
    Check(
        "SH08 invalid-schema: a JSON Schema of the pack is invalid",
        Severity.ERROR,
        "correct the schema",
    ),
    Check(
        "SH10 schema-words: a part of a JSON Schema has no effect, or can never be met",
        Severity.ERROR,
        "write the keyword, the mark or the name that is meant",
    ),
    Check(
        "SH09 stray-key: a key that means nothing without another one",
        Severity.ERROR,
        "drop the key, or add the one that it belongs to",
    ),
    Check(
        "TE03 invalid-test: a rule test cannot be read",
        Severity.ERROR,
        "correct what is shown",
    ),
)
