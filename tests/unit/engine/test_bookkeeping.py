"""A long run says so where writing its file takes more than a tenth of it."""

import pytest

from solidcell.engine.cli.summary import _bookkeeping


@pytest.mark.parametrize(
    ("solve", "store", "said"),
    [(10.0, 0.9, ""), (10.0, 2.5, "20% of the run"), (0.2, 0.3, "")],
    ids=["a tenth", "a fifth", "too short to care"],
)
def test_writing_that_takes_its_time_is_told(solve: float, store: float, said: str) -> None:
    told = _bookkeeping({"solve_seconds": solve, "store_seconds": store})
    assert said in told
    assert bool(told) == bool(said)
