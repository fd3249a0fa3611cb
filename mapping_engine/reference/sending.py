"""How requests combine, and what answers mean, as lines of a page."""

from __future__ import annotations

from collections.abc import Iterator

from mapping_engine.core.model import Model
from mapping_engine.core.sending import WHOLE_BODY, AnswerRule, Dropping
from mapping_engine.core.spell import spell
from mapping_engine.reference.rows import code


def batch_lines(model: Model) -> list[str]:
    """What goes into one request."""
    rule = model.batch
    if rule is None:
        return []
    into = ".".join(rule.joining.into) or WHOLE_BODY
    limits = [] if rule.at_most is None else [f"at most {rule.at_most:,} items"]
    limits += [] if rule.bytes is None else [f"at most {rule.bytes:,} bytes"]
    what = "Requests that are equal but for"
    what += " their bodies" if rule.joining.beside is not None else f" the list `{into}`"
    found = f"{what} are combined into one with {' and '.join(limits)} in `{into}`."
    if rule.joining.beside:
        found += f" Beside the list stand {', '.join(f'`{key}`' for key in rule.joining.beside)}."
    if rule.joining.added:
        added = ", ".join(f"`{key}: {value}`" for key, value in rule.joining.added.items())
        found += f" Each item has {added} besides."
    if rule.url is not None:
        found += f" What is combined goes to {code(rule.url)}."
    if rule.by:
        found += f" Equal are also {', '.join(map(code, rule.by))}."
    if rule.alone is not None:
        found += f" A request with {code(rule.alone)} goes alone."
    return [found]


def answer_lines(model: Model) -> list[str]:
    """What each row says of an answer; none where the status alone decides."""
    if not model.answers:
        return []
    lines = (f"- {code(rule.when)}: {_what(rule)}." for rule in model.answers)
    return ["## Answers", "The first row that applies counts.", "\n".join(lines)]


def _what(rule: AnswerRule) -> str:
    said = "" if rule.message is None else f', "{spell(rule.message)}"'
    because = "" if rule.because is None else f", because {code(rule.because)}"
    match rule.action:
        case "delivered":
            return "delivered"
        case "retry" if rule.wait is not None:
            return f"sent again after {code(rule.wait)}, in at most {rule.longest} seconds"
        case "drop" if rule.dropping is not None:
            return "".join(_dropped(rule.dropping)) + because
        case "split":
            return f"sent again in halves, and one event alone is refused{said}{because}"
        case "stop":
            return f"nothing more can be sent (`{rule.word}`){because}"
        case _:
            return f"refused{said}{because}"


def _dropped(drop: Dropping) -> Iterator[str]:
    yield "the items "
    if drop.at_position is not None:
        yield f"at {code(drop.at_position)} "
    if drop.each is not None:
        yield f"for each of {code(drop.each)} "
    if drop.when is not None:
        yield f"with {code(drop.when)} "
    yield "are refused"
    if drop.others is not None:
        yield f", the others are {'sent again' if drop.others == 'again' else 'delivered'}"
    if drop.because is not None:
        yield f", because {code(drop.because)}"
