"""Impedance of a twin in equilibrium, from its linearised equations."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import spsolve

from solidcell.engine.validation.curve import FloatArray
from solidcell.engine.validation.discretisation import Mesh
from solidcell.engine.validation.reference import load_pybamm
from solidcell.engine.validation.spectrum_reference import SPECTRUM_MESH
from solidcell.engine.validation.twin.cell import TwinCell
from solidcell.engine.validation.twin.equations import build
from solidcell.engine.validation.twin.protocol import Segment, Start
from solidcell.engine.validation.twin.solve import Control, discretisation, start_thickness

ComplexArray = npt.NDArray[np.complex128]


def impedance(
    cell: TwinCell, frequency: FloatArray, start: Start, *, mesh: Mesh = SPECTRUM_MESH
) -> ComplexArray:
    """Impedance at rest, before anything has grown or opened.

    (i omega M - J) y = b with J and M of the model at its start, b a change of the current.

    Parameters
    ----------
    cell : TwinCell
        The cell, with double layers.
    frequency : ndarray, shape (n,)
        [Hz]
    start : Start
        State.
    mesh : Mesh
        Finite volumes.

    Returns
    -------
    ndarray of complex, shape (n,)
        Per area of electrode [Ohm m2].

    Raises
    ------
    solidcell.engine.errors.InputError
        PyBaMM is not installed.
    """
    import casadi

    pybamm = load_pybamm()
    model = build(cell, start, entropy=False)
    discretisation(pybamm, mesh).process_model(model)
    rest = Segment(duration=1.0)
    inputs = Control(start, start_thickness(model)).inputs(rest, 0.0)
    solver = pybamm.BaseSolver()
    solver.set_up(model, inputs=inputs)
    states = model.concatenated_initial_conditions.evaluate(0.0, inputs=inputs)
    stacked = casadi.vertcat(*inputs.values())
    jacobian = csc_matrix(model.jac_rhs_algebraic_eval(0.0, states, stacked).sparse())
    mass = csc_matrix(model.mass_matrix.entries)
    symbol = casadi.MX.sym("y", states.size)
    voltage, current = (
        model.get_processed_variable(name).to_casadi(t=0.0, y=symbol, inputs=inputs)
        for name in ("voltage", "current")
    )
    outputs = casadi.Function(
        "outputs", [symbol], [casadi.jacobian(casadi.vertcat(voltage, current), symbol)]
    )(states).sparse()
    (row,) = {
        slices[0].start
        for variable, slices in model.y_slices.items()
        if variable.name == "scaled current"
    }
    force = np.zeros(states.size)
    force[row] = -1.0
    result = np.empty(frequency.size, dtype=np.complex128)
    for index, hertz in enumerate(frequency):
        change = outputs @ spsolve(2.0j * np.pi * hertz * mass - jacobian, force)
        result[index] = -change[0] / change[1]
    return result
