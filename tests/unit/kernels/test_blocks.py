"""A block of memory behaves like the named tuple that it is written as."""

from typing import Annotated, NamedTuple

import numba
import numpy as np
import pytest

from solidcell.kernels.blocks import block
from solidcell.kernels.options import FLAGS
from solidcell.kernels.tables import FloatArray


@block
class Inner(NamedTuple):
    count: int
    slope: float


@block
class Outer(NamedTuple):
    scale: float
    weights: Annotated[FloatArray, 3]
    inner: Inner


MADE = Outer(2.0, np.array([1.0, 2.0, 4.0]), inner=Inner(count=7, slope=0.5))


@numba.njit(**{**FLAGS, "cache": False})
def read(outer: Outer) -> float:
    return outer.scale * outer.weights[2] + outer.inner.count * outer.inner.slope


def test_a_kernel_reads_what_python_has_written() -> None:
    assert read(MADE) == 2.0 * 4.0 + 7 * 0.5
    assert (MADE.scale, MADE.inner.count, MADE.weights.tolist()) == (2.0, 7, [1.0, 2.0, 4.0])


def test_a_changed_block_is_another_one() -> None:
    other = MADE._replace(scale=3.0, inner=MADE.inner._replace(slope=1.0))
    assert (other.scale, other.inner.slope, other.inner.count) == (3.0, 1.0, 7)
    assert (MADE.scale, MADE.inner.slope) == (2.0, 0.5)
    assert read(other) == 3.0 * 4.0 + 7 * 1.0
    assert list(MADE._asdict()) == ["scale", "weights", "inner"]


def test_a_field_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(AttributeError, match="no field 'slope'"):
        _ = MADE.slope
    with pytest.raises(ValueError, match="slope"):
        MADE._replace(slope=1.0)
    with pytest.raises(TypeError, match="height"):
        Inner(1, height=2.0)


def test_a_name_that_numpy_has_taken_is_refused() -> None:
    class Sized(NamedTuple):
        size: int

    with pytest.raises(TypeError, match="size"):
        block(Sized)
