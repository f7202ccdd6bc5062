"""Whole-vector operations that need no memory of their own."""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.options import embedded_kernel

FloatArray = npt.NDArray[np.float64]


@embedded_kernel
def copy(source: FloatArray, target: FloatArray) -> None:
    """Copy `source` to `target` of the same length."""
    for n in range(target.size):
        target[n] = source[n]
