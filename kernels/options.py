"""The jit flags of every kernel, once, and a disk cache that knows when a kernel is stale.

``error_model="numpy"`` turns the zero-division check off, which would keep LLVM from vectorising any
loop with a division. Of LLVM's fast-math flags only those are set that keep the meaning of NaN and
infinity: ``contract`` (fused multiply-add), ``nsz`` and ``arcp``. Full ``fastmath`` would make
``isnan(nan)`` false, and a diverging simulation would go unnoticed.

``_nrt=False`` leaves out numba's reference counting: kernels get all their memory from the caller and
allocate none, and the atomic counting of some forty arrays a call took half the time of a step.

Numba compiles a kernel together with all that it calls, but asks only the kernel's own file whether
the compiled code on disk is still valid. Here the state of all files of the package answers for each.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., Any])

FLAGS: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "nsz", "arcp"},
    "_nrt": False,
}


def source_stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time of change and size of every source file in a folder."""
    files = sorted(folder.glob("*.py"))
    return tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files)


_STAMP = source_stamp(Path(__file__).parent)


def _compile(function: Function, **more: Any) -> Function:
    compiled: Any = numba.njit(**more, **FLAGS)(function)
    if not numba.config.DISABLE_JIT:
        compiled._cache._cache_file._source_stamp = _STAMP
    result: Function = compiled
    return result


def kernel(function: Function) -> Function:
    """Compile `function` with the project's flags on its first call."""
    return _compile(function)


def embedded_kernel(function: Function) -> Function:
    """Compile `function` on its own and let LLVM merge it into its few callers.

    Saves the copy of a parameter record a call, some 50 ns; for the parts of the equations.
    """
    return _compile(function, forceinline=True)


def inline_kernel(function: Function) -> Function:
    """Compile `function` into each of its callers; for small functions in vectorised loops."""
    return _compile(function, inline="always")


def is_cached(compiled: Callable[..., Any]) -> bool:
    """Whether machine code of a kernel for this processor, as its sources are now, lies on disk."""
    cache: Any = getattr(compiled, "_cache", None)
    if not hasattr(cache, "_cache_file"):
        return False
    processor = numba.core.registry.cpu_target.target_context.codegen().magic_tuple()
    return any(key[1] == processor for key in cache._cache_file._load_index())


def is_compiled(compiled: Callable[..., Any]) -> bool:
    """Whether a kernel has been compiled in this process, or never will be."""
    return bool(getattr(compiled, "overloads", True))


def entry_point(compiled: Function) -> Function:
    """The machine code behind a kernel that has been called once with the types it is meant for.

    Calling it skips numba's dispatch by type, some 60 us for records of eighty arrays. Without
    compilation the function itself is returned.
    """
    overloads: Any = getattr(compiled, "overloads", None)
    if not overloads:
        return compiled
    (only,) = overloads.values()
    machine_code: Function = only.entry_point
    return machine_code
