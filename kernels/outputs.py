"""What a state means: potentials, their split by mechanism, interfaces, inventories."""

from math import sqrt

import numpy as np
import numpy.typing as npt

from solidcell.kernels.codes import LithiumContact
from solidcell.kernels.composite_electrode import (
    contact_changes,
    fill_contacts,
    film_grows,
    node_constriction,
)
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.contact import contact_fraction
from solidcell.kernels.layout import Offsets
from solidcell.kernels.lithium_metal import plane_voltage, void_contact
from solidcell.kernels.mechanics import LEAST_PRESSURE
from solidcell.kernels.options import inline_kernel, kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.surface import fill_sites, locate_surfaces, surface_properties
from solidcell.kernels.tables import interval, value
from solidcell.kernels.transport import (
    ENTRANCE,
    ENTRANCE_FIRST,
    ENTRANCE_SECOND,
    IONIC_RESISTANCE,
    IONIC_SUBGRID,
    WIDTH,
    charging_voltage,
    subtract_subgrid,
)
from solidcell.kernels.vector import as_matrix
from solidcell.kernels.workspace import (
    AREA,
    COLUMN,
    CONTACT,
    EXCHANGE,
    FILLED,
    FILM,
    FREE,
    INVERSE_AREA,
    LOCAL,
    POTENTIAL,
    REACTION,
    SCRATCH,
    STEEP,
    Workspace,
)

FloatArray = npt.NDArray[np.float64]

MECHANISTIC = int(LithiumContact.MECHANISTIC)


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
    """Lithium in connected particles, mol/m2 of geometric area, and its mean fraction.

    Counted shell by shell: the mean fractions of the state vector are integrals of the current, and
    the two are compared by the balance of charge. A cell without such an electrode has none.
    """
    shells, nodes = work.phi.shape
    if nodes == 0:
        return 0.0, 0.0
    o = work.offsets
    x = as_matrix(y, shells, nodes)
    means = work.nodes[SCRATCH]
    means[:] = 0.0
    for i in range(shells):
        weight = 3.0 * cell.shell_volume[i]
        for k in range(nodes):
            means[k] += weight * x[i, k]
    amount, sites = 0.0, 0.0
    for k in range(nodes):
        weight = cell.active_fraction[k] * cell.width[k] * cell.maximum_concentration
        weight *= y[o.active_share + k] * y[o.utilisation + k]
        amount += weight * means[k]
        sites += weight
    return amount, amount / sites


@kernel
def connected_stoichiometry(cell: HalfCell, offsets: Offsets, y: FloatArray) -> float:
    """Mean lithium fraction of connected particles, weighted by their capacity; NaN without any.

    Of the mean fractions of the state vector: what a state of charge follows from.
    """
    amount, sites = 0.0, 0.0
    for k in range(cell.width.size):
        weight = cell.active_fraction[k] * cell.width[k]
        weight *= y[offsets.active_share + k] * y[offsets.utilisation + k]
        amount += weight * y[offsets.mean_stoichiometry + k]
        sites += weight
    return amount / sites if sites > 0.0 else np.nan


@kernel
def trapped_lithium(cell: HalfCell, work: Workspace, y: FloatArray) -> float:
    """Lithium in active material that no longer takes part, mol/m2."""
    o = work.offsets
    total = y[o.cracked_lithium]
    for k in range(work.nodes.shape[1]):
        sites = cell.active_fraction[k] * cell.width[k] * cell.maximum_concentration
        total += sites * y[o.isolated_lithium + k]
    return float(total)


@kernel
def all_lithium(cell: HalfCell, work: Workspace, y: FloatArray) -> float:
    """Lithium of the electrodes, trapped or not, and of the films that have taken some, mol/m2.

    The double layers hold charge that has crossed one electrode and not the other.
    """
    o = work.offsets
    total, _ = positive_lithium(cell, work, y)
    # As it has crossed, not as capacitance times voltage: contact comes and goes with its charge.
    charge = y[o.double_layer_charge]
    for p in range(cell.planes):
        total += y[o.plated_lithium + p]
        if cell.double_layer:
            charge += cell.lithium.capacitance * y[o.plane_voltage + p]
    total += trapped_lithium(cell, work, y) + film_share(cell, work, y)
    return float(total - charge / FARADAY)


@inline_kernel
def film_share(cell: HalfCell, work: Workspace, y: FloatArray) -> float:
    """Cyclable lithium in the films of the particles, mol/m2."""
    charge = y[work.offsets.positive_film_charge]
    return float(cell.film.lithium_share * charge / FARADAY)


@kernel
def electrolyte_profile(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    y: FloatArray,
    ionic_current: FloatArray,
    potential: FloatArray,
) -> None:
    """Potential of the electrolyte at the nodes above the separator's edge, V.

    Parameters
    ----------
    y
        State vector.
    ionic_current
        i_e at the right face of each node, A/m2, (nodes,); written. The last is 0.
    potential
        Means over the volumes, V, (nodes,); written.
    """
    o = work.offsets
    ladder = work.ladder
    nodes = potential.size
    reaction = y[o.reaction_current : o.plane_current]
    if cell.double_layer:
        # What charges the double layers crosses, too.
        for k in range(nodes):
            potential[k] = y[o.potential_difference + k]
        subtract_subgrid(coefficients.thermal_voltage, ladder, reaction, potential)
        charging_voltage(ladder, potential, y[o.current_density], work.nodes[EXCHANGE])
        reaction = work.nodes[EXCHANGE]
    right = 0.0
    for k in range(nodes - 1, -1, -1):
        ionic_current[k] = right
        right -= ladder.nodes[WIDTH, k] * reaction[k]
    level = -(
        ladder.ends[ENTRANCE] * y[o.current_density]
        + (ladder.ends[ENTRANCE_FIRST] - ladder.nodes[IONIC_SUBGRID, 0]) * reaction[0]
        + ladder.ends[ENTRANCE_SECOND] * reaction[1]
    )
    for k in range(nodes):
        potential[k] = level - ladder.nodes[IONIC_SUBGRID, k] * reaction[k]
        if k < nodes - 1:
            level -= ladder.nodes[IONIC_RESISTANCE, k] * ionic_current[k]


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
    electrolyte_profile(cell, coefficients, work, y, ionic_current, electrolyte)
    edge = -y[o.current_density] * coefficients.separator_resistance - y[o.plane_voltage]
    for k in range(electrolyte.size):
        electrolyte[k] += edge
        electrode[k] = electrolyte[k] + y[o.potential_difference + k]


@kernel
def write_split(
    cell: HalfCell, coefficients: Coefficients, work: Workspace, y: FloatArray, row: FloatArray
) -> None:
    """Split the voltage by mechanism: thickness averages that add up to it at any current.

    ``V = U(mean x) + [mean U(x_s) - U(mean x)] + mean eta + mean j R_film + mean (J/a) R_s
    + (mean phi_e - phi_e at the separator) + (V - mean phi_s) - I R_separator - psi_negative``

    Parameters
    ----------
    y
        State vector.
    row
        Written, (11,): open-circuit voltage, then the `OVERPOTENTIALS` of the layout, V.
    """
    o = work.offsets
    nodes = work.nodes.shape[1]
    current, pressure = y[o.current_density], max(y[o.stack_pressure], LEAST_PRESSURE)
    for n in range(row.size):
        row[n] = 0.0
    row[7] = -current * coefficients.separator_resistance
    for p in range(cell.planes):
        theta, slope = void_contact(cell.lithium, coefficients, y[o.void_thickness + p])
        _, drop, film, _, _, _, _, _ = plane_voltage(
            cell.lithium,
            coefficients,
            y[o.plane_current + p],
            pressure,
            y[o.highest_pressure],
            theta,
            slope,
            y[o.plane_film_square + p],
        )
        # Charge transfer takes what the others leave of the plane's voltage.
        eta = y[o.plane_voltage + p] - drop - film
        if p == 0:
            row[8], row[9], row[10] = -eta, -film, -drop
        else:
            row[2], row[3], row[4] = eta, film, drop
    if nodes == 0:
        return

    _, mean = positive_lithium(cell, work, y)
    row[0] = equilibrium_voltage(cell, coefficients, mean)
    if contact_changes(cell):
        fill_contacts(cell, work, pressure, y)
    reaction = work.nodes[REACTION]
    for k in range(nodes):
        reaction[k] = y[o.reaction_current + k] * work.nodes[INVERSE_AREA, k]
    filled, free = work.nodes[FILLED], work.nodes[FREE]
    coordinates = y[o.surface_coordinate : o.reaction_current]
    fill_sites(coordinates, filled, free, work.nodes[STEEP])
    locate_surfaces(cell, work)
    surface_properties(
        cell,
        coefficients,
        filled,
        free,
        work.surface_intervals,
        work.nodes[LOCAL],
        work.nodes[POTENTIAL],
        work.nodes[EXCHANGE],
    )
    thickness, surface, whole, film, spread = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(nodes):
        width = cell.width[k]
        thickness += width
        surface += width * work.nodes[POTENTIAL, k]
        whole += width * y[o.potential_difference + k]
        resistance = cell.coating_resistance[k]
        if film_grows(cell):
            resistance += work.nodes[FILM, k] / coefficients.film_conductivity
        film += width * reaction[k] * resistance
        if cell.contact.pitch > 0.0:
            constriction, _ = node_constriction(cell, coefficients, work.nodes[CONTACT, k])
            spread += width * y[o.reaction_current + k] / work.nodes[AREA, k] * constriction
    electrolyte_profile(cell, coefficients, work, y, work.nodes[COLUMN], work.nodes[SCRATCH])
    ionic = 0.0
    for k in range(nodes):
        ionic += cell.width[k] * work.nodes[SCRATCH, k]
    row[1] = surface / thickness - row[0]
    row[2] = (whole - surface - film - spread) / thickness
    row[3] = film / thickness
    row[4] = spread / thickness
    row[5] = ionic / thickness
    row[6] = 0.0
    total = 0.0
    for n in range(row.size):
        total += row[n]
    row[6] = y[o.voltage] - total


@kernel
def node_interfaces(
    cell: HalfCell, work: Workspace, y: FloatArray, contact: FloatArray, film: FloatArray
) -> None:
    """Contact fraction and film thickness (m) of each node, both written, (nodes,)."""
    o = work.offsets
    pressure = max(y[o.stack_pressure], LEAST_PRESSURE)
    if contact_changes(cell):
        fill_contacts(cell, work, pressure, y)
    with_film = film_grows(cell)
    for k in range(contact.size):
        contact[k] = work.nodes[CONTACT, k]
        film[k] = work.nodes[FILM, k] if with_film else 0.0


@kernel
def write_interfaces(
    cell: HalfCell, coefficients: Coefficients, work: Workspace, y: FloatArray, row: FloatArray
) -> None:
    """States of the interfaces, means over the electrode; `row`, (7,), as `INTERFACE_STATES`."""
    o = work.offsets
    nodes = work.nodes.shape[1]
    pressure = max(y[o.stack_pressure], LEAST_PRESSURE)
    for n in range(row.size):
        row[n] = 0.0
    lithium = cell.lithium
    share = lithium.contact_fraction
    if lithium.law == MECHANISTIC:
        law, _ = contact_fraction(
            lithium.contact_law, lithium.contact_parameters, pressure, y[o.highest_pressure]
        )
        share *= law
    for p in range(cell.planes):
        theta, _ = void_contact(lithium, coefficients, y[o.void_thickness + p])
        side = 1 - p
        row[side] = theta * share
        row[2 + side] = sqrt(max(y[o.plane_film_square + p], 0.0))
        row[4 + side] = max(y[o.void_thickness + p], 0.0)
    row[6] = y[o.pore_damage]
    if nodes == 0:
        return
    if contact_changes(cell):
        fill_contacts(cell, work, pressure, y)
    thickness, contact, film = 0.0, 0.0, 0.0
    for k in range(nodes):
        thickness += cell.width[k]
        contact += cell.width[k] * work.nodes[CONTACT, k]
    if film_grows(cell):
        for k in range(nodes):
            film += cell.width[k] * work.nodes[FILM, k]
    row[0] = contact / thickness
    row[2] = film / thickness
