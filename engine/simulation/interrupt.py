"""Ending a simulation before its protocol does, with everything up to there complete.

A process that is asked to stop (Ctrl-C) may be anywhere, in the middle of writing a row, too. So
the wish is only noted, and the simulation looks for it between two calls of the driver.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Self

import numpy as np
import numpy.typing as npt

from solidcell.kernels import progress as entries
from solidcell.kernels.codes import Result, StopReason


class Interruption:
    """Notes Ctrl-C instead of raising KeyboardInterrupt, within a ``with`` block.

    Outside the main thread, where Python takes no signals, it notes nothing.
    """

    def __init__(self) -> None:
        self._asked = False
        self._takes_signals = threading.current_thread() is threading.main_thread()

    def __call__(self) -> bool:
        """Whether the simulation is to end."""
        return self._asked

    def __enter__(self) -> Self:
        if self._takes_signals:
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        if self._takes_signals:
            signal.signal(signal.SIGINT, self._before)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True


def close_step(counters: npt.NDArray[np.int64]) -> None:
    """Have the driver end the protocol step and the cycle at work where they are.

    Its next calls write the rows of both, and leave it in the phase ``DONE``.
    """
    if counters[entries.PHASE] == entries.BEGIN:
        counters[entries.PHASE] = entries.BLOCK
    elif not counters[entries.ENDED]:
        counters[entries.ENDED] = 1
        counters[entries.REASON] = int(StopReason.STOPPED)
        if counters[entries.PHASE] == entries.INTEGRATE:
            counters[entries.PHASE] = entries.CLOSE
    # Any code but FINISHED keeps the driver from going on to the next step.
    counters[entries.RESULT] = int(Result.CHUNK_END)
