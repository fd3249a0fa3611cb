"""The request around a payload as generated code."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from mapping_engine.core.walk import walk
from mapping_engine.engine.codegen.found import TEXT, Found
from mapping_engine.engine.codegen.judging import GeneratedJudging
from mapping_engine.engine.codegen.nodes import (
    NONE,
    Operand,
    among,
    both,
    call,
    joined,
    listing,
    mapping,
    method,
    missing,
    negated,
    of_class,
    present,
)
from mapping_engine.engine.form import encodings
from mapping_engine.engine.inspect import is_sound
from mapping_engine.engine.lower import ExpressionLowering, Names, as_text
from mapping_engine.engine.request import CONTENT_TYPES, Request
from mapping_engine.engine.requests import Build, encoded, header, incomplete, sendable, unsendable
from mapping_engine.engine.run import Evaluate, Run, fresh
from mapping_engine.errors import PayloadError
from mapping_engine.expression import Expression, Literal, Reference
from mapping_engine.file.documents import RequestBlock
from mapping_engine.file.shapes import BodyTree
from mapping_engine.selectors import lower as read_selector


class GeneratedLowering(GeneratedJudging):
    """Lowers a model to generated functions."""

    def request(self, block: RequestBlock, names: Names) -> Build:
        """What builds the request of one payload, as one function."""
        tree = block.form if block.form is not None else block.json
        url = self._url_parts(block)
        if not isinstance(tree, Mapping) or url is None:
            return super().request(block, names)
        return self.built(partial(self._put_request, block, tree, url, names))

    def _put_request(
        self,
        block: RequestBlock,
        tree: Mapping[str, BodyTree],
        url_parts: list[str | Expression],
        names: Names,
    ) -> None:
        format = "form" if block.form is not None else "json"
        body = self._tree(tree, names)
        headers = self.code.let(mapping())
        content_type = self.code.held(CONTENT_TYPES[format])
        self.code.put_key(headers, self.code.held("Content-Type"), content_type)
        for each in block.headers or ():
            if each.value is not None:
                keep = partial(self._keep_header, block, each.name, headers)
                self.put(each.value, names, keep)
        method = self.code.held(block.method or "POST")
        url = self._url(block, url_parts, names)
        parts: list[Operand] = [method, url, body, headers, self.code.held(format)]
        made = self.code.let(call(self.constant(Request), *parts))
        if format == "form":
            self.code.put_attribute(made, "_known", self._encodings(tree, names))
        self.code.give(made)

    def _encodings(self, tree: Mapping[str, BodyTree], names: Names) -> ast.expr:
        """The names of a form, and the texts that are the same in all, with their encodings."""
        settled = [
            ExpressionLowering.lower(self, part, names)
            for part in tree.values()
            if isinstance(part, Expression) and self.is_settled_by(part, names)
        ]

        nodes = [
            node for part in tree.values() if isinstance(part, Expression) for node in walk(part)
        ]
        written = [node.value for node in nodes if isinstance(node, Literal)]

        def made(run: Run) -> dict[str, bytes]:
            values = [*tree, *written, *(evaluate(run) for evaluate in settled)]
            return encodings(each for each in values if type(each) is str)

        return self.fixed_value(made)

    def _keep_header(self, block: RequestBlock, name: str, headers: str, found: Found) -> None:
        text = self._text(found)
        with self.code.when(present(text)):
            checked = call(self.constant(header), self.constant(name), text, self.constant(block))
            self.code.put_key(headers, self.constant(name), checked)

    def _text(self, found: Found) -> str:
        """The name of a value as text; None for an object."""
        if found.classes == TEXT:
            return found.name
        text = self.code.let(found.name)
        with self.code.when(negated(of_class(text, self.constant(str)))):
            self.code.assign(text, call(self.constant(as_text), text))
        return text

    # Bodies

    def _tree(self, tree: BodyTree, names: Names) -> str:
        """The name of an object or a list of a body."""
        if isinstance(tree, Mapping):
            made = self.code.let(mapping())
            for key, part in tree.items():
                name = self.code.held(key)
                self._put_part(part, names, partial(self.code.put_key, made, name))
            return made
        assert isinstance(tree, tuple)
        if all(_is_payload(part) for part in tree):
            return self.code.let(listing(*(self._payload() for _ in tree)))
        made = self.code.let(listing())
        for part in tree:
            self._put_part(part, names, partial(self._append, made))
        return made

    def _append(self, made: str, value: Operand) -> None:
        self.code.do(method(made, "append", value))

    def _put_part(self, part: BodyTree, names: Names, keep: Callable[[Operand], None]) -> None:
        if isinstance(part, Mapping | tuple):
            keep(self._tree(part, names))
        elif _is_payload(part):
            keep(self._payload())
        else:
            assert part is not None
            if self.is_fixed(part, names):
                self._put_settled(part, names, keep)
                return
            known = isinstance(part, Literal) and is_sound((part.value,))
            check = partial(self._put_sendable, keep, known)
            self.put(part, names, lambda found: self.put_fresh(found, check))

    def _put_settled(self, part: Expression, names: Names, keep: Callable[[Operand], None]) -> None:
        """Keep what the settings decide; whether it can be sent, they decide as well."""
        evaluate = ExpressionLowering.lower(self, part, names)
        name = self.code.let(self.fixed_value(partial(_settled, evaluate)))
        with self.code.when(present(name)):
            with self.code.when(among(name, self.code.held(_APART))):
                self.code.assign(name, call(self.constant(_sent), name))
            keep(name)

    def _payload(self) -> str:
        return self.code.state("payload")

    def _put_sendable(self, keep: Callable[[Operand], None], known: bool, found: Found) -> None:
        """Keep a part that can be sent, as settings, constants and sound texts can."""
        surely = known or (found.sound and found.classes == TEXT)
        keep(found.name if surely else call(self.constant(sendable), found.name))

    # URLs

    def _url_parts(self, block: RequestBlock) -> list[str | Expression] | None:
        """The texts of a URL and what is filled in; None for a URL that may be blank."""
        parts: list[str | Expression] = [""]
        for part in block.url.parts if block.url is not None else ():
            text = part if isinstance(part, str) else self._constant_text(part)
            if text is None:
                assert not isinstance(part, str)
                parts += [part, ""]
            else:
                parts[-1] = f"{parts[-1]}{text}"
        texts = [part for part in parts if isinstance(part, str)]
        return parts if any(text.strip() for text in texts) else None

    def _constant_text(self, node: Expression) -> str | None:
        """The text of a constant of the rule file."""
        if not (isinstance(node, Reference) and node.name == "api" and node.tail is not None):
            return None
        return as_text(read_selector(node.tail)(self.model.api))

    def _url(self, block: RequestBlock, parts: list[str | Expression], names: Names) -> str:
        made: list[str] = []
        for part in parts:
            if isinstance(part, str):
                made += [self.constant(part)] if part else []
            else:
                made.append(self._filled_in(block, part, names))
        return self.code.let(joined(*made))

    def _filled_in(self, block: RequestBlock, node: Expression, names: Names) -> str:
        """The name of a part of a URL, encoded; letters and digits stay as they are."""
        text = self.code.let(NONE)
        self.put(node, names, lambda found: self.code.assign(text, self._text(found)))
        with self.code.when(missing(text)):
            self.code.do(call(self.constant(_raising(block))))
        plain = both(method(text, "isalnum"), method(text, "isascii"))
        assert plain is not None
        with self.code.when(negated(plain)):
            encode = call(self.constant(encoded), self.constant(node), text)
            self.code.assign(text, encode)
        return text


class _Unsendable:
    """Stands for a value that cannot be sent."""


_APART = frozenset((_Unsendable, dict, list))
_UNSENDABLE = _Unsendable()


def _settled(evaluate: Evaluate, run: Run) -> Any:
    """What the settings make of a part of a body, if it can be sent."""
    value = fresh(evaluate(run))
    try:
        return sendable(value)
    except PayloadError:
        return _UNSENDABLE


def _sent(value: Any) -> Any:
    """A settled part of a body for one request; raises PayloadError for what cannot be sent."""
    if value is _UNSENDABLE:
        raise unsendable()
    return fresh(value)


def _is_payload(part: BodyTree) -> bool:
    return isinstance(part, Reference) and part.name == "payload" and part.tail is None


def _raising(block: RequestBlock) -> Callable[[], None]:
    def refuse() -> None:
        raise incomplete(block)

    return refuse
