"""The checks: every code a diagnostic may carry is declared here, once.

Codes are never renumbered, and a retired one stays reserved.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is: an error is wrong or will fail, a warning almost surely a mistake."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of mistake."""

    code: str
    name: str
    severity: Severity
    meaning: str


def _table(*checks: Check) -> dict[str, Check]:
    return {check.code: check for check in checks}


_E, _W = Severity.ERROR, Severity.WARNING

CATALOGUE = _table(
    Check("SY01", "yaml-syntax", _E, "the file is not YAML text"),
    Check("SY02", "duplicate-key", _E, "a key is repeated in a mapping"),
    Check("SY03", "expression-syntax", _E, "an expression or template does not parse"),
    Check(
        "SY04", "ambiguous-scalar", _E, "YAML 1.1 tools would read this scalar as something else"
    ),
    Check("SY05", "anchor-or-merge", _E, "anchors, aliases, merges and tags are not accepted"),
    Check("SH01", "unknown-key", _E, "the key is not in the file format"),
    Check("SH02", "missing-key", _E, "a required key is absent"),
    Check("SH03", "wrong-node-type", _E, "the YAML here has the wrong shape or type"),
    Check("SH04", "exclusive-keys", _E, "keys that cannot be combined"),
    Check("SH05", "unsupported-version", _E, "the format version is not one this engine knows"),
    Check("SH07", "unreadable-file", _E, "a file cannot be read, or lies outside its folder"),
    Check("SH08", "invalid-schema", _E, "a JSON Schema of the pack is not usable"),
    Check("SE01", "selector-syntax", _E, "the JMESPath selector does not parse"),
    Check("SE02", "unknown-function", _E, "the JMESPath function does not exist"),
    Check(
        "SE03",
        "function-call",
        _E,
        "a JMESPath function is called with a wrong number of arguments",
    ),
    Check("TX01", "unknown-transform", _E, "the transform or function does not exist"),
    Check("TX02", "transform-argument", _E, "a transform is called with wrong arguments"),
    Check("TX03", "transform-input-type", _E, "the piped type is never accepted"),
    Check("TX06", "regex-invalid", _E, "the regular expression is not valid"),
    Check("PR01", "undefined-reference", _E, "a name is not defined"),
    Check("PR02", "shadowed-definition", _E, "a definition hides another of the same name"),
    Check("PR04", "include-cycle", _E, "files or definitions that include themselves"),
    Check("PI01", "hash-without-normalise", _E, "a value is hashed before it is normalised"),
    Check("PI02", "unhashed-pii", _E, "personal data flows to a place that must not hold it"),
    Check("PI03", "double-hash", _E, "a hash of a hash"),
    Check("PI06", "secret-leak", _E, "a secret setting flows to a place that must not hold it"),
    Check("OU01", "output-not-in-schema", _E, "the payload schema does not allow this field"),
    Check(
        "OU05", "required-output-unmapped", _E, "the payload schema requires a field no rule writes"
    ),
    Check("FO02", "item-scope", _E, "a name is used outside the scope that defines it"),
    Check("FO03", "undefined-config", _E, "a setting or API constant is not declared"),
    Check("TE03", "invalid-test", _E, "a rule test cannot be read"),
)
