"""Records of constants in one block of memory.

A kernel takes the fields of a tuple by value: each field of a parameter record is copied at each call
and compiled into it. A block is one pointer, however many constants it holds.
"""

from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import numpy as np

Fields = TypeVar("Fields")


class Block(np.void):  # type: ignore[misc]  # final only in numpy's stubs
    """The fields of a named tuple as a structured scalar, which kernels read as ``block.field``."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except (KeyError, ValueError):
            raise AttributeError(f"no field {name!r}") from None

    @property
    def _fields(self) -> tuple[str, ...]:
        return self.dtype.names or ()

    def _asdict(self) -> dict[str, Any]:
        """Values by name of the field."""
        return {name: self[name] for name in self._fields}

    def _replace(self, **changes: Any) -> "Block":
        """Another block with some fields changed.

        Raises
        ------
        ValueError
            If there is no field of that name.
        """
        memory = np.empty((), self.dtype)
        memory[()] = self
        for name, value in changes.items():
            memory[name] = value
        other: Any = memory[()]
        filled: Block = other
        return filled


def block(fields: type[Fields]) -> type[Fields]:
    """Let a named tuple of numbers, fixed arrays and other blocks be made as one block of memory.

    The class stays what a type checker and a reader see; calling it returns a `Block`. An array's
    annotation gives its length, ``Annotated[FloatArray, 8]``.

    Raises
    ------
    TypeError
        If a field has the name of something that every scalar of numpy has, such as `size`.
    """
    hints = get_type_hints(fields, include_extras=True)
    taken = [name for name in hints if hasattr(np.void, name)]
    if taken:
        raise TypeError(f"numpy's scalars have a {', '.join(taken)} of their own")
    dtype = np.dtype((Block, [(name, *_format(hint)) for name, hint in hints.items()]))

    def make(*values: Any, **named: Any) -> Any:
        whole: Any = fields(*values, **named)
        memory = np.zeros((), dtype)
        for name, value in whole._asdict().items():
            memory[name] = value
        return memory[()]

    make.__doc__ = fields.__doc__
    made: Any = make
    made.dtype = dtype
    result: type[Fields] = made
    return result


def _format(hint: Any) -> tuple[Any, ...]:
    """Type of a field, and its length where it is an array."""
    if get_origin(hint) is Annotated:
        return np.float64, get_args(hint)[1]
    return (getattr(hint, "dtype", hint),)
