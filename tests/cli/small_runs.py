"""The command, scenarios on a coarse mesh for it, and what it says when it refuses."""

import sys
from collections.abc import Callable
from typing import Any

COMMAND = (sys.executable, "-m", "solidcell.engine.cli")

SMALL = "numerics: {nodes: 8, shells: 8, rtol: 1e-4}\n"
BASE = "import: nmc811_lpscl_li_450.yaml\n" + SMALL

CYCLE = """\
protocol:
  - steps:
      - Charge at C/3 until 4.3 V
      - Hold at 4.3 V until C/10
      - Discharge at C/10 until 2.8 V
  - steps:
      - Charge at C/3 until 4.3 V
      - Rest for 10 minutes
      - Discharge at 1C until 2.8 V
output: {fields: {period: 1 h}}
"""

ENDLESS = """\
protocol:
  - repeat: 1000000
    steps: [Charge at 1C until 4.3 V, Discharge at 1C until 2.8 V]
"""

TOO_FAR = """\
operation: {initial_stoichiometry: 0.3, cutoffs: off}
protocol: [Discharge at C/10 for 100 hours]
"""

Call = Callable[..., Any]


def refused(done: Any, code: int = 2) -> str:
    """The one sentence of a command that refused its input or gave up."""
    assert done.exit_code == code, done.output
    assert done.stdout == ""
    sentence: str = done.stderr
    assert sentence.count("\n") == 1
    assert sentence.startswith("Error: ")
    return sentence.removeprefix("Error: ").rstrip()
