"""A results file with plausible numbers, written without a simulation."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from solidcell.engine.store import schema
from solidcell.engine.store.writer import ResultsWriter, ScenarioRecord

Array = NDArray[np.float64]

CAPACITY = 59.4  # A.h, nominal
MAXIMUM_CONCENTRATION = 49_034.0  # mol/m3
CHARGED, DISCHARGED = 0.213, 0.939
SNAPSHOTS = 11  # of each discharge
RATES = (0.1, 1 / 3, 1.0)  # of the discharges, in C
FREQUENCIES = np.logspace(-2, 6, 41)  # Hz, of the spectra


_FIXTURE = (
    "temperature",
    "set_pressure",
    "pressure_rate",
    "ramp_start",
    "ramp_end",
    "fixture_stiffness",
    "reference_thickness",
    "initial_thickness",
)
_END: dict[str, object] = {
    **dict.fromkeys(_FIXTURE, 1.0),
    "cycle": 3,
    "time": 3e5,
    "state_vector": np.linspace(0.0, 1.0, 20),
}


@dataclass(frozen=True)
class SyntheticRun:
    """Charge, hold, rest and discharge at each rate, from closed forms that look like a cell.

    Attributes
    ----------
    rows
        Rows of one step in ``/timeseries``.
    cycles
        Number of cycles; the rates repeat.
    nodes, shells
        Mesh of the fields; 0 nodes leaves them out.
    shift
        Constant added to every voltage [V], to make a second run that differs.
    spectra
        Whether a spectrum is taken after each rest.
    """

    rows: int = 250
    cycles: int = 3
    nodes: int = 20
    shells: int = 15
    shift: float = 0.0
    spectra: bool = False

    def write(self, path: Path, *, force: bool = False) -> Path:
        """Write the whole run and return the path of the file."""
        with self.writer(path, force=force) as writer:
            for cycle in range(self.cycles):
                self.append_cycle(writer, cycle)
            self.finish(writer)
        return path

    def write_interrupted(self, path: Path, *, force: bool = False) -> None:
        """Write one cycle and then be interrupted by Ctrl-C."""
        with (
            contextlib.suppress(KeyboardInterrupt),
            self.writer(path, force=force) as writer,
        ):
            self.append_cycle(writer, 0)
            raise KeyboardInterrupt

    def writer(self, path: Path, *, force: bool = False) -> ResultsWriter:
        """Open a writer with everything that is known before the run."""
        return ResultsWriter(
            path,
            attributes={
                "scenario_name": "nmc811_lpscl_li_450",
                "scenario_sha256": "0" * 64,
                "parameters_sha256": "1" * 64,
            },
            scenario=ScenarioRecord(
                source="schema_version: 1\nname: nmc811_lpscl_li_450\n",
                resolved="schema_version: 1\nname: nmc811_lpscl_li_450\noperation: {}\n",
                parameters=[
                    ("cell.positive.thickness", 1e-4, "100 um", "um", "design", "assumed"),
                    (
                        "cell.positive.active_material.maximum_concentration",
                        MAXIMUM_CONCENTRATION,
                        "49034 mol/m^3",
                        "mol/m^3",
                        "density over molar mass",
                        "measured",
                    ),
                    (
                        "cell.positive.active_material.open_circuit_potential",
                        float("nan"),
                        "4.4875 - 0.8090*x",
                        "V",
                        "Chen et al. 2020",
                        "fitted",
                    ),
                ],
            ),
            cell=_CELL,
            cell_attributes={
                "areal_capacity": 5.5,
                "electrode_area": 1.08,
                "cell_mass": float(np.sum(_CELL["mass"])),
            },
            coordinates={
                "x_positive": (np.arange(self.nodes) + 0.5) * 1e-4 / max(self.nodes, 1),
                "r_positive": (np.arange(self.shells) + 0.5) * 2e-6 / max(self.shells, 1),
                "frequency": FREQUENCIES,
            },
            force=force,
        )

    def append_cycle(self, writer: ResultsWriter, cycle: int) -> None:
        """Append one cycle: its steps, its rows, its snapshots and its own line."""
        rate = RATES[cycle % len(RATES)]
        capacity = CAPACITY * (1.0 - 0.12 * rate**0.7)
        start = cycle * 1e5
        plan = (
            ("current", "Charge at C/10 until 4.3 V", "voltage", -0.1, 0.0, -capacity),
            ("voltage", "Hold at 4.3 V until C/50", "current", -0.04, -capacity, -capacity),
            ("rest", "Rest for 1 hour", "time", 0.0, -capacity, -capacity),
            ("current", f"Discharge at {rate:.3g}C until 2.8 V", "voltage", rate, -capacity, 0.0),
        )
        for number, (kind, text, reason, c_rate, first, last) in enumerate(plan):
            step = cycle * len(plan) + number
            end = (
                start
                + (abs(last - first) / (abs(c_rate) * CAPACITY) if last != first else 1) * 3600
            )
            charge = np.linspace(first, last, self.rows)
            time = np.linspace(start, end, self.rows)
            current = np.full(self.rows, c_rate * CAPACITY)
            depth = (charge + capacity) / (CAPACITY if c_rate > 0 else capacity)
            x = CHARGED + (DISCHARGED - CHARGED) * depth
            open_circuit, overpotentials = _voltage_split(x, c_rate)
            voltage = open_circuit + sum(overpotentials.values()) + self.shift
            interfaces = _interfaces(time, c_rate)
            writer.append(
                "timeseries",
                {
                    "time": time,
                    "cycle": cycle,
                    "step": step,
                    "mode": schema.MODES.index(kind),
                    "current": current,
                    "voltage": voltage,
                    "temperature": 298.15,
                    "stack_pressure": 5e6,
                    "discharge_capacity": charge,
                    "open_circuit_voltage": open_circuit + self.shift,
                    "state_of_charge": (DISCHARGED - x) / (DISCHARGED - CHARGED),
                    **overpotentials,
                    **interfaces,
                },
            )
            writer.append(
                "steps",
                {
                    "cycle": cycle,
                    "step": step,
                    "kind": schema.STEP_KINDS.index(kind),
                    "text": text,
                    "start": start,
                    "end": end,
                    "stop_reason": schema.STOP_REASONS.index(reason),
                    "block_stop": 0,
                    "start_voltage": voltage[0],
                    "end_voltage": voltage[-1],
                    "end_current": current[-1],
                    "capacity": last - first,
                    "energy": _integral(voltage, charge),
                    "solver_steps": self.rows - 2,
                    "rejected_steps": 3,
                    "linear_solves": 3 * self.rows,
                    "factorizations": self.rows // 3,
                },
            )
            if kind == "current" and c_rate > 0 and self.nodes:
                shown = np.linspace(0, self.rows - 1, SNAPSHOTS).astype(int)
                writer.append(
                    "fields",
                    {
                        "time": time[shown],
                        "cycle": cycle,
                        "step": step,
                        **self._profiles(x[shown], open_circuit[shown], c_rate),
                    },
                )
            if kind == "rest" and self.spectra:
                spectrum = _spectrum(end, cycle, step, x[-1], voltage[-1])
                writer.append("impedance", spectrum)
            start = end
        discharge = _integral(voltage, charge)
        writer.append(
            "cycles",
            {
                "cycle": cycle,
                "block": cycle,
                "charge_capacity": capacity,
                "discharge_capacity": capacity,
                "charge_energy": 1.05 * discharge,
                "discharge_energy": discharge,
                "coulombic_efficiency": 1.0,
                "energy_efficiency": 1 / 1.05,
                "dc_resistance": 4.2e-3,
                "resistance_10s": 4.6e-3,
                **_RESISTANCES,
                **{
                    name: column[-1]
                    for name, column in interfaces.items()
                    if not name.startswith("void_thickness")
                },
                "void_fraction": 1 - interfaces["contact_fraction_negative"].min(),
                "short_circuit_risk": schema.RISKS.index("none"),
                "plating_current_maximum": 5.5,
                "film_charge_positive": 1e-3 * (cycle + 1),
                "film_charge_negative": 4e-3 * (cycle + 1),
                "loss_of_lithium_inventory": 6e-5 * (cycle + 1),
                "carbon_charge_positive": 0.0,
                "loss_of_active_material": 0.0,
                "utilisation_positive": 1.0,
                "trapped_lithium": 0.0,
                "thickness_change": 1e-6,
                "pressure_maximum": 5e6,
                "pressure_minimum": 5e6,
                "extrapolated_cycles": 0,
                "lithium_balance_error": 3e-14,
                "charge_balance_error": 2e-15,
                "wall_time": 0.02,
                "status": schema.CYCLE_STATUSES.index("completed"),
            },
        )

    def finish(
        self,
        writer: ResultsWriter,
        *,
        status: str = "completed",
        warnings: dict[str, list[object]] | None = None,
    ) -> None:
        """Finish the file with everything that is known after the run."""
        writer.finish(
            status=status,
            stop_reason="end of protocol",
            block_ends={
                "number": [0, 1],
                "first_block": [0, 0],
                "last_block": [0, 2],
                "stop": [schema.BLOCK_STOPS.index("voltage"), schema.BLOCK_STOPS.index("idle")],
                "condition": ["voltage < 2.8 V", ""],
                "repetitions": [3, 1],
                "planned": [20, 3],
                "cycle": [2, 5],
                "step": [5, 9],
                "time": [1e4, 2e4],
            },
            message="The protocol was completed.",
            run={
                "solver_steps": 3000,
                "rejected_steps": 36,
                "linear_solves": 9000,
                "factorizations": 1000,
                "compile_seconds": 0.4,
                "solve_seconds": 0.03,
            },
            end_state=_END,
            warnings=warnings,
            cell_attributes={
                "specific_energy": 453.4,
                "energy_density": 1020.0,
                "specific_energy_rate": "C/10",
                "specific_energy_temperature": 298.15,
            },
        )

    def _profiles(self, x: Array, open_circuit: Array, c_rate: float) -> dict[str, Array]:
        """Return fields in which a front of reaction travels from separator to collector."""
        depth = (np.arange(self.nodes) + 0.5) / self.nodes
        radius = (np.arange(self.shells) + 0.5) / self.shells
        progress = np.linspace(0, 1, SNAPSHOTS)[:, None]
        front = np.exp(-((depth - progress) ** 2) / 0.08) + 0.6
        front /= front.mean(axis=1, keepdims=True)
        lean = 0.25 * c_rate**0.6 * np.sin(np.pi * progress) * (0.5 - depth)
        surface = np.clip(x[:, None] + lean, 0.2, 0.99) * MAXIMUM_CONCENTRATION
        inner = 1 - 0.06 * c_rate**0.5 * (1 - radius**2)
        ionic = -c_rate * (0.03 + 0.06 * (depth - 0.5 * depth**2)) * (0.8 + 0.4 * progress)
        electronic = -0.004 * c_rate * depth**2 * (1.3 - 0.6 * progress)
        return {
            "concentration_positive": surface[:, :, None] * inner,
            "surface_concentration_positive": surface,
            "reaction_current_density_positive": -0.8 * c_rate * front,
            "potential_electrolyte_positive": ionic,
            "potential_electrode_positive": open_circuit[:, None] - 0.1 * c_rate + electronic,
            "electrolyte_current_density_positive": 55
            * c_rate
            * (1 - np.cumsum(front, axis=1) / self.nodes),
            "contact_fraction_positive": np.full((SNAPSHOTS, self.nodes), 0.8),
            "contact_retention_positive": np.full((SNAPSHOTS, self.nodes), 1.0),
            "film_thickness_positive": (3e-9 + 1e-9 * depth) * np.ones((SNAPSHOTS, 1)),
        }


def _interfaces(time: Array, c_rate: float) -> dict[str, Array]:
    """Return the states of the interfaces: films that grow, voids that open above C/10."""
    film = np.sqrt(1e-18 + 2e-19 * time)
    voids = 1e-6 * max(0.0, c_rate - 0.1) * np.linspace(0, 1, len(time))
    return {
        "contact_fraction_positive": np.full(len(time), 0.8),
        "contact_fraction_negative": 1 - (voids / 5e-6) ** (2 / 3),
        "film_thickness_positive": 1e-9 + 0.02 * film,
        "film_thickness_negative": film,
        "void_thickness_positive": np.zeros(len(time)),
        "void_thickness_negative": voids,
        "short_circuit_damage": 2e-9 * time,
    }


def _spectrum(
    time: float, cycle: int, step: int, stoichiometry: float, voltage: float
) -> dict[str, object]:
    """Return a row of /impedance: two arcs behind a resistance."""
    impedance = np.full(FREQUENCIES.size, 2.3e-4, dtype=complex)
    for resistance, apex in ((2.4e-3, 200.0), (1.0e-3, 7.0)):
        impedance += resistance / (1 + 1j * FREQUENCIES / apex)
    return {
        "time": time,
        "cycle": cycle,
        "step": step,
        "configuration": schema.CONFIGURATIONS.index("cell"),
        "soc": (DISCHARGED - stoichiometry) / (DISCHARGED - CHARGED),
        "stoichiometry": stoichiometry,
        "voltage": voltage,
        "temperature": 298.15,
        "stack_pressure": 5e6,
        "z_real": impedance.real[None],
        "z_imag": impedance.imag[None],
        **_RESISTANCES,
    }


def _voltage_split(x: Array, c_rate: float) -> tuple[Array, dict[str, Array]]:
    """Return the open-circuit voltage at the mean fraction x and every overpotential [V]."""
    open_circuit = (
        4.4875
        - 0.8090 * x
        - 0.0428 * np.tanh(18.5138 * (x - 0.5542))
        - 17.7326 * np.tanh(15.7890 * (x - 0.3117))
        + 17.5842 * np.tanh(15.9308 * (x - 0.3120))
        - 0.6 * np.exp((x - 1) / 0.012)
    )
    depth = (x - CHARGED) / (DISCHARGED - CHARGED)
    end = np.exp((depth - 1 + 0.12 * abs(c_rate) ** 0.7) / 0.03)
    milli = -1e-3 * np.sign(c_rate) * abs(c_rate) ** 0.9
    shapes = {
        "particle_diffusion_positive": 20 + 500 * end,
        "charge_transfer_positive": 45 + 20 * (2 * depth - 1) ** 2 + 90 * end,
        "film_positive": 0.4 + 0 * depth,
        "interface_positive": 0 * depth,
        "ionic_positive": 20 + 60 * depth,
        "electronic_positive": 2 + 0 * depth,
        "separator": 5.5 + 0 * depth,
        "charge_transfer_negative": 4.7 + 0 * depth,
        "film_negative": 3 + 0 * depth,
        "interface_negative": 137.5 + 0 * depth,
    }
    return open_circuit, {f"overpotential_{name}": milli * mV for name, mV in shapes.items()}


def _integral(voltage: Array, charge: Array) -> float:
    return float(np.sum(0.5 * (voltage[1:] + voltage[:-1]) * np.diff(charge)))


_PARTS = {
    "charge_transfer_positive": 10.7e-4,
    "film_positive": 0.3e-4,
    "interface_positive": 0.0,
    "ionic_positive": 10.9e-4,
    "electronic_positive": 0.7e-4,
    "separator": 1.25e-4,
    "charge_transfer_negative": 0.86e-4,
    "film_negative": 3.0e-4,
    "interface_negative": 25e-4,
}
_RESISTANCES = {
    "asr_total": sum(_PARTS.values()),
    **{f"asr_{name}": value for name, value in _PARTS.items()},
}

_CELL = {
    "component": [
        "positive active material",
        "positive electrolyte",
        "positive carbon",
        "positive binder",
        "positive pores",
        "separator",
        "lithium",
        "positive current collector",
        "negative current collector",
        "packaging",
    ],
    "mass": [0.284, 0.046, 0.0064, 0.0027, 0.0, 0.0528, 0.0197, 0.0139, 0.0251, 0.0446],
    "thickness": [*[np.nan] * 5, 25e-6, 36.7e-6, 10e-6, 5e-6, np.nan],
    "volume": [6.1e-5, 2.3e-5, 3.2e-6, 1.5e-6, 1.1e-5, 2.7e-5, 4.0e-5, 5.1e-6, 2.8e-6, np.nan],
    "cost": [np.nan] * 10,
}


@pytest.fixture(scope="session")
def results_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the synthetic run once; tests only read the file."""
    return SyntheticRun().write(tmp_path_factory.mktemp("results") / "run.h5")


@pytest.fixture(scope="session")
def spectra_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a synthetic run with spectra once; tests only read the file."""
    run = SyntheticRun(rows=20, nodes=0, spectra=True)
    return run.write(tmp_path_factory.mktemp("spectra") / "run.h5")


@pytest.fixture
def synthetic_run() -> type[SyntheticRun]:
    """Return the synthetic run itself, for tests that write their own."""
    return SyntheticRun
