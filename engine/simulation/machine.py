"""The compiled driver with the memory it works in."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from solidcell.engine.scenario import Scenario
from solidcell.kernels import driver
from solidcell.kernels import progress as entries
from solidcell.kernels.codes import Result
from solidcell.kernels.layered_sphere import allocate_layers
from solidcell.kernels.layout import RESISTANCES
from solidcell.kernels.mesh import particle_mesh
from solidcell.kernels.network import allocate_network
from solidcell.kernels.options import entry_point, is_cached, is_compiled
from solidcell.kernels.parameters import HalfCell
from solidcell.kernels.protocol import Protocol
from solidcell.kernels.resistances import write_resistances
from solidcell.kernels.rosenbrock import allocate_stages
from solidcell.kernels.tableaus import RODAS4
from solidcell.kernels.workspace import allocate_workspace

FloatArray = npt.NDArray[np.float64]

CHUNK_STEPS = 100_000
"""Solver steps in a call of the driver at most; one that takes long is given far fewer."""
UNRECORDED_STEPS = 2_000
"""Solver steps in a call beside a run, between two questions whether to stop."""

_ROWS, _STEP_ROWS, _SNAPSHOTS, _SPECTRA = 8192, 4096, 64, 16
_CYCLE_BYTES = 2_000_000
"""Memory for what is kept of cycles, whose rows carry a whole state each."""
_CYCLE_ROWS = 1024


class Machine:
    """Calls the driver; several protocols may take turns on one state.

    Parameters
    ----------
    scenario
        The scenario.
    record
        Its parameter record; later ones have the same mesh.

    Attributes
    ----------
    method, tolerance
        Of the solver.
    work, stages, buffers, network, layers
        Memory of the kernels; ``stages.start`` holds the state between calls.
    faces
        Boundaries of the particles' shells as fractions of the radius.
    """

    def __init__(self, scenario: Scenario, record: HalfCell) -> None:
        numerics = scenario.numerics
        nodes, shells = record.width.size, record.shell_volume.size
        self.method = RODAS4
        self.tolerance = float(numerics.rtol)
        self.work = allocate_workspace(nodes, shells, record.planes)
        size = self.states
        self.stages = allocate_stages(self.method.nodes.size, size)
        cycles = min(max(_CYCLE_BYTES // (8 * size), 4), _CYCLE_ROWS)
        self.buffers = entries.allocate_buffers(
            size, _ROWS, _STEP_ROWS, cycles, _SNAPSHOTS, cycles, _SPECTRA
        )
        self.network = allocate_network(nodes)
        self.layers = allocate_layers(nodes, shells)
        self.faces = np.zeros(1)
        if nodes:
            self.faces = particle_mesh(numerics.shells, numerics.shell_stretch).faces

    @property
    def states(self) -> int:
        """Entries of the state vector."""
        return int(self.work.offsets.length)

    @property
    def state(self) -> FloatArray:
        """State vector, (states,)."""
        return self.stages.start

    def compile(self, record: HalfCell, table: Protocol, progress: entries.Progress) -> float:
        """Compile the driver, or load it from the cache; the seconds it took. Nothing is run."""
        started = time.perf_counter()
        driver.drive(*self._arguments(record, table, progress, 0))
        return time.perf_counter() - started

    @property
    def is_compiled(self) -> bool:
        """Whether there is nothing to compile any more."""
        return is_compiled(driver.drive)

    @staticmethod
    def is_cached() -> bool:
        """Whether the driver has been compiled before, for this processor and these sources."""
        return is_cached(driver.drive)

    @cached_property
    def _drive(self) -> Callable[..., int]:
        # Found once: looking up a compiled function by its eighty types takes as long as 20 steps.
        return entry_point(driver.drive)

    def drive(
        self, record: HalfCell, table: Protocol, progress: entries.Progress, budget: int
    ) -> Result:
        """Call the driver, which has been compiled, for so many solver steps at most."""
        return Result(self._drive(*self._arguments(record, table, progress, budget)))

    def drive_unrecorded(
        self,
        record: HalfCell,
        table: Protocol,
        progress: entries.Progress,
        stop: Callable[[], bool] | None,
        take: Callable[[], None] = lambda: None,
    ) -> Result:
        """Run a protocol to its end, or until `stop` says so.

        `take` is called whenever the driver returns; what it does not take from the buffers is lost.
        """
        while True:
            code = self.drive(record, table, progress, UNRECORDED_STEPS)
            take()
            progress.counters[entries.WRITTEN] = 0
            going = code in (Result.CHUNK_END, Result.BUFFER_FULL)
            if not going or (stop is not None and stop()):
                return code

    def resistances(
        self, record: HalfCell, states: FloatArray, temperatures: FloatArray
    ) -> FloatArray:
        """Resistances of states by mechanism.

        Parameters
        ----------
        record
            Parameter record.
        states, temperatures
            (rows, states) and K, (rows,).

        Returns
        -------
        ndarray
            `RESISTANCES`, Ohm m2, (rows, resistances); NaN for a state that is none.
        """
        rows = np.empty((len(states), len(RESISTANCES)))
        # Of one layout in memory, so that there is one compiled kernel and one rounding.
        states, temperatures = np.ascontiguousarray(states), np.ascontiguousarray(temperatures)
        write_resistances(record, self.work, self.network, states, temperatures, rows)
        return rows

    def _arguments(
        self, record: HalfCell, table: Protocol, progress: entries.Progress, budget: int
    ) -> tuple[Any, ...]:
        """What the driver is called with."""
        return (
            record,
            table,
            self.method,
            self.work,
            self.stages,
            progress,
            self.buffers,
            self.tolerance,
            budget,
        )
