"""Memory of the electrode as a linear network, for resistances and spectra."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.kernels.transmission_line import TransmissionLine, allocate_line

FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]


class Network(NamedTuple):
    """The electrode as a linear network at one frequency.

    Attributes
    ----------
    line
        The transmission line.
    admittance
        y of each node, S/m3, complex, (nodes,).
    polarisation
        1 / y without its double layer, Ohm m3, complex, (nodes,).
    response
        dPhi_s / dg of the particles, complex, (nodes,).
    source, nothing
        Potential that a unit of pressure gives, V/Pa, and zeros, complex, (nodes,).
    face_current
        Ionic current at the faces, A/m2, complex, (nodes + 1,).
    reaction, pressure_reaction
        Reaction per unit of current and of pressure, complex, (nodes,).
    dissipated
        Resistance of the reaction at each node, Ohm m2, (nodes,).
    """

    line: TransmissionLine
    admittance: ComplexArray
    polarisation: ComplexArray
    response: ComplexArray
    source: ComplexArray
    nothing: ComplexArray
    face_current: ComplexArray
    reaction: ComplexArray
    pressure_reaction: ComplexArray
    dissipated: FloatArray


def allocate_network(nodes: int) -> Network:
    """Room for the network of an electrode of `nodes`."""

    def nodal() -> ComplexArray:
        return np.zeros(nodes, dtype=np.complex128)

    return Network(
        allocate_line(nodes),
        nodal(),
        nodal(),
        nodal(),
        nodal(),
        nodal(),
        np.zeros(nodes + 1, dtype=np.complex128),
        nodal(),
        nodal(),
        np.zeros(nodes),
    )
