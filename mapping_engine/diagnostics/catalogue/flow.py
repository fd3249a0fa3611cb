"""Checks of where personal data and secrets go, and of what the payload schema accepts."""

from __future__ import annotations

from mapping_engine.diagnostics.check import Check, Severity

CHECKS = (
    Check(
        "PI01 hash-without-normalise: a value is hashed before it is normalised",
        Severity.ERROR,
        why="Receivers compare digests. `Ann@X.test` and `ann@x.test` are one address and have two "
        "digests, so nothing matches and nothing says why.",
        fix="Pipe the value through a pipeline that `normalises` its kind of personal data, then "
        "through `hashed`.",
        wrong="fields:\n  em: email |> hashed\n",
        right="pipelines:\n  email_form: {normalises: email, steps: text |> trim |> lower}\n"
        "fields:\n  em: email |> email_form |> hashed\n",
    ),
    Check(
        "PI02 unhashed-pii: personal data flows to a place that must not hold it",
        Severity.ERROR,
        why="Personal data leaves only as a digest, in a field that the payload schema marks with "
        "`x-personal`. It belongs in no other field, no message and no URL.",
        fix="Hash it into a field that is meant for it, or leave it out.",
        wrong="define:\n  who: [name, person.id]\nfields:\n  x: $who |> first_word\n",
        right="pipelines:\n  email_form: {normalises: email, steps: text |> trim |> lower}\n"
        "fields:\n  em: email |> email_form |> hashed\n",
    ),
    Check(
        "PI03 double-hash: a hash of a hash",
        Severity.ERROR,
        why="The receiver hashes once; a digest of a digest matches nothing.",
        fix="Drop one `hashed`. `--fix` does.",
        wrong="pipelines:\n  email_form: {normalises: email, steps: text |> trim |> lower}\n"
        "fields:\n  em: email |> email_form |> hashed |> hashed\n",
        right="pipelines:\n  email_form: {normalises: email, steps: text |> trim |> lower}\n"
        "fields:\n  em: email |> email_form |> hashed\n",
    ),
    Check(
        "PI04 transform-after-hash: a digest is changed",
        Severity.ERROR,
        why="A digest that is cut or written in capitals matches nothing.",
        fix="Move the transform before `hashed`, or drop it.",
        wrong="pipelines:\n  email_form: {normalises: email, steps: text |> trim |> lower}\n"
        "fields:\n  em: email |> email_form |> hashed |> truncate(32)\n",
        right="pipelines:\n  email_form: {normalises: email, steps: text |> trim |> lower}\n"
        "fields:\n  em: email |> email_form |> hashed\n",
    ),
    Check(
        "PI09 unmarked-personal: personal data is declared as something else, or of no known kind",
        Severity.WARNING,
        why="Only what the vocabulary declares as personal data has to be hashed, and only kinds "
        "that it names can be normalised, marked or left out.",
        fix="Declare the path as `personal <kind>`, or write the kind that the vocabulary names.",
        ignore="Where the key of an object is called like personal data and holds none.",
        wrong="pipelines:\n  mail: {normalises: emial, steps: text |> trim |> lower}\nfields:\n"
        "  x: p.a |> mail\n",
        right="pipelines:\n  mail: {normalises: email, steps: text |> trim |> lower}\nfields:\n"
        "  em: email |> mail |> hashed\n",
    ),
    Check(
        "PI06 secret-leak: a secret flows to a place that must not hold it",
        Severity.ERROR,
        why="URLs, messages and payloads are logged; secrets are not to be.",
        fix="Send the secret in a header or in the body of the request. For a receiver that takes "
        "it in the URL alone, declare it under `secrets` with `in_url: allowed`.",
        wrong='request:\n  url: "{$api.base}/e?key={$settings.token}"\n'
        "  json: {payload: $payload}\nfields:\n  x: p.a\n",
        right='request:\n  url: "{$api.base}/e"\n  headers: {Authorization: $settings.token}\n'
        "  json: {payload: $payload}\nfields:\n  x: p.a\n",
    ),
    Check(
        "PI10 open-secret: a secret is read where nothing says that it is one",
        Severity.ERROR,
        why="Other rules may read the same place, and would copy, show or send what they find.",
        fix="Declare the path as `secret text` in the vocabulary, or mark the setting with "
        "`x-secret`.",
        wrong='secrets:\n  key: {from: p.a}\nrequest:\n  url: "{$api.base}/e"\n'
        "  headers: {Authorization: $secrets.key}\n  json: {payload: $payload}\n"
        "fields:\n  x: type\n",
        right='secrets:\n  key: {from: $settings.token}\nrequest:\n  url: "{$api.base}/e"\n'
        "  headers: {Authorization: $secrets.key}\n  json: {payload: $payload}\n"
        "fields:\n  x: type\n",
    ),
    Check(
        "PI11 needless-clear: personal data may be in clear where none is",
        Severity.WARNING,
        why="What may be sent in clear is what a reviewer looks at; a place too many hides the "
        "others, and lets a later rule send what nobody decided.",
        fix="Remove the entry, or correct its path.",
        wrong="personal:\n  clear: [{fields: word, because: it says so}]\nfields:\n  word: type\n",
        right="personal:\n  clear: [{fields: word, because: it says so}]\nfields:\n  word: email\n",
    ),
    Check(
        "OU01 output-not-in-schema: the payload schema does not allow this field",
        Severity.ERROR,
        why="Every payload would be refused.",
        fix="Write the field that is meant, or add it to the payload schema.",
        wrong="fields:\n  wrod: {constant: a}\n",
        right="fields:\n  word: {constant: a}\n",
    ),
    Check(
        "OU02 output-type-mismatch: the payload schema does not accept this value",
        Severity.ERROR,
        why="Payloads with such a value are refused. It is a warning where the value only may not "
        "be accepted.",
        fix="Convert the value, or correct the constant, the table or the schema.",
        ignore="A warning, where the event is known to hold nothing else.",
        wrong="fields:\n  texts: type\n"
        "  word: {value: \"p.a |> one_of(['a', 'b'])\", default: c}\n",
        right="fields:\n  texts: type |> list\n"
        "  word: {value: \"p.a |> one_of(['a', 'b'])\", default: a}\n",
    ),
    Check(
        "OU08 unencrypted: requests would be sent without encryption",
        Severity.ERROR,
        why="Whoever stands between reads them, with what they tell of persons, and their secrets.",
        fix="Write `https://`. Only this machine itself (`localhost`, `127.0.0.1`, `[::1]`) may be "
        "called without.",
        wrong="base: http://api.acme.test\nrequest: {method: POST, path: [e], json: $payload}\n"
        "fields:\n  x: p.a\n",
        right="base: https://api.acme.test\nrequest: {method: POST, path: [e], json: $payload}\n"
        "fields:\n  x: p.a\n",
    ),
    Check(
        "OU05 required-output-unmapped: the payload schema requires a field that may be absent",
        Severity.ERROR,
        why="Without it the payload is refused, at the last moment and without naming a source.",
        fix="Give the field a `default`, or write `required: true`, so that such an event is "
        "refused with a message that names every source.",
        wrong="fields:\n  strict:\n    fields:\n      k: {first_of: [p.a, type]}\n"
        "      j: {constant: 1}\n",
        right="fields:\n  strict:\n    fields:\n"
        "      k: {first_of: [p.a, type], required: true}\n      j: {constant: 1}\n",
    ),
)
