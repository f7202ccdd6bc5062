"""What each result code of the driver means to a person: the reason, and what to change."""

from __future__ import annotations

from dataclasses import dataclass

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
    Result.CONTACT_LOST: Outcome(
        "contact lost",
        "voids have detached the lithium from the separator",
        "raise the stack pressure or the temperature, or strip at a lower rate",
    ),
    Result.STACK_LOOSE: Outcome(
        "stack lost contact",
        "the stack pressure fell below 0.1 MPa and the stack lost contact",
        "start at a higher stack pressure or hold the stack in a softer fixture",
    ),
    Result.VOLTAGE_OUT_OF_BOUNDS: Outcome(
        "voltage out of bounds",
        "the voltage left the range of -10 V to 10 V, which no cell survives",
        "ask for less current, or give the step a voltage limit",
    ),
    Result.FILM_STARVED: Outcome(
        "film out of lithium",
        "the film on the positive particles takes more lithium than their surface has left",
        "check the film's growth constants and voltage_coefficient, or let it take none of the "
        "particles' lithium (consumes: electrolyte)",
    ),
    Result.NOT_A_NUMBER: Outcome(
        "not a number",
        "an equation gave no number",
        "check the curves of the active material near the composition reached",
    ),
}
"""Every code of a simulation that stopped early."""

INTERRUPTED = Outcome(
    "interrupted",
    "it was interrupted",
    "run it again to complete it",
)
"""A simulation that a person ended."""
