"""How a transform is declared: the loader, the checks and the documentation read only this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY
from enum import StrEnum
from inspect import cleandoc
from typing import Any, Concatenate, ParamSpec, TypeAlias

from mapping_engine.frozen import Frozen
from mapping_engine.types.kinds import TEXT, Kinds

Json: TypeAlias = object
"""A JSON value: str, int, float, bool, None, list or dict with str keys."""


class Rejected(Frozen):
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
    UNWRAP_ONE = "unwrap one"
    """The only item of the list, or the list."""
    SAME = "same"
    """A list of the same items."""
    FLAT = "flat"
    """A list of the items, and of those of the lists in it."""


class Parameter(Frozen):
    """An argument after the piped value.

    A ``constant`` argument must be known when the rules are loaded (a literal, or a table).
    A ``required`` one has to be written. One that is missing at run time arrives as the
    ``default``; where there is none, a required one makes the result missing. Blank text is
    missing, unless ``blank`` says it is a value here (a separator). ``problem`` says what is wrong
    with a constant argument, or None.
    """

    name: str
    kinds: Kinds
    required: bool = True
    default: Json = None
    constant: bool = False
    doc: str = ""
    blank: bool = False
    problem: Callable[[Json], str | None] | None = None


class Example(Frozen):
    """A call and its result, run as a test; ``result`` may be a :class:`Rejected` or None."""

    value: Json
    result: Json
    arguments: tuple[Json, ...] = ()


class Speed(Frozen):
    """What only makes generated code fast: it changes no result, and a test holds it to be true."""

    unchanged: tuple[type, ...] = ()
    """It passes on the values of these classes, if JSON text can hold them."""
    simply: tuple[type, Callable[[Any], Json]] | None = None
    """Of values of this class, it makes what this function makes, if they have no more than 64
    bits."""
    wraps: bool = False
    """It puts what is no list into a list."""
    costly: bool = False
    """It is worth trying beforehand on values that are likely."""
    solid: bool = False
    """It makes no blank text of one that is not blank."""
    indexed: Callable[..., Callable[[Json], Json]] | None = None
    """A function of the value and the arguments but the first: it answers a function of the first
    argument that does the same."""


class Prepared:
    """A decorator for a function of the arguments that answers a function of the value.

    Where the arguments stay the same, they are made ready once: a pattern, a folded table.
    """

    def __init__(self, prepare: Callable[..., Callable[[Json], Json]]) -> None:
        self.prepare = prepare
        self.__name__, self.__doc__ = prepare.__name__, prepare.__doc__

    def __call__(self, value: Json, *arguments: Json) -> Json:
        """The value converted, as any transform does it."""
        return self.prepare(*arguments)(value)


class Transform(Frozen):
    """A named conversion of one value, written ``value |> name(arguments)``.

    ``function(value, *arguments)`` converts. A ``total`` one never loses a value of the accepted
    kinds. ``yields`` answers every value the result can have for these arguments (an argument that
    is not known is None), and ``whole`` whether a number it yields has no fraction. One that
    ``finds`` looks for something, and may find nothing in a correct value, without a warning.
    ``clash`` says why arguments that are right each for itself leave nothing to convert.
    ``unit`` is the unit of the number that it yields, ``wants`` that of the numbers it takes.
    ``items`` says what the items of a list it takes or makes are, and ``present`` that none of
    those it makes is missing; ``fields`` are the keys of the object it makes.
    """

    function: Callable[..., Json]
    _: KW_ONLY
    accepts: Kinds = TEXT
    returns: Kinds = TEXT
    parameters: tuple[Parameter, ...] = ()
    flow: Flow = Flow.DERIVE
    examples: tuple[Example, ...] = ()
    honours_hashing_switch: bool = False
    reads_event: bool = False
    locate: Callable[..., tuple[str | int, ...] | None] | None = None
    total: bool = False
    yields: Callable[..., tuple[Json, ...] | None] | None = None
    whole: Callable[..., bool] | None = None
    items: Boxing | Kinds | None = None
    present: bool = False
    finds: bool = False
    fields: tuple[str, ...] = ()
    clash: Callable[..., str | None] | None = None
    unit: str | None = None
    wants: str | None = None
    speed: Speed = Speed()

    @property
    def name(self) -> str:
        """The name of the function; one that Python has taken ends in ``_``."""
        return str(self.function.__name__).removesuffix("_")

    @property
    def prepare(self) -> Callable[..., Callable[[Json], Json]] | None:
        """Of a transform that is :class:`Prepared`, what makes its arguments ready."""
        return self.function.prepare if isinstance(self.function, Prepared) else None

    def bound(self, *arguments: Json) -> Callable[[Json], Json]:
        """A function of the value alone, for arguments that stay the same."""
        if self.prepare is not None:
            return self.prepare(*arguments)
        if not arguments:
            return self.function
        function = self.function
        return lambda value: function(value, *arguments)

    @property
    def doc(self) -> str:
        """The documentation of the function."""
        return cleandoc(self.function.__doc__ or "")

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


_Declared = ParamSpec("_Declared")


def _decorator(
    make: Callable[Concatenate[Callable[..., Json], _Declared], Transform],
) -> Callable[_Declared, Callable[[Callable[..., Json]], Transform]]:
    def declare(
        *given: _Declared.args, **named: _Declared.kwargs
    ) -> Callable[[Callable[..., Json]], Transform]:
        return lambda function: make(function, *given, **named)

    return declare


transform = _decorator(Transform)
"""Declare a function of ``(value, *arguments)`` as a transform; takes the fields of a transform."""
