"""What a state means: potentials, their split by mechanism, inventories."""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.half_cell import (
    Workspace,
    add_overpotential,
    surface_properties,
)
from solidcell.kernels.layout import Offsets
from solidcell.kernels.lithium_metal import plane_overpotential
from solidcell.kernels.options import kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.tables import interval, value
from solidcell.kernels.transport import Ladder

FloatArray = npt.NDArray[np.float64]


@kernel
def particle_means(cell: HalfCell, x: FloatArray, means: FloatArray) -> None:
    """Volume-averaged lithium fraction of the particles at each node, written to `means`."""
    shells, nodes = x.shape
    for k in range(nodes):
        means[k] = 0.0
    for i in range(shells):
        weight = 3.0 * cell.shell_volume[i]
        for k in range(nodes):
            means[k] += weight * x[i, k]


@kernel
def equilibrium_voltage(cell: HalfCell, coefficients: Coefficients, stoichiometry: float) -> float:
    """Open-circuit voltage of the cell at a uniform lithium fraction, V."""
    index, d = interval(
        cell.table_origin, cell.table_inverse_spacing, cell.table_intervals, stoichiometry
    )
    potential = cell.potential_table
    entropy = cell.entropy_table
    return value(potential, index, d) + coefficients.temperature_offset * value(entropy, index, d)


@kernel
def positive_lithium(cell: HalfCell, work: Workspace, y: FloatArray) -> tuple[float, float]:
    """Lithium in the positive electrode, mol/m2 of geometric area, and its mean fraction."""
    shells, nodes = work.phi.shape
    x = y[: work.offsets.surface_stoichiometry].reshape(shells, nodes)
    particle_means(cell, x, work.nodal)
    amount, sites = 0.0, 0.0
    for k in range(nodes):
        weight = cell.active_fraction[k] * cell.width[k] * cell.maximum_concentration
        amount += weight * work.nodal[k]
        sites += weight
    return amount, amount / sites


@kernel
def _entrance_drop(ladder: Ladder, o: Offsets, y: FloatArray) -> float:
    """Drop of phi_e from the separator's edge to where the walk through the nodes starts, V."""
    first = y[o.reaction_current]
    return float(
        ladder.entrance[0] * y[o.current_density]
        + (ladder.entrance[1] - ladder.ionic_subgrid[0]) * first
        + ladder.entrance[2] * y[o.reaction_current + 1]
    )


@kernel
def potentials(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    y: FloatArray,
    electrolyte: FloatArray,
    electrode: FloatArray,
    ionic_current: FloatArray,
) -> None:
    """Potentials at the nodes and the ionic current between them.

    Parameters
    ----------
    y
        State vector.
    electrolyte, electrode
        phi_e and phi_s against lithium, V, (nodes,); written.
    ionic_current
        i_e at the right face of each node, A/m2, (nodes,); written. The last is 0.
    """
    o = work.offsets
    nodes = electrolyte.size
    ladder = work.ladder
    current = y[o.current_density]
    eta, drop, _ = plane_overpotential(cell, coefficients, current)
    right = 0.0
    for k in range(nodes - 1, -1, -1):
        ionic_current[k] = right
        right -= ladder.contact_area[k] * y[o.reaction_current + k]
    potential = -current * coefficients.separator_resistance - eta - drop
    potential -= _entrance_drop(ladder, o, y)
    x_surface = y[o.surface_stoichiometry : o.reaction_current]
    reaction = y[o.reaction_current : o.current_density]
    surface_properties(cell, coefficients, x_surface, electrode, work.exchange)
    add_overpotential(coefficients.thermal_voltage, work.exchange, reaction, electrode)
    for k in range(nodes):
        electrolyte[k] = potential - ladder.ionic_subgrid[k] * reaction[k]
        electrode[k] += electrolyte[k] + reaction[k] * cell.film_resistance[k]
        if k < nodes - 1:
            potential -= ladder.ionic_resistance[k] * ionic_current[k]


@kernel
def write_split(
    cell: HalfCell, coefficients: Coefficients, work: Workspace, y: FloatArray, row: FloatArray
) -> None:
    """Split the voltage by mechanism: thickness averages that add up to it at any current.

    ``V = U(mean x) + [mean U(x_s) - U(mean x)] + mean eta + mean j R_film
    + (mean phi_e - phi_e at the separator) - I R_separator + (V - mean phi_s) - eta_Li - I R_Li``

    Parameters
    ----------
    y
        State vector.
    row
        Written, (9,): open-circuit voltage, particle diffusion, charge transfer, film, ionic and
        electronic transport of the positive electrode, separator, charge transfer and interface of
        the negative one; V.
    """
    o = work.offsets
    nodes = work.nodal.size
    ladder = work.ladder
    current = y[o.current_density]
    _, mean = positive_lithium(cell, work, y)
    open_circuit = equilibrium_voltage(cell, coefficients, mean)

    eta, drop, _ = plane_overpotential(cell, coefficients, current)
    right = 0.0
    for k in range(nodes - 1, -1, -1):
        work.column[k] = right
        right -= ladder.contact_area[k] * y[o.reaction_current + k]
    # Electrolyte potential relative to the separator's edge, walked towards the collector.
    potential = -_entrance_drop(ladder, o, y)
    thickness, surface, transfer, film, ionic = 0.0, 0.0, 0.0, 0.0, 0.0
    x_surface = y[o.surface_stoichiometry : o.reaction_current]
    reaction = y[o.reaction_current : o.current_density]
    surface_properties(cell, coefficients, x_surface, work.potential, work.exchange)
    work.nodal[:] = 0.0
    add_overpotential(coefficients.thermal_voltage, work.exchange, reaction, work.nodal)
    for k in range(nodes):
        width, j = cell.width[k], reaction[k]
        thickness += width
        surface += width * work.potential[k]
        transfer += width * work.nodal[k]
        film += width * j * cell.film_resistance[k]
        ionic += width * (potential - ladder.ionic_subgrid[k] * j)
        if k < nodes - 1:
            potential -= ladder.ionic_resistance[k] * work.column[k]
    separator = -current * coefficients.separator_resistance
    row[0] = open_circuit
    row[1] = surface / thickness - open_circuit
    row[2] = transfer / thickness
    row[3] = film / thickness
    row[4] = ionic / thickness
    row[6] = separator
    row[7] = -eta
    row[8] = -drop
    row[5] = y[o.voltage] - (
        (surface + transfer + film + ionic) / thickness + separator - eta - drop
    )
