"""Jumping over cycles: slow states are extrapolated over the cycle's number, with error control.

A cycle changes the slow states s (films, contact, active material, lithium) by f(s). A predictor and
a corrector take ds/dN = f over many cycles at once: a guess s + n f at the other end, by Euler's method
or, where an earlier f is known, along the line through both; a cycle from there for the f of the other
end; and the curve through all that are known, each at the middle of the cycle that it was measured in.
What the curve changes in the guess is taken for the error and sets the length of the next jump (methods
of Adams: Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, section III.1; for the
cycles of a cell Sulzer 2021, doi 10.1149/1945-7111/ac33e3). The states are those of the state vector:
squares of films, in which a parabola is a straight line and exact. The capacity is watched with them,
by a tenth of their tolerance: errors of many jumps add up in it.

Cycles that find f run on a copy of the cell, as check-ups do, so that a guess that is thrown away
leaves no trace. Every jump is followed by a cycle that is computed and written. No jump passes a
check-up, a cycle whose time series is kept, the end of the block, or a limit: of its `stop`, of that of
a block that it lies in, or the end of life. Cycles before a limit are computed one by one. Where the
course bends, as when particles begin to be isolated, the two ends of a jump differ, and it becomes
shorter until cycles are computed one by one, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.engine.ageing import END_OF_LIFE
from solidcell.engine.protocol import Block, Stop
from solidcell.engine.scenario import Scenario
from solidcell.engine.simulation.aside import beside, unrecorded_table
from solidcell.engine.simulation.instructions import loops_of
from solidcell.kernels import progress as entries
from solidcell.kernels.codes import Result
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.lithium_metal import film_lithium
from solidcell.kernels.outputs import all_lithium, positive_lithium
from solidcell.kernels.parameters import HalfCell
from solidcell.kernels.protocol import Protocol
from solidcell.kernels.workspace import Workspace

FloatArray = npt.NDArray[np.float64]
Drive = Callable[[Any, Protocol, entries.Progress], Result]

_NODAL = ("contact_retention", "film_square", "first_film", "utilisation", "active_share")
_CELL = ("pore_damage", "positive_film_charge", "carbon_charge_square", "cracked_lithium")
_SHARES = ("contact_retention", "utilisation", "active_share", "isolated_lithium")
SETTLING = 1
"""Cycles after a jump before the next one is measured: profiles forget where they came from."""
GROWTH, SHRINKAGE, SAFETY = 3.0, 0.2, 0.9
"""Bounds of the change of a jump's length, and how much of what the error allows is taken."""
FIRST_JUMP = 4.0
"""Cycles."""
CAPACITY_SHARE = 0.1
"""Share of the tolerance that the capacity's error in one jump may have, relative to the first."""
APPROACH = 0.8
"""Share of the way to a limit that a jump takes at most."""
TIME, CAPACITY, RESISTANCE, VOLTAGE_LOW, VOLTAGE_HIGH, TEMPERATURE_LOW, TEMPERATURE_HIGH = range(
    -7, 0
)
"""What is watched behind the slow states: time, s; discharge capacity of the cycle, C/m2; its
resistance, Ohm m2; its lowest and highest voltage, V, and temperature, K."""
THINNEST_FILM = 1e-9
"""m; films count relative to their thickness and this one."""


class Limit(NamedTuple):
    """What no jump may pass.

    Attributes
    ----------
    entry
        What is watched, behind the slow states.
    side
        -1 where it falls to its value, 1 where it rises to it.
    value
        Its value.
    """

    entry: int
    side: int
    value: float


def probing_tables(scenario: Scenario) -> dict[int, Protocol]:
    """Instruction table of a cycle of each block with jumps, by the block's number."""
    return {
        number: unrecorded_table(scenario, Block(1, block.steps))
        for number, block in enumerate(scenario.protocol)
        if block.jump is not None
    }


@dataclass
class Pace:
    """What is known of the course of a block, as it is kept with the state of a run.

    Attributes
    ----------
    before
        Slow states and what is watched at the last boundary, (states + 7,); empty before the second.
    rate
        Their change in a cycle as the last jump found it; empty if it is to be measured.
    earlier, earlier_at
        The rate that was known before, and at which repetition; empty if none was.
    length
        Cycles that the next jump may take.
    block
        Number of the block.
    first
        Capacity that each block has begun the life with, C/m2, (blocks,); NaN before it has. A block
        that comes again begins with less.
    """

    before: FloatArray = field(default_factory=lambda: np.empty(0))
    rate: FloatArray = field(default_factory=lambda: np.empty(0))
    earlier: FloatArray = field(default_factory=lambda: np.empty(0))
    earlier_at: float = 0.0
    length: float = FIRST_JUMP
    block: int = -1
    first: FloatArray = field(default_factory=lambda: np.empty(0))


class Jumper:
    """Jumps over cycles of a block.

    Parameters
    ----------
    record, work
        Parameter record and workspace of the cell.
    state
        State vector of the life; changed in place by a jump.
    protocol, number
        Blocks of the life, and the number of the one with the jumps.
    table
        One cycle of the block, see `probing_tables`.
    inventory
        Cyclable lithium at the start of the run, mol/m2.
    drive
        Runs a table beside the life from `state`.
    """

    def __init__(
        self,
        record: HalfCell,
        work: Workspace,
        state: FloatArray,
        protocol: Sequence[Block],
        number: int,
        table: Protocol,
        inventory: float,
        drive: Drive,
    ) -> None:
        self._record, self._work, self._state = record, work, state
        self._block, self._table, self._drive = protocol[number], table, drive
        self._stops, self._blocks = stops_around(protocol, number), len(protocol)
        self._slow, self._scale = self._slow_states(inventory)

    def between_cycles(self, pace: Pace, progress: entries.Progress, life: Protocol) -> None:
        """Jump if it is time to; `progress` and the state are then those after the jump.

        Parameters
        ----------
        pace
            What is known; brought up to date.
        progress
            Of the life, between two cycles.
        life
            Instruction table of the life.
        """
        assert self._block.jump is not None
        clock, counters = progress.clock, progress.counters
        block, done = int(counters[entries.BLOCK_INDEX]), int(counters[entries.REPETITION])
        if pace.block != block or done == 0:
            pace.before, pace.rate, pace.earlier = np.empty(0), np.empty(0), np.empty(0)
            pace.length, pace.block = FIRST_JUMP, block
        known = progress.blocks[block]
        if not pace.first.size:
            pace.first = np.full(self._blocks, np.nan)
        if np.isnan(pace.first[block]) and done > 0:
            pace.first[block] = known[entries.FIRST_CAPACITY]
        now = self._here(clock, known)
        before, pace.before = pace.before, now
        rate, pace.rate = pace.rate, np.empty(0)
        # A rate is that of the middle of the cycle that it was measured in.
        measured = SETTLING - 0.5
        if not rate.size:
            if not before.size or done <= SETTLING:
                return
            rate, measured = now - before, -0.5
        room: float = self._room(done, progress, life)
        limits = self._limits(progress, float(pace.first[block]))
        room = min(room, _before_limits(limits, now, rate))
        while (length := int(min(pace.length, room, self._block.jump.most))) > 1:
            places = pace.earlier_at - done, measured, length + SETTLING + 0.5
            guess = _guessed_rate(length, places, pace.earlier, rate)
            probed = self._probe(progress, length, guess)
            if probed is None:
                pace.length = length * SHRINKAGE
                continue
            ahead, there = probed
            steepest = np.array([rate, ahead, (there - now) / (length + SETTLING + 1)])
            near = min(_before_limits(limits, now, slope) for slope in steepest)
            if length > near:
                room = near
                continue
            mean = _mean_rate(length, places, (pace.earlier, rate, ahead))
            worst = self._error(length * (mean - guess), float(known[entries.FIRST_CAPACITY]))
            change = np.clip(SAFETY / np.sqrt(max(worst, 1e-12)), SHRINKAGE, GROWTH)
            if worst > 1.0:
                pace.length = length * min(change, 0.5)
                continue
            pace.length = max(pace.length, length * change) if change > 1.0 else length * change
            self._go(progress, length, mean)
            pace.earlier, pace.earlier_at = rate, done + measured
            pace.rate, pace.before = ahead, self._here(clock, known)
            return
        pace.length = max(pace.length, 2.0)

    def _slow_states(self, inventory: float) -> tuple[npt.NDArray[np.intp], FloatArray]:
        """Places of the slow states in the state vector, and what their errors are relative to."""
        o, nodes = self._work.offsets, int(self._work.nodes.shape[1])
        planes = self._record.planes
        lengths: dict[str, int] = dict.fromkeys((*_NODAL, "isolated_lithium"), nodes)
        lengths |= {"plane_film_square": planes, "plated_lithium": planes}
        lengths |= dict.fromkeys(_CELL, 1)
        places, scales = [], []
        for name, length in lengths.items():
            first = getattr(o, name)
            place = np.arange(first, first + length)
            if name in (*_SHARES, "pore_damage"):
                scale = np.ones(length)
            elif name == "first_film":
                scale = np.maximum(np.abs(self._state[place]), THINNEST_FILM)
            elif name.endswith("square"):
                scale = np.maximum(self._state[place], THINNEST_FILM**2)
            elif name == "positive_film_charge":
                scale = np.full(length, FARADAY * inventory)
            elif name == "carbon_charge_square":
                scale = np.full(length, (FARADAY * inventory) ** 2)
            else:
                scale = np.full(length, inventory)
            places.append(place)
            scales.append(scale)
        return np.concatenate(places), np.concatenate(scales)

    def _here(self, clock: FloatArray, known: FloatArray) -> FloatArray:
        """Slow states and what is watched, after a cycle.

        Parameters
        ----------
        clock
            Of the driver.
        known
            What it knows of the block.
        """
        watched = (
            clock[entries.TIME],
            known[entries.LATEST_CAPACITY],
            known[entries.LATEST_RESISTANCE],
            clock[entries.VOLTAGE_LOW],
            clock[entries.VOLTAGE_HIGH],
            clock[entries.TEMPERATURE_LOW],
            clock[entries.TEMPERATURE_HIGH],
        )
        return np.concatenate([self._state[self._slow], watched])

    def _limits(self, progress: entries.Progress, first: float) -> list[Limit]:
        """What no jump may pass; `first` is the capacity that ends of life are shares of, C/m2."""
        block = int(progress.counters[entries.BLOCK_INDEX])
        own = progress.blocks[block]
        limits = [Limit(CAPACITY, -1, END_OF_LIFE * first)]
        for number, stop in self._stops:
            if stop.quantity == "time":
                value = float(progress.blocks[number, entries.BEGUN_TIME]) + stop.value
                limits.append(Limit(TIME, stop.side, value))
            elif stop.quantity == "voltage":
                entry = VOLTAGE_LOW if stop.side < 0 else VOLTAGE_HIGH
                limits.append(Limit(entry, stop.side, stop.value))
            elif stop.quantity == "temperature":
                entry = TEMPERATURE_LOW if stop.side < 0 else TEMPERATURE_HIGH
                limits.append(Limit(entry, stop.side, stop.value))
            elif number != block or stop.of_check_up:
                # These are judged where no jump leads past: at the end of a repetition of all blocks
                # of an outer one, and at check-ups.
                continue
            elif stop.quantity == "capacity":
                value = stop.value * float(own[entries.FIRST_CAPACITY])
                limits.append(Limit(CAPACITY, stop.side, value))
            elif stop.quantity == "resistance":
                value = stop.value * float(own[entries.FIRST_RESISTANCE])
                limits.append(Limit(RESISTANCE, stop.side, value))
        return limits

    def _error(self, change: FloatArray, first: float) -> float:
        """Error of a guess as a multiple of what is allowed.

        Parameters
        ----------
        change
            What the rates at both ends change in the guess, as of `Pace.before`.
        first
            Capacity of the block's first cycle, C/m2.
        """
        assert self._block.jump is not None
        states = float((np.abs(change[:TIME]) / self._scale).max())
        capacity = abs(float(change[CAPACITY])) / first if first > 0.0 else 0.0
        return max(states, capacity / CAPACITY_SHARE) / self._block.jump.tolerance

    def _room(self, done: int, progress: entries.Progress, life: Protocol) -> int:
        """Cycles that may be jumped over before one has to be computed."""
        cycle = int(progress.counters[entries.CYCLE])
        stops = [self._block.repeat - 1]
        if self._block.check_up is not None:
            every = self._block.check_up.every
            stops.append((done // every + 1) * every - 1)
        for number, stop in self._stops:
            if stop.quantity == "cycles" and stop.side > 0:
                begun = int(progress.blocks[number, entries.BEGUN_CYCLE])
                stops.append(done + max(0, int(stop.value) - 1 - (cycle - begun)))
        if life.record_every < life.cycles:
            stops.append(done + (-(cycle + 1)) % life.record_every)
        return min(stops) - done

    def _probe(
        self, progress: entries.Progress, length: int, rate: FloatArray
    ) -> tuple[FloatArray, FloatArray] | None:
        """What a cycle changes after a jump at a rate, and what is there then.

        None if it can't be run.
        """
        life = self._state.copy()
        self._extrapolate(length * rate[:TIME])
        own, found = progress, None
        known = progress.blocks[int(progress.counters[entries.BLOCK_INDEX])]
        for _ in range(SETTLING + 1):
            start = self._here(own.clock, known)
            own = beside(own, self._table)
            known = own.blocks[0]
            if self._drive(self._record, self._table, own) != Result.FINISHED:
                break
        else:
            there = self._here(own.clock, known)
            # The clock of the copy has not moved over the jump.
            found = there - start, there
            there[TIME] += length * rate[TIME]
        self._state[:] = life
        return found

    def _extrapolate(self, change: FloatArray) -> None:
        """Change the slow states and keep the lithium.

        What films and lost particles take comes from the metal, and from the particles where there is
        none: a cell without a reservoir begins its cycles emptier.
        """
        o, y = self._work.offsets, self._state
        record, work = self._record, self._work
        shells, nodes = work.phi.shape
        total = all_lithium(record, work, y)
        y[self._slow] += change
        for name in _SHARES:
            first = getattr(o, name)
            np.clip(y[first : first + nodes], 0.0, 1.0, out=y[first : first + nodes])
        y[o.plated_lithium] += total - all_lithium(record, work, y)
        consumed = film_lithium(record.lithium, y[o.plane_film_square])
        missing = max(0.0, consumed - y[o.plated_lithium])
        if missing > 0.0 and nodes:
            held, fraction = positive_lithium(record, work, y)
            emptier = missing * fraction / held
            for first, length in (
                (0, shells * nodes),
                (o.mean_stoichiometry, nodes),
            ):
                y[first : first + length] -= emptier
            y[o.plated_lithium] += missing

    def _go(self, progress: entries.Progress, length: int, rate: FloatArray) -> None:
        """Jump: the state, the time and the number of the cycle."""
        clock, counters = progress.clock, progress.counters
        self._extrapolate(length * rate[:TIME])
        clock[entries.TIME] += length * rate[TIME]
        counters[entries.CYCLE] += length
        counters[entries.REPETITION] += length


def stops_around(protocol: Sequence[Block], number: int) -> list[tuple[int, Stop]]:
    """Stops of a block and of those that it lies in, each with the row of its block in what is known.

    Parameters
    ----------
    protocol
        All blocks.
    number
        Of the block.
    """
    found = [(number, stop) for stop in protocol[number].stop]
    for loop, one in enumerate(loops_of(protocol)):
        if one.start <= number < one.end:
            found += [(len(protocol) + loop, stop) for stop in one.loop.stop]
    return found


def _before_limits(limits: list[Limit], now: FloatArray, slope: FloatArray) -> float:
    """Cycles that may be jumped over so that the one which passes a limit is still to come.

    Parameters
    ----------
    limits
        What is watched, and where it may not be passed.
    now, slope
        As of `Pace.before` and `Pace.rate`.
    """
    cycles = np.inf
    for entry, side, limit in limits:
        way = limit - now[entry]
        ahead = np.isfinite(way) and np.isfinite(slope[entry]) and way * slope[entry] > 0.0
        if ahead and way * side > 0.0:
            cycles = min(cycles, APPROACH * way / slope[entry] - 1.0)
    return cycles


def _guessed_rate(
    length: int, places: tuple[float, float, float], earlier: FloatArray, rate: FloatArray
) -> FloatArray:
    """Mean rate over a jump to come, as of `_mean_rate` but without the rate at its end."""
    if not earlier.size:
        return rate
    far, near, _ = places
    line = (rate - earlier) / (near - far) * (0.5 * length - near)
    most = 0.5 * np.abs(rate)
    return rate + np.clip(line, -most, most)


def _mean_rate(
    length: int,
    places: tuple[float, float, float],
    rates: tuple[FloatArray, FloatArray, FloatArray],
) -> FloatArray:
    """Mean over a jump of the curve through rates at three places.

    Parameters
    ----------
    length
        Of the jump, from 0.
    places, rates
        Before the jump, at its beginning and at its end. Without the first rate, which is then empty,
        the curve is a line; with it, what the parabola adds is at most what the line does, so that a
        bend before the jump does not count beyond it.
    """
    (far, near, there), (earlier, rate, ahead) = places, rates
    slope = (ahead - rate) / (there - near)
    line = slope * (0.5 * length - near)
    if not earlier.size:
        return rate + line
    bend = (slope - (rate - earlier) / (near - far)) / (there - far)
    bend *= length**2 / 3.0 - 0.5 * length * (near + there) + near * there
    return rate + line + np.clip(bend, -np.abs(line), np.abs(line))
