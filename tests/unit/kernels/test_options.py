"""What the jit flags promise: no allocation, honest NaN, and a cache that knows its age."""

import importlib
import importlib.util
import pkgutil
from pathlib import Path

import numba
import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher

import solidcell.kernels
from solidcell.kernels.options import _STAMP, FLAGS, is_cached, kernel, source_stamp

KERNELS = {
    f"{module.name}.{name}": function
    for module in pkgutil.iter_modules(solidcell.kernels.__path__)
    for name, function in vars(importlib.import_module(f"solidcell.kernels.{module.name}")).items()
    if isinstance(function, Dispatcher)
}
needs_jit = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")


@needs_jit
@pytest.mark.parametrize("name", sorted(KERNELS))
def test_no_kernel_may_allocate_raise_the_lock_or_forget_nan(name: str) -> None:
    options = KERNELS[name].targetoptions
    assert options["_nrt"] is False
    assert options["nogil"] is True
    assert options["error_model"] == "numpy"
    assert {"nnan", "ninf", "fast"}.isdisjoint(options["fastmath"])


@needs_jit
def test_a_kernel_that_allocates_does_not_compile() -> None:
    def allocates(n: int) -> float:
        return np.zeros(n).sum()

    flags = {**FLAGS, "cache": False}
    assert numba.njit(**{**flags, "_nrt": True})(allocates)(3) == 0.0
    with pytest.raises(numba.TypingError):
        numba.njit(**flags)(allocates)(3)


@pytest.mark.parametrize(
    "edit",
    [
        lambda folder: (folder / "one.py").write_text("x = 11"),
        lambda folder: (folder / "three.py").write_text("z = 3"),
        lambda folder: (folder / "two.py").unlink(),
        lambda folder: (folder / "two.py").rename(folder / "four.py"),
    ],
    ids=["edited", "added", "removed", "renamed"],
)
def test_any_change_of_a_source_file_shows_in_the_stamp(tmp_path: Path, edit) -> None:
    (tmp_path / "one.py").write_text("x = 1")
    (tmp_path / "two.py").write_text("y = 2")
    before = source_stamp(tmp_path)
    assert source_stamp(tmp_path) == before
    edit(tmp_path)
    assert source_stamp(tmp_path) != before


def test_other_files_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("x = 1")
    before = source_stamp(tmp_path)
    (tmp_path / "notes.txt").write_text("nothing")
    assert source_stamp(tmp_path) == before


@needs_jit
@pytest.mark.parametrize("name", ["driver.drive", "particle.factorize", "arrhenius.arrhenius"])
def test_the_whole_package_answers_for_each_kernel(name: str) -> None:
    """An edit of any kernel makes the compiled code of all of them stale."""
    assert KERNELS[name]._cache._cache_file._source_stamp == _STAMP
    assert {file for file, _, _ in _STAMP} >= {"driver.py", "particle.py", "tables.py"}


@needs_jit
def test_compiled_code_of_another_stamp_is_not_loaded(tmp_path: Path) -> None:
    source = tmp_path / "freshly_made_kernel.py"
    source.write_text(
        "from solidcell.kernels.options import kernel\n\n@kernel\ndef twice(x):\n    return 2 * x\n"
    )
    spec = importlib.util.spec_from_file_location(source.stem, source)
    assert spec is not None
    assert spec.loader is not None

    def loads(stamp: tuple) -> int:
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.twice._cache._cache_file._source_stamp = stamp
        cached = is_cached(module.twice)
        assert module.twice(2.0) == 4.0
        hits = sum(module.twice.stats.cache_hits.values())
        # What is said before compiling is what happens.
        assert cached == (hits > 0)
        assert is_cached(module.twice)
        return hits

    assert loads(("first",)) == 0
    assert loads(("first",)) == 1
    assert loads(("second",)) == 0


@kernel
def _read(values, n):
    return values[n]


@pytest.mark.skipif(not numba.config.BOUNDSCHECK, reason="runs where NUMBA_BOUNDSCHECK=1")
def test_reading_beyond_an_array_is_caught() -> None:
    with pytest.raises(IndexError):
        _read(np.zeros(3), 3)
