"""The linear composite electrode against closed forms (T-4, T-5) and the laws of linear networks."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import solve_banded

from solidcell.kernels.constants import FARADAY, GAS
from solidcell.kernels.transmission_line import (
    allocate_line,
    dissipation,
    fill_line,
    solve_line,
    two_port,
    voltage_between_collectors,
    voltage_from_separator,
)

ComplexArray = npt.NDArray[np.complex128]
FloatArray = npt.NDArray[np.float64]

REACTION = 3 * 0.5 / 5e-6 * FARADAY / (GAS * 298.15)  # a j0 F / R T, S/m3, of 1 A/m2
NEWMAN_TOBIAS = {
    (100e-6, 0.02, 0.5): 22.017802,
    (100e-6, 0.01, 1.0): 29.921366,
    (50e-6, 0.02, 0.02): 33.605467,
}  # thickness, kappa, sigma -> Ohm cm2
PHASES = (0.0, 0.5, 0.99, 1.0)


class Electrode(NamedTuple):
    """Volumes of a composite; an admittance may differ from node to node."""

    width: FloatArray
    ionic: FloatArray
    electronic: FloatArray
    admittance: ComplexArray


class Answer(NamedTuple):
    impedance: complex
    face_current: ComplexArray
    reaction: ComplexArray
    ionic: float
    electronic: float
    reactions: FloatArray


def uniform(
    thickness: float, ionic: float, electronic: float, admittance: complex, nodes: int = 40
) -> Electrode:
    ones = np.ones(nodes)
    return Electrode(
        ones * thickness / nodes, ones * ionic, ones * electronic, ones * complex(admittance)
    )


def answer(
    electrode: Electrode,
    blocking: bool = False,
    current: float = 1.0,
    source: ComplexArray | None = None,
) -> Answer:
    """Response of an electrode; its impedance is the negative voltage."""
    nodes = electrode.width.size
    line = allocate_line(nodes)
    face_current, reaction = (np.empty(n, dtype=np.complex128) for n in (nodes + 1, nodes))
    forced = np.zeros(nodes, dtype=np.complex128) if source is None else source
    fill_line(*electrode, line)
    entering = 0.0 if blocking else current
    solve_line(line, current, entering, forced, face_current, reaction)
    if blocking:
        voltage = voltage_between_collectors(line, current, face_current)
    else:
        voltage = voltage_from_separator(line, current, forced, face_current)
    reactions = np.empty(nodes)
    ionic, electronic = dissipation(line, face_current, reactions)
    return Answer(-voltage, face_current, reaction, ionic, electronic, reactions)


def newman_tobias(thickness: float, ionic: float, electronic: float, y: complex) -> complex:
    """Equation (36) for a complex reaction admittance per volume."""
    nu = thickness * np.sqrt(complex(y) * (1 / ionic + 1 / electronic))
    sinh = -np.expm1(-2 * nu) / 2
    numerator = 2 * np.exp(-nu) + (electronic / ionic + ionic / electronic) * (1 - sinh)
    return complex(thickness / (ionic + electronic) * (1 + numerator / (nu * sinh)))


def ions_blocked(thickness: float, ionic: float, electronic: float, y: complex) -> complex:
    """The same equations with electronic contacts on both sides."""
    half = thickness * np.sqrt(complex(y) * (1 / ionic + 1 / electronic)) / 2
    tanh = -np.expm1(-2 * half) / (1 + np.exp(-2 * half))
    return complex(thickness / (ionic + electronic) * (1 + ionic / electronic * tanh / half))


positive = st.floats(-3.0, 3.0).map(lambda exponent: 10.0**exponent)


@st.composite
def networks(draw: st.DrawFn, real: bool = False) -> Electrode:
    """Random passive electrodes, their properties six orders of magnitude apart."""
    nodes = draw(st.integers(1, 12))

    def column(scale: float) -> FloatArray:
        values = draw(st.lists(positive, min_size=nodes, max_size=nodes))
        return scale * np.array(values)

    admittance = column(1e7).astype(np.complex128)
    if not real:
        phases = draw(st.lists(st.floats(-1.5, 1.5), min_size=nodes, max_size=nodes))
        admittance *= np.exp(1j * np.array(phases))
    return Electrode(column(1e-6), column(0.02), column(0.5), admittance)


@pytest.mark.parametrize("nodes", [1, 2, 40])
@pytest.mark.parametrize(("parameters", "resistance"), NEWMAN_TOBIAS.items())
def test_direct_current_resistance_is_that_of_newman_and_tobias(
    parameters: tuple[float, float, float], resistance: float, nodes: int
) -> None:
    """One volume is as good as forty."""
    found = answer(uniform(*parameters, REACTION, nodes)).impedance
    assert found * 1e4 == pytest.approx(resistance, abs=5e-7)
    assert found == pytest.approx(newman_tobias(*parameters, REACTION), rel=1e-14)


@pytest.mark.parametrize("exponent", range(-9, 5))
def test_every_volume_is_solved_exactly_whatever_its_frequency(exponent: int) -> None:
    """Forty volumes of nu dx from 1e-9 to 1e4, resistive to capacitive, both ways of contact."""
    rail = (100e-6, 0.02, 0.5)
    for phase in PHASES:
        size = (10.0**exponent / (rail[0] / 40)) ** 2 / (1 / rail[1] + 1 / rail[2])
        y = size * np.exp(0.5j * np.pi * phase)
        electrode = uniform(*rail, y)
        assert answer(electrode).impedance == pytest.approx(newman_tobias(*rail, y), rel=1e-14)
        blocked = answer(electrode, blocking=True).impedance
        assert blocked == pytest.approx(ions_blocked(*rail, y), rel=1e-14)


def test_the_two_port_is_smooth_where_series_and_exponential_meet() -> None:
    for phase in np.linspace(-0.5, 0.5, 21):
        direction = np.exp(1j * np.pi * phase)
        square = 4.0 * direction / (abs(direction.real) + abs(direction.imag))
        inside, outside = two_port(square * (1 - 1e-15)), two_port(square * (1 + 1e-15))
        assert inside == pytest.approx(outside, rel=4e-15)


def test_without_a_reaction_a_volume_passes_the_current_on() -> None:
    """An isolated slice is a resistor in the ions' path, and the electrons have none there."""
    electrode = uniform(100e-6, 0.02, 0.5, REACTION, 4)
    electrode.admittance[:2] = 0.0
    found = answer(electrode)
    assert abs(found.reaction[:2]) == pytest.approx([0.0, 0.0], abs=1e-30)
    rest = newman_tobias(50e-6, 0.02, 0.5, REACTION)
    assert found.impedance == pytest.approx(50e-6 / 0.02 + rest, rel=1e-14)


def test_fast_reactions_leave_both_phases_in_parallel() -> None:
    """Minnmann's composite: 107 Ohm of electrons beside 360 Ohm of ions are 82.48 Ohm."""
    thickness = 1e-4
    electrode = uniform(thickness, thickness / 360.0, thickness / 107.0, 1e30j)
    for blocking in (False, True):
        found = answer(electrode, blocking).impedance
        assert found.real == pytest.approx(82.48, abs=5e-3)
        assert found == pytest.approx(1 / (1 / 360.0 + 1 / 107.0), rel=1e-6)


def test_slow_alternation_sees_a_third_of_the_ions_path_and_a_capacitor() -> None:
    """Particles store charge: (R_ion + R_el) / 3 + R_ct + 1 / (j omega C), T-5 with any sigma."""
    thickness, kappa, capacity, transfer = 1e-4, 0.01, 1e3, 5e-8  # F/m3, Ohm m3
    omega = 1e-6
    y = 1 / (transfer + 1 / (1j * omega * capacity))
    ions = thickness / kappa
    for sigma in (1.0, 1e9):
        found = answer(uniform(thickness, kappa, sigma, y)).impedance
        rails = (ions + thickness / sigma) / 3
        assert found.real == pytest.approx(rails + transfer / thickness, rel=1e-12)
        assert found.imag == pytest.approx(-1 / (omega * capacity * thickness), rel=1e-12)


def test_ions_that_are_blocked_leave_the_electrons_alone_at_low_frequency() -> None:
    thickness, sigma = 1e-4, 0.5
    electrode = uniform(thickness, 0.02, sigma, 1e-9j)
    found = answer(electrode, blocking=True).impedance
    assert found == pytest.approx(thickness / sigma, rel=1e-12)


def test_a_thick_electrode_is_used_to_its_depth_of_penetration_only() -> None:
    """sqrt(R_ion R_ct) with good electrons, whatever the thickness (37)."""
    kappa = 0.02
    for thickness in (1e-3, 1e-2):
        found = answer(uniform(thickness, kappa, 1e12, REACTION)).impedance
        assert found == pytest.approx(1 / np.sqrt(kappa * REACTION), rel=1e-9)


def test_the_reaction_front_decays_from_the_separator() -> None:
    """i_e / I = sinh(nu (1 - x / L)) / sinh(nu) with good electrons."""
    thickness, kappa = 1e-4, 0.02
    found = answer(uniform(thickness, kappa, 1e15, REACTION))
    nu = thickness * np.sqrt(REACTION / kappa)
    profile = np.sinh(nu * np.linspace(1.0, 0.0, 41)) / np.sinh(nu)
    assert found.face_current.real == pytest.approx(profile, abs=1e-12)
    assert found.reaction * thickness / 40 == pytest.approx(np.diff(profile), abs=1e-12)


def test_properties_that_vary_agree_with_finite_differences() -> None:
    """50,000 differences of second order on an electrode of four layers and a source in each."""
    electrode = Electrode(
        np.array([2e-5, 3e-5, 1e-5, 4e-5]),
        np.array([0.01, 0.02, 0.005, 0.03]),
        np.array([0.5, 0.05, 0.2, 0.01]),
        1e7 * np.array([1.0 + 0.5j, 0.2 + 1.0j, 3.0j + 0.1, 1.0]),
    )
    source = np.array([1e-3, -2e-3 + 1e-3j, 5e-4, 1e-3j])
    dx = 2e-9
    repeats = np.rint(electrode.width / dx).astype(int)
    kappa, sigma, y, e = (
        np.repeat(v, repeats) for v in (electrode.ionic, electrode.electronic, electrode[3], source)
    )
    # psi at the centres, ionic current at the faces between them.
    ionic, electronic = (dx * (1 / r[1:] + 1 / r[:-1]) / 2 for r in (kappa, sigma))
    link = 1 / (ionic + electronic)
    bands = np.zeros((3, kappa.size), dtype=complex)
    bands[0, 1:] = bands[2, :-1] = -link
    bands[1] = y * dx
    bands[1, :-1] += link
    bands[1, 1:] += link
    for blocking in (False, True):
        rhs = y * dx * e
        rhs[0] -= 0.0 if blocking else 1.0
        rhs[:-1] += electronic * link
        rhs[1:] -= electronic * link
        psi = solve_banded((1, 1), bands, rhs)
        current = link * (np.diff(psi) + electronic)
        found = answer(electrode, blocking, source=source)
        faces = np.cumsum(repeats)[:-1] - 1
        assert found.face_current[1:-1] == pytest.approx(current[faces], abs=2e-6)
        if blocking:
            edges = dx / 2 * (1 / sigma[0] + 1 / sigma[-1])
            expected = edges + electronic @ (1 - current)
        else:
            expected = dx / 2 * (1 / kappa[0] + 1 / sigma[-1]) + ionic @ current - psi[-1]
        assert found.impedance == pytest.approx(expected, rel=1e-6)


@given(networks())
def test_charge_is_conserved(electrode: Electrode) -> None:
    """The reactions take up the current that enters, and none where ions are blocked."""
    for blocking, taken in ((False, -1.0), (True, 0.0)):
        found = answer(electrode, blocking)
        size = abs(found.reaction) @ electrode.width
        assert abs(found.reaction @ electrode.width - taken) <= 1e-14 * (1 + size)


@given(networks())
def test_a_passive_electrode_resists(electrode: Electrode) -> None:
    assert answer(electrode).impedance.real > 0.0
    assert answer(electrode, blocking=True).impedance.real > 0.0


@given(networks(), st.integers(0, 11), st.floats(0.01, 0.99))
def test_splitting_a_volume_changes_nothing(electrode: Electrode, index: int, part: float) -> None:
    chosen = index % electrode.width.size
    counts = np.ones(electrode.width.size, dtype=int)
    counts[chosen] = 2
    finer = Electrode(*(np.repeat(values, counts) for values in electrode))
    finer.width[chosen] *= part
    finer.width[chosen + 1] *= 1 - part
    for blocking in (False, True):
        coarse, fine = answer(electrode, blocking), answer(finer, blocking)
        assert fine.impedance == pytest.approx(coarse.impedance, rel=1e-12)
        faces = np.delete(fine.face_current, chosen + 1)
        assert faces == pytest.approx(coarse.face_current, rel=1e-12, abs=1e-12)


@given(networks())
def test_a_source_and_a_current_answer_one_another(electrode: Electrode) -> None:
    """Reciprocity: a source moves the voltage as the current moves the reaction at the source."""
    source = np.linspace(1.0, -2.0, electrode.width.size) + 0.5j
    forced = answer(electrode, current=0.0, source=source)
    driven = answer(electrode)
    expected = (source * driven.reaction) @ electrode.width
    assert forced.impedance == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(networks())
def test_a_source_that_is_everywhere_the_same_only_shifts_the_voltage(
    electrode: Electrode,
) -> None:
    source = np.full(electrode.width.size, 0.3 - 0.1j)
    found = answer(electrode, current=0.0, source=source)
    assert -found.impedance == pytest.approx(0.3 - 0.1j, rel=1e-14)
    assert abs(found.reaction).max() == 0.0


@given(networks(real=True))
def test_dissipation_adds_up_to_the_resistance(electrode: Electrode) -> None:
    """No share is negative beyond the round-off of the whole; the sum is what the voltage says."""
    for blocking in (False, True):
        found = answer(electrode, blocking)
        shares = [found.ionic, found.electronic, *found.reactions]
        assert min(shares) >= -1e-15 * found.impedance.real
        assert sum(shares) == pytest.approx(found.impedance.real, rel=1e-12)
        assert found.impedance.imag == 0.0


@pytest.mark.parametrize("exponent", range(-9, 5))
def test_dissipation_adds_up_whatever_the_reaction(exponent: int) -> None:
    rail = (100e-6, 0.02, 0.5)
    y = (10.0**exponent / (rail[0] / 40)) ** 2 / (1 / rail[1] + 1 / rail[2])
    for blocking in (False, True):
        found = answer(uniform(*rail, y), blocking)
        total = found.ionic + found.electronic + found.reactions.sum()
        assert total == pytest.approx(found.impedance.real, rel=1e-13)


def test_dissipation_of_one_mechanism_is_what_its_resistance_weighs() -> None:
    """Resistances scale: R_k is the derivative of the whole to the logarithm of resistance k."""
    electrode = Electrode(
        np.array([2e-5, 3e-5, 5e-5]),
        np.array([0.01, 0.02, 0.03]),
        np.array([0.05, 0.1, 0.02]),
        1e7 * np.array([1.0, 0.2, 3.0], dtype=np.complex128),
    )
    found = answer(electrode)

    def slope(field: str, which: slice | int) -> float:
        ends = []
        for factor in (1 + 1e-5, 1 - 1e-5):
            values = getattr(electrode, field).copy()
            values[which] /= factor
            ends.append(answer(electrode._replace(**{field: values})).impedance.real)
        return (ends[0] - ends[1]) / 2e-5

    assert found.ionic == pytest.approx(slope("ionic", slice(None)), rel=1e-8)
    assert found.electronic == pytest.approx(slope("electronic", slice(None)), rel=1e-8)
    for k in range(3):
        assert found.reactions[k] == pytest.approx(slope("admittance", k), rel=1e-8)


def test_the_front_of_an_electrode_with_good_electrons_splits_in_halves() -> None:
    """Far thicker than its front, the electrode loses as much in the ions as in the reaction."""
    found = answer(uniform(1e-2, 0.02, 1e12, REACTION))
    assert found.ionic == pytest.approx(found.reactions.sum(), rel=1e-9)


def test_the_electrode_answers_only_after_it_is_asked() -> None:
    """Kramers and Kronig: the reactance fixes the resistance at any frequency.

    ``Z'(w0) = Z'(inf) - (2/pi) P integral of w Z''(w) / (w^2 - w0^2) dw``, on a logarithmic axis whose
    points lie symmetrically about w0.
    """

    def impedance(omega: float) -> complex:
        charging = 1 / (2e-3 + 1 / (1 / 3e-3 + 0.3j * omega))
        admittance = np.linspace(1.0, 3.0, 6) * 1e5 * charging
        ones = np.ones(6)
        return answer(Electrode(ones * 1e-5, ones * 0.01, ones * 0.1, admittance)).impedance

    spacing = 0.2
    offset = (np.arange(-250, 450) + 0.5) * spacing
    high = impedance(1e45).real
    for omega in (1e1, 1e3, 1e5):
        reactance = np.array([impedance(omega * ratio).imag for ratio in np.exp(offset)])
        integral = spacing * np.sum(reactance / -np.expm1(-2 * offset))
        assert impedance(omega).real == pytest.approx(high - 2 / np.pi * integral, rel=1e-9)
