"""A half cell made by hand and experiments on it: the compiled core without scenario or units.

Properties of the made cell are polynomials of the lithium fraction. Cubic tables reproduce them to
round-off up to degree three, so that a test sees the scheme alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.polynomial import Polynomial

from solidcell.kernels import driver
from solidcell.kernels import progress as entries
from solidcell.kernels.codes import Configuration, Control, Instruction, Quantity, Result
from solidcell.kernels.half_cell import prepare_workspace
from solidcell.kernels.impedance import impedance_spectrum
from solidcell.kernels.layered_sphere import allocate_layers
from solidcell.kernels.layout import (
    CYCLES,
    RESISTANCES,
    STEPS,
    TIMESERIES,
    Offsets,
    offsets,
)
from solidcell.kernels.mesh import electrode_faces, particle_mesh
from solidcell.kernels.network import allocate_network
from solidcell.kernels.parameters import (
    Coefficients,
    Contact,
    Cracking,
    Film,
    HalfCell,
    Lithium,
    PoreCreep,
    at_temperature,
)
from solidcell.kernels.protocol import Protocol
from solidcell.kernels.resistances import write_resistances
from solidcell.kernels.rosenbrock import Stages, allocate_stages
from solidcell.kernels.surface import fractions_of
from solidcell.kernels.tableaus import RODAS4, Tableau
from solidcell.kernels.tables import abscissa, cubic_table
from solidcell.kernels.workspace import (
    Workspace,
    allocate_workspace,
)

FloatArray = npt.NDArray[np.float64]

ROOM = 298.15
"""K."""
ONE_C = 55.0
"""A/m2, of 5.5 mAh/cm2."""
OHM_CM2 = 1e4
"""Ohm cm2 in an Ohm m2."""

FLAT = Polynomial([3.7])
"""A potential that does not care for composition, V: leaves kinetics and transport alone."""
SLOPING = Polynomial([4.2, -0.6])
"""A straight potential, V."""
BENT = Polynomial([4.5, -1.5, 1.2, -0.5])
"""A potential that falls all the way but not evenly, V."""
SLOWING = Polynomial([4e-15, 0.0, -3.2e-15])
"""A diffusivity that falls as the particle fills, m2/s."""
SQUARE_ROOT = Polynomial([0.0, 4.0, -4.0])
"""Square of the exchange current 2 sqrt(x (1 - x)) A/m2."""


NO_FILM = Film(
    law=0,
    initial_thickness=0.0,
    growth_constant=0.0,
    linear_constant=1.0,
    logarithmic_constant=1.0,
    logarithmic_time=1.0,
    growth_activation_energy=48.2e3,
    voltage_coefficient=0.0,
    reference_voltage=4.2,
    first_thickness=0.0,
    first_charge=1.0,
    conductivity=1e-3,
    conductivity_activation_energy=41.5e3,
    molar_volume=24.4e-6,
    lithium_share=0.0,
)
"""No interphase."""
LITHIUM_FILM = NO_FILM._replace(
    law=1, initial_thickness=1e-9, growth_constant=2e-19, conductivity=3e-4
)
"""The interphase of lithium on Li6PS5Cl."""
PARTICLE_FILM = NO_FILM._replace(
    law=1,
    initial_thickness=1e-9,
    growth_constant=1e-22,
    voltage_coefficient=0.3,
    first_thickness=2e-9,
    first_charge=18.0,
)
"""The interphase of coated NMC811 on Li6PS5Cl."""
FIXED_CONTACT = Contact(
    law=0,
    parameters=np.zeros(8),
    pitch=0.0,
    conductivity=0.2,
    evolves=0,
    loss_coefficient=2e-3,
    loss_strain=0.10,
    loss_pressure=2e6,
    minimum=0.05,
    healing_rate=4.3e-9,
    healing_pressure=5e6,
    isolation_threshold=0.0,
    path_exponent=0.0,
)
"""Contact that neither pressure nor time changes."""
PRESSED = np.array([400e6, 200e6, 10e6, 0.877, 0.0, 0.0, 0.0, 0.0])
"""Fabrication pressure, hardness and elastic pressure, Pa, and relaxed share of a pressed composite."""
STATIC_LITHIUM = Lithium(
    exchange_current=25.0,
    exchange_activation_energy=41.5e3,
    transfer_coefficient=0.5,
    contact_fraction=1.0,
    interface_resistance=0.0,
    interface_activation_energy=41.5e3,
    law=0,
    reference_pressure=5e6,
    pressure_exponent=0.82,
    infinite_resistance=0.0,
    unloading_exponent=0.2,
    contact_law=0,
    contact_parameters=np.ones(8),
    pitch=0.0,
    electrolyte_conductivity=0.2,
    voids=0,
    repair_current=2.0,
    repair_pressure=3e6,
    repair_exponent=1.9,
    creep_rate=7.7e-3,
    creep_exponent=6.56,
    creep_activation_energy=37e3,
    separation_height=5e-6,
    smallest_height=1e-9,
    molar_volume=1.3e-5,
    critical_current=10.0,
    critical_current_activation_energy=33.8e3,
    capacitance=0.3,
    film=NO_FILM,
)
"""Lithium that conforms to the separator, with constants for voids that are switched off."""
PRESSED_LITHIUM = STATIC_LITHIUM._replace(
    exchange_current=300.0, interface_resistance=25e-4, law=1, voids=1, film=LITHIUM_FILM
)
"""Lithium under the measured law of pressure, with voids and film."""
SOUND = Cracking(
    rate=0.0,
    critical_stress=100e6,
    exponent=2.0,
    modulus=199e9,
    poisson_ratio=0.25,
    strain_coefficient=0.0,
    crack_density=0.0,
)
"""Particles that don't crack, with the constants of NMC811."""
CLOSED_PORES = PoreCreep(
    opening=0.0, linear=5090e6 * 3600.0, yield_pressure=47.4e6, exponent=6.56, time=3600.0
)
"""A separator that lithium can't creep into."""


def make_cell(
    *,
    nodes: int = 10,
    shells: int = 20,
    stretch: float = 4.0,
    node_stretch: float = 0.0,
    thickness: float = 96.8e-6,
    potential: Polynomial = SLOPING,
    entropy: Polynomial | None = None,
    diffusivity: Polynomial | None = None,
    exchange_squared: Polynomial = SQUARE_ROOT,
    swelling: Polynomial | None = None,
    cracking: Cracking = SOUND,
    lithium: dict[str, Any] | None = None,
    **changes: Any,
) -> HalfCell:
    """Parameter record of a cell like the shipped one; `changes` replace single fields.

    A single number given for a field of the nodes holds for all of them; `lithium` replaces fields of
    the lithium plane.
    """
    grid = abscissa(0.0, 1.0, 64)
    diffusivity = diffusivity or Polynomial([3e-15])
    scale = float(diffusivity(grid.knots).max())

    def table(property_: Polynomial) -> FloatArray:
        return cubic_table(grid, property_(grid.knots), property_.deriv()(grid.knots))

    mesh = particle_mesh(shells, stretch)
    # What the square has beside the line between its ends has x (1 - x) as a factor.
    exchange_empty, exchange_full = float(exchange_squared(0.0)), float(exchange_squared(1.0))
    line = Polynomial([exchange_empty, exchange_full - exchange_empty])
    exchange_share, _ = divmod(exchange_squared - line, Polynomial([0.0, 1.0, -1.0]))
    record = HalfCell(
        planes=1,
        double_layer=0,
        width=np.diff(electrode_faces(nodes, node_stretch)) * thickness,
        active_area=np.full(nodes, 3 * 0.595 / 2e-6),
        active_fraction=np.full(nodes, 0.595),
        contact_fraction=np.ones(nodes),
        contact_retention=np.ones(nodes),
        coating_resistance=np.zeros(nodes),
        ionic_conductivity=np.full(nodes, 0.2 * 0.235 / 6),
        electronic_conductivity=np.ones(nodes),
        shell_volume=mesh.volume,
        transmissibility=mesh.transmissibility,
        surface_weight=mesh.surface_weight,
        surface_reach=mesh.surface_reach,
        particle_radius=2e-6,
        maximum_concentration=49034.0,
        diffusivity=scale,
        constant_diffusivity=diffusivity.degree() == 0 and not cracking.crack_density > 0.0,
        kirchhoff_table=table(diffusivity.integ() / scale),
        potential_table=table(potential),
        entropy_table=table(entropy or Polynomial([0.0])),
        exchange_empty=exchange_empty,
        exchange_full=exchange_full,
        exchange_table=table(exchange_share),
        volume_table=table(swelling or Polynomial([0.0])),
        table_origin=grid.origin,
        table_inverse_spacing=1.0 / grid.spacing,
        table_intervals=grid.intervals,
        ionic_activation_energy=33.8e3,
        separator_activation_energy=33.8e3,
        diffusivity_activation_energy=25e3,
        exchange_activation_energy=40.5e3,
        capacitance=0.3,
        contact=FIXED_CONTACT,
        film=NO_FILM,
        cracking=cracking,
        carbon_rate=0.0,
        carbon_activation_energy=48.2e3,
        separator_resistance=1.25e-4,
        lithium=STATIC_LITHIUM._replace(**(lithium or {})),
        pore_creep=CLOSED_PORES,
        reference_temperature=ROOM,
        nominal_current_density=ONE_C,
    )
    spread = {
        name: np.full(nodes, float(change))
        if isinstance(change, int | float) and isinstance(getattr(record, name), np.ndarray)
        else change
        for name, change in changes.items()
    }
    return record._replace(**spread)


def make_symmetric_cell(**changes: Any) -> HalfCell:
    """Parameter record of lithium | separator | lithium; `changes` as for `make_cell`."""
    cell = make_cell(nodes=2, shells=3, **changes)
    none = np.zeros(0)
    nodal = {
        name: none
        for name, value in cell._asdict().items()
        if isinstance(value, np.ndarray)
        and value.shape in ((2,), (3,))
        and name != "surface_weight"
    }
    return cell._replace(planes=2, **nodal)


@dataclass(frozen=True)
class Step:
    """One instruction; set-points per electrode area, discharge positive."""

    kind: Instruction
    value: float = 0.0
    duration: float = np.inf
    until: Until = ()
    period: float = 0.0
    snapshots: float = np.inf
    series: tuple[Control, list[float], list[float]] | None = None
    starts_cycle: bool = False
    pressure: float = np.nan
    within: float = 0.0
    temperature: float = np.nan
    stiffness: float = np.nan
    retention: float = np.nan
    lower: float = -np.inf
    upper: float = np.inf


def current(value: float, **more: Any) -> Step:
    """Constant current, A/m2."""
    return Step(Instruction.CURRENT, value, **more)


def hold(value: float, **more: Any) -> Step:
    """Constant voltage, V."""
    return Step(Instruction.VOLTAGE, value, **more)


def power(value: float, **more: Any) -> Step:
    """Constant power, W/m2."""
    return Step(Instruction.POWER, value, **more)


def resistance(value: float, **more: Any) -> Step:
    """Constant load, Ohm m2."""
    return Step(Instruction.RESISTANCE, value, **more)


def rest(duration: float, **more: Any) -> Step:
    """No current, for so many seconds."""
    return Step(Instruction.REST, duration=duration, **more)


def reset(stoichiometry: float, **more: Any) -> Step:
    """Uniform equilibrium at a lithium fraction."""
    return Step(Instruction.RESET, stoichiometry, **more)


def renew(**more: Any) -> Step:
    """The cell as it was at the start, under the pressure of now."""
    return Step(Instruction.RESET, np.nan, **more)


def change(**more: Any) -> Step:
    """Another `temperature` (K) or `stiffness` of the fixture (Pa/m)."""
    return Step(Instruction.SET, **more)


def impedance(**more: Any) -> Step:
    """Keep the state for an impedance spectrum."""
    return Step(Instruction.IMPEDANCE, **more)


def follow(control: Control, times: list[float], values: list[float], **more: Any) -> Step:
    """A set-point that is linear between given times (s)."""
    return Step(Instruction.DRIVE_CYCLE, series=(control, times, values), **more)


Until = tuple[tuple[Quantity, float, float], ...]
"""What a step watches, its target, and the sign of its approach (0: from where it starts)."""


def at_voltage(value: float) -> Until:
    """End when the voltage crosses a value, from either side."""
    return ((Quantity.VOLTAGE, value, 0.0),)


def falls_to(value: float) -> Until:
    """End at or below a voltage."""
    return ((Quantity.VOLTAGE, value, -1.0),)


def rises_to(value: float) -> Until:
    """End at or above a voltage."""
    return ((Quantity.VOLTAGE, value, 1.0),)


def at_current(value: float) -> Until:
    """End when the size of the current has fallen to a value, A/m2."""
    return ((Quantity.CURRENT, value, -1.0),)


def at_capacity(value: float) -> Until:
    """End when so much charge has passed, C/m2."""
    return ((Quantity.CAPACITY, value, 1.0),)


def make_protocol(steps: list[Step], repeat: int = 1) -> Protocol:
    """Instruction table of one block, repeated; every row and every step's snapshots are kept."""
    most = max([1, *(len(step.until) for step in steps)])
    quantity = np.zeros((len(steps), most), dtype=np.int64)
    target, direction = np.zeros((len(steps), most)), np.zeros((len(steps), most))
    start, end = np.zeros((2, len(steps)), dtype=np.int64)
    control = np.zeros(len(steps), dtype=np.int64)
    times: list[float] = []
    values: list[float] = []
    for row, step in enumerate(steps):
        for m, (watched, value, sign) in enumerate(step.until):
            quantity[row, m], target[row, m], direction[row, m] = watched, value, sign
        if step.series:
            control[row] = step.series[0]
            start[row] = len(times)
            times += step.series[1]
            values += step.series[2]
            end[row] = len(times)
    return Protocol(
        kind=np.array([step.kind for step in steps], dtype=np.int64),
        value=np.array([float(step.value) for step in steps]),
        duration=np.array([float(step.duration) for step in steps]),
        period=np.array([float(step.period) for step in steps]),
        snapshot_period=np.array([float(step.snapshots) for step in steps]),
        pressure=np.array([float(step.pressure) for step in steps]),
        within=np.array([float(step.within) for step in steps]),
        temperature=np.array([float(step.temperature) for step in steps]),
        stiffness=np.array([float(step.stiffness) for step in steps]),
        retention=np.array([float(step.retention) for step in steps]),
        starts_cycle=np.array([int(step.starts_cycle) for step in steps]),
        termination_count=np.array([len(step.until) for step in steps]),
        termination_quantity=quantity,
        termination_value=target,
        termination_direction=direction,
        lower_cutoff=np.array([float(step.lower) for step in steps]),
        upper_cutoff=np.array([float(step.upper) for step in steps]),
        series_start=start,
        series_end=end,
        series_control=control,
        series_time=np.array(times, dtype=np.float64),
        series_value=np.array(values, dtype=np.float64),
        block_start=np.array([0]),
        block_end=np.array([len(steps)]),
        block_repeat=np.array([repeat]),
        block_check_up=np.zeros(1, dtype=np.int64),
        loop_start=np.zeros(0, dtype=np.int64),
        loop_end=np.zeros(0, dtype=np.int64),
        loop_repeat=np.zeros(0, dtype=np.int64),
        stop_count=np.zeros(1, dtype=np.int64),
        stop_quantity=np.zeros((1, 1), dtype=np.int64),
        stop_side=np.zeros((1, 1)),
        stop_value=np.zeros((1, 1)),
        record_every=1,
        record_first=1,
        record_last=1,
        snapshot_every=1,
        cycles=repeat * (1 + sum(step.starts_cycle for step in steps)),
    )


@dataclass(frozen=True)
class Room:
    """Rows that fit into the driver's buffers; full ones are drained."""

    rows: int = 4096
    steps: int = 64
    cycles: int = 64
    snapshots: int = 64
    checkpoints: int = 64
    spectra: int = 64


@dataclass
class Experiment:
    """What was measured.

    `rows`, `steps` and `cycles` are the driver's tables by column; `states` are snapshots of the
    state vector, (snapshots, states), one at least at the start and at the end of every step;
    `spectra` are the states whose impedance was asked for, (spectra, states).
    """

    cell: HalfCell
    coefficients: Coefficients
    offsets: Offsets
    work: Workspace
    stretch: float = 4.0
    result: Result = Result.FINISHED
    calls: int = 0
    rows: dict[str, FloatArray] = field(default_factory=dict)
    steps: dict[str, FloatArray] = field(default_factory=dict)
    cycles: dict[str, FloatArray] = field(default_factory=dict)
    states: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    state_times: FloatArray = field(default_factory=lambda: np.zeros(0))
    end: FloatArray = field(default_factory=lambda: np.zeros(0))
    spectra: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))

    @property
    def particles(self) -> FloatArray:
        """Lithium fraction of every shell, (snapshots, shells, nodes)."""
        shape = self.work.phi.shape
        return self.states[:, : self.offsets.mean_stoichiometry].reshape(-1, *shape)

    def nodal(self, name: str) -> FloatArray:
        """A state of the nodes in every snapshot, (snapshots, nodes)."""
        first = getattr(self.offsets, name)
        return self.states[:, first : first + self.work.nodes.shape[1]]

    @property
    def surface(self) -> FloatArray:
        """Lithium fraction at the surface, (snapshots, nodes)."""
        return fractions_of(self.nodal("surface_coordinate"))

    @property
    def reaction(self) -> FloatArray:
        """Reaction current of contact area, A/m2, (snapshots, nodes)."""
        share = self.nodal("active_share") * self.nodal("utilisation")
        area = self.cell.active_area * share * self.cell.contact_fraction
        return self.nodal("reaction_current") / (area * self.nodal("contact_retention"))

    def entry(self, name: str) -> FloatArray:
        """A state of the whole cell or of its negative plane in every snapshot."""
        return self.states[:, getattr(self.offsets, name)]


def run(
    cell: HalfCell,
    steps: list[Step],
    *,
    start: float = 0.5,
    lithium: float = 10.0,
    temperature: float = ROOM,
    pressure: float = 5e6,
    stiffness: float = 0.0,
    tolerance: float = 1e-6,
    longest: float = np.inf,
    method: Tableau = RODAS4,
    repeat: int = 1,
    budget: int = 100_000,
    room: Room | None = None,
) -> Experiment:
    """Run steps on a cell from uniform equilibrium at `start` with `lithium` metal (mol/m2)."""
    room = room or Room()
    nodes, shells = cell.width.size, cell.shell_volume.size
    protocol = make_protocol(steps, repeat)
    coefficients = at_temperature(cell, temperature)
    o = offsets(nodes, shells, cell.planes)
    work = allocate_workspace(nodes, shells, cell.planes)
    stages: Stages = allocate_stages(method.nodes.size, o.length)
    buffers = entries.allocate_buffers(
        o.length,
        room.rows,
        room.steps,
        room.cycles,
        room.snapshots,
        room.checkpoints,
        room.spectra,
    )
    progress = entries.allocate_progress(
        o.length,
        nodes,
        protocol.termination_value.shape[1],
        longest,
        start,
        lithium,
        temperature=temperature,
        pressure=pressure,
        stiffness=stiffness,
    )
    kept: dict[str, list[FloatArray]] = {
        name: []
        for name in (
            "rows",
            "steps",
            "cycles",
            "snapshots",
            "snapshot_index",
            "spectra",
            "spectrum_index",
        )
    }
    counts = {
        "rows": entries.ROWS,
        "steps": entries.STEP_ROWS,
        "cycles": entries.CYCLE_ROWS,
        "snapshots": entries.SNAPSHOTS,
        "snapshot_index": entries.SNAPSHOTS,
        "spectra": entries.SPECTRA_ROWS,
        "spectrum_index": entries.SPECTRA_ROWS,
    }
    done = Experiment(cell, coefficients, o, work)
    while True:
        code = driver.drive(
            cell,
            protocol,
            method,
            work,
            stages,
            progress,
            buffers,
            tolerance,
            budget,
        )
        done.calls += 1
        for name, counter in counts.items():
            kept[name].append(getattr(buffers, name)[: progress.counters[counter]].copy())
        for counter in (*counts.values(), entries.CHECKPOINTS):
            progress.counters[counter] = 0
        if code not in (Result.CHUNK_END, Result.BUFFER_FULL):
            break
    tables = {name: np.concatenate(blocks) for name, blocks in kept.items()}
    done.result = Result(code)
    for name, columns in (("rows", TIMESERIES), ("steps", STEPS), ("cycles", CYCLES)):
        setattr(done, name, {column: tables[name][:, n] for n, column in enumerate(columns)})
    done.states, done.state_times = tables["snapshots"], tables["snapshot_index"][:, 0]
    done.end = stages.start.copy()
    done.spectra = tables["spectra"]
    done.coefficients = at_temperature(cell, progress.clock[entries.TEMPERATURE])
    prepare_workspace(cell, done.coefficients, done.end, work)
    return done


def spectrum(
    done: Experiment,
    frequencies: FloatArray,
    *,
    stiffness: float = 0.0,
    configuration: Configuration = Configuration.CELL,
) -> npt.NDArray[np.complex128]:
    """Impedance about the last state of an experiment, Ohm m2, at frequencies in Hz."""
    shells, nodes = done.work.phi.shape
    faces = particle_mesh(shells, done.stretch).faces if nodes else np.zeros(1)
    real, imaginary = np.empty((2, len(frequencies)))
    impedance_spectrum(
        done.cell,
        done.coefficients,
        done.work,
        allocate_network(nodes),
        faces,
        allocate_layers(nodes, shells),
        stiffness,
        int(configuration),
        done.end,
        np.asarray(frequencies, dtype=np.float64),
        real,
        imaginary,
    )
    return np.asarray(real + 1j * imaginary)


def resistances(done: Experiment) -> dict[str, float]:
    """Area-specific resistance of each mechanism about the last state of an experiment, Ohm m2."""
    rows = np.empty((1, len(RESISTANCES)))
    network = allocate_network(done.work.phi.shape[1])
    temperature = np.array([done.coefficients.temperature])
    write_resistances(done.cell, done.work, network, done.end[None], temperature, rows)
    return dict(zip(RESISTANCES, rows[0].tolist(), strict=True))


def observed_orders(errors: npt.ArrayLike) -> list[float]:
    """Orders between successive errors when the step is halved each time."""
    size = np.abs(np.asarray(errors))
    return [float(order) for order in np.log2(size[:-1] / size[1:])]
