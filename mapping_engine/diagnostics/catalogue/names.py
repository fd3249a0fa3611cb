"""Checks of names, lists and settings."""

from __future__ import annotations

from mapping_engine.diagnostics.check import Check, Severity

CHECKS = (
    Check(
        "PR01 undefined-reference: a name is not defined",
        Severity.ERROR,
        why="There is nothing that the name could stand for.",
        fix="Write the name that is meant, define it, or add the fragment to `use`.",
        wrong="define:\n  order: p.a\nfields:\n  x: $ordr\n  y2: $order\n",
        right="define:\n  order: p.a\nfields:\n  x: $order\n  y2: $order\n",
    ),
    Check(
        "PR02 shadowed-definition: a definition hides another of the same name",
        Severity.ERROR,
        why="Two things of one name are read as one, and one of them is lost.",
        fix="Rename one, or replace the definition of a fragment under `override`.",
        wrong="use: [./fragment.yaml]\ndefine:\n  something: p.a\nfields:\n  x: $something\n",
        right="use: [./fragment.yaml]\noverride:\n  something: p.a\nfields:\n  x: $something\n",
    ),
    Check(
        "PR04 include-cycle: files or definitions that include themselves",
        Severity.ERROR,
        why="Their value would be made out of itself.",
        fix="Take one step out of the circle.",
        wrong="define:\n  one: $two\n  two: $one\nfields:\n  x: $one\n",
        right="define:\n  one: $two\n  two: p.a\nfields:\n  x: $one\n",
    ),
    Check(
        "PR08 too-many-steps: a value takes too many steps to make",
        Severity.ERROR,
        why="Each definition that uses others several times, which do the same, doubles the work: "
        "twenty of them in a row make a million steps of every event.",
        fix="Use each of them once, or write some of them where they are used.",
        wrong="define:\n"
        + "".join(f'  d{n}: "[{", ".join([f"$d{n - 1}"] * 8)}]"\n' for n in range(6, 0, -1))
        + "  d0: p.a\nfields:\n  x: $d6 |> count\n",
        right='define:\n  d1: "[$d0, $d0]"\n  d0: p.a\nfields:\n  x: $d1 |> count\n',
    ),
    Check(
        "FO01 fan-out-over-scalar: a list is needed here, and this is never one",
        Severity.ERROR,
        why="There is nothing to take one by one.",
        fix="Name the list, or wrap a single value with `|> list`.",
        wrong="fields:\n  x: {each: type, value: $item}\n",
        right="fields:\n  x: {each: tags, value: $item}\n",
    ),
    Check(
        "FO02 item-scope: a name is used outside the scope that defines it",
        Severity.ERROR,
        why="`$item` has a value only under `each`, a fan-out variable only where the requests are "
        "made, and `$payload` only when the payload is finished.",
        fix="Move the expression to where the name has a value, or use another one.",
        wrong="fields:\n  x: $item.a\n",
        right="fields:\n  x: {each: p.items, value: $item.a}\n",
    ),
    Check(
        "FO03 undefined-config: a setting or API constant is not declared",
        Severity.ERROR,
        why="A misspelled setting never has a value, and nothing says so.",
        fix="Write the name that is meant, or declare it in the settings schema or under `api`.",
        wrong="fields:\n  x: {when: $settings.flagg, value: p.a}\n  y2: $settings.flag\n",
        right="fields:\n  x: {when: $settings.flag, value: p.a}\n",
    ),
)
