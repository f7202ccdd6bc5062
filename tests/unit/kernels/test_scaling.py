"""Less area is more current density, in the whole column or at the interface alone (T-10)."""

import numpy as np
import pytest
from laboratory import BENT, ONE_C, ROOM, SLOWING, SQUARE_ROOT, at_voltage, current, make_cell, run

from solidcell.kernels.constants import FARADAY, GAS
from solidcell.kernels.parameters import HalfCell

THERMAL = GAS * ROOM / FARADAY
CELL = make_cell(potential=BENT, diffusivity=SLOWING, lithium={"interface_resistance": 1e-3})


def cut(cell: HalfCell, share: float) -> HalfCell:
    """The cell with all its cross-sections cut to a share, per the old area."""
    return cell._replace(
        active_area=share * cell.active_area,
        active_fraction=share * cell.active_fraction,
        ionic_conductivity=share * cell.ionic_conductivity,
        electronic_conductivity=share * cell.electronic_conductivity,
        separator_resistance=cell.separator_resistance / share,
        lithium=cell.lithium._replace(
            contact_fraction=share * cell.lithium.contact_fraction,
            interface_resistance=cell.lithium.interface_resistance / share,
        ),
        nominal_current_density=share * cell.nominal_current_density,
    )


@pytest.mark.parametrize("share", [0.5, 0.25, 0.7])
@pytest.mark.parametrize("rate", [1.0, -1.0], ids=["discharge", "charge"])
def test_a_share_of_the_area_at_a_share_of_the_current_is_the_same_cell(
    share: float, rate: float
) -> None:
    """V(t; I, theta) = V(t; I / theta, 1), step by step of the solver; only rounding differs."""
    whole = run(CELL, [current(rate * ONE_C, duration=1200.0)])
    part = run(cut(CELL, share), [current(share * rate * ONE_C, duration=1200.0)])
    # The first steps are so short that round-off is 1e-6 of their error, and of what follows from it.
    assert part.rows["time"] == pytest.approx(whole.rows["time"], rel=1e-6, abs=1e-7)
    assert part.rows["voltage"][-1] == pytest.approx(whole.rows["voltage"][-1], abs=1e-9)
    assert part.steps["capacity"] == pytest.approx(share * whole.steps["capacity"], rel=1e-12)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
@pytest.mark.parametrize("rate", [0.1, 1.0, -0.5])
def test_contact_of_the_lithium_plane_shifts_the_voltage_by_its_kinetics_alone(
    share: float, rate: float
) -> None:
    steps = [current(rate * ONE_C, duration=600.0)]
    whole, part = (
        run(CELL._replace(lithium=CELL.lithium._replace(contact_fraction=contact)), steps)
        for contact in (1.0, share)
    )
    ratio = rate * ONE_C / (2 * CELL.lithium.exchange_current)
    shift = 2 * THERMAL * (np.arcsinh(ratio / share) - np.arcsinh(ratio))
    assert whole.rows["voltage"] - part.rows["voltage"] == pytest.approx(shift, abs=1e-12)


@pytest.mark.parametrize("share", [0.1, 0.5])
@pytest.mark.parametrize("rate", [0.3, 1.0, -0.5])
def test_contact_of_the_particles_shifts_the_voltage_by_their_kinetics_alone(
    share: float, rate: float
) -> None:
    """With a uniform reaction; its exchange current is that of the surface at each moment."""
    free = {"ionic_conductivity": 1e7, "electronic_conductivity": 1e7}
    steps = [current(rate * ONE_C, duration=1200.0)]
    whole, part = (
        run(make_cell(potential=BENT, contact_fraction=contact, **free), steps, longest=10.0)
        for contact in (1.0, share)
    )
    reaction = rate * ONE_C / (whole.cell.active_area @ whole.cell.width)
    surface = whole.surface[-1].mean()
    ratio = reaction / (2 * np.sqrt(SQUARE_ROOT(surface)))
    shift = 2 * THERMAL * (np.arcsinh(ratio / share) - np.arcsinh(ratio))
    assert whole.rows["voltage"][-1] - part.rows["voltage"][-1] == pytest.approx(shift, abs=1e-7)


def test_lost_contact_keeps_the_capacity_of_a_slow_discharge() -> None:
    """theta in the kinetics alone: C/20 still finds every site, at a lower voltage."""
    steps = [current(ONE_C / 20, until=at_voltage(3.62))]
    whole, part = (
        run(make_cell(contact_fraction=contact), steps, start=0.2) for contact in (1.0, 0.25)
    )
    ratio = part.steps["capacity"][0] / whole.steps["capacity"][0]
    assert 0.98 < ratio < 1.0
