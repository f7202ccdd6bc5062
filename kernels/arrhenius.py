"""Temperature dependence of material properties."""

from math import exp

from solidcell.kernels.constants import GAS
from solidcell.kernels.options import kernel


@kernel
def arrhenius(activation_energy: float, temperature: float, reference_temperature: float) -> float:
    """Factor on a property measured at the reference temperature.

    ``X(T) / X(T_ref) = exp[-(Ea / R) (1/T - 1/T_ref)]``

    Parameters
    ----------
    activation_energy
        Ea, J/mol.
    temperature, reference_temperature
        T and T_ref, K.
    """
    return exp(-activation_energy / GAS * (1.0 / temperature - 1.0 / reference_temperature))
