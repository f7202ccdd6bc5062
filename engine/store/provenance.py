"""Where a results file comes from: format, versions, machine and date."""

import platform
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import h5py
import numpy as np

from solidcell.engine.store import schema


def provenance() -> dict[str, object]:
    """Return the root attributes that every results file carries.

    Returns
    -------
    dict
        File type and version of the format, the sign of the current, the date (ISO 8601, UTC), the
        versions of the software that computes and stores the numbers, and the processor.
    """
    return {
        "filetype": schema.FILETYPE,
        "schema_version": np.array(schema.VERSION, dtype=np.int32),
        "current_sign": schema.CURRENT_SIGN,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "solidcell_version": _installed("solidcell"),
        "python_version": platform.python_version(),
        "numpy_version": np.__version__,
        "numba_version": _installed("numba"),
        "h5py_version": h5py.__version__,
        "hdf5_version": h5py.version.hdf5_version,
        "cpu": _processor(),
    }


def _installed(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "unknown"


def _processor() -> str:
    """Name the processor; Linux alone hides it from `platform`."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
