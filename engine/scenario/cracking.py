"""How the particles of a composite electrode crack."""

from __future__ import annotations

from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.parameter import Coefficient, Factor, Fraction, Kind, Rate, Stress

_ESTIMATE = "default: engineering estimate"
_PRESSURE = Kind("Pa", above=0.0)


class Cracking(Entry):
    """Loss of active material: dr/dt = -rate (s / critical_stress)^exponent - k |dg/dt|.

    r is the share that is left, s = 2 E / (9 (1 - nu)) [mean g - g(surface)] the tension at the surface
    of a particle (0 under compression), g its volume change, k the strain coefficient. What has cracked
    off keeps its lithium: a solid electrolyte does not wet cracks. So they lengthen diffusion in what
    is left: D / (1 + 8/9 crack_density (1 - r)).
    """

    rate: Rate = Kind("1/s", minimum=0.0).of(
        "2.02e-7 1/s", f"{_ESTIMATE}: loses 1.7e-4 in a C/3 cycle at 25 degC", "fitted"
    )
    """Share of the fresh material that is lost in a second at the critical stress."""
    critical_stress: Stress = _PRESSURE.of("100 MPa", _ESTIMATE)
    """Stress of `rate`."""
    exponent: Factor = Kind("", above=0.0).of("2", "default: O'Kane 2022, 10.1039/D2CP00417H")
    """Exponent of the stress."""
    modulus: Stress = _PRESSURE.of("199 GPa", "default: NMC111, reported")
    """Young's modulus of the particles."""
    poisson_ratio: Fraction = Kind("", minimum=0.0, maximum=0.5).of("0.25", _ESTIMATE)
    """Poisson's ratio of the particles."""
    strain_coefficient: Coefficient = Kind("", minimum=0.0).of("0", _ESTIMATE)
    """Share of the fresh material that is lost per volume change, whatever its speed."""
    crack_density: Coefficient = Kind("", minimum=0.0).of(
        "0.4775", f"{_ESTIMATE}: each fragment a hemisphere on its crack, 3/(2 pi)"
    )
    """Cracks in the particles, N a^3, per share of the material that is lost."""
