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
EXPONENT_BIAS = np.int64(1023)
INVERSE_LN_2 = 1.4426950408889634
LN_2_HIGH = 0.693147180369123816490
LN_2_LOW = 1.90821492927058770002e-10
"""log 2 in two parts, the first of which has few enough digits for exact multiples."""
ROUNDING_SHIFT = 6755399441055744.0
"""1.5 2^52."""


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


@inline_kernel
def exponential(x: float) -> float:
    """Natural exponential, held at those of -700 and 700 beyond.

    ``x = n log 2 + r``, ``e^x = 2^n e^r`` by Taylor's series: |r| is below 0.347, so that the first
    term left out is below 2e-16.
    """
    held = min(max(x, -700.0), 700.0)
    # Added to 1.5 2^52, a number is rounded to an integer that stands in the lowest bits of the sum.
    shifted = held * INVERSE_LN_2 + ROUNDING_SHIFT
    n = shifted - ROUNDING_SHIFT
    r = held - n * LN_2_HIGH - n * LN_2_LOW
    series = 1.0 / 479001600.0
    series = series * r + 1.0 / 39916800.0
    series = series * r + 1.0 / 3628800.0
    series = series * r + 1.0 / 362880.0
    series = series * r + 1.0 / 40320.0
    series = series * r + 1.0 / 5040.0
    series = series * r + 1.0 / 720.0
    series = series * r + 1.0 / 120.0
    series = series * r + 1.0 / 24.0
    series = series * r + 1.0 / 6.0
    series = series * r + 0.5
    series = series * r + 1.0
    series = series * r + 1.0
    bits = np.int64((np.float64(shifted).view(np.int64) + EXPONENT_BIAS) << MANTISSA_BITS)
    # NaN is lost by min and max; x - x gives it back.
    return series * bits.view(np.float64) + (x - x)
