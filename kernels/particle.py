"""Fickian diffusion in spherical particles with a diffusivity that depends on composition.

With the Kirchhoff transform ``Phi(x) = integral of D(x) / D0`` the law

    dx/dt = (D0 / R^2) r^-2 d/dr ( r^2 dPhi/dr ),   0 < r < 1
    dPhi/dr = 0 at r = 0,   dPhi/dr = -theta j R / (F c_max D0) at r = 1

(Doyle, Fuller, Newman 1993; theta j is the reaction current averaged over the whole surface) has a
flux that is linear in Phi. Finite volumes conserve lithium to round-off. Its Jacobian becomes
symmetric in ``z = D/D0 dx``: one pivot a shell is all that a factorisation has to keep.

All arrays are (shells, nodes) with the node contiguous: the particles of an electrode are swept
together, so that the loops over the nodes vectorise.
"""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.options import embedded_kernel, inline_kernel
from solidcell.kernels.parameters import HalfCell
from solidcell.kernels.tables import interval, locate, slope, value
from solidcell.kernels.vector import as_vector

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.uint64]

INVERSIONS = 100
"""Iterations after which bisection alone has exhausted the digits."""
HALF_THE_DIGITS = 1e-8
"""Change of a lithium fraction by Newton's method after which the square of it is round-off."""


@inline_kernel
def lengthens(cell: HalfCell) -> bool:
    """Whether cracks lengthen diffusion."""
    return cell.cracking.crack_density > 0.0


@inline_kernel
def cracked_diffusivity(crack_density: float, left: float) -> float:
    """Share of the diffusivity that cracks leave to particles of which the share `left` is left.

    ``D / D_fresh = 1 / (1 + 8/9 rho)`` with the crack density rho = N a^3. A disc of radius a that lets
    nothing through disturbs the flux across it as a dipole of the volume 8 a^3 / 3 does; discs in all
    directions do a third of that, and don't see each other. A solid electrolyte wets no cracks, as a
    liquid does: they lengthen diffusion and never shorten it. `crack_density` is rho per share of
    material that has come off.
    """
    return 1.0 / (1.0 + 8.0 / 9.0 * crack_density * (1.0 - left))


@inline_kernel
def weaken(share: FloatArray, phi: FloatArray) -> None:
    """Multiply Kirchhoff potentials, (shells, nodes), by what cracks leave of D, (nodes,)."""
    for i in range(phi.shape[0]):
        for k in range(share.size):
            phi[i, k] *= share[k]


@embedded_kernel
def kirchhoff(
    cell: HalfCell, stoichiometry: FloatArray, intervals: IndexArray, phi: FloatArray
) -> None:
    """Kirchhoff potential Phi of each shell, written to `phi`, and its interval; (shells, nodes)."""
    index, potential = as_vector(intervals), as_vector(phi)
    locate(
        cell.table_origin,
        cell.table_inverse_spacing,
        cell.table_intervals,
        as_vector(stoichiometry),
        index,
        potential,
    )
    for n in range(potential.size):
        potential[n] = value(cell.kirchhoff_table, index[n], potential[n])


@embedded_kernel
def surface_residual(
    cell: HalfCell,
    phi: FloatArray,
    phi_surface: FloatArray,
    flux: FloatArray,
    residual: FloatArray,
) -> None:
    """Phi at the surface less its extrapolation from the three outermost shells and the flux.

    ``phi`` is (shells, nodes), the others (nodes,); ``flux`` is the outward gradient of Phi at the
    surface; `residual` is written.
    """
    last = phi.shape[0] - 1
    reach = cell.surface_reach
    inner, middle, outer = cell.surface_weight[0], cell.surface_weight[1], cell.surface_weight[2]
    for k in range(residual.size):
        residual[k] = (
            phi_surface[k]
            - inner * phi[last - 2, k]
            - middle * phi[last - 1, k]
            - outer * phi[last, k]
            - reach * flux[k]
        )


@embedded_kernel
def extrapolate(cell: HalfCell, phi: FloatArray, reached: FloatArray) -> None:
    """Phi that the three outermost shells reach at the surface without a flux.

    ``phi`` is (shells, nodes); `reached` is written, (nodes,).
    """
    last = phi.shape[0] - 1
    inner, middle, outer = cell.surface_weight[0], cell.surface_weight[1], cell.surface_weight[2]
    for k in range(reached.size):
        reached[k] = inner * phi[last - 2, k] + middle * phi[last - 1, k] + outer * phi[last, k]


@inline_kernel
def kirchhoff_potential(cell: HalfCell, stoichiometry: float) -> tuple[float, float]:
    """Phi of a lithium fraction, and its slope D / D0, both without cracks."""
    if cell.constant_diffusivity:
        return stoichiometry, 1.0
    scale = cell.table_inverse_spacing
    index, d = interval(cell.table_origin, scale, cell.table_intervals, stoichiometry)
    table = cell.kirchhoff_table
    return value(table, index, d), slope(table, scale, index, d)


@embedded_kernel
def fraction_at(cell: HalfCell, potential: float, guess: float) -> float:
    """Lithium fraction at a Kirchhoff potential, by Newton's method held in a bracket."""
    if cell.constant_diffusivity:
        return potential
    low, high = 0.0, 1.0
    root = min(max(low, guess), high)
    for _ in range(INVERSIONS):
        reached, steep = kirchhoff_potential(cell, root)
        excess = reached - potential
        if excess > 0.0:
            high = root
        else:
            low = root
        new = root - excess / steep
        if not low <= new <= high:
            new = 0.5 * (low + high)
        change = abs(new - root)
        root = new
        if change < HALF_THE_DIGITS:
            break
    return root


@embedded_kernel
def inverse_diffusivity(
    cell: HalfCell,
    stoichiometry: FloatArray,
    share: FloatArray,
    intervals: IndexArray,
    inverse: FloatArray,
) -> None:
    """D0 / D of each shell, written to `inverse`, and its interval; `share` is what cracks leave.

    All are (shells, nodes) but `share`, (nodes,).
    """
    shells, nodes = stoichiometry.shape
    scale = cell.table_inverse_spacing
    index, ratio = as_vector(intervals), as_vector(inverse)
    locate(cell.table_origin, scale, cell.table_intervals, as_vector(stoichiometry), index, ratio)
    for n in range(ratio.size):
        ratio[n] = slope(cell.kirchhoff_table, scale, index[n], ratio[n])
    for n in range(ratio.size):
        ratio[n] = 1.0 / ratio[n]
    if lengthens(cell):
        for i in range(shells):
            for k in range(nodes):
                inverse[i, k] /= share[k]


@embedded_kernel
def diffusion_rates(
    cell: HalfCell, diffusion_rate: float, phi: FloatArray, flux: FloatArray, rates: FloatArray
) -> None:
    """Rate of change of each shell.

    Parameters
    ----------
    diffusion_rate
        D0 / R^2, 1/s.
    phi
        Kirchhoff potential, (shells, nodes).
    flux
        Gradient of Phi at the surface, outward, (nodes,).
    rates
        dx/dt, 1/s, (shells, nodes); written.
    """
    shells, nodes = phi.shape
    volume, transmissibility = cell.shell_volume, cell.transmissibility
    last = shells - 1
    scale = diffusion_rate / volume[0]
    outer = transmissibility[0]
    for k in range(nodes):
        rates[0, k] = scale * outer * (phi[1, k] - phi[0, k])
    for i in range(1, last):
        scale = diffusion_rate / volume[i]
        inner, outer = transmissibility[i - 1], transmissibility[i]
        for k in range(nodes):
            rates[i, k] = scale * (
                outer * (phi[i + 1, k] - phi[i, k]) - inner * (phi[i, k] - phi[i - 1, k])
            )
    scale = diffusion_rate / volume[last]
    inner = transmissibility[last - 1]
    for k in range(nodes):
        rates[last, k] = scale * (flux[k] - inner * (phi[last, k] - phi[last - 1, k]))


@embedded_kernel
def factorize(
    cell: HalfCell,
    diffusion_rate: float,
    step: float,
    inverse: FloatArray,
    inverse_pivot: FloatArray,
) -> None:
    """Pivots of ``(1 / step - d rates / d x)``, scaled by shell volume, in ``z = D/D0 dx``.

    Parameters
    ----------
    diffusion_rate
        D0 / R^2, 1/s.
    step
        Implicit step, s; next to zero freezes the particles.
    inverse
        D0 / D of each shell, (shells, nodes).
    inverse_pivot
        Written, (shells, nodes).
    """
    shells, nodes = inverse.shape
    volume, transmissibility = cell.shell_volume, cell.transmissibility
    scale = 1.0 / (diffusion_rate * step)
    outer = transmissibility[0]
    mass = volume[0] * scale
    for k in range(nodes):
        inverse_pivot[0, k] = 1.0 / (mass * inverse[0, k] + outer)
    for i in range(1, shells):
        inner = outer
        outer = transmissibility[i] if i < shells - 1 else 0.0
        mass = volume[i] * scale
        for k in range(nodes):
            inverse_pivot[i, k] = 1.0 / (
                mass * inverse[i, k] + outer + inner - inner * inner * inverse_pivot[i - 1, k]
            )


@embedded_kernel
def eliminate(
    cell: HalfCell, diffusion_rate: float, inverse_pivot: FloatArray, rhs: FloatArray
) -> None:
    """Forward sweep from the centre to the surface, in place on `rhs` (shells, nodes)."""
    shells, nodes = rhs.shape
    volume, transmissibility = cell.shell_volume, cell.transmissibility
    scale = volume[0] / diffusion_rate
    for k in range(nodes):
        rhs[0, k] = scale * rhs[0, k]
    for i in range(1, shells):
        scale = volume[i] / diffusion_rate
        inner = transmissibility[i - 1]
        for k in range(nodes):
            rhs[i, k] = scale * rhs[i, k] + inner * inverse_pivot[i - 1, k] * rhs[i - 1, k]


@embedded_kernel
def substitute(
    cell: HalfCell, inverse_pivot: FloatArray, flux: FloatArray, rhs: FloatArray
) -> None:
    """Backward sweep from the surface to the centre; `rhs` becomes the change of Phi of each shell.

    ``flux`` is the change of the gradient of Phi at the surface, (nodes,).
    """
    shells, nodes = rhs.shape
    transmissibility = cell.transmissibility
    last = shells - 1
    for k in range(nodes):
        rhs[last, k] = inverse_pivot[last, k] * (rhs[last, k] + flux[k])
    for i in range(last - 1, -1, -1):
        outer = transmissibility[i]
        for k in range(nodes):
            rhs[i, k] = inverse_pivot[i, k] * (rhs[i, k] + outer * rhs[i + 1, k])
