"""Python functions written line by line, with every constant bound by reference.

No text of a rule file, an event or settings becomes source text: names are counted (``t1``,
``k2``), and what they stand for is put into the globals of the functions. Keys and arguments are
put among the constants of their code, where Python finds them faster: until then, a counted text
(``'k2'``) stands for each.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from types import CodeType, FunctionType

from mapping_engine.core.nodes import Place
from mapping_engine.types.kinds import Json

DEEPEST = 40
"""So deep a function may be nested; what lies deeper is a function of its own."""
MOST_LOOPS = 12
"""Python bounds how many loops stand inside one another."""
_INDENT = "    "
_LONGEST_SHOWN = 80
_BUILTINS = {each.__name__: each for each in (len, str, int, float, bool, list, dict)}


@dataclass
class Code:
    """The body of one function; ``state`` are the parts of the run that it reads."""

    name: str
    parameters: tuple[str, ...]
    shared: Module
    lines: list[tuple[str, str]] = field(default_factory=list)
    """Each with the place in the rules that it stands for."""
    depth: int = 1
    loops: int = 0
    state: dict[str, None] = field(default_factory=dict)
    objects: set[int] = field(default_factory=set)
    keeps: bool = False
    """Whether what is remembered stays the same while the function runs."""
    at_hand: dict[int, str] = field(default_factory=dict)
    """The names of definitions that surely were looked up already, by their places."""
    place: str = ""
    count: int = 0

    @property
    def is_deep(self) -> bool:
        """Whether what comes next has to be a function of its own."""
        return self.depth > DEEPEST or self.loops > MOST_LOOPS

    def line(self, text: str) -> None:
        """A statement."""
        self.lines.append((f"{_INDENT * self.depth}{text}", self.place))

    def new(self, prefix: str = "t") -> str:
        """A name that nothing else has."""
        self.count += 1
        return f"{prefix}{self.count}"

    def let(self, value: str) -> str:
        """A new name for a value."""
        name = self.new()
        self.line(f"{name} = {value}")
        return name

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """What is written inside stands below ``head``; without a head, where it stands."""
        if not head:
            yield
            return
        self.line(f"{head}:")
        written = len(self.lines)
        looping = head.startswith(("while", "for"))
        self.depth += 1
        self.loops += looping
        yield
        if len(self.lines) == written:
            self.line("pass")
        self.depth -= 1
        self.loops -= looping

    def when(self, test: str | None) -> AbstractContextManager[None]:
        """What is written inside runs where ``test`` holds; None always holds."""
        return self.block(f"if {test}" if test else "")

    @contextmanager
    def at(self, place: Place | None) -> Iterator[None]:
        """What is written inside stands for this place in the rules."""
        outside = self.place
        if place is not None:
            self.place = f"{place.span.file}:{place.span.line}"
        yield
        self.place = outside

    def part(self, name: str) -> str:
        """A part of the run, under its name there."""
        self.state[name] = None
        return name

    def object(self, slot: int) -> str:
        """An object of the event that was looked up once for all functions."""
        self.state["objects"] = None
        self.objects.add(slot)
        return f"o{slot}"

    def text(self) -> Iterator[tuple[str, str]]:
        """The lines of the whole function."""
        yield f"def {self.name}({', '.join(self.parameters)}):", ""
        parts = [f"{name} = run.{name}" for name in self.state]
        if self.objects:
            names = ", ".join(f"o{slot}" for slot in range(max(self.objects) + 1))
            parts.append(f"{names}, *_ = objects")
        yield from ((f"{_INDENT}{part}", "") for part in parts)
        yield from self.lines or ((f"{_INDENT}return None", ""),)
        yield "", ""


@dataclass
class Module:
    """All functions of one program, and what their names stand for."""

    functions: list[Code] = field(default_factory=list)
    values: dict[str, Json] = field(default_factory=dict)
    known: dict[int, str] = field(default_factory=dict)
    sets: dict[frozenset[Json], frozenset[Json]] = field(default_factory=dict)

    def constant(self, value: Json) -> str:
        """The name under which functions find a value."""
        name = self.known.setdefault(id(value), f"k{len(self.known)}")
        self.values[name] = value
        return name

    def held(self, value: Json) -> str:
        """A constant that is looked up, compared or given on: the code itself holds it."""
        return f"'{self.constant(value)}'"

    def held_set(self, items: frozenset[Json]) -> str:
        """A set that the code itself holds; equal ones are one constant."""
        return self.held(self.sets.setdefault(items, items))

    def function(self, prefix: str, *parameters: str) -> Code:
        """A new function."""
        made = Code(f"{prefix}{len(self.functions)}", parameters, self)
        self.functions.append(made)
        return made

    def source(self) -> str:
        """The text of all functions, in which no word of the rules is."""
        return "".join(f"{line}\n" for each in self.functions for line, _ in each.text())

    def shown(self) -> str:
        """The same for a reader: where the rules stand, and below, what the constants are."""
        constants = (f"# {name} = {_described(value)}\n" for name, value in self.values.items())
        return "".join((*self._marked(every=False), *constants))

    def _traced(self) -> str:
        """The same for tracebacks, which show single lines."""
        return "".join(self._marked(every=True))

    def _marked(self, *, every: bool) -> Iterator[str]:
        """The lines with the places in the rules that they stand for, where it is a new one."""
        last = ""
        for line, place in (part for each in self.functions for part in each.text()):
            is_new = bool(place) and (every or place != last)
            yield f"{line}  # {_printable(place)}\n" if is_new else f"{line}\n"
            last = place

    def compiled(self, title: str) -> dict[str, Callable[..., Json]]:
        """The functions by name; tracebacks show their text, and where the rules stand."""
        source = self.source()
        file = f"generated from {title}, {sha256(source.encode()).hexdigest()[:8]}"
        linecache.cache[file] = (self._traced,)  # written if a traceback asks for it
        found: dict[str, Json] = {"__builtins__": _BUILTINS, **self.values}
        exec(compile(source, file, "exec"), found)  # the generator wrote all of it
        for each in self.functions:
            made: FunctionType = found[each.name]
            made.__code__ = self._with_values(made.__code__)
        return {each.name: found[each.name] for each in self.functions}

    def _with_values(self, code: CodeType) -> CodeType:
        """The code with the values of constants in the place of what stands for them."""
        constants = (self.values.get(c, c) if type(c) is str else c for c in code.co_consts)
        return code.replace(co_consts=tuple(constants))


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _described(value: Json) -> str:
    """A constant in one line: a value of the rules as it is, anything else by its name."""
    if value is None or isinstance(value, str | int | float | list | dict | tuple | frozenset):
        text = _printable(_set(value) if isinstance(value, frozenset) else repr(value))
        return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
    name = getattr(value, "__qualname__", type(value).__qualname__)
    return f"{value.__class__.__name__} {name}" if callable(value) else name


def _set(items: frozenset[Json]) -> str:
    """A set, which is shown alike each time."""
    return f"{{{', '.join(sorted(map(repr, items)))}}}"
