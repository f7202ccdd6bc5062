"""The lithium plane: charge transfer and interface resistance of metal on a solid electrolyte."""

from solidcell.kernels.kinetics import butler_volmer_overpotential
from solidcell.kernels.options import embedded_kernel
from solidcell.kernels.parameters import Coefficients, HalfCell


@embedded_kernel
def plane_overpotential(
    cell: HalfCell, coefficients: Coefficients, current: float
) -> tuple[float, float, float]:
    """Voltage that the lithium plane takes, and its two parts.

    ``I = theta_a j0 [exp(alpha F eta / RT) - exp(-(1 - alpha) F eta / RT)]``,
    ``dV = eta + I R_int`` (I > 0 strips lithium; R_int of geometric area).

    Returns
    -------
    (float, float, float)
        Charge-transfer overpotential eta, V; drop across the interface, V; and the derivative of
        their sum with respect to the current density, Ohm m2.
    """
    scale = cell.lithium_contact_fraction * coefficients.lithium_exchange_current
    eta, gradient = butler_volmer_overpotential(
        current / scale, cell.lithium_transfer_coefficient, coefficients.temperature
    )
    resistance = coefficients.lithium_interface_resistance
    return eta, current * resistance, gradient / scale + resistance
