"""Elementary functions that vectorise.

The libm calls behind `math.asinh` stay scalar in a loop. These are polynomials and bit operations
that LLVM turns into vector code, to within two units in the last place.
"""

from math import copysign, sqrt

import numpy as np

from solidcell.kernels.options import inline_kernel

LN_2 = 0.6931471805599453
MANTISSA_BITS = np.int64(52)
SQRT_HALF_BITS = np.int64(0x3FE6A09E667F3BCD)
"""Bit pattern of sqrt(1/2): mantissas are brought into [sqrt(1/2), sqrt(2))."""


@inline_kernel
def logarithm(x: float) -> float:
    """Natural logarithm of a positive normal number.

    ``x = 2^e m``, ``log m = 2 artanh(s)`` with ``s = (m - 1)/(m + 1)``, by its Taylor series: |s| is
    below 0.172, so that the first term left out is below 1e-17.
    """
    bits = np.float64(x).view(np.int64)
    exponent = (bits - SQRT_HALF_BITS) >> MANTISSA_BITS
    m = np.int64(bits - (exponent << MANTISSA_BITS)).view(np.float64)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    series = 2.0 / 23.0
    series = series * z + 2.0 / 21.0
    series = series * z + 2.0 / 19.0
    series = series * z + 2.0 / 17.0
    series = series * z + 2.0 / 15.0
    series = series * z + 2.0 / 13.0
    series = series * z + 2.0 / 11.0
    series = series * z + 2.0 / 9.0
    series = series * z + 2.0 / 7.0
    series = series * z + 2.0 / 5.0
    series = series * z + 2.0 / 3.0
    # The bits of an infinity or a NaN pass for a number; x - x gives NaN for both and else nothing.
    return exponent * LN_2 + (2.0 * s + s * z * series) + (x - x)


@inline_kernel
def area_sinh(x: float) -> float:
    """Inverse hyperbolic sine, ``sign(x) log(|x| + sqrt(x^2 + 1))``; absolute error below 1e-15."""
    size = abs(x)
    return copysign(logarithm(size + sqrt(size * size + 1.0)), x)
