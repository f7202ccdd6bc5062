"""Active material of the model: what has cracked off, what is isolated, and the lithium in both.

Of the fresh material of a node the share r has not cracked off, and of that theta_u = min(1, s/s_u) is
connected.  Both change continuously, and lithium goes with them:

    dr/dt = -beta (max(0, sigma)/sigma_c)^m - k |dg/dt|,  sigma = 2E/(9(1 - nu)) [mean g - g(surface)]
    dl/dt = (l/r) dr/dt + r x (-dtheta_u/dt)        where contact is lost
    dl/dt = (l/r) dr/dt - r x_l dtheta_u/dt         where it comes back, x_l = l/(r(1 - theta_u))
    dc/dt = -dr/dt (theta_u x + l/r)

with l the lithium of isolated and c that of cracked particles, as shares of the fresh sites, and x the
mean lithium fraction of the connected ones.  What comes back mixes with them:
dx/dt = ... + (x_l - x)(dtheta_u/dt)/theta_u at every depth alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from solidcell.engine.validation.half_cell import Law
from solidcell.engine.validation.twin.builder import Builder

#: Size of lost shares for the solver's absolute tolerance.
_SHARE_SCALE = 1.0e-2
#: Share of isolated material below which what it holds doesn't count.
_SMALLEST_SHARE = 1.0e-9


@dataclass(frozen=True, slots=True)
class MaterialSymbols:
    """Active material in the model; where nothing changes a share, it is no unknown.

    Attributes
    ----------
    lost : pybamm.Symbol
        1 - r at the nodes.
    utilisation : pybamm.Symbol
        theta_u at the nodes.
    isolated : pybamm.Symbol
        l at the nodes.
    cracked : pybamm.Symbol
        c, mean over the electrode.
    """

    lost: Any
    utilisation: Any
    isolated: Any
    cracked: Any

    @property
    def left(self) -> Any:
        """The share r."""
        return 1.0 - self.lost

    @property
    def active(self) -> Any:
        """Share of the fresh material that takes part, r theta_u."""
        return self.left * self.utilisation


def material_states(b: Builder, retention: Any) -> MaterialSymbols:
    """Add the unknowns of the active material.

    Parameters
    ----------
    b : Builder
        The model.
    retention : pybamm.Symbol
        s at the nodes.

    Returns
    -------
    MaterialSymbols
    """
    composite = b.cell.composite
    threshold, cracking = composite.isolation_threshold, composite.cracking
    utilisation, connected = b.everywhere(1.0), 1.0
    if threshold is not None:
        utilisation = np.minimum(retention / threshold, 1.0)
        connected = min(composite.retention / threshold, 1.0)
    start = (1.0 - connected) * b.start.stoichiometry
    lost, isolated, cracked = b.everywhere(0.0), b.everywhere(start), b.pybamm.Scalar(0.0)
    if cracking is not None:
        lost = b.unknown("lost active material", 0.0, nodal=True, scale=_SHARE_SCALE)
        cracked = b.unknown("cracked lithium", 0.0, scale=_SHARE_SCALE)
    if threshold is not None and (composite.loss is not None or cracking is not None):
        isolated = b.unknown("isolated lithium", start, nodal=True, scale=_SHARE_SCALE)
    return MaterialSymbols(lost, utilisation, isolated, cracked)


def material_equations(
    b: Builder,
    material: MaterialSymbols,
    stoichiometry: Any,
    mean: Any,
    strain_rate: Any,
    retention: Any,
    retention_rate: Any,
) -> tuple[Any, Any]:
    """Write the equations of the active material.

    Parameters
    ----------
    b : Builder
        The model.
    material : MaterialSymbols
        Unknowns.
    stoichiometry, mean : pybamm.Symbol
        Lithium fraction inside the connected particles, and its mean at the nodes.
    strain_rate : pybamm.Symbol
        |dg/dt| at the nodes [1/s].
    retention, retention_rate : pybamm.Symbol
        s and ds/dt [1/s] at the nodes.

    Returns
    -------
    (pybamm.Symbol, pybamm.Symbol)
        Share of the connected particles that has just come back [1/s], and what they hold.
    """
    half, composite = b.cell.half_cell, b.cell.composite
    cracking, threshold = composite.cracking, composite.isolation_threshold
    left, utilisation, isolated = material.left, material.utilisation, material.isolated
    cracks: Any = b.everywhere(0.0)
    if cracking is not None:
        assert composite.volume_change is not None
        stiffness = 2.0 * cracking.modulus / (9.0 * (1.0 - cracking.poisson_ratio))
        stress = stiffness * _tension(b, composite.volume_change, stoichiometry)
        relative = np.maximum(stress / cracking.critical_stress, 0.0)
        cracks = cracking.rate * relative**cracking.exponent
        cracks = cracks + cracking.strain_coefficient * strain_rate
        b.evolve(material.lost, cracks)
        b.evolve(material.cracked, b.mean(cracks * (utilisation * mean + isolated / left)))
    theirs, returning = mean, b.everywhere(0.0)
    if isolated in b.unknowns:
        change = b.everywhere(0.0)
        if composite.loss is not None:
            change = retention_rate / threshold * (retention < threshold)
        theirs = isolated / (left * np.maximum(1.0 - utilisation, _SMALLEST_SHARE))
        going, coming = np.maximum(-change, 0.0), np.maximum(change, 0.0)
        b.evolve(isolated, left * (going * mean - coming * theirs) - cracks * isolated / left)
        returning = coming / utilisation
    sites = (
        half.electrode_thickness * half.active_material_volume_fraction * half.maximum_concentration
    )
    trapped = sites * (material.cracked + b.mean(isolated))
    b.model.variables.update(
        {
            "active_material": b.mean(left),
            "utilisation": b.mean(material.active) / b.mean(left),
            "trapped_lithium": trapped,
            "positive_lithium": sites * b.mean(material.active * mean),
            "nodes/active_share": left,
            "nodes/utilisation": utilisation,
            "nodes/isolated_lithium": isolated,
        }
    )
    return returning, theirs


def _tension(b: Builder, volume_change: Law, stoichiometry: Any) -> Any:
    """Mean of g inside a particle less g at its surface."""
    inside = b.particle_mean(volume_change(stoichiometry))
    return inside - volume_change(b.pybamm.surf(stoichiometry))
