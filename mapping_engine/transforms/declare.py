"""How a transform is declared: the loader, the checks and the documentation read only this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from inspect import cleandoc
from typing import Any, TypeAlias

from mapping_engine.types.kinds import Kinds

Json: TypeAlias = object
"""A JSON value: str, int, float, bool, None, list or dict with str keys."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """What a transform answers when it cannot convert its input.

    The value then counts as missing, and the reason is kept for warnings and explanations: it is
    a fixed text and never holds the value ("is not a number").
    """

    reason: str


class Flow(StrEnum):
    """What a transform does to the tags (personal, normalised, hashed) of its input."""

    KEEP = "keep"
    """The value is the same in another box: all tags stay."""
    DERIVE = "derive"
    """A changed value: still personal, but no longer in normal form or a digest."""
    HASH = "hash"
    """A digest: no longer personal."""
    CLEAR = "clear"
    """A fact about the value (a count) that is not personal any more."""


class Boxing(StrEnum):
    """What a transform does with lists: where the type of the items goes."""

    WRAP = "wrap"
    """A list of the value; a list stays as it is."""
    UNWRAP = "unwrap"
    """One item of the list."""
    SAME = "same"
    """A list of the same items."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument after the piped value.

    A ``constant`` argument must be known when the rules are loaded (a literal, or a table).
    A ``required`` one that is missing at run time makes the result missing; one that is not
    required arrives as the ``default``. Blank text is missing, unless ``blank`` says it is a value
    here (a separator). ``problem`` says what is wrong with a constant argument, or None.
    """

    name: str
    kinds: Kinds
    required: bool = True
    default: Json = None
    constant: bool = False
    doc: str = ""
    blank: bool = False
    problem: Callable[[Json], str | None] | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A call and its result, run as a test; ``result`` may be a :class:`Rejected` or None."""

    value: Json
    result: Json
    arguments: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Transform:
    """A named conversion of one value, written ``value |> name(arguments)``.

    ``function(value, *arguments)`` converts; where arguments can be made ready once (a pattern, a
    folded table), ``prepare(*arguments)`` answers a function of the value that does the same.
    A ``total`` one never loses a value of the accepted kinds. ``yields`` answers every value the
    result can have for these arguments (an argument that is not known is None), and ``whole``
    whether a number it yields has no fraction. One that ``finds`` looks for something, and may
    quietly find nothing in a value that is as it should be. ``items`` says what the items of a
    list it takes or makes are, ``fields`` are the keys of the object it makes.

    What makes it fast, and must be true: of a text that is not blank, it makes what the ``method``
    of texts makes; it passes on ``unchanged`` the texts of which one of those methods says yes,
    or the values of those classes, if JSON text can hold them; one that ``wraps`` puts what is no
    list into a list; a ``solid`` one makes no blank text of one that is not.
    ``indexed(value, *arguments but the first)`` answers a function of the first argument that does
    the same. Of values of the first class of ``simply``, it makes what the function beside makes,
    if they have no more than 64 bits. ``table(*arguments)`` answers a dict and what stands for a
    missing key, if that is all it makes of texts. A ``costly`` one is worth trying beforehand on
    values that are likely.
    """

    name: str
    function: Callable[..., Json]
    accepts: Kinds
    returns: Kinds
    doc: str
    parameters: tuple[Parameter, ...] = ()
    flow: Flow = Flow.DERIVE
    examples: tuple[Example, ...] = ()
    honours_hashing_switch: bool = False
    reads_event: bool = False
    locate: Callable[..., tuple[str | int, ...] | None] | None = None
    prepare: Callable[..., Callable[[Json], Json]] | None = None
    total: bool = False
    yields: Callable[..., tuple[Json, ...] | None] | None = None
    whole: Callable[..., bool] | None = None
    items: Boxing | Kinds | None = None
    finds: bool = False
    fields: tuple[str, ...] = ()
    method: str | None = None
    unchanged: tuple[str | type, ...] | None = None
    simply: tuple[type, Callable[[Any], Json]] | None = None
    wraps: bool = False
    costly: bool = False
    table: Callable[..., tuple[dict[str, Json], Json] | None] | None = None
    solid: bool = False
    indexed: Callable[..., Callable[[Json], Json]] | None = None

    def bound(self, *arguments: Json) -> Callable[[Json], Json]:
        """A function of the value alone, for arguments that stay the same."""
        if self.prepare is not None:
            return self.prepare(*arguments)
        if not arguments:
            return self.function
        function = self.function
        return lambda value: function(value, *arguments)

    @property
    def summary(self) -> str:
        """The first sentence of the documentation, without its period."""
        return " ".join(self.doc.split("\n\n")[0].split()).split(". ")[0].removesuffix(".")

    @property
    def signature(self) -> str:
        """``text |> name(argument: kind) -> text``, as the documentation shows it."""
        arguments = ", ".join(_parameter(parameter) for parameter in self.parameters)
        call = f"{self.name}({arguments})" if arguments else self.name
        source = "" if self.reads_event else f"{self.accepts} |> "
        return f"{source}{call} -> {self.returns}"


def always_whole(*_arguments: Json) -> bool:
    """Of a transform whose numbers never have a fraction."""
    return True


def _parameter(parameter: Parameter) -> str:
    optional = "" if parameter.required else "?"
    return f"{parameter.name}{optional}: {parameter.kinds}"


def transform(
    name: str,
    *,
    accepts: Kinds,
    returns: Kinds,
    parameters: tuple[Parameter, ...] = (),
    flow: Flow = Flow.DERIVE,
    examples: tuple[Example, ...] = (),
    honours_hashing_switch: bool = False,
    reads_event: bool = False,
    total: bool = False,
    yields: Callable[..., tuple[Json, ...] | None] | None = None,
    whole: Callable[..., bool] | None = None,
    items: Boxing | Kinds | None = None,
    finds: bool = False,
    fields: tuple[str, ...] = (),
    method: str | None = None,
    unchanged: tuple[str | type, ...] | None = None,
    simply: tuple[type, Callable[[Any], Json]] | None = None,
    wraps: bool = False,
    costly: bool = False,
    table: Callable[..., tuple[dict[str, Json], Json] | None] | None = None,
    solid: bool = False,
    indexed: Callable[..., Callable[[Json], Json]] | None = None,
) -> Callable[[Callable[..., Json]], Transform]:
    """Declare a function of ``(value, *arguments)`` as the transform of this name."""

    def declare(function: Callable[..., Json]) -> Transform:
        return Transform(
            name=name,
            function=function,
            accepts=accepts,
            returns=returns,
            doc=cleandoc(function.__doc__ or ""),
            parameters=parameters,
            flow=flow,
            examples=examples,
            honours_hashing_switch=honours_hashing_switch,
            reads_event=reads_event,
            total=total,
            yields=yields,
            whole=whole,
            items=items,
            finds=finds,
            fields=fields,
            method=method,
            unchanged=unchanged,
            simply=simply,
            wraps=wraps,
            costly=costly,
            table=table,
            solid=solid,
            indexed=indexed,
        )

    return declare


def prepared_transform(
    name: str,
    *,
    accepts: Kinds,
    returns: Kinds,
    parameters: tuple[Parameter, ...],
    flow: Flow = Flow.DERIVE,
    examples: tuple[Example, ...] = (),
    reads_event: bool = False,
    locate: Callable[..., tuple[str | int, ...] | None] | None = None,
    yields: Callable[..., tuple[Json, ...] | None] | None = None,
    finds: bool = False,
    fields: tuple[str, ...] = (),
    solid: bool = False,
) -> Callable[[Callable[..., Callable[[Json], Json]]], Transform]:
    """Declare a function of the arguments, which answers a function of the value."""

    def declare(prepare: Callable[..., Callable[[Json], Json]]) -> Transform:
        return Transform(
            name=name,
            function=lambda value, *arguments: prepare(*arguments)(value),
            accepts=accepts,
            returns=returns,
            doc=cleandoc(prepare.__doc__ or ""),
            parameters=parameters,
            flow=flow,
            examples=examples,
            reads_event=reads_event,
            locate=locate,
            prepare=prepare,
            yields=yields,
            finds=finds,
            fields=fields,
            solid=solid,
        )

    return declare
