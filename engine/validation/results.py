"""What a validation has found, case by case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solidcell.engine.validation.agreement import Agreement, Limits

CONVERGED_CAPACITY = 2.0e-4
"""Most that doubling the shells of either side may move a capacity, relative."""


@dataclass(frozen=True, slots=True)
class Refinement:
    """Change of a side's own answer when it is refined.

    Attributes
    ----------
    rms_mV, max_mV
        Of the voltage, mV.
    capacity_percent
        Of the charge passed, %.
    states_percent
        Largest of a state of the interfaces, % of its way; None where there are none.
    """

    rms_mV: float
    max_mV: float
    capacity_percent: float
    states_percent: float | None = None

    @classmethod
    def between(cls, agreement: Agreement, states: float | None = None) -> Refinement:
        """From the differences between a coarse and a fine answer; `states` relative."""
        return cls(
            1e3 * agreement.rms_voltage,
            1e3 * agreement.maximum_voltage,
            1e2 * agreement.capacity,
            None if states is None else 1e2 * states,
        )


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How far solidcell and PyBaMM, or solidcell and its twin, lie apart in a case.

    Attributes
    ----------
    name
        Of the case.
    passed
        Whether every difference keeps its limit, and both sides are converged where that was asked.
    rms_mV, max_mV
        Difference of voltage, mV.
    capacity_error_percent
        Difference of the charge passed, %.
    hold_current_percent
        RMS difference of current in holds, % of 1C; None without a hold.
    tolerance
        The limits, in words.
    solidcell
        Change of solidcell's answer with nodes and shells doubled and a tenth of the tolerance.
    pybamm
        Change of the other side's answer with the shells doubled, the twin's with nodes and shells
        doubled and a tenth of the tolerance; None where it was not asked for.
    group
        What the case belongs to.
    states_percent
        Largest difference of each state of the interfaces, % of its way or value; None where they
        are at rest.
    """

    name: str
    passed: bool
    rms_mV: float
    max_mV: float
    capacity_error_percent: float
    hold_current_percent: float | None
    tolerance: str
    solidcell: Refinement
    pybamm: Refinement | None
    group: str = "cell"
    states_percent: Mapping[str, float] | None = None

    @classmethod
    def of(
        cls,
        name: str,
        agreement: Agreement,
        limits: Limits,
        *,
        converged: bool,
        solidcell: Refinement,
        pybamm: Refinement | None,
        group: str = "cell",
        states: Mapping[str, float] | None = None,
        states_limit: float = 0.0,
    ) -> CaseResult:
        """From the differences found and what is allowed, all relative or in SI.

        Parameters
        ----------
        name, group
            Of the case.
        agreement, limits
            Of voltage, charge and current.
        converged
            Whether both sides are.
        solidcell, pybamm
            Their own changes.
        states, states_limit
            Largest differences of the states, and what is allowed.
        """
        hold = agreement.hold_current
        words = (
            f"{1e3 * limits.rms_voltage:g} mV RMS, {1e3 * limits.maximum_voltage:g} mV at most, "
            f"{1e2 * limits.capacity:g} % of capacity"
        )
        if hold is not None:
            words += f", {1e2 * limits.hold_current:g} % of 1C in the hold"
        if states is not None:
            words += f", {1e2 * states_limit:g} % of each state's way"
        alike = states is None or all(value <= states_limit for value in states.values())
        return cls(
            name=name,
            passed=bool(converged and alike and agreement.within(limits)),
            rms_mV=1e3 * agreement.rms_voltage,
            max_mV=1e3 * agreement.maximum_voltage,
            capacity_error_percent=1e2 * agreement.capacity,
            hold_current_percent=None if hold is None else 1e2 * hold,
            tolerance=words,
            solidcell=solidcell,
            pybamm=pybamm,
            group=group,
            states_percent=(
                None if states is None else {state: 1e2 * value for state, value in states.items()}
            ),
        )

    @property
    def others_percent(self) -> float | None:
        """Largest difference of what is no voltage and no charge, %: of states and of a hold."""
        found = [] if self.hold_current_percent is None else [self.hold_current_percent]
        found += (self.states_percent or {}).values()
        return max(found, default=None)


@dataclass(frozen=True, slots=True)
class LifeRefinement:
    """Change of a side's own answer about a life when it is refined.

    Attributes
    ----------
    capacity_percent
        Largest of a half cycle's charge, %.
    states_percent
        Largest of what has aged, % of its way.
    """

    capacity_percent: float
    states_percent: float


@dataclass(frozen=True, slots=True)
class AgeingResult:
    """How far two lives lie apart.

    Attributes
    ----------
    name
        Of the case.
    passed
        Whether every difference keeps its limit, and both sides are converged where that was asked.
    cycles
        Cycles of the life.
    capacity_error_percent
        Largest difference of a half cycle's charge, %.
    current_percent
        Largest difference of current at the end of a hold, % of 1C; None where the current ends it.
    states_percent
        Largest difference of whatever has aged, % of its way over the life.
    tolerance
        The limits, in words.
    solidcell
        Change of solidcell's answer with nodes and shells doubled and a tenth of the tolerance.
    pybamm
        The other side's; None where it was not asked for.
    group
        What the case belongs to.
    """

    name: str
    passed: bool
    cycles: int
    capacity_error_percent: float
    current_percent: float | None
    states_percent: Mapping[str, float]
    tolerance: str
    solidcell: LifeRefinement
    pybamm: LifeRefinement | None
    group: str

    @property
    def others_percent(self) -> float:
        """Largest difference of what is no charge, %."""
        return max(*self.states_percent.values(), self.current_percent or 0.0)


@dataclass(frozen=True, slots=True)
class SpectrumResult:
    """How far two spectra lie apart.

    Attributes
    ----------
    name
        Of the case.
    passed
        Whether the difference and both sides' own changes keep their limits.
    largest_percent
        Largest difference at any frequency, % of the reference's |Z|.
    tolerance
        The limits, in words.
    solidcell_percent, pybamm_percent
        Change of each side's answer on a mesh of twice the nodes and shells, % of |Z|.
    group
        What the case belongs to.
    """

    name: str
    passed: bool
    largest_percent: float
    tolerance: str
    solidcell_percent: float
    pybamm_percent: float
    group: str


@dataclass(frozen=True, slots=True)
class Point:
    """A measured value and the computed one.

    Attributes
    ----------
    at
        Where it was measured, in words.
    measured, computed
        In `unit` of the measurement.
    deviation_percent
        Computed less measured, % of measured; of a range, beyond its nearer end.
    asserted
        Whether the deviation counts.
    """

    at: str
    measured: str
    computed: float
    deviation_percent: float
    asserted: bool = True


@dataclass(frozen=True, slots=True)
class MeasurementResult:
    """How far computed values lie from measured ones.

    Attributes
    ----------
    name
        Of the case.
    passed
        Whether each deviation that counts keeps its limit.
    largest_percent
        Largest deviation that counts, %.
    tolerance
        The limit, in words.
    quantity, unit
        What was measured.
    points
        The values.
    source
        Where the measured ones come from.
    remark
        What else there is to know.
    group
        What the case belongs to.
    """

    name: str
    passed: bool
    largest_percent: float
    tolerance: str
    quantity: str
    unit: str
    points: tuple[Point, ...]
    source: str
    remark: str
    group: str


Result = CaseResult | AgeingResult | SpectrumResult | MeasurementResult
