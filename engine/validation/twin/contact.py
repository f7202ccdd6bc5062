"""Share of an interface that touches, as a function of pressure: the laws a twin can carry.

Every law is called with the stack pressure and the highest stack pressure so far, both in Pa, as
numbers, arrays or PyBaMM expressions, and returns the contact fraction of the fresh interface.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import erf

#: Contact fraction from stack pressure and highest stack pressure so far [Pa].
ContactLaw = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class StaticContact:
    """The same at every pressure.

    Attributes
    ----------
    fraction : float
        In (0, 1].
    """

    fraction: float

    def __call__(self, pressure: Any, highest: Any) -> Any:
        """Return the fraction."""
        return self.fraction


@dataclass(frozen=True, slots=True)
class FabricatedContact:
    """Contact made at fabrication and modulated by stack pressure.

    theta = theta_fab [1 - (1 - theta_rel) exp(-p/p_1)], theta_fab = 1 - exp(-max(p_fab, p_max)/p_H).

    Attributes
    ----------
    fabrication_pressure, hardness, elastic_pressure : float
        p_fab, p_H and p_1 [Pa].
    relaxed_fraction : float
        theta_rel: what is left of the contact without stack pressure.
    """

    fabrication_pressure: float = 400.0e6
    hardness: float = 200.0e6
    elastic_pressure: float = 10.0e6
    relaxed_fraction: float = 0.877

    def __call__(self, pressure: Any, highest: Any) -> Any:
        """Return the contact fraction."""
        made = 1.0 - np.exp(-np.maximum(highest, self.fabrication_pressure) / self.hardness)
        lost = (1.0 - self.relaxed_fraction) * np.exp(-pressure / self.elastic_pressure)
        return made * (1.0 - lost)


@dataclass(frozen=True, slots=True)
class PlasticContact:
    """Asperities that flow at a hardness: theta = 1 - exp(-p/H).

    Attributes
    ----------
    hardness : float
        [Pa]
    """

    hardness: float

    def __call__(self, pressure: Any, highest: Any) -> Any:
        """Return the contact fraction."""
        return 1.0 - np.exp(-pressure / self.hardness)


@dataclass(frozen=True, slots=True)
class HertzContact:
    """Equal elastic spheres on a flat: theta = pi eta a^2, a^3 = 3 (p/eta) R / (4 E*), at most 1.

    Attributes
    ----------
    asperity_density : float
        eta [1/m2].
    asperity_radius : float
        R [m].
    modulus : float
        Reduced modulus E* [Pa].
    """

    asperity_density: float
    asperity_radius: float
    modulus: float

    def __call__(self, pressure: Any, highest: Any) -> Any:
        """Return the contact fraction."""
        force = pressure / self.asperity_density
        radius = (0.75 * force * self.asperity_radius / self.modulus) ** (1.0 / 3.0)
        return np.minimum(np.pi * self.asperity_density * radius**2, 1.0)


@dataclass(frozen=True, slots=True)
class PerssonContact:
    """Self-affine elastic surface: theta = erf(sqrt(pi)/2 k p/(E* h')), k = 2 from simulations.

    Persson 2001, 10.1063/1.1388626, has k = sqrt(8/pi).

    Attributes
    ----------
    modulus : float
        Reduced modulus E* [Pa].
    rms_slope : float
        h'.
    prefactor : float
        k.
    """

    modulus: float
    rms_slope: float
    prefactor: float = 2.0

    def __call__(self, pressure: Any, highest: Any) -> Any:
        """Return the contact fraction."""
        slope = self.prefactor / (self.modulus * self.rms_slope)
        return erf(0.5 * math.sqrt(math.pi) * slope * pressure)


def constriction_resistance(fraction: Any, pitch: float, conductivity: Any) -> Any:
    """Area resistance of current lines that narrow towards contact spots.

    R = pi b (1 - sqrt(theta))^1.5 / (4 kappa sqrt(theta)), Cooper, Mikic and Yovanovich 1969.

    Parameters
    ----------
    fraction : float or pybamm.Symbol
        theta, contact fraction.
    pitch : float
        b, radius of the area that belongs to a spot [m].
    conductivity : float or pybamm.Symbol
        kappa, of the electrolyte's bulk [S/m].

    Returns
    -------
    float or pybamm.Symbol
        [Ohm m2]; 0 for a pitch of 0.
    """
    if pitch == 0.0:
        return 0.0
    root = np.sqrt(fraction)
    gap = np.maximum(1.0 - root, 0.0)
    return np.pi * pitch * gap * np.sqrt(gap) / (4.0 * conductivity * root)
