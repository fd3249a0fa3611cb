"""Rule tests of batches and answers: what is expected against what was made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mapping_engine.engine.answer import Answer
from mapping_engine.engine.batch import Batch
from mapping_engine.engine.mapping import Destination
from mapping_engine.testing.cases import Case
from mapping_engine.testing.compare import compare
from mapping_engine.testing.file import AnswerExpectBlock


def sending_differences(destination: Destination, case: Case) -> Iterator[str]:
    """What a case expects of batches and of the answer to the first of them."""
    expect = case.expect
    if expect.batches is None and expect.unsent is None and case.answer is None:
        return
    made = list(destination.batches(case.events))
    found = [each for each in made if isinstance(each, Batch)]
    if expect.batches is not None:
        yield from _batches("batches", expect.batches.value, found)
    if expect.combined is not None:
        bodies = [each.request.body for each in found]
        yield from compare("combined", expect.combined.value, bodies, exact=bool(expect.exact))
    if expect.unsent is not None:
        unsent = [each.event for each in made if not isinstance(each, Batch)]
        yield from compare("unsent", expect.unsent.value, unsent)
    if case.answer is not None and expect.answer is not None:
        if not found:
            yield "expected an answer to a batch, but there is none"
            return
        given: Any = {"headers": {}, "body": "", **case.answer}
        answer = destination.answer(found[0], given["status"], given["headers"], given["body"])
        yield from _answer(expect.answer, answer)


def _batches(path: str, wanted: Any, found: Sequence[Batch]) -> Iterator[str]:
    """Batches by the numbers of their events, or by how many there are."""
    events = [[part.event for part in each.parts] for each in found]
    if not isinstance(wanted, list) or len(wanted) != len(events):
        yield f"{path}: expected {wanted}, got {[len(each) for each in events]} events"
        return
    for number, (each, got) in enumerate(zip(wanted, events, strict=True)):
        shown = got if isinstance(each, list) else len(got)
        if each != shown:
            yield f"{path}[{number}]: expected {each}, got {shown}"


def _answer(wanted: AnswerExpectBlock, found: Answer) -> Iterator[str]:
    said = found.to_dict()
    for name in ("action", "stop"):
        block = getattr(wanted, name)
        if block is not None and getattr(block, "text", block) != said[name]:
            yield f"answer.{name}: expected {getattr(block, 'text', block)}, got {said[name]}"
    if wanted.after is not None:
        yield from compare("answer.after", wanted.after.value, said["after"])
    if wanted.delivered is not None:
        yield from compare("answer.delivered", wanted.delivered.value, said["delivered"])
    if wanted.again is not None:
        yield from _batches("answer.again", wanted.again.value, found.again)
    if wanted.dropped is not None:
        yield from _dropped(wanted.dropped.value, found)
    if wanted.message is not None and wanted.message.text not in (found.message or ""):
        yield f"answer.message: expected `{wanted.message.text}`, got `{found.message}`"


def _dropped(wanted: Any, found: Answer) -> Iterator[str]:
    reasons = {str(each.event): each.reason for each in found.dropped}
    asked = dict.fromkeys(map(str, wanted), "") if isinstance(wanted, list) else wanted
    if set(asked) != set(reasons):
        yield f"answer.dropped: expected {sorted(asked)}, got {sorted(reasons)}"
        return
    for event, part in asked.items():
        if str(part) not in reasons[event]:
            yield f"answer.dropped.{event}: expected `{part}`, got `{reasons[event]}`"
