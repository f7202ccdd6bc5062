"""Where a test can run."""

import sys

import pytest

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and limits")
