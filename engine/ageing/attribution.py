"""Where the capacity went: inventory, active material, isolation and resistance.

With Q_eq the capacity at equilibrium (`Equilibrium`), the first three take their Shapley shares of
Q_eq(reference) - Q_eq(now): what each takes when the three are changed one after the other, mean over
all six orders. Resistance takes the change of Q_eq - Q_measured. So the four add up to the measured
loss, and none depends on an order of the causes.

L. S. Shapley, A value for n-person games, Contributions to the Theory of Games II (1953) 307.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.engine.ageing.equilibrium import Equilibrium

FloatArray = npt.NDArray[np.float64]
Columns = Mapping[str, Any]

SHARES = ("inventory", "active_material", "isolation", "resistance")
"""What a loss of capacity is split into, in the order in which it is told."""


class States(NamedTuple):
    """What the capacity at equilibrium depends on, as `Equilibrium.capacity` takes it.

    Attributes
    ----------
    lithium
        Cyclable lithium, mol/m2.
    active
        Active material, relative to the fresh cell.
    utilisation
        Share of it that is connected.
    """

    lithium: npt.ArrayLike
    active: npt.ArrayLike
    utilisation: npt.ArrayLike


@dataclass(frozen=True, slots=True)
class Reference:
    """The cycle that losses are counted from.

    Attributes
    ----------
    capacity
        Its discharge capacity, A h.
    states
        Its states, single numbers.
    """

    capacity: float
    states: States


def states_of(columns: Columns, inventory: float) -> States:
    """States of cycles from columns of /cycles, each (cycles,).

    Parameters
    ----------
    columns
        loss_of_lithium_inventory, loss_of_active_material and utilisation_positive.
    inventory
        Cyclable lithium at the start of the run, mol/m2.
    """
    lost = np.asarray(columns["loss_of_lithium_inventory"])
    active = 1.0 - np.asarray(columns["loss_of_active_material"])
    return States(inventory * (1.0 - lost), active, np.asarray(columns["utilisation_positive"]))


def measured_capacity(columns: Columns) -> FloatArray:
    """Discharge capacity of cycles, A h, (cycles,); NaN where one was cut short or had none.

    Parameters
    ----------
    columns
        discharge_capacity (A h) and status of /cycles.
    """
    capacity = np.asarray(columns["discharge_capacity"])
    completed = np.asarray(columns["status"]) == 0
    return np.where(completed & (capacity > 0.0), capacity, np.nan)


def reference_of(columns: Columns, inventory: float) -> Reference | None:
    """The first of these cycles that has measured a capacity; None if none has.

    Parameters
    ----------
    columns, inventory
        As for `states_of` and `measured_capacity`.
    """
    capacity = measured_capacity(columns)
    found = np.flatnonzero(np.isfinite(capacity))
    if not found.size:
        return None
    states = (float(np.asarray(state)[found[0]]) for state in states_of(columns, inventory))
    return Reference(float(capacity[found[0]]), States(*states))


def loss_columns(
    equilibrium: Equilibrium, reference: Reference | None, columns: Columns, inventory: float
) -> dict[str, FloatArray]:
    """Columns capacity_loss_* of /cycles, A h, each (cycles,).

    Parameters
    ----------
    equilibrium
        Of the cell.
    reference
        The cycle that losses are counted from; None if no cycle has measured a capacity yet.
    columns, inventory
        As for `reference_of`.
    """
    capacity = measured_capacity(columns)
    if reference is None:
        shares = dict.fromkeys(SHARES, np.full(capacity.shape, np.nan))
    else:
        shares = attribute(equilibrium, reference, states_of(columns, inventory), capacity)
    return {f"capacity_loss_{name}": share for name, share in shares.items()}


def attribute(
    equilibrium: Equilibrium, reference: Reference, states: States, capacity: FloatArray
) -> dict[str, FloatArray]:
    """Shares of the loss of capacity against the reference, A h; negative where it was gained.

    Parameters
    ----------
    equilibrium
        Of the cell.
    reference
        The cycle that losses are counted from.
    states
        Of the cycles, each (cycles,).
    capacity
        Measured, A h, (cycles,); NaN where there is none, and so are the shares then.

    Returns
    -------
    dict
        `SHARES` by name, each (cycles,).
    """
    value = equilibrium.capacity
    shares = shapley(value, reference.states, states)
    at_equilibrium = value(*reference.states) - value(*states)
    shares.append(reference.capacity - capacity - at_equilibrium)
    known = np.isfinite(capacity)
    return {
        name: np.where(known, share, np.nan) for name, share in zip(SHARES, shares, strict=True)
    }


def shapley(
    value: Callable[..., FloatArray],
    before: Sequence[npt.ArrayLike],
    after: Sequence[npt.ArrayLike],
) -> list[FloatArray]:
    """Shapley share of each argument in value(*before) - value(*after), in their order.

    Parameters
    ----------
    value
        Function of as many arguments as the sequences have.
    before, after
        Its arguments.
    """
    count = len(before)
    values = {
        changed: value(
            *(new if now else old for now, old, new in zip(changed, before, after, strict=True))
        )
        for changed in product((False, True), repeat=count)
    }
    orders = list(permutations(range(count)))
    shares = [np.zeros(np.shape(values[(True,) * count])) for _ in range(count)]
    for order in orders:
        changed = [False] * count
        for place in order:
            old = values[tuple(changed)]
            changed[place] = True
            shares[place] += (old - values[tuple(changed)]) / len(orders)
    return shares
