"""What ageing has left acts on in a cell whose physics no longer ages it.

A switch that is off stops change. So a film that is there resists, though none grows; voids that are
there keep the lithium off; cracks lengthen diffusion; and blocked paths stay blocked. What is lost,
isolated or cracked is in the state itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from solidcell.engine.cell.interfaces import cracking_record, film_record
from solidcell.engine.scenario import Scenario
from solidcell.kernels import parameters
from solidcell.kernels.layout import Offsets
from solidcell.kernels.lithium_metal import STILL_VOIDS
from solidcell.kernels.parameters import HalfCell

FloatArray = npt.NDArray[np.float64]


def lacking(scenario: Scenario, state: FloatArray, o: Offsets) -> Iterator[tuple[str, str]]:
    """Entries of the cell that a state needs and the scenario lacks: the entry, and what it is for.

    Parameters
    ----------
    scenario
        The scenario.
    state, o
        State vector of the aged cell, and where its entries are.
    """
    cell = scenario.cell
    if _voids(state, o) and cell.negative.voids is None:
        yield "cell.negative.voids", "voids"
    if _plane_film(state, o) and cell.negative.film is None:
        yield "cell.negative.film", "a film on the lithium"
    if cell.symmetric:
        return
    if _particle_film(state, o) and cell.composite.film is None:
        yield "cell.positive.film", "a film on the particles"
    if _cracked(state, o) and cell.composite.cracking is None:
        yield "cell.positive.cracking", "cracked particles"


def aged_record(
    scenario: Scenario, record: HalfCell, state: FloatArray, o: Offsets, paths: FloatArray
) -> HalfCell:
    """The parameter record of a scenario in which what has aged still acts.

    Parameters
    ----------
    scenario, record
        The scenario, which lacks nothing, and its record.
    state, o
        State vector of the aged cell, and where its entries are.
    paths
        What lost contact has left of the effective conductivities at each node, (nodes,).
    """
    physics, lithium = scenario.physics, record.lithium
    if physics.interphase.negative == "none" and _plane_film(state, o):
        film = film_record(scenario.cell.negative.film, "parabolic")
        lithium = lithium._replace(film=still_film(film))
    if lithium.voids == 0 and _voids(state, o):
        lithium = lithium._replace(voids=STILL_VOIDS)
    record = record._replace(lithium=lithium)
    if scenario.cell.symmetric:
        return record
    electrode = scenario.cell.composite
    if physics.interphase.positive == "none" and _particle_film(state, o):
        record = record._replace(film=still_film(film_record(electrode.film, "parabolic")))
    if physics.cracking == "off" and _cracked(state, o):
        on = scenario.model_copy(update={"physics": physics.model_copy(update={"cracking": "on"})})
        cracking = cracking_record(on, electrode)._replace(rate=0.0, strain_coefficient=0.0)
        constant = record.constant_diffusivity and not cracking.crack_density > 0.0
        record = record._replace(cracking=cracking, constant_diffusivity=constant)
    if physics.paths == "off":
        record = record._replace(
            ionic_conductivity=record.ionic_conductivity * paths,
            electronic_conductivity=record.electronic_conductivity * paths,
        )
    return record


def still_film(film: parameters.Film) -> parameters.Film:
    """A film that stays as it is."""
    return film._replace(growth_constant=0.0, logarithmic_time=np.inf, first_charge=np.inf)


def least_films(record: HalfCell, state: FloatArray, o: Offsets) -> None:
    """Give films that begin to grow only now the thickness that they begin with, in place."""
    for first, last, film in (
        (o.film_square, o.first_film, record.film),
        (o.plane_film_square, o.highest_pressure, record.lithium.film),
    ):
        none = state[first:last] == 0.0
        state[first:last][none] = film.initial_thickness**2


def _voids(state: FloatArray, o: Offsets) -> bool:
    return bool((state[o.void_thickness : o.plane_film_square] > 0.0).any())


def _plane_film(state: FloatArray, o: Offsets) -> bool:
    return bool((state[o.plane_film_square : o.highest_pressure] > 0.0).any())


def _particle_film(state: FloatArray, o: Offsets) -> bool:
    return bool((state[o.film_square : o.utilisation] > 0.0).any())


def _cracked(state: FloatArray, o: Offsets) -> bool:
    return bool((state[o.active_share : o.isolated_lithium] < 1.0).any())
