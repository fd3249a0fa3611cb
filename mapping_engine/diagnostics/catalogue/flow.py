"""Checks of where personal data and secrets go."""

from __future__ import annotations

from mapping_engine.diagnostics.catalogue.check import Check, Severity, table

_E, _W = Severity.ERROR, Severity.WARNING

CHECKS = table(
    Check(
        "PI01",
        "hash-without-normalise",
        _E,
        "a value is hashed before it is normalised",
        why="Receivers compare digests. `Ann@X.test` and `ann@x.test` are one address and have two "
        "digests, so nothing matches and nothing says why.",
        fix="Pipe the value through a pipeline that `normalises` its kind of personal data, then "
        "through `hashed`.",
        wrong="fields:\n  em: email |> hashed\n",
        right="pipelines:\n  email_form: {normalises: email, steps: text |> trim |> lower}\n"
        "fields:\n  em: email |> email_form |> hashed\n",
    ),
    Check(
        "PI02",
        "unhashed-pii",
        _E,
        "personal data flows to a place that must not hold it",
        why="Personal data leaves only as a digest, in a field that the payload schema marks with "
        "`x-personal`. It belongs in no other field, no message and no URL.",
        fix="Hash it into a field that is meant for it, or leave it out.",
        wrong="define:\n  who: [name, person.id]\nfields:\n  x: $who |> first_word\n",
        right="pipelines:\n  email_form: {normalises: email, steps: text |> trim |> lower}\n"
        "fields:\n  em: email |> email_form |> hashed\n",
    ),
    Check(
        "PI03",
        "double-hash",
        _E,
        "a hash of a hash",
        why="The receiver hashes once; a digest of a digest matches nothing.",
        fix="Drop one `hashed`. `--fix` does.",
        wrong="pipelines:\n  email_form: {normalises: email, steps: text |> trim |> lower}\n"
        "fields:\n  em: email |> email_form |> hashed |> hashed\n",
        right="pipelines:\n  email_form: {normalises: email, steps: text |> trim |> lower}\n"
        "fields:\n  em: email |> email_form |> hashed\n",
    ),
    Check(
        "PI04",
        "transform-after-hash",
        _E,
        "a digest is changed",
        why="A digest that is cut or written in capitals matches nothing.",
        fix="Move the transform before `hashed`, or drop it.",
        wrong="pipelines:\n  email_form: {normalises: email, steps: text |> trim |> lower}\n"
        "fields:\n  em: email |> email_form |> hashed |> truncate(32)\n",
        right="pipelines:\n  email_form: {normalises: email, steps: text |> trim |> lower}\n"
        "fields:\n  em: email |> email_form |> hashed\n",
    ),
    Check(
        "PI06",
        "secret-leak",
        _E,
        "a secret setting flows to a place that must not hold it",
        why="URLs, messages and payloads are logged; secrets are not to be.",
        fix="Send the secret in a header or in the body of the request.",
        wrong='request:\n  url: "{$api.base}/e?key={$settings.token}"\n'
        "  json: {payload: $payload}\nfields:\n  x: p.a\n",
        right='request:\n  url: "{$api.base}/e"\n  headers: {Authorization: $settings.token}\n'
        "  json: {payload: $payload}\nfields:\n  x: p.a\n",
    ),
    Check(
        "PI07",
        "values-mismatch",
        _W,
        "the `values` of a pipeline are not what its steps yield",
        why="A value that is a digest already is taken for one of `values`. One that is missing "
        "there is refused, and one too many is taken for nothing.",
        fix="Make `values` those that the steps yield.",
        ignore="Where digests of other systems are to be taken, too.",
        wrong="tables:\n  genders: {f: f, female: f, m: m}\npipelines:\n"
        "  gender: {normalises: gender, values: [m], steps: lower |> lookup($tables.genders)}\n"
        "fields:\n  x: type |> gender |> hashed\n",
        right="tables:\n  genders: {f: f, female: f, m: m}\npipelines:\n"
        "  gender: {normalises: gender, values: [f, m], steps: lower |> lookup($tables.genders)}\n"
        "fields:\n  x: type |> gender |> hashed\n",
    ),
)
