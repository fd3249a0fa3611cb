"""Form bodies are what the standard library makes of the same fields."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from mapping_engine.engine.form import form_encoded

VALUES = st.recursive(
    st.text() | st.integers(-(2**53), 2**53) | st.booleans(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
@example({"a b": "100 % + more & =", "c": [{"d": "é ~ \n"}]})
@example({"many": "".join(map(chr, range(32, 400)))})
def test_a_form_is_what_urlencode_makes(body: dict[str, Any]) -> None:
    texts = {k: v if isinstance(v, str) else orjson.dumps(v) for k, v in body.items()}
    assert form_encoded(body) == urlencode(texts).encode()


@given(st.dictionaries(st.text(min_size=1), st.text(min_size=1), max_size=4))
def test_a_form_is_read_back_as_it_was(body: dict[str, str]) -> None:
    assert dict(parse_qsl(form_encoded(body).decode())) == body
