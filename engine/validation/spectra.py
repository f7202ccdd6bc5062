"""Impedance: solidcell's spectra against PyBaMM's and the twin's, each linearised by itself.

Ten millihertz to ten kilohertz, from equilibrium.  PyBaMM's half cell has kinetics alone inside its
double layers; where films and the resistance of the lithium plane lie inside them, too, the twin is
the reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from solidcell.engine.protocol import Block
from solidcell.engine.protocol.parse import parse_step
from solidcell.engine.scenario import Scenario, load_scenario
from solidcell.engine.scenario.model import rating_of
from solidcell.engine.simulation import Simulation
from solidcell.engine.validation import spectrum_reference
from solidcell.engine.validation.discretisation import Mesh
from solidcell.engine.validation.half_cell import HalfCell
from solidcell.engine.validation.results import SpectrumResult
from solidcell.engine.validation.spectrum_reference import SPECTRUM_MESH, ComplexArray
from solidcell.engine.validation.twin import spectrum as twin_spectrum
from solidcell.engine.validation.twin import twin_cell, twin_start
from solidcell.engine.validation.twin.cases import MAIN, REFERENCE

GROUP = "impedance"

MESH = Mesh(nodes=40, shells=60, shell_stretch=4.0, node_stretch=0.3)
"""solidcell's; diffusion is exact within a shell and transport within a node."""

AGREEMENT, CONVERGENCE = 2.0e-3, 1.0e-3
"""Largest difference, and largest change of either side on a doubled mesh, relative to |Z|."""

POINTS = 31
"""Frequencies."""


@dataclass(frozen=True, slots=True, eq=False)
class SpectrumCase:
    """A spectrum from equilibrium.

    Attributes
    ----------
    name : str
        Unique, in words that read in a table.
    stoichiometry : float
        Uniform lithium fraction.
    settings : mapping of str to object
        Dotted entries of the scenario that differ from the shipped one, as written in YAML.
    shipped : str
        Name of the shipped one.
    twin : bool
        Whether the twin is the reference, and not PyBaMM's stock half cell.
    """

    name: str
    stoichiometry: float
    settings: Mapping[str, object] = field(default_factory=dict)
    shipped: str = REFERENCE
    twin: bool = False

    def scenario(self, mesh: Mesh) -> Scenario:
        """Write out the scenario on a mesh: one step, which takes the spectrum."""
        scenario = load_scenario(
            self.shipped,
            overrides={
                **self.settings,
                "operation.initial_stoichiometry": self.stoichiometry,
                "output.impedance": {"lowest": "10 mHz", "highest": "10 kHz", "points": POINTS},
                "numerics.nodes": mesh.nodes,
                "numerics.node_stretch": mesh.node_stretch,
                "numerics.shells": mesh.shells,
                "numerics.shell_stretch": mesh.shell_stretch,
            },
        )
        step = parse_step("impedance", rating_of(scenario.cell))
        return scenario.model_copy(update={"protocol": (Block(1, (step,)),)})


_INSIDE = {
    "physics.interphase": "parabolic",
    # A film of its own thickness that stays.
    "cell.positive.film.initial_thickness": "100 nm",
    "cell.positive.film.growth_constant": "1e-32 m^2/s",
    "cell.negative.film.growth_constant": "1e-32 m^2/s",
}

SPECTRUM_CASES: tuple[SpectrumCase, ...] = (
    *(SpectrumCase(f"spectrum at x = {x:g}", x) for x in (0.3, 0.5, 0.7, 0.93)),
    SpectrumCase(
        "spectrum at x = 0.5, 45 degC, contact 0.4",
        0.5,
        {
            "operation.temperature": "45 degC",
            "cell.positive.contact_fraction": 0.4,
            "cell.negative.double_layer_capacitance": "0.1 F/m^2",
        },
    ),
    SpectrumCase(
        "spectrum, film and lithium resistance inside the double layers",
        0.5,
        _INSIDE,
        MAIN,
        twin=True,
    ),
    SpectrumCase(
        "spectrum at 60 degC, mechanistic contact, constriction, films",
        0.3,
        {
            **_INSIDE,
            "physics.contact": "pressure",
            "operation.temperature": "60 degC",
            "cell.negative.interface": None,
            "cell.negative.contact": {"law": "plastic"},
            "cell.negative.contact_pitch": "50 um",
            "cell.negative.film.initial_thickness": "300 nm",
            "cell.positive.contact_pitch": "20 um",
            "cell.positive.film_resistance": "2 Ohm cm^2",
            "cell.positive.patch_factor": 1.5,
        },
        MAIN,
        twin=True,
    ),
)
"""Every case."""


def compare_spectrum(case: SpectrumCase, _: bool = False) -> SpectrumResult:
    """Take a spectrum on both sides, and each once more on a doubled mesh.

    Parameters
    ----------
    case
        The case.
    _
        Both sides are refined, asked or not.
    """
    ours, theirs = solve(case, MESH), reference(case, SPECTRUM_MESH)
    own = largest_difference(solve(case, _doubled(MESH)), ours)
    their_own = largest_difference(reference(case, _doubled(SPECTRUM_MESH)), theirs)
    difference = largest_difference(ours, theirs)
    return SpectrumResult(
        name=case.name,
        passed=bool(difference <= AGREEMENT and max(own, their_own) < CONVERGENCE),
        largest_percent=1e2 * difference,
        tolerance=(
            f"{1e2 * AGREEMENT:g} % of |Z| from 10 mHz to 10 kHz, both sides changing by less than "
            f"{1e2 * CONVERGENCE:g} % on a doubled mesh"
        ),
        solidcell_percent=1e2 * own,
        pybamm_percent=1e2 * their_own,
        group=GROUP,
    )


def solve(case: SpectrumCase, mesh: Mesh) -> ComplexArray:
    """Spectrum by solidcell, per area of electrode [Ohm m2], from high to low frequency."""
    scenario = case.scenario(mesh)
    rows = Simulation(scenario).solve()["impedance"]
    impedance = rows["z_real"][0] + 1j * rows["z_imag"][0]
    return np.asarray(impedance * scenario.cell.electrode_area, dtype=np.complex128)


def reference(case: SpectrumCase, mesh: Mesh) -> ComplexArray:
    """Spectrum by PyBaMM or the twin, per area of electrode [Ohm m2], from high to low frequency."""
    scenario = case.scenario(MESH)
    frequencies = scenario.output.impedance.frequencies
    if case.twin:
        # The spectrum has double layers whether the protocol's steps have them or not.
        charged = scenario.physics.model_copy(update={"double_layer": "on"})
        layered = scenario.model_copy(update={"physics": charged})
        return twin_spectrum.impedance(
            twin_cell(layered), frequencies, twin_start(layered), mesh=mesh
        )
    cell = HalfCell.from_scenario(scenario)
    whole = spectrum_reference.impedance(
        cell,
        frequencies,
        stoichiometry=case.stoichiometry,
        temperature=float(scenario.operation.temperature),
        positive_double_layer=float(scenario.cell.composite.double_layer_capacitance),
        lithium_double_layer=float(scenario.cell.negative.double_layer_capacitance),
        mesh=mesh,
    )
    return whole * cell.electrode_area


def largest_difference(one: ComplexArray, other: ComplexArray) -> float:
    """Largest difference of two spectra, relative to the modulus of the second."""
    return float(np.max(np.abs(one - other) / np.abs(other)))


def _doubled(mesh: Mesh) -> Mesh:
    return mesh.with_double_shells().with_double_nodes()
