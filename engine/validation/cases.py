"""The cases in which solidcell has to agree with PyBaMM, as data.

Protocols are written in PyBaMM's experiment language, which scenarios understand too, so both
sides read the same words.  All cases run on the cell of the reference scenario.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np

from solidcell.engine.validation.agreement import Grid, Limits
from solidcell.engine.validation.curve import FloatArray
from solidcell.engine.validation.discretisation import Mesh
from solidcell.engine.validation.half_cell import HalfCell, constant_law

#: Particle diffusivity of the cases with a constant one [m2/s]: the prefactor of the law D(x).
CONSTANT_DIFFUSIVITY = 3.0e-15

#: Lithium fraction of the charged and of an almost discharged electrode, and of half charge.
CHARGED, NEARLY_DISCHARGED, HALF = 0.213, 0.9, 0.5

#: Power step [W per m2 of electrode].
POWER_STEP = 150.0

_ROOM = 298.15
_WARM = 318.15


class Diffusivity(Enum):
    """Which law the particles follow."""

    CONSTANT = "constant"
    COMPOSITION = "composition"


@dataclass(frozen=True, slots=True, eq=False)
class DriveCycle:
    """Current against time, piecewise linear, as one step of a protocol.

    Attributes
    ----------
    time : ndarray, shape (n,)
        Seconds from the start of the step; starts at 0 and increases.
    c_rate : ndarray, shape (n,)
        Current in units of the 1C current, positive on discharge.
    """

    time: FloatArray
    c_rate: FloatArray


@dataclass(frozen=True, slots=True)
class PowerStep:
    """Constant power over the area of the electrode.

    Attributes
    ----------
    power : float
        [W per m2 of electrode], positive on discharge.
    duration : float
        [s]
    """

    power: float
    duration: float

    def text(self, electrode_area: float) -> str:
        """Write the step in the experiment language, for a cell of a given area.

        Parameters
        ----------
        electrode_area : float
            [m2]

        Returns
        -------
        str
        """
        verb = "Discharge" if self.power > 0.0 else "Charge"
        watt = abs(self.power) * electrode_area
        return f"{verb} at {watt:.12g} W for {self.duration:.12g} seconds"


ProtocolStep = str | DriveCycle | PowerStep


@dataclass(frozen=True, slots=True)
class Case:
    """One comparison.

    Attributes
    ----------
    name : str
        Unique, in words that read in a table.
    protocol : tuple of str, DriveCycle or PowerStep
        Steps, in order.
    stoichiometry : float
        Uniform lithium fraction of the positive electrode at the start.
    diffusivity : Diffusivity
        Constant, or the cell's own law D(x).
    grid : Grid
        Where the two voltages are compared.
    temperature : float
        [K]
    entropy : bool
        Whether dU/dT acts, on both sides alike.
    limits : Limits
        What counts as agreement.
    """

    name: str
    protocol: tuple[ProtocolStep, ...]
    stoichiometry: float
    diffusivity: Diffusivity
    grid: Grid
    temperature: float = _ROOM
    entropy: bool = False
    limits: Limits = field(default_factory=Limits)

    @property
    def mesh(self) -> Mesh:
        """Mesh on which the reference is converged (docs/validation.md shows it)."""
        return MESHES[self.diffusivity]

    @property
    def holds(self) -> tuple[int, ...]:
        """Numbers of the steps at constant voltage."""
        return tuple(
            number
            for number, step in enumerate(self.protocol)
            if isinstance(step, str) and step.startswith("Hold")
        )

    def half_cell(self, cell: HalfCell) -> HalfCell:
        """Return the cell with the diffusivity of this case.

        Parameters
        ----------
        cell : HalfCell
            The reference cell, with its law D(x).

        Returns
        -------
        HalfCell
        """
        if self.diffusivity is Diffusivity.COMPOSITION:
            return cell
        return replace(cell, diffusivity=constant_law(CONSTANT_DIFFUSIVITY))


#: A particle whose D falls by 300 towards full needs fine shells under its surface.
MESHES = {
    Diffusivity.CONSTANT: Mesh(nodes=40, shells=60, shell_stretch=3.0),
    Diffusivity.COMPOSITION: Mesh(nodes=40, shells=120, shell_stretch=3.0),
}


def drive_cycle() -> DriveCycle:
    """Return 1,200 s of driving: pulls, coasting, braking and stops, peaks at most 1C.

    The current is a sum of three oscillations whose periods share no factor, plus a square wave
    that stands for pulls and braking; it is limited to 1C and is zero in the last 30 s of every
    300 s.  Values lie on a grid of 1 s, rounded to 1e-3 C, and are joined by straight lines.

    Returns
    -------
    DriveCycle
        1,201 points.
    """
    time = np.arange(1201.0)
    wave = (
        0.18
        + 0.34 * np.sin(2.0 * np.pi * time / 211.0)
        + 0.25 * np.sin(2.0 * np.pi * time / 47.0)
        + 0.12 * np.sin(2.0 * np.pi * time / 13.0)
        + np.where(time % 89.0 < 40.0, 0.30, -0.25)
    )
    wave = np.where(time % 300.0 >= 270.0, 0.0, np.clip(wave, -1.0, 1.0))
    wave[0] = 0.0
    return DriveCycle(time=time, c_rate=np.round(wave, 3))


def discharge(rate: str) -> tuple[ProtocolStep, ...]:
    """Return the protocol of a discharge to 2.8 V.

    Parameters
    ----------
    rate : str
        As PyBaMM writes it: "C/3", "2C".

    Returns
    -------
    tuple
    """
    return (f"Discharge at {rate} until 2.8 V",)


_CHARGE_AND_HOLD: tuple[ProtocolStep, ...] = (
    "Charge at C/3 until 4.3 V",
    "Hold at 4.3 V until C/20",
)
_PULSES: tuple[ProtocolStep, ...] = (
    *(("Discharge at 1C for 2 minutes", "Rest for 10 minutes") * 4),
    *(("Charge at C/2 for 2 minutes", "Rest for 10 minutes") * 2),
    "Discharge at 2C for 10 seconds",
    "Rest for 10 minutes",
)
_POWER: tuple[ProtocolStep, ...] = (
    "Rest for 1 minute",
    PowerStep(POWER_STEP, 1800.0),
    "Rest for 10 minutes",
)


def _both_diffusivities() -> tuple[Case, ...]:
    """Cases at 25 degC, each with either law of the particles."""
    cases: list[Case] = []
    for law in Diffusivity:
        ending = "constant D" if law is Diffusivity.CONSTANT else "D(x)"
        cases += [
            Case(f"{rate} discharge, {ending}", discharge(rate), CHARGED, law, Grid.CHARGE)
            for rate in ("C/20", "C/10", "C/3", "1C", "2C")
        ]
        cases += [
            Case(
                f"C/3 charge and hold, {ending}",
                _CHARGE_AND_HOLD,
                NEARLY_DISCHARGED,
                law,
                Grid.CHARGE,
            ),
            Case(f"pulses and rests, {ending}", _PULSES, HALF, law, Grid.TIME),
            Case(f"power step, {ending}", _POWER, HALF, law, Grid.TIME),
            Case(f"drive cycle, {ending}", (drive_cycle(),), HALF, law, Grid.TIME),
        ]
    return tuple(cases)


_AT_45_DEGC = (
    Case(
        "C/3 discharge, D(x), 45 degC",
        discharge("C/3"),
        CHARGED,
        Diffusivity.COMPOSITION,
        Grid.CHARGE,
        temperature=_WARM,
    ),
    Case(
        "1C discharge, constant D, 45 degC, dU/dT",
        discharge("1C"),
        CHARGED,
        Diffusivity.CONSTANT,
        Grid.CHARGE,
        temperature=_WARM,
        entropy=True,
    ),
    Case(
        "1C discharge, D(x), 45 degC, dU/dT",
        discharge("1C"),
        CHARGED,
        Diffusivity.COMPOSITION,
        Grid.CHARGE,
        temperature=_WARM,
        entropy=True,
    ),
    Case(
        "C/3 charge and hold, D(x), 45 degC, dU/dT",
        _CHARGE_AND_HOLD,
        NEARLY_DISCHARGED,
        Diffusivity.COMPOSITION,
        Grid.CHARGE,
        temperature=_WARM,
        entropy=True,
    ),
)

#: Every case that ``solidcell validate`` runs.
CASES: tuple[Case, ...] = (*_both_diffusivities(), *_AT_45_DEGC)

#: Cases whose shells are doubled on every run, to show that the mesh no longer matters.
SHOWN_CONVERGED: tuple[str, ...] = tuple(
    f"{rate} discharge, D(x)" for rate in ("C/10", "C/3", "1C", "2C")
)
