"""Names as other systems write them: `Order Completed`, `order_completed`, `orderCompleted`."""

from __future__ import annotations

from mapping_engine.transforms.declare import Example, Json, transform


@transform(
    examples=(
        Example("WatchVideo", "watch_video"),
        Example(" Order  Completed!", "order_completed"),
        Example("userID2Go", "user_id2_go"),
        Example("HTTPServer", "http_server"),
        Example("--", None),
    )
)
def snake_case(value: str) -> Json:
    """The words of the text in lower case, joined by `_`.

    Words end where something is neither a letter nor a digit, before a capital after a small letter
    or a digit, and before the last of several capitals that a small letter follows.
    """
    return "_".join(_words(value)).lower()


@transform(examples=(Example("WatchVideo", "watch-video"), Example("a b", "a-b")))
def kebab_case(value: str) -> Json:
    """The words of the text in lower case, joined by `-`; see `snake_case`."""
    return "-".join(_words(value)).lower()


@transform(examples=(Example("order completed", "orderCompleted"), Example("AB_cd", "abCd")))
def camel_case(value: str) -> Json:
    """The words of the text in one, all but the first with a capital; see `snake_case`."""
    first, *others = _words(value) or [""]
    return first.lower() + "".join(map(str.capitalize, others))


@transform(examples=(Example("order_completed", "OrderCompleted"), Example("aB", "AB")))
def pascal_case(value: str) -> Json:
    """The words of the text in one, each with a capital; see `snake_case`."""
    return "".join(map(str.capitalize, _words(value)))


@transform(
    examples=(Example("order_completed", "Order Completed"), Example("watchVideo", "Watch Video"))
)
def title_case(value: str) -> Json:
    """The words of the text, each with a capital, joined by spaces; see `snake_case`."""
    return " ".join(map(str.capitalize, _words(value)))


def _words(text: str) -> list[str]:
    found: list[str] = []
    start = 0
    for place, letter in enumerate(text):
        if not letter.isalnum():
            found.append(text[start:place])
            start = place + 1
        elif place > start and letter.isupper():
            after = text[place + 1 : place + 2]
            if not text[place - 1].isupper() or after.islower():
                found.append(text[start:place])
                start = place
    found.append(text[start:])
    return [word for word in found if word]
