"""What each result code of the driver means to a person: the reason, and what to change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from solidcell.kernels.codes import Result


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a simulation ended.

    Attributes
    ----------
    reason
        In a word or two, as the results file keeps it.
    cause
        What happened, continuing "the simulation stopped ... because".
    cure
        What to change.
    """

    reason: str
    cause: str
    cure: str


OUTCOMES: dict[Result, Outcome] = {
    Result.NO_CONSISTENT_STATE: Outcome(
        "no consistent state",
        "no currents and potentials satisfy the equations at the start of the step",
        "ask for less current or power, or start from another composition",
    ),
    Result.SETPOINT_OUT_OF_REACH: Outcome(
        "set-point out of reach",
        "the cell can't deliver what the step asks for",
        "ask for less current or power, or hold a voltage nearer to the open-circuit voltage",
    ),
    Result.STEP_SIZE_TOO_SMALL: Outcome(
        "step size too small",
        "the solver could not keep its tolerance however short the step",
        "loosen numerics.rtol or refine numerics.shells",
    ),
    Result.POSITIVE_FULL: Outcome(
        "positive electrode full",
        "the surface of the positive particles filled with lithium",
        "end the discharge at a higher voltage or run it at a lower rate",
    ),
    Result.POSITIVE_EMPTY: Outcome(
        "positive electrode empty",
        "the surface of the positive particles ran out of lithium",
        "end the charge at a lower voltage or run it at a lower rate",
    ),
    Result.LITHIUM_EXHAUSTED: Outcome(
        "lithium exhausted",
        "the lithium metal was used up",
        "give the negative electrode more excess_thickness or start from a charged cell",
    ),
    Result.NOT_A_NUMBER: Outcome(
        "not a number",
        "an equation gave no number",
        "check the curves of the active material near the composition reached",
    ),
}
"""Every code of a simulation that stopped early."""

AT_THE_END = 1e-6
"""How near to full or empty a particle's surface is when its kinetics leave no step to take."""

INTERRUPTED = Outcome(
    "interrupted",
    "it was interrupted",
    "run it again to complete it",
)
"""A simulation that a person ended."""


def outcome_of(code: Result, surface: npt.NDArray[np.float64]) -> Outcome | None:
    """How a simulation ended; None if its protocol was completed.

    Parameters
    ----------
    code
        What the driver returned.
    surface
        Lithium fraction at the surface of the particles then. The exchange current vanishes where
        it is 0 or 1, so that the solver gives up just before: that is told by its cause.
    """
    if code == Result.STEP_SIZE_TOO_SMALL:
        if surface.max() > 1.0 - AT_THE_END:
            code = Result.POSITIVE_FULL
        elif surface.min() < AT_THE_END:
            code = Result.POSITIVE_EMPTY
    return OUTCOMES.get(code)
