"""A voltage curve in the form that comparisons work on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Curve:
    """Voltage, current and charge against time, per area of electrode.

    Rows are in order of time.  Where current jumps between two steps the same time stands twice,
    once as the last row of a step and once as the first row of the next.

    Attributes
    ----------
    time : ndarray, shape (n,)
        [s]
    voltage : ndarray, shape (n,)
        [V]
    current : ndarray, shape (n,)
        [A/m2], positive on discharge.
    charge : ndarray, shape (n,)
        Charge passed since the start [A s/m2], discharge counted positive.
    step : ndarray of int, shape (n,)
        Number of the protocol step a row belongs to, from 0.
    """

    time: FloatArray
    voltage: FloatArray
    current: FloatArray
    charge: FloatArray
    step: IntArray

    @classmethod
    def from_steps(
        cls, *, time: FloatArray, voltage: FloatArray, current: FloatArray, step: IntArray
    ) -> Curve:
        """Build a curve, with the charge from the trapezoidal rule over the current.

        Parameters
        ----------
        time, voltage, current, step : ndarray, shape (n,)
            As the attributes.

        Returns
        -------
        Curve
        """
        charge = np.concatenate(
            [[0.0], np.cumsum(np.diff(time) * 0.5 * (current[1:] + current[:-1]))]
        )
        return cls(time=time, voltage=voltage, current=current, charge=charge, step=step)

    def part(self, step: int) -> Curve:
        """Rows of one protocol step.

        Parameters
        ----------
        step : int
            Its number.

        Returns
        -------
        Curve
        """
        rows = self.step == step
        return Curve(
            time=self.time[rows],
            voltage=self.voltage[rows],
            current=self.current[rows],
            charge=self.charge[rows],
            step=self.step[rows],
        )
