"""Formulas of columns, such as ln(i0 / it): arithmetic and a few functions, and nothing else that Python knows."""

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from scantrail.daq.measured import Floats
from scantrail.errors import InputError

FUNCTIONS: dict[str, Callable[[Floats], Floats]] = {
    "ln": np.log,
    "log10": np.log10,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "abs": np.abs,
}
"""What a formula may call."""
LONGEST = 200
"""Characters of a formula; a longer one is a mistake."""

_BINARY: dict[type[ast.operator], Callable[[Floats, Floats], Floats]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_UNARY: dict[type[ast.unaryop], Callable[[Floats], Floats]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*", re.ASCII)
_MARK = "v_"
"""Stands before every name while Python parses it: a detector may be called "if"."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that can be evaluated. names: of the columns in it, in order."""

    text: str
    names: tuple[str, ...]
    _body: ast.expr

    def evaluate(self, columns: Mapping[str, Floats]) -> Floats:
        """Return the value at each point, NaN where there is none; columns by the names in the formula."""
        with np.errstate(all="ignore"):
            values = np.asarray(_value(self._body, columns), dtype=float)
        return np.where(np.isfinite(values), values, np.nan)


def parse_formula(text: str) -> Formula:
    """Return the formula that `text` writes. Raises InputError for what is no formula of columns."""
    if len(text) > LONGEST:
        raise InputError(f'"{text[:20]}…" has {len(text)} characters; a formula has {LONGEST} at most')
    try:
        body = ast.parse(_WORD.sub(lambda word: _MARK + word[0], text.strip()), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InputError(f'"{text}" is no formula; one looks like ln(i0 / it)') from None
    names = tuple(dict.fromkeys(_checked(body, text)))
    if not names:
        raise InputError(f'"{text}" names no column')
    return Formula(text, names, body)


def _checked(node: ast.expr, text: str) -> Iterator[str]:
    """Yield the names of columns below a node; whatever has no place in a formula is refused."""
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return
        case ast.Name():
            yield _plain(node)
        case ast.BinOp(left, op, right) if type(op) in _BINARY:
            yield from _checked(left, text)
            yield from _checked(right, text)
        case ast.UnaryOp(op, operand) if type(op) in _UNARY:
            yield from _checked(operand, text)
        case ast.Call(ast.Name() as function, [argument], []):
            if _plain(function) not in FUNCTIONS:
                raise InputError(f'"{text}": there is no function {_plain(function)}; there are {", ".join(FUNCTIONS)}')
            yield from _checked(argument, text)
        case ast.BinOp(op=ast.BitXor()):
            raise InputError(f'"{text}": a power is written with **')
        case _:
            written = ast.unparse(node).replace(_MARK, "")
            raise InputError(
                f'"{text}": {written} has no place in a formula; there are numbers, columns, + - * / **, parentheses '
                f"and {', '.join(FUNCTIONS)}"
            )


def _value(node: ast.expr, columns: Mapping[str, Floats]) -> Floats:
    match node:
        case ast.Name():
            return columns[_plain(node)]
        case ast.BinOp(left, op, right):
            return _BINARY[type(op)](_value(left, columns), _value(right, columns))
        case ast.UnaryOp(op, operand):
            return _UNARY[type(op)](_value(operand, columns))
        case ast.Call(ast.Name() as function, [argument]):
            return FUNCTIONS[_plain(function)](_value(argument, columns))
        case ast.Constant(value=int() | float() as number):
            return np.asarray(float(number))
        case _:
            raise InputError(f"{ast.unparse(node)} has no value")


def _plain(name: ast.Name) -> str:
    return name.id.removeprefix(_MARK)
