"""Expression trees to text: parsing the text again gives an equal tree."""

from __future__ import annotations

import re

from mapping_engine.expression.ast import (
    Both,
    CallExpression,
    Chain,
    CompareExpression,
    Either,
    Expression,
    IsExpression,
    ListExpression,
    Literal,
    Not,
    PipeExpression,
    Reference,
    Select,
    TemplateExpression,
)

_NEEDS_ESCAPE = re.compile(r"'|\\(?=['\\]|\Z)")
_LOOSE, _AND, _NOT, _COMPARE, _PIPE, _CHAIN, _TIGHT = range(7)


def print_expression(node: Expression) -> str:
    """The expression in canonical spelling."""
    return _print(node, _LOOSE)


def print_steps(steps: tuple[CallExpression, ...]) -> str:
    """The steps of a pipeline, as written after the first ``|>``."""
    return " |> ".join(_step(step) for step in steps)


def print_template(node: TemplateExpression) -> str:
    """The template, with braces in its text doubled."""
    return "".join(
        part.replace("{", "{{").replace("}", "}}")
        if isinstance(part, str)
        else "{" + print_expression(part) + "}"
        for part in node.parts
    )


def _print(node: Expression, around: int) -> str:
    text, own = _spelled(node)
    return f"({text})" if own < around else text


def _spelled(node: Expression) -> tuple[str, int]:
    match node:
        case Either():
            return " or ".join(_print(part, _AND) for part in node.operands), _LOOSE
        case Both():
            return " and ".join(_print(part, _NOT) for part in node.operands), _AND
        case Not():
            return f"not {_print(node.operand, _NOT)}", _NOT
        case CompareExpression():
            left, right = _print(node.left, _PIPE), _print(node.right, _PIPE)
            return f"{left} {node.operator} {right}", _COMPARE
        case IsExpression():
            return f"{_print(node.operand, _PIPE)} is {node.test}", _COMPARE
        case PipeExpression():
            return f"{_print(node.source, _CHAIN)} |> {print_steps(node.steps)}", _PIPE
        case Chain():
            return " ?? ".join(_print(arm, _TIGHT) for arm in node.arms), _CHAIN
        case _:
            return _operand(node), _TIGHT


def _operand(node: Expression) -> str:
    match node:
        case Select():
            return f"jmespath({node.selector.text})" if node.explicit else node.selector.text
        case Reference():
            return f"${node.name}{_tail(node)}"
        case ListExpression():
            return f"[{', '.join(print_expression(item) for item in node.items)}]"
        case CallExpression():
            return f"{node.name}({_arguments(node)})"
        case Literal():
            return print_literal(node.value)
        case _:
            raise TypeError(f"no spelling for {type(node).__name__}")


def _tail(node: Reference) -> str:
    if node.tail is None:
        return ""
    text = node.tail.text
    return text[1:] if text.startswith("@") else f".{text}"


def _step(step: CallExpression) -> str:
    has_arguments = step.arguments or step.named
    return f"{step.name}({_arguments(step)})" if has_arguments else step.name


def _arguments(call: CallExpression) -> str:
    positional = [print_expression(argument) for argument in call.arguments]
    named = [f"{name}={print_expression(value)}" for name, value in call.named]
    return ", ".join(positional + named)


def print_literal(value: object) -> str:
    """A text, number, true or false as it is written in an expression."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = _NEEDS_ESCAPE.sub(r"\\\g<0>", value)
        return f"'{escaped}'"
    return repr(value)
