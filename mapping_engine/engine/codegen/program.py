"""A whole program of generated functions: one mapping, with or without warnings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import orjson

from mapping_engine.core.model import Model, Rule
from mapping_engine.core.nodes import Field, Node, free_names
from mapping_engine.engine.codegen.code import Code
from mapping_engine.engine.codegen.expressions import put, put_met
from mapping_engine.engine.codegen.found import Tail
from mapping_engine.engine.codegen.objects import put_field, put_fields
from mapping_engine.engine.codegen.reading import write_definitions, write_objects
from mapping_engine.engine.codegen.requests import write_request
from mapping_engine.engine.codegen.writing import Here, Writing, prepare
from mapping_engine.engine.flow import Combination
from mapping_engine.engine.request import Request
from mapping_engine.engine.run import UNSET, Run
from mapping_engine.frozen import Frozen
from mapping_engine.types.kinds import Json

_MOST_FIELDS = 64
"""So many fields are made by one function."""


class Program(Frozen):
    """The generated functions of a mapping; each is given the run of an event.

    ``own`` are the fields that depend on the fan-out, in which a further payload differs from the
    first, unless each is made as a ``whole``; ``late`` are the places of definitions that do.
    ``kinds`` are the programs of several kinds of request, of which ``chosen`` says which are made.
    ``shown`` writes the code for a reader.
    """

    already_hashed: Callable[[Run], bool]
    accept: Callable[[Run], Rule | None]
    chosen: Callable[[Run], Sequence[int]]
    kinds: tuple[Program, ...]
    lists: tuple[Callable[[Run], Json], ...]
    fields: tuple[Callable[[Run, dict[str, Json]], None], ...]
    own: tuple[tuple[str, Callable[[Run], Json]], ...]
    refuse: Callable[[Run], Rule | None]
    warn: Callable[[Run], Sequence[Rule]]
    request: Callable[[Run], Request]
    objects: Callable[[dict[str, Json]], list[Json]]
    fixed: tuple[Callable[[Run], Json], ...]
    names: tuple[str, ...]
    late: tuple[int, ...]
    memo: int
    whole: bool
    shown: Callable[[], str]

    def bind(self, settings: dict[str, Json], secrets: dict[str, str]) -> Bound:
        """The program with all that these settings and secrets decide."""
        run = Run({}, settings, secrets=secrets)
        kinds = tuple(kind.bind(settings, secrets) for kind in self.kinds)
        return Bound(self, tuple(evaluate(run) for evaluate in self.fixed), kinds)

    def values(self, run: Run, place: int) -> Json:
        """The list that a variable of the fan-out takes its values from."""
        return self.lists[place](run)

    def enter(self, run: Run, combination: Combination) -> None:
        """Take these values of the fan-out; what was made for others is forgotten."""
        run.variables[: len(combination)] = combination
        for slot in self.late:
            run.memo[slot] = UNSET
            run.told.pop(slot, None)

    def payload(self, run: Run, number: int, first: bytes) -> dict[str, Json]:
        """The payload of a request: the first one, but for what each has of its own."""
        payload: dict[str, Json] = {}
        if not number or self.whole:
            for fill in self.fields:
                fill(run, payload)
            return payload
        payload = orjson.loads(first)
        for name, evaluate in self.own:
            value = evaluate(run)
            if value is None:
                payload.pop(name, None)
            else:
                payload[name] = value
        return {name: payload[name] for name in self.names if name in payload}


class Bound(Frozen):
    """A program, and what some settings alone decide."""

    program: Program
    fixed: tuple[Json, ...]
    kinds: tuple[Bound, ...] = ()

    def ready(self, run: Run) -> Program:
        """The program for an event, whose run is made ready for it."""
        program = self.program
        run.fixed = self.fixed
        run.memo = [UNSET] * program.memo
        run.objects = program.objects(run.event)
        return program

    def kind(self, run: Run, place: int) -> Program:
        """The program of one of several kinds, which numbers definitions in its own way."""
        run.told = {}
        return self.kinds[place].ready(run)


def compiled(model: Model, *, tells: bool) -> Program:
    """The program of a mapping; one that ``tells`` warns of what could not be used."""
    writing = Writing(model, tells, put, put_met)
    prepare(writing)
    write_definitions(writing)
    write = partial(_function, writing)
    already = model.already_hashed
    already_hashed = write("already_hashed", partial(_condition, already))
    accept = write("accept", partial(_first_rule, model.accept))
    chosen = write("chosen", partial(_chosen, model)) if model.kinds else accept
    lists = [write("values", partial(_value, each.values)) for each in model.fan_out]
    fields = model.fields.fields
    starts = range(0, len(fields), _MOST_FIELDS)
    parts = [
        write("fields", partial(_fields, fields[s : s + _MOST_FIELDS]), "payload") for s in starts
    ]
    late = frozenset(model.fan_out_names)
    own = [(f.name, write("field", partial(_field, f))) for f in fields if _depends(f, model, late)]
    refuse = write("refuse", partial(_first_rule, model.refuse))
    warn = write("warn", partial(_rules, model.warn))
    request = write("request", partial(write_request, model.request))
    objects = writing.module.function("objects_", "event")
    write_objects(Here(writing, objects))
    made = writing.module.compiled(model.name)
    kinds = tuple(compiled(each, tells=tells) for each in model.requests if model.kinds)
    return Program(
        already_hashed=made[already_hashed],
        accept=made[accept],
        chosen=made[chosen],
        kinds=kinds,
        lists=tuple(made[name] for name in lists),
        fields=tuple(made[name] for name in parts),
        whole=any(field.spread or field.null for field in fields),
        own=tuple((name, made[function]) for name, function in own),
        refuse=made[refuse],
        warn=made[warn],
        request=made[request],
        objects=made[objects.name],
        fixed=tuple(writing.fixed),
        names=tuple(field.name for field in fields),
        late=tuple(slot for name, slot in writing.slots.items() if model.depends.get(name)),
        memo=len(writing.slots),
        shown=partial(_shown, writing.module.shown, kinds),
    )


def _shown(own: Callable[[], str], kinds: tuple[Program, ...]) -> str:
    return "\n".join([own(), *(kind.shown() for kind in kinds)])


def _function(
    writing: Writing, name: str, write: Callable[[Here, Code], None], *parameters: str
) -> str:
    code = writing.module.function(f"{name}_", "run", *parameters)
    write(Here(writing, code), code)
    return code.name


def _condition(node: Node | None, here: Here, code: Code) -> None:
    if node is not None:
        here.met(node, lambda: code.line("return True"))
    code.line("return False")


def _first_rule(rules: tuple[Rule, ...], here: Here, code: Code) -> None:
    for rule in rules:
        _rule(rule, here, code, f"return {here.constant(rule)}")
    code.line("return None")


def _chosen(model: Model, here: Here, code: Code) -> None:
    """A function that finds the places of the kinds of request that are made."""
    made = code.let("[]")
    for place, kind in enumerate(model.kinds):
        with code.at(kind.at):
            chosen = f"{made}.append({place})" if model.file.every else f"return [{place}]"
            if kind.when is None:
                code.line(chosen)
            else:
                here.met(kind.when, partial(code.line, chosen))
    code.line(f"return {made}")


def _rules(rules: tuple[Rule, ...], here: Here, code: Code) -> None:
    made = code.let("[]")
    for rule in rules:
        _rule(rule, here, code, f"{made}.append({here.constant(rule)})")
    code.line(f"return {made}")


def _rule(rule: Rule, here: Here, code: Code, applies: str) -> None:
    with code.at(rule.at):
        if not rule.negated:
            here.met(rule.condition, lambda: code.line(applies))
            return
        flag = code.let("False")
        here.met(rule.condition, lambda: code.line(f"{flag} = True"))
        with code.block(f"if not {flag}"):
            code.line(applies)


def _value(node: Node, here: Here, code: Code) -> None:
    here.put(node, Tail(lambda found: code.line(f"return {found.name}"), ends=True))
    code.line("return None")


def _fields(fields: tuple[Field, ...], here: Here, code: Code) -> None:
    code.keeps = True
    put_fields(fields, here, "payload")


def _field(field: Field, here: Here, code: Code) -> None:
    give = Tail(lambda found: code.line(f"return {found.name}"), ends=True)
    put_field(field, replace(here, path=field.name), give)
    code.line("return None")


def _depends(field: Field, model: Model, variables: frozenset[str]) -> bool:
    """Whether a field may differ between the requests of an event."""
    parts = [part for part in (field.when, field.value, field.default) if part is not None]
    names = {name.name for part in parts for name in free_names(part)}
    behind = (model.depends.get(name, frozenset()) for name in names)
    return bool(variables & names.union(*behind))
