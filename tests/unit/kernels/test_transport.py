"""The composite electrode against Newman and Tobias 1962 (T-4)."""

import numpy as np
import pytest
from laboratory import FLAT, OHM_CM2, ROOM, Experiment, current, make_cell, run
from numpy.polynomial import Polynomial

from solidcell.kernels.constants import FARADAY, GAS
from solidcell.kernels.outputs import potentials

LITHIUM = 1e9  # A/m2: a lithium plane without resistance, but for its slope
PROBE = 0.01  # A/m2: far below the exchange current, far above round-off of the voltage
THERMAL = GAS * ROOM / FARADAY


def electrode(
    thickness: float, kappa: float, sigma: float, *, area: float = 3e5, nodes: int = 80
) -> Experiment:
    """The first instant of a small current on a flat potential: only kinetics and conduction."""
    cell = make_cell(
        nodes=nodes,
        shells=4,
        thickness=thickness,
        potential=FLAT,
        exchange_squared=Polynomial([1.0]),
        active_area=area,
        ionic_conductivity=kappa,
        electronic_conductivity=sigma,
        separator_resistance=0.0,
        lithium={"exchange_current": LITHIUM},
    )
    return run(cell, [current(PROBE, duration=1.0)])


def measured(done: Experiment) -> float:
    """Resistance of the electrode, Ohm m2."""
    return (FLAT(0.5) - done.rows["voltage"][0]) / PROBE - THERMAL / LITHIUM


def newman_tobias(thickness: float, kappa: float, sigma: float, area: float) -> tuple[float, float]:
    """Resistance (Ohm m2) and Thiele modulus nu; T-4 (36) with j0 = 1 A/m2."""
    nu = thickness * np.sqrt(area / THERMAL * (1 / kappa + 1 / sigma))
    bracket = 2 + (sigma / kappa + kappa / sigma) * np.cosh(nu)
    return thickness / (kappa + sigma) * (1 + bracket / (nu * np.sinh(nu))), nu


@pytest.mark.parametrize(
    ("thickness", "kappa", "sigma", "area", "reference"),
    [
        (100e-6, 0.02, 0.5, 3e5, 22.017802),
        (100e-6, 0.01, 1.0, 3e5, 29.921366),
        (50e-6, 0.02, 0.02, 3e5, 33.605467),
        (96.8e-6, 0.2 * 0.235 / 6, 1.0, 8.925e5, 19.909775),
    ],
    ids=["thick", "poor ions", "thin and symmetric", "shipped cell at x = 1/2"],
)
def test_resistance_of_a_linear_electrode(
    thickness: float, kappa: float, sigma: float, area: float, reference: float
) -> None:
    """80 volumes of fourth order are off by 1e-6 at most, in the shipped cell's steep profile."""
    done = electrode(thickness, kappa, sigma, area=area)
    assert newman_tobias(thickness, kappa, sigma, area)[0] * OHM_CM2 == pytest.approx(
        reference, abs=1e-6
    )
    assert measured(done) * OHM_CM2 == pytest.approx(reference, rel=1e-6)


def test_electrons_without_resistance_leave_a_transmission_line() -> None:
    thickness, kappa, area = 100e-6, 0.02, 3e5
    ionic, transfer = thickness / kappa, THERMAL / (area * thickness)
    expected = np.sqrt(ionic * transfer) / np.tanh(np.sqrt(ionic / transfer))
    assert measured(electrode(thickness, kappa, 1e7)) == pytest.approx(expected, rel=1e-6)


def test_a_thin_electrode_has_a_third_of_each_conduction_in_series_with_kinetics() -> None:
    thickness, kappa, sigma, area = 5e-6, 0.5, 2.0, 3e6
    expected = THERMAL / (area * thickness) + thickness / 3 * (1 / kappa + 1 / sigma)
    # The next term of the expansion is at most nu^4 / 45 = 1.2e-6 of the kinetic part.
    found = measured(electrode(thickness, kappa, sigma, area=area))
    assert found == pytest.approx(expected, rel=2e-6)


def test_a_thick_electrode_does_not_care_for_its_thickness() -> None:
    thin, thick = (measured(electrode(size, 0.01, 1e7)) for size in (300e-6, 330e-6))
    assert thick == pytest.approx(thin, rel=1e-4)


def test_exchanging_ions_and_electrons_exchanges_the_ends() -> None:
    """Seen from outside, the two phases are alike."""
    one, other = measured(electrode(60e-6, 0.01, 0.3)), measured(electrode(60e-6, 0.3, 0.01))
    assert one == pytest.approx(other, rel=1e-7)


@pytest.mark.parametrize("sigma", [1e7], ids=["electrons without resistance"])
def test_current_crosses_to_the_particles_near_the_separator(sigma: float) -> None:
    """Ionic current falls as sinh nu (1 - x / L) / sinh nu."""
    done = electrode(100e-6, 0.02, sigma)
    nodes = done.cell.width.size
    ionic = np.empty(nodes)
    potentials(
        done.cell, done.coefficients, done.work, done.states[0], *np.empty((2, nodes)), ionic
    )
    _, nu = newman_tobias(100e-6, 0.02, sigma, 3e5)
    depth = np.arange(1, nodes + 1) / nodes
    expected = np.sinh(nu * (1 - depth)) / np.sinh(nu)
    assert ionic / PROBE == pytest.approx(expected, abs=1e-6)


def test_reaction_at_the_separator_over_that_at_the_collector_is_cosh_nu() -> None:
    done = electrode(100e-6, 0.02, 1e7)
    reaction = done.reaction[0]
    _, nu = newman_tobias(100e-6, 0.02, 1e7, 3e5)
    # Nodes are means over volumes: parabolas through three of them give the values at the ends.
    at_end = np.array([11.0, -7.0, 2.0]) / 6.0
    separator, collector = at_end @ reaction[:3], at_end @ reaction[:-4:-1]
    assert separator / collector == pytest.approx(np.cosh(nu), rel=1e-5)


def test_all_of_the_current_crosses() -> None:
    done = electrode(100e-6, 0.01, 1.0)
    crossed = done.cell.width @ done.nodal("reaction_current")[0]
    assert crossed == pytest.approx(-PROBE, rel=1e-12)
