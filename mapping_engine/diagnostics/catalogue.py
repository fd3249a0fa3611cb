"""What the loader reports: every code that keeps rules from being read or used.

Checks that look at rules which could be read are declared where they are looked for; all of them
stand together in ``mapping_engine.checks.catalogue``.
"""

from __future__ import annotations

from mapping_engine.diagnostics.check import Check, Severity

_EVERY = (
    # Checks of YAML, the shape of files, and tests of rules.
    Check(
        "SY01 yaml-syntax: the file is not YAML text",
        "correct the place that is shown; most often a quote, a bracket or a colon is missing",
    ),
    Check(
        "SY02 duplicate-key: a key is repeated in a mapping", "keep one of the two, or rename one"
    ),
    Check(
        "SY03 expression-syntax: an expression or template does not parse",
        "write what is accepted at the mark; the help names habits of other languages",
    ),
    Check(
        "SY04 ambiguous-scalar: YAML 1.1 tools would read this scalar as something else",
        "put it in quotes",
    ),
    Check(
        "SY05 anchor-or-merge: anchors, aliases, merges and tags are not accepted",
        "give the shared part a name under `define`, `tables` or `pipelines`",
    ),
    Check("SH01 unknown-key: the key is not in the file format", "write the key that is meant"),
    Check("SH02 missing-key: a required key is absent", "add the key"),
    Check(
        "SH03 wrong-node-type: the YAML here has the wrong shape or type", "write what is expected"
    ),
    Check("SH04 exclusive-keys: keys that cannot be combined", "keep one"),
    Check(
        "SH05 unsupported-version: the format version is not one this engine knows",
        "write `1`, or use the engine that knows the version",
    ),
    Check(
        "SH07 unreadable-file: a file cannot be read, or lies outside its folder",
        "put the file into the folder of the pack, and name it relative to the rule file",
    ),
    Check("SH08 invalid-schema: a JSON Schema of the pack is invalid", "correct the schema"),
    Check(
        "SH10 schema-words: a part of a JSON Schema has no effect, or can never be met",
        "write the keyword, the mark or the name that is meant",
    ),
    Check(
        "SH09 stray-key: a key that means nothing without another one",
        "drop the key, or add the one that it belongs to",
    ),
    Check("TE03 invalid-test: a rule test cannot be read", "correct what is shown"),
    # Checks of selectors, paths and transforms.
    Check(
        "SE01 selector-syntax: the JMESPath selector does not parse",
        "correct the path; the help names what other languages write differently",
    ),
    Check(
        "SE02 unknown-function: the JMESPath function does not exist",
        "write the name of a function of JMESPath, or use a transform after `|>`",
    ),
    Check(
        "SE03 function-call: a JMESPath function is called with arguments it can never take",
        "give the arguments that the function is declared with",
    ),
    Check(
        "SE08 unknown-field: the vocabulary does not declare this path",
        "correct the path, or declare it in the vocabulary, so that its kind and its privacy are "
        "known",
    ),
    Check(
        "TX01 unknown-transform: the transform or function does not exist",
        "write the name that is meant; `mapping-engine transforms` lists them all",
    ),
    Check(
        "TX02 transform-argument: a transform is called with wrong arguments",
        "give the arguments of its signature: `mapping-engine transforms` shows them",
    ),
    Check(
        "TX03 transform-input-type: the piped type is never accepted",
        "convert the value first, or use another transform",
    ),
    Check(
        "TX06 regex-invalid: the regular expression is not valid",
        "correct the pattern; RE2 has no look-around: say in a `when` what must not match",
    ),
    # Checks of names, lists and settings.
    Check(
        "PR01 undefined-reference: a name is not defined",
        "write the name that is meant, define it, or add the fragment to `use`",
    ),
    Check(
        "PR02 shadowed-definition: a definition hides another of the same name",
        "rename one, or replace the definition of a fragment under `override`",
    ),
    Check(
        "PR04 include-cycle: files or definitions that include themselves",
        "take one step out of the circle",
    ),
    Check(
        "PR08 too-many-steps: a value takes too many steps to make",
        "use each of them once, or write some of them where they are used",
    ),
    Check(
        "FO01 fan-out-over-scalar: a list is needed here, and this is never one",
        "name the list, or wrap a single value with `|> list`",
    ),
    Check(
        "FO02 item-scope: a name is used outside the scope that defines it",
        "move the expression to where the name has a value, or use another one",
    ),
    Check(
        "FO03 undefined-config: a setting or API constant is not declared",
        "write the name that is meant, or declare it in the settings schema or under `api`",
    ),
    # Checks of where personal data and secrets go, and of what the payload schema accepts.
    Check(
        "PI01 hash-without-normalise: a value is hashed before it is normalised",
        "pipe the value through a pipeline that `normalises` its kind of personal data, then "
        "through `hashed`",
    ),
    Check(
        "PI02 unhashed-pii: personal data flows to a place that must not hold it",
        "hash it into a field that is meant for it, or leave it out",
    ),
    Check("PI03 double-hash: a hash of a hash", "drop one `hashed`"),
    Check(
        "PI04 transform-after-hash: a digest is changed",
        "move the transform before `hashed`, or drop it",
    ),
    Check(
        "PI09 unmarked-personal: personal data is declared as something else, or of no known kind",
        "declare the path as `personal <kind>`, or write the kind that the vocabulary names",
        Severity.WARNING,
    ),
    Check(
        "PI06 secret-leak: a secret flows to a place that must not hold it",
        "send the secret in a header or in the body of the request",
    ),
    Check(
        "PI10 open-secret: a secret is read where nothing says that it is one",
        "declare the path as `secret text` in the vocabulary, or mark the setting with `x-secret`",
    ),
    Check(
        "PI11 needless-clear: personal data may be in clear where none is",
        "remove the entry, or correct its path",
        Severity.WARNING,
    ),
    Check(
        "OU01 output-not-in-schema: the payload schema does not allow this field",
        "write the field that is meant, or add it to the payload schema",
    ),
    Check(
        "OU02 output-type-mismatch: the payload schema does not accept this value",
        "convert the value, or correct the constant, the table or the schema",
    ),
    Check("OU08 unencrypted: requests would be sent without encryption", "write `https://`"),
    Check(
        "OU05 required-output-unmapped: the payload schema requires a field that may be absent",
        "give the field a `default`, or write `required: true`, so that such an event is refused "
        "with a message that names every source",
    ),
    # Checks of what follows a request: how requests combine, and what answers mean.
    Check(
        "SN01 batch-misfit: `batch` names something that the body of the request does not have",
        "name the list of the body that is joined",
    ),
    Check(
        "SN02 unreachable-answer: a row of `answers` that no answer reaches",
        "move it above the row that takes its answers, or correct its condition",
    ),
)

LOADER_CHECKS: dict[str, Check] = {check.code: check for check in _EVERY}
"""The checks of the loader by their codes."""
