"""Checks of where personal data and secrets go, and of what the payload schema accepts."""

from __future__ import annotations

from mapping_engine.diagnostics.check import Check, Severity

CHECKS = (
    Check(
        "PI01 hash-without-normalise: a value is hashed before it is normalised",
        Severity.ERROR,
        "pipe the value through a pipeline that `normalises` its kind of personal data, then "
        "through `hashed`",
    ),
    Check(
        "PI02 unhashed-pii: personal data flows to a place that must not hold it",
        Severity.ERROR,
        "hash it into a field that is meant for it, or leave it out",
    ),
    Check(
        "PI03 double-hash: a hash of a hash",
        Severity.ERROR,
        "drop one `hashed`",
    ),
    Check(
        "PI04 transform-after-hash: a digest is changed",
        Severity.ERROR,
        "move the transform before `hashed`, or drop it",
    ),
    Check(
        "PI09 unmarked-personal: personal data is declared as something else, or of no known kind",
        Severity.WARNING,
        "declare the path as `personal <kind>`, or write the kind that the vocabulary names",
    ),
    Check(
        "PI06 secret-leak: a secret flows to a place that must not hold it",
        Severity.ERROR,
        "send the secret in a header or in the body of the request",
    ),
    Check(
        "PI10 open-secret: a secret is read where nothing says that it is one",
        Severity.ERROR,
        "declare the path as `secret text` in the vocabulary, or mark the setting with `x-secret`",
    ),
    Check(
        "PI11 needless-clear: personal data may be in clear where none is",
        Severity.WARNING,
        "remove the entry, or correct its path",
    ),
    Check(
        "OU01 output-not-in-schema: the payload schema does not allow this field",
        Severity.ERROR,
        "write the field that is meant, or add it to the payload schema",
    ),
    Check(
        "OU02 output-type-mismatch: the payload schema does not accept this value",
        Severity.ERROR,
        "convert the value, or correct the constant, the table or the schema",
    ),
    Check(
        "OU08 unencrypted: requests would be sent without encryption",
        Severity.ERROR,
        "write `https://`",
    ),
    Check(
        "OU05 required-output-unmapped: the payload schema requires a field that may be absent",
        Severity.ERROR,
        "give the field a `default`, or write `required: true`, so that such an event is refused "
        "with a message that names every source",
    ),
)
