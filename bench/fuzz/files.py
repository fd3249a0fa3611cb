"""Random mistakes in the files of packs: every one is a diagnostic, and nothing else."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import FrameType

from mapping_engine import MappingError, load
from mapping_engine.checks import Options, check_all

LONGEST = 5.0
"""Seconds that the check of one pack may take of a processor; other programs do not count."""
KINDS = ("*.yaml", "*.json")
_WORD = re.compile(r"[A-Za-z_$][\w.$]*|\S")
_ODD = [
    "", "{", "}", "[", "]", ":", "- ", "'", '"', "|>", "??", "$", "\t", "\x00", "é", "\ud7ff", "{}",
    "null", "true", "1e999", "9" * 40, "&a", "*a", "!!python/object:os.system", "<<: *a", "---",
    "$ref", "(", ")", "((((((((", "\\", "# rules-check: ignore", "a" * 500, "\u2028", "%", "@",
    "$value", "$item", "$payload", "event", "and or not", "is missing", "..", "[?", "`",
    "jmespath(",
]  # fmt: skip


class TooLong(Exception):
    """A check took longer than it may."""


def texts(folder: Path) -> list[Path]:
    """The files of a folder of rules that a person writes."""
    return sorted(path for kind in KINDS for path in folder.rglob(kind))


def mistaken(text: str, others: list[str], random: Random) -> str:
    """The text after one to three edits."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        text = random.choice(_EDITS)(text, others, random)
    return text


def _swap_lines(text: str, others: list[str], random: Random) -> str:
    lines = text.split("\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines)


def _drop_line(text: str, others: list[str], random: Random) -> str:
    lines = text.split("\n")
    del lines[random.randrange(len(lines))]
    return "\n".join(lines)


def _other_line(text: str, others: list[str], random: Random) -> str:
    lines = text.split("\n")
    other = random.choice(random.choice(others).split("\n"))
    lines.insert(random.randrange(len(lines) + 1), other)
    return "\n".join(lines)


def _indent(text: str, others: list[str], random: Random) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    lines[at] = random.choice(("  ", " ", "\t", "- ")) + lines[at]
    return "\n".join(lines)


def _word(text: str, others: list[str], random: Random) -> str:
    found = list(_WORD.finditer(text))
    if not found:
        return text
    at = random.choice(found)
    words = _WORD.findall(random.choice(others)) or [""]
    new = random.choice((random.choice(words), random.choice(_ODD), at[0][:-1], at[0] * 2))
    return text[: at.start()] + new + text[at.end() :]


def _cut(text: str, others: list[str], random: Random) -> str:
    return text[: random.randrange(len(text) + 1)]


def _insert(text: str, others: list[str], random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(_ODD) + text[at:]


_EDITS = (_swap_lines, _drop_line, _other_line, _indent, _word, _word, _word, _cut, _insert)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TooLong where what stands inside takes longer."""

    def stop(_: int, __: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def problems(pack: Path, *, twice: bool) -> Iterator[str]:
    """What is wrong with the check of a pack: it raises, hangs, or says something else again."""
    try:
        with limited(LONGEST):
            first = _said(pack)
        if twice and _said(pack) != first:
            yield "the second check says something else"
        with limited(LONGEST):
            load(pack)
    except TooLong:
        yield f"no answer after {LONGEST:g} s"
    except MappingError:
        pass
    except Exception as error:  # whatever it is, it is what is searched for
        yield f"{type(error).__name__}: {error}"[:300]


def _said(pack: Path) -> list[str]:
    return [str(each) for each in check_all([str(pack)], Options()).diagnostics]
