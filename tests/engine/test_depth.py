"""Rules that are very long, deep or shared are run, or refused with an error: never a crash."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mapping_engine import RuleError, load
from mapping_engine.checks import Options, check_all
from mapping_engine.cli.events import dumps
from tools.check_example import completed, write_pack

TODAY = date(2026, 1, 1)


def chained(count: int, row: str, section: str = "define", first: str = "p.a") -> str:
    """Definitions, each of which uses the one before it as ``@``."""
    rows = "".join(f"  d{n}: {row.replace('@', f'd{n - 1}')}\n" for n in range(1, count))
    used = f"$d{count - 1}" if section == "define" else f"p.a |> d{count - 1}"
    return f"{section}:\n  d0: {first}\n{rows}fields: {{x: {used}}}\n"


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        (chained(10_000, "$@"), "PR08"),
        (chained(1_000, "[$@, p.b]"), "PR08"),
        (f'fields:\n  x: "{"[" * 10_000}p.a{"]" * 10_000}"\n', "SY03"),
        (f"fields:\n  x: {{constant: {'[' * 10_000}1{']' * 10_000}}}\n", "SH03"),
        (chained(21, '"[$@, $@]"'), "PR08"),
        (chained(21, "{fields: {a: $@, b: $@}}"), "PR08"),
        (chained(21, "text |> @", "pipelines", "text"), "PR08"),
        (chained(21, "'@ |> @'", "pipelines", "text"), "PR08"),
    ],
    ids=[
        "names",
        "chains",
        "list",
        "constant",
        "shared lists",
        "shared fields",
        "deep pipelines",
        "pipelines",
    ],
)
def test_what_is_too_deep_is_a_mistake(tmp_path: Path, rules: str, code: str) -> None:
    pack = tmp_path / "pack"
    write_pack(pack, completed(rules))
    with pytest.raises(RuleError) as caught:
        load(pack)
    assert code in [found.code for found in caught.value.diagnostics]
    assert check_all([str(pack)], Options(TODAY)).diagnostics


@pytest.mark.parametrize("event", [{"p": {"a": "q"}}, {}], ids=["found", "missing"])
@pytest.mark.parametrize(
    "rules",
    [
        chained(190, "$@ |> text"),
        chained(21, "[$@, $@]"),
        chained(21, '{value: type, when: "$@ and $@"}'),
        chained(20, "text |> @", "pipelines", "text"),
    ],
    ids=["deep", "shared chains", "shared conditions", "pipelines"],
)
def test_what_is_deep_or_shared_is_run_and_explained(
    tmp_path: Path, rules: str, event: dict[str, object]
) -> None:
    pack = tmp_path / "pack"
    write_pack(pack, completed(rules))
    check_all([str(pack)], Options(TODAY))
    destination = load(pack).bind({})
    given = {"type": "q", **event}
    outcome = destination.outcome(given)
    assert outcome.requests == tuple(destination.apply(given))
    assert destination.interpreted(given).requests == outcome.requests
    explanation = destination.explain(given)
    assert "x = " in explanation.text()
    assert len(dumps(explanation.to_dict())) < 1_000_000
