"""Whole-vector operations that need no memory of their own."""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba.core import types
from numba.np.arrayobj import make_array, populate_array

from solidcell.kernels.options import embedded_kernel

FloatArray = npt.NDArray[np.float64]


def _as_vector(matrix: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """View of a contiguous matrix as a vector, row by row: one long loop in place of short ones."""
    return matrix.reshape(matrix.size)


def _vector_intrinsic(context: Any, matrix: Any) -> Any:
    vector = types.Array(matrix.dtype, 1, "C")

    def generate(target: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = make_array(signature.args[0])(target, builder, arguments[0])
        view = make_array(vector)(target, builder)
        size = target.get_constant(types.intp, matrix.dtype.bitwidth // 8)
        populate_array(
            view,
            data=array.data,
            shape=(array.nitems,),
            strides=(size,),
            itemsize=size,
            meminfo=array.meminfo,
            parent=array.parent,
        )
        return view._getvalue()

    return vector(matrix), generate


def _as_matrix(vector: FloatArray, rows: int, columns: int) -> FloatArray:
    """View of the first entries of a contiguous vector as a matrix, row by row.

    numba's ``reshape`` asks a function of its library for strides: a twentieth of a small cell's step.
    """
    return vector[: rows * columns].reshape(rows, columns)


def _matrix_intrinsic(context: Any, vector: Any, rows: Any, columns: Any) -> Any:
    matrix = types.Array(vector.dtype, 2, "C")

    def generate(target: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = make_array(signature.args[0])(target, builder, arguments[0])
        view = make_array(matrix)(target, builder)
        size = target.get_constant(types.intp, vector.dtype.bitwidth // 8)
        _, height, width = arguments
        populate_array(
            view,
            data=array.data,
            shape=(height, width),
            strides=(builder.mul(width, size), size),
            itemsize=size,
            meminfo=array.meminfo,
            parent=array.parent,
        )
        return view._getvalue()

    return matrix(vector, types.intp, types.intp), generate


as_vector, as_matrix = _as_vector, _as_matrix
if not numba.config.DISABLE_JIT:
    as_vector = numba.extending.intrinsic(_vector_intrinsic)
    as_matrix = numba.extending.intrinsic(_matrix_intrinsic)


@embedded_kernel
def copy(source: FloatArray, target: FloatArray) -> None:
    """Copy `source` to `target` of the same length."""
    for n in range(target.size):
        target[n] = source[n]
