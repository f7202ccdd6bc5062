"""No kernel reads beyond an array: the tests of this folder pass with every access checked."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROOF = "test_reading_beyond_an_array_is_caught"
CHECKED = os.environ.get("NUMBA_BOUNDSCHECK") == "1"


@pytest.mark.slow
@pytest.mark.skipif(CHECKED, reason="this is the run with checks")
def test_kernels_stay_inside_their_arrays(tmp_path: Path) -> None:
    """In a process and a cache of its own: code compiled without checks would hide them."""
    command = [sys.executable, *["-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider"]]
    done = subprocess.run(
        [*command, Path(__file__).parent],
        env={**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.search(rf"^PASSED .*{PROOF}", done.stdout, re.MULTILINE), done.stdout[-2000:]
    assert done.returncode == 0, done.stdout[-4000:]
