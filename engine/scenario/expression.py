"""Formulas in a scenario, such as ``4.2 - 0.8*y + tanh(18*(x - 0.55))``.

A formula is parsed by Python's own grammar and then walked node by node; nothing of it is ever
executed as code. It may hold numbers, ``x``, names defined beside it, ``+ - * / **`` and the
functions of :data:`FUNCTIONS`, and works on whatever numpy's functions work on: floats, arrays, and
the symbols of computer algebra and of PyBaMM.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from solidcell.engine.entry.place import nearest

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "abs": np.abs,
    "arctan": np.arctan,
    "cos": np.cos,
    "cosh": np.cosh,
    "exp": np.exp,
    "log": np.log,
    "log10": np.log10,
    "sin": np.sin,
    "sinh": np.sinh,
    "sqrt": np.sqrt,
    "tan": np.tan,
    "tanh": np.tanh,
}
"""Functions of one argument that a formula may use."""


def _power(base: Any, exponent: Any) -> Any:
    """Real power; NaN where there is only a complex one, as numpy has it for arrays."""
    power = base**exponent
    return math.nan if isinstance(power, complex) else power


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: _power,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
_VARIABLE = "x"
_CONSTANTS = {"pi": math.pi}


@dataclass(frozen=True)
class Formula:
    """A checked formula in ``x``, with the names it uses.

    Attributes
    ----------
    text
        As written.
    where
        The names that it uses, as written.
    """

    text: str
    where: str
    _body: ast.expr = field(compare=False, repr=False)
    _where: tuple[tuple[str, ast.expr], ...] = field(compare=False, repr=False)

    def __call__(self, x: Any) -> Any:
        """Value at ``x``: a float, an array, or a symbol that overloads arithmetic."""
        values: dict[str, Any] = {**_CONSTANTS, _VARIABLE: x}
        for name, body in self._where:
            values[name] = _evaluate(body, values)
        return _evaluate(self._body, values)


def parse_formula(text: str, where: Mapping[str, object] | None = None) -> Formula:
    """A formula in ``x`` and in the names of ``where``.

    Parameters
    ----------
    text
        The formula.
    where
        Name to number or formula; each may use those before it.

    Raises
    ------
    ValueError
        If the text is not a formula, or uses what is not allowed.
    """
    known = {_VARIABLE, *_CONSTANTS}
    definitions: list[tuple[str, ast.expr]] = []
    for name, value in (where or {}).items():
        if not name.isidentifier() or name in known or name in FUNCTIONS:
            raise ValueError(f"'{name}' can't be used as a name; choose another one")
        definitions.append((name, _parse(str(value), known)))
        known.add(name)
    named = ", ".join(f"{name} = {value}" for name, value in (where or {}).items())
    return Formula(text, named, _parse(text, known), tuple(definitions))


def _parse(text: str, known: set[str]) -> ast.expr:
    try:
        body = ast.parse(text.strip(), mode="eval").body
        _check(body, text, known)
    except SyntaxError:
        raise ValueError(f"'{text}' is not a formula; write one like '4.2 - 0.8*x'") from None
    except (RecursionError, MemoryError):
        raise ValueError("the formula is nested too deeply; split it by names in 'where'") from None
    return body


def _check(node: ast.expr, text: str, known: set[str]) -> None:
    match node:
        case ast.Constant(value=bool()):
            raise ValueError(f"a truth value is not a number; remove it from '{text}'")
        case ast.Constant(value=int() | float()):
            return
        case ast.Name(id=name):
            if name not in known:
                cure = nearest(name, known) or f"; define it in 'where' or use {_names(known)}"
                raise ValueError(f"'{name}' in the formula is unknown{cure}")
        case ast.BinOp(op=ast.BitXor()):
            raise ValueError(f"'^' is no operator of formulas; write '**' for a power in '{text}'")
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            _check(left, text, known)
            _check(right, text, known)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
            _check(operand, text, known)
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]):
            if name not in FUNCTIONS:
                cure = nearest(name, FUNCTIONS) or f"; use {_names(FUNCTIONS)}"
                raise ValueError(f"the function '{name}' is unknown{cure}")
            _check(argument, text, known)
        case _:
            raise ValueError(
                f"'{ast.unparse(node)}' is not allowed in a formula; use numbers, x, + - * / ** "
                "and functions of one argument"
            )


def _evaluate(node: ast.expr, values: dict[str, Any]) -> Any:
    match node:
        case ast.Constant(value=value):
            return float(value)  # type: ignore[arg-type]
        case ast.Name(id=name):
            return values[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](_evaluate(left, values), _evaluate(right, values))
        case ast.UnaryOp(op=op, operand=operand):
            return _UNARY[type(op)](_evaluate(operand, values))
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return FUNCTIONS[name](_evaluate(argument, values))
    raise AssertionError("unreachable: the formula has been checked")


def _names(names: object) -> str:
    return ", ".join(sorted(names))  # type: ignore[call-overload]
