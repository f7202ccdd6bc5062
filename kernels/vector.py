"""Whole-vector operations that need no memory of their own."""

import numpy as np

from solidcell.kernels.options import embedded_kernel


@embedded_kernel
def copy(source, target):
    """Copy `source` to `target` of the same length."""
    for n in range(target.size):
        target[n] = source[n]


@embedded_kernel
def any_nan(vector):
    """Whether an entry is not a number."""
    for n in range(vector.size):
        if np.isnan(vector[n]):
            return True
    return False
