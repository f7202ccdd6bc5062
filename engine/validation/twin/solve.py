"""Runs a protocol on a twin with PyBaMM's IDA solver and samples what happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from solidcell.engine.validation.curve import Curve, FloatArray, IntArray
from solidcell.engine.validation.discretisation import Mesh, Tolerance
from solidcell.engine.validation.reference import (
    boundary_fitted_volumes,
    load_pybamm,
    sample_times,
)
from solidcell.engine.validation.twin.builder import ELECTRODE, PARTICLE
from solidcell.engine.validation.twin.cell import TwinCell
from solidcell.engine.validation.twin.equations import build
from solidcell.engine.validation.twin.protocol import Segment, Start

#: Residual to which consistent start values are found after every jump.
_START_TOLERANCE = 1.0e-10
#: Prefix of the variables that have a value at every node.
_NODES = "nodes/"
#: Sampled points of a segment: on a uniform and on a geometric grid, and rows of nodal values.
_UNIFORM, _EARLY, _SNAPSHOTS = 2000, 200, 101


@dataclass(frozen=True, slots=True, eq=False)
class TwinResult:
    """What a protocol did to a twin.

    Attributes
    ----------
    curve : Curve
        Voltage, current, charge and number of the segment against time.
    interface : mapping of str to ndarray, shape (n,)
        Further columns on the rows of the curve, in SI units, named as in a results file.
    snapshot_time : ndarray, shape (m,)
        Times of the nodal values [s].
    snapshot_step : ndarray of int, shape (m,)
        Their segments.
    nodes : mapping of str to ndarray, shape (m, nodes)
        Values at the nodes, from the separator to the collector.
    stops : tuple of str
        Why each segment ended: "time" or the name of an event.
    """

    curve: Curve
    interface: Mapping[str, FloatArray]
    snapshot_time: FloatArray
    snapshot_step: IntArray
    nodes: Mapping[str, FloatArray]
    stops: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TwinEnds:
    """What the segments of a protocol have left.

    Attributes
    ----------
    values : mapping of str to ndarray, shape (segments,) or (segments, nodes)
        Time, and every variable of the model, where each segment has ended; in SI units.
    stops : tuple of str
        Why each segment ended: "time" or the name of an event.
    """

    values: Mapping[str, FloatArray]
    stops: tuple[str, ...]


def solve(
    cell: TwinCell,
    protocol: Sequence[Segment],
    start: Start,
    *,
    mesh: Mesh | None = None,
    tolerance: Tolerance | None = None,
    entropy: bool = False,
) -> TwinResult:
    """Run a protocol.

    Parameters
    ----------
    cell : TwinCell
        The cell.
    protocol : sequence of Segment
        What to do; an event that is no termination of the segment ends the protocol.
    start : Start
        Where to begin.
    mesh : Mesh, optional
        Finite volumes.
    tolerance : Tolerance, optional
        Of the integrator.
    entropy : bool
        Whether the open-circuit potential follows temperature.

    Returns
    -------
    TwinResult

    Raises
    ------
    solidcell.engine.errors.InputError
        PyBaMM is not installed.
    ValueError
        A segment starts beyond its own termination.
    """
    outputs, model = _discretised(cell, start, mesh, entropy)
    parts: list[Any] = []
    stops: list[str] = []
    for part, _ in _march(model, protocol, start, tolerance or Tolerance(), stops):
        parts.append(part)
    return _sampled(outputs, parts, tuple(stops))


def solve_ends(
    cell: TwinCell,
    protocol: Sequence[Segment],
    start: Start,
    *,
    mesh: Mesh | None = None,
    tolerance: Tolerance | None = None,
    entropy: bool = False,
) -> TwinEnds:
    """Run a protocol of many segments, of which each keeps its end alone.

    Parameters and errors are those of `solve`.

    Returns
    -------
    TwinEnds
    """
    outputs, model = _discretised(cell, start, mesh, entropy)
    symbols = {name: model.get_processed_variable(name) for name in outputs}
    values: dict[str, list[FloatArray]] = {name: [] for name in ("time", *outputs)}
    stops: list[str] = []
    for part, inputs in _march(model, protocol, start, tolerance or Tolerance(), stops):
        time, state = float(part.t[-1]), part.y[:, -1]
        values["time"].append(np.array(time))
        for name, symbol in symbols.items():
            value = symbol.evaluate(time, np.asarray(state)[:, np.newaxis], inputs=inputs)
            values[name].append(np.squeeze(np.asarray(value, dtype=np.float64)))
    return TwinEnds({name: np.array(rows) for name, rows in values.items()}, tuple(stops))


def _discretised(
    cell: TwinCell, start: Start, mesh: Mesh | None, entropy: bool
) -> tuple[tuple[str, ...], Any]:
    """Names of the model's variables, and the model."""
    model = build(cell, start, entropy=entropy)
    outputs = tuple(model.variables)
    discretisation(load_pybamm(), mesh or Mesh()).process_model(model)
    return outputs, model


def _march(
    model: Any,
    protocol: Sequence[Segment],
    start: Start,
    tolerance: Tolerance,
    stops: list[str],
) -> Iterator[tuple[Any, dict[str, float]]]:
    """Solve segment by segment; yields PyBaMM's solution of each with its inputs, fills `stops`."""
    pybamm = load_pybamm()
    solver = pybamm.IDAKLUSolver(
        rtol=tolerance.relative, atol=tolerance.absolute, root_tol=_START_TOLERANCE
    )
    control = Control(start, start_thickness(model))
    solution = None
    for segment in protocol:
        begin = 0.0 if solution is None else float(solution.t[-1])
        inputs = control.inputs(segment, begin)
        ends = np.array([0.0, segment.duration])
        if segment.pressure is not None and segment.within < segment.duration:
            ends = np.array([0.0, segment.within, segment.duration])
        if solution is not None:
            solution.termination = "final time"
        solution = _step(pybamm, solver, solution, model, segment, ends, inputs)
        stop = "time" if solution.termination == "final time" else solution.termination
        stops.append(stop.removeprefix("event: "))
        control.finish(solution)
        yield solution, inputs
        if stops[-1] not in ("time", "voltage", "current"):
            break


def discretisation(pybamm: Any, mesh: Mesh) -> Any:
    """Finite volumes of the model: nodes across the electrode, shells in the particles.

    Parameters
    ----------
    pybamm : module
        PyBaMM.
    mesh : Mesh
        Numbers and grading.

    Returns
    -------
    pybamm.Discretisation
    """
    x = pybamm.SpatialVariable("x", domain=[ELECTRODE], coord_sys="cartesian")
    r = pybamm.SpatialVariable(
        "r",
        domain=[PARTICLE],
        auxiliary_domains={"secondary": ELECTRODE},
        coord_sys="spherical polar",
    )
    unit = {"min": 0.0, "max": 1.0}
    grids = pybamm.Mesh(
        {ELECTRODE: {x: unit}, PARTICLE: {r: unit}},
        {
            ELECTRODE: _grading(pybamm, "left", mesh.node_stretch),
            PARTICLE: _grading(pybamm, "right", mesh.shell_stretch),
        },
        {x: mesh.nodes, r: mesh.shells},
    )
    return pybamm.Discretisation(
        grids, {ELECTRODE: boundary_fitted_volumes(pybamm), PARTICLE: pybamm.FiniteVolume()}
    )


def _grading(pybamm: Any, side: str, stretch: float) -> Any:
    """Submesh that is finer towards a side, or uniform for a stretch of 0."""
    if stretch == 0.0:
        return pybamm.Uniform1DSubMesh
    return pybamm.MeshGenerator(
        pybamm.Exponential1DSubMesh, submesh_params={"side": side, "stretch": stretch}
    )


class Control:
    """Set point of the pressure and temperature, carried from segment to segment."""

    def __init__(self, start: Start, thickness: float) -> None:
        self.set_point = start.pressure
        self.pressure = start.pressure
        self.temperature = start.temperature
        self.thickness = thickness

    def inputs(self, segment: Segment, begin: float) -> dict[str, float]:
        """Inputs of the model for a segment."""
        if segment.temperature is not None:
            self.temperature = segment.temperature
        target = self.set_point
        if segment.pressure is not None:
            target += segment.pressure - self.pressure
        sense = 0.0
        if segment.until_voltage is not None:
            sense = 1.0 if segment.current > 0.0 else -1.0
        return {
            "current": segment.current,
            "voltage": segment.hold if segment.hold is not None else 0.0,
            "hold": 0.0 if segment.hold is None else 1.0,
            "temperature": self.temperature,
            "pressure from": self.set_point,
            "pressure to": target,
            "ramp start": begin,
            "ramp duration": segment.within,
            "reference thickness": self.thickness,
            "voltage limit": segment.until_voltage if segment.until_voltage is not None else 0.0,
            "voltage sense": sense,
            "current limit": segment.until_current if segment.until_current is not None else 0.0,
            "current sense": 0.0 if segment.until_current is None else 1.0,
            "stripping": 1.0 if segment.hold is None and segment.current > 0.0 else 0.0,
        }

    def finish(self, part: Any) -> None:
        """Take over what the segment reached."""
        self.set_point = float(part["pressure_set_point"].entries[-1])
        self.pressure = float(part["stack_pressure"].entries[-1])


def _step(
    pybamm: Any,
    solver: Any,
    before: Any,
    model: Any,
    segment: Segment,
    ends: FloatArray,
    inputs: dict[str, float],
) -> Any:
    """Solve a segment from where the one before ended."""
    try:
        return solver.step(before, model, segment.duration, t_eval=ends, inputs=inputs, save=False)
    except pybamm.SolverError as error:
        if "non-positive at initial conditions" in str(error):
            raise ValueError(f"{segment} starts beyond its own termination") from error
        raise


def start_thickness(model: Any) -> float:
    """Thickness of lithium and electrode at the start [m]."""
    states = model.concatenated_initial_conditions.evaluate(0.0, inputs={})
    thickness = model.get_processed_variable("thickness").evaluate(0.0, states, inputs={})
    return float(np.squeeze(thickness))


def _sampled(outputs: Sequence[str], parts: Sequence[Any], stops: tuple[str, ...]) -> TwinResult:
    """Read variables off the solutions of the segments."""
    names = [name for name in outputs if not name.startswith(_NODES)]
    nodal = [name for name in outputs if name.startswith(_NODES)]
    rows: dict[str, list[FloatArray]] = {name: [] for name in ("time", "step", *names)}
    snapshots: dict[str, list[FloatArray]] = {name: [] for name in ("time", "step", *nodal)}
    for number, part in enumerate(parts):
        solver_times = np.asarray(part.t, dtype=np.float64)
        time = sample_times(solver_times, uniform=_UNIFORM, early=_EARLY)
        rows["time"].append(time)
        rows["step"].append(np.full(time.size, number))
        for name in names:
            rows[name].append(np.asarray(part[name](time), dtype=np.float64))
        few = np.linspace(time[0], time[-1], _SNAPSHOTS)
        snapshots["time"].append(few)
        snapshots["step"].append(np.full(few.size, number))
        for name in nodal:
            snapshots[name].append(np.asarray(part[name](few)).T)
    table = {name: np.concatenate(columns) for name, columns in rows.items()}
    fields = {name: np.concatenate(columns) for name, columns in snapshots.items()}
    curve = Curve(
        time=table.pop("time"),
        voltage=table.pop("voltage"),
        current=table.pop("current"),
        charge=table.pop("charge"),
        step=table.pop("step").astype(np.intp),
    )
    return TwinResult(
        curve=curve,
        interface=table,
        snapshot_time=fields.pop("time"),
        snapshot_step=fields.pop("step").astype(np.intp),
        nodes={name.removeprefix(_NODES): values for name, values in fields.items()},
        stops=stops,
    )
