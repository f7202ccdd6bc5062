"""Settings of every test; the first two must come before numba or PyBaMM are imported."""

import os
from pathlib import Path

os.environ.setdefault("PYBAMM_DISABLE_TELEMETRY", "true")
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parents[1] / ".numba_cache"))

from hypothesis import settings

# The first call of a kernel may compile it; the same examples in every run.
settings.register_profile("solidcell", deadline=None, derandomize=True, database=None)
settings.load_profile("solidcell")
