"""PyBaMM as the reference for impedance spectra of the single-ion half cell.

The stock half-cell DFN of `reference`, with double layers (``"surface form": "differential"``), is
linearised at equilibrium by PyBaMM's own `EISSimulation` (Hallemans et al. 2025), which solves
(i omega M - J) x = b at each frequency.

What PyBaMM's half cell contains at the lithium plane, term by term: C dpsi/dt = I - j with psi the
potential of lithium less that of the electrolyte and j = 2 j0 sinh(F psi/2RT): the capacitance is
per geometric area and parallel to kinetics alone.  A contact resistance is in series with the
cell, outside of the double layer.  In the electrode a C dpsi/dt + a j = di_e/dx with a = 3 eps/R
the whole surface of the spheres; a capacitance per area of contact has to be multiplied with the
contact fraction.  There is no film, no constriction and no inductance.

PyBaMM returns -V/I in ohm of the whole cell, positive real part, negative imaginary part for a
capacitance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from solidcell.engine.validation.curve import FloatArray
from solidcell.engine.validation.discretisation import Mesh
from solidcell.engine.validation.half_cell import HalfCell
from solidcell.engine.validation.reference import (
    half_cell_model,
    load_pybamm,
    parameter_values,
    spatial_options,
)

ComplexArray = npt.NDArray[np.complex128]

#: Mesh on which spectra between 10 mHz and 10 kHz are within 0.03 % of the exact solution: fine
#: towards separator and surface, where a high frequency stays.
SPECTRUM_MESH = Mesh(nodes=80, shells=80, shell_stretch=6.0, node_stretch=4.0)


def frequencies(*, lowest: float = 1.0e-2, highest: float = 1.0e4, points: int = 61) -> FloatArray:
    """Frequencies at equal distances on a logarithmic scale, from the highest down.

    Parameters
    ----------
    lowest, highest : float
        [Hz]
    points : int
        How many.

    Returns
    -------
    ndarray, shape (points,)
        [Hz]
    """
    return np.geomspace(highest, lowest, points)


def eis_simulation(
    cell: HalfCell,
    *,
    stoichiometry: float,
    temperature: float = 298.15,
    positive_double_layer: float = 0.3,
    lithium_double_layer: float = 0.3,
    entropy: bool = False,
    mesh: Mesh = SPECTRUM_MESH,
) -> Any:
    """Build PyBaMM's linearisation of the half cell in equilibrium.

    Parameters
    ----------
    cell : HalfCell
        The cell.
    stoichiometry : float
        Uniform lithium fraction.
    temperature : float
        [K]
    positive_double_layer : float
        Capacitance per area of contact between particles and electrolyte [F/m2].
    lithium_double_layer : float
        Capacitance per geometric area of the lithium plane [F/m2].
    entropy : bool
        Whether the open-circuit potential follows temperature.
    mesh : Mesh
        Finite volumes.

    Returns
    -------
    pybamm.EISSimulation

    Raises
    ------
    solidcell.engine.errors.InputError
        PyBaMM is not installed.
    """
    pybamm = load_pybamm()
    model = half_cell_model(
        pybamm, series_resistance=cell.series_resistance > 0.0, double_layers=True
    )
    values = parameter_values(
        pybamm, cell, temperature=temperature, stoichiometry=stoichiometry, entropy=entropy
    )
    values.update(
        {
            "Positive electrode double-layer capacity [F.m-2]": (
                cell.contact_fraction * positive_double_layer
            ),
            "Negative electrode double-layer capacity [F.m-2]": lithium_double_layer,
        },
        check_already_exists=False,
    )
    return pybamm.EISSimulation(
        model, parameter_values=values, **spatial_options(pybamm, model, mesh)
    )


def impedance(cell: HalfCell, frequency: FloatArray, **conditions: Any) -> ComplexArray:
    """Impedance of the half cell in equilibrium.

    Parameters
    ----------
    cell : HalfCell
        The cell.
    frequency : ndarray, shape (n,)
        [Hz]
    conditions
        Keywords of `eis_simulation`.

    Returns
    -------
    ndarray of complex, shape (n,)
        Ohm of the whole cell.
    """
    simulation = eis_simulation(cell, **conditions)
    return np.asarray(simulation.solve(frequency).impedance, dtype=np.complex128)
