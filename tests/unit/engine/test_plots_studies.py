"""Figures of interfaces: each shows what its test is for, and is chosen where it fits."""

import numpy as np
import pytest

from solidcell.engine.errors import InputError
from solidcell.engine.plots import KINDS, STUDIES, draw, fitting
from solidcell.engine.store import schema
from solidcell.engine.store.reader import open_results
from solidcell.engine.store.writer import ResultsWriter, ScenarioRecord

pytest.importorskip("matplotlib")

AREA = 1.08  # m2
FREQUENCY = np.geomspace(1e6, 1e-2, 41)
LOADING = (1.0, 5.0, 25.0)  # MPa
SYMMETRIC = ["positive lithium", "separator", "negative lithium"]
HALF_CELL = ["positive active material", "separator", "lithium"]
LADDER = {3.0: 0.3, 5.0: 0.6}  # onset of voids [mA/cm2] by stack pressure [MPa]
WINDOW = {0.5: (0.30, 0.1), 1.0: (0.17, 0.2), 5.0: (0.04, 0.98), 10.0: (0.03, 2.0)}


class Study:
    """A results file of few rows: what is not given is zero."""

    def __init__(self, path, components, area=AREA):
        count = len(components)
        self.writer = ResultsWriter(
            path,
            attributes={"scenario_name": "study"},
            scenario=ScenarioRecord("", "", []),
            cell={
                "component": components,
                "mass": [0.1] * count,
                "thickness": [1e-5] * count,
                "volume": [1e-5] * count,
                "cost": [np.nan] * count,
            },
            cell_attributes={"areal_capacity": 5.5, "electrode_area": area, "cell_mass": 0.5},
            coordinates={"frequency": FREQUENCY},
        )
        self.cycle = self.step = 0
        self.time = 0.0

    def append(self, table, **given):
        columns = next(one for one in schema.TABLES if one.path == table).columns
        self.writer.append(table, {column.name: 0.0 for column in columns} | given)

    def do(self, text, kind="current", capacity=0.0, voltage=0.0, current=0.0, hours=1.0, **series):
        """One step."""
        self.append(
            "steps",
            cycle=self.cycle,
            step=self.step,
            kind=schema.STEP_KINDS.index(kind),
            text=[text],
            start=self.time,
            end=self.time + 3600 * hours,
            start_voltage=0.9 * voltage,
            end_voltage=voltage,
            end_current=current,
            capacity=capacity,
            energy=capacity * voltage,
        )
        if kind == "current":
            self.append(
                "timeseries",
                time=self.time + np.linspace(0, 3600 * hours, 20),
                cycle=self.cycle,
                step=self.step,
                voltage=np.linspace(0.9, 1.0, 20) * voltage,
                current=current,
                discharge_capacity=np.linspace(0, capacity, 20),
                temperature=298.15,
                **series,
            )
            self.time += 3600 * hours
        self.step += 1

    def end_cycle(self, **given):
        self.append("cycles", cycle=self.cycle, **given)
        self.cycle += 1

    def close(self, **attributes):
        with self.writer:
            self.writer.finish(
                status="completed",
                stop_reason="end of protocol",
                message="The protocol was completed.",
                run={
                    "solver_steps": 1,
                    "rejected_steps": 0,
                    "linear_solves": 1,
                    "factorizations": 1,
                    "compile_seconds": 0.0,
                    "solve_seconds": 0.0,
                },
                cycles_attributes=attributes,
            )
        return self.writer.path


def arc(resistance, ohmic=2.0):
    """Impedance of a resistance and a capacitance in parallel [Ohm cm2]."""
    return ohmic + resistance / (1 + 2j * np.pi * FREQUENCY * resistance * 1e-5)


def spectra(path, states):
    """Spectra at stack pressures [MPa] and temperatures [degC], each of one arc [Ohm cm2]."""
    study = Study(path, HALF_CELL)
    for pressure, celsius, resistance in states:
        impedance = arc(resistance) / AREA / 1e4
        study.append(
            "impedance",
            time=study.time,
            soc=0.5,
            stoichiometry=0.576,
            temperature=celsius + 273.15,
            stack_pressure=1e6 * pressure,
            z_real=impedance.real[None],
            z_imag=impedance.imag[None],
            asr_separator=2e-4,
            asr_interface_negative=1e-4 * resistance,
            asr_total=2e-4 + 1e-4 * resistance,
        )
    study.do("Rest", kind="rest")
    study.end_cycle(asr_total=np.nan)
    return study.close()


def pressure_series(path):
    up = [(pressure, 25.0, 90 / pressure) for pressure in LOADING]
    return spectra(path, [*up, *((pressure, 25.0, 5.0) for pressure in LOADING[-2::-1])])


def rate_by_contact(path):
    study = Study(path, HALF_CELL)
    for contact in (0.8, 0.4):
        for rate in (0.1, 1.0):
            capacity = 59.4 * contact * (1 - 0.2 * rate)
            study.do(
                f"Discharge at {rate}C",
                capacity=capacity,
                current=59.4 * rate,
                hours=capacity / (59.4 * rate),
                voltage=3.7,
                contact_fraction_positive=contact,
            )
            study.end_cycle(contact_fraction_positive=contact, asr_total=5e-3)
    return study.close()


def fixtures(path):
    study = Study(path, HALF_CELL)
    for name, rise in (("constant pressure", 0.0), ("spring", 0.3), ("constant gap", 3.0)):
        study.do(f"Set fixture {name}", kind="set")
        study.do(
            "Charge at C/3 until 4.3 V",
            capacity=-50.0,
            voltage=4.3,
            current=-20.0,
            stack_pressure=5e6 + 1e6 * rise * np.linspace(0, 1, 20),
        )
        study.end_cycle(asr_total=np.nan)
    return study.close()


def critical_current(path):
    study = Study(path, SYMMETRIC, area=1e-4)
    for pressure, onset in LADDER.items():
        study.do("Reset to fresh", kind="reset")
        for current in np.arange(0.1, 1.0, 0.1):
            contact = min(1.0, 1.05 - 0.5 * (current - onset + 0.1))
            study.do(
                f"Discharge at {current:.1f} mA/cm^2",
                capacity=1e-3 * current,
                voltage=-0.05 * current,
                current=1e-3 * current,
                stack_pressure=1e6 * pressure,
                contact_fraction_negative=np.linspace(1, contact, 20),
                contact_fraction_positive=1.0,
            )
            study.end_cycle(
                pressure_maximum=1e6 * pressure,
                void_fraction=0.1 if current > onset - 0.01 else 0.0,
                short_circuit_risk=int(current > 0.75),
                asr_total=np.nan,
            )
    return study.close()


def pressure_window(path):
    study = Study(path, SYMMETRIC, area=1e-4)
    for pressure, (polarisation, damage) in WINDOW.items():
        study.do("Reset to fresh", kind="reset")
        for share in (0.5, 1.0):
            study.do(
                "Discharge at 0.5 mA/cm^2",
                capacity=5e-4,
                voltage=-polarisation,
                current=5e-4,
                stack_pressure=1e6 * pressure,
            )
            study.end_cycle(
                pressure_maximum=1e6 * pressure,
                short_circuit_damage=share * damage,
                asr_total=np.nan,
            )
    return study.close()


CYCLES, KNEE, END = 400, 250, 312  # of a life


def losses(gain=0.0):
    """Capacity lost in a life [A.h]: inventory from the knee on, the others all along."""
    cycle = np.arange(CYCLES, dtype=float)
    return {
        "inventory": 0.12 * np.maximum(0, cycle - KNEE),
        "active_material": 0.006 * cycle,
        "isolation": 0.003 * np.maximum(0, cycle - 100),
        "resistance": (0.1 - gain) * np.sqrt(cycle),
    }


def life(path, gain=0.0):
    study = Study(path, HALF_CELL)
    cycle = np.arange(CYCLES)
    lost = losses(gain)
    held = 58.5 - sum(lost.values())
    film = 1e-4 * (1 + np.sqrt(cycle))
    study.append(
        "steps",
        cycle=cycle,
        step=cycle,
        kind=schema.STEP_KINDS.index("current"),
        text=["Discharge at C/3 until 2.8 V"] * CYCLES,
        start=1e4 * cycle,
        end=1e4 * cycle + held / 19.8 * 3600,
        capacity=held,
        energy=3.7 * held,
    )
    for one in cycle[::50]:
        charge = np.linspace(0, held[one], 20)
        study.append(
            "timeseries",
            time=1e4 * one + charge / 19.8 * 3600,
            cycle=one,
            step=one,
            voltage=4.2 - 1e-4 * one - 0.02 * charge,
            current=19.8,
            discharge_capacity=charge,
            temperature=333.15,
        )
    study.append(
        "cycles",
        cycle=cycle,
        discharge_capacity=held,
        coulombic_efficiency=np.where(cycle, 0.9995, 0.9),
        asr_total=12e-4 + film,
        asr_separator=12e-4,
        asr_film_negative=film,
        **{f"capacity_loss_{name}": values for name, values in lost.items()},
    )
    return study.close(knee_cycle=KNEE, end_of_life_cycle=END)


FILES = {
    "fade": life,
    "attribution": life,
    "resistance-stack": life,
    "voltage-by-cycle": life,
    "pressure-series": pressure_series,
    "rate-by-contact": rate_by_contact,
    "fixtures": fixtures,
    "critical-current": critical_current,
    "pressure-window": pressure_window,
    "nyquist": pressure_series,
    "bode": pressure_series,
    "resistances": pressure_series,
    "interfaces": critical_current,
}


def made(kind, path):
    """The figure itself, drawn."""
    from importlib import import_module

    from solidcell.engine.plots.style import styled

    module = import_module(f"solidcell.engine.plots.{kind.replace('-', '_')}")
    with open_results(path) as results, styled():
        figure = module.figure(results)
        figure.draw_without_rendering()
    return figure


def words(figure):
    told = [text for axes in figure.axes for text in (axes.title, *axes.texts)]
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    return "\n".join([*(text.get_text() for text in told), *titles])


@pytest.mark.parametrize("kind", STUDIES)
def test_study_shows_something(tmp_path, kind):
    from matplotlib.image import imread

    path = FILES[kind](tmp_path / "run.h5")
    with open_results(path) as results:
        drawn = draw(results, kind)
    assert drawn == tmp_path / f"run-{kind}.png"
    image = imread(drawn)[:, :, :3]
    assert min(image.shape[:2]) >= 600
    assert 0.01 < np.mean(np.any(image < 0.9, axis=2)) < 0.6
    margins = [image[:4], image[-4:], image[:, :4], image[:, -4:]]
    assert all(np.all(margin > 0.99) for margin in margins)  # nothing is cut off


@pytest.mark.parametrize(
    ("make", "chosen"),
    [
        (pressure_series, ("resistances", "nyquist", "bode", "pressure-series")),
        (rate_by_contact, (*KINDS, "interfaces", "resistances", "rate-by-contact")),
        (fixtures, ("interfaces", "fixtures")),
        (critical_current, ("interfaces", "critical-current")),
        (pressure_window, ("interfaces", "pressure-window")),
        (life, (*KINDS, "fade", "attribution", "resistance-stack", "voltage-by-cycle")),
    ],
)
def test_figures_are_chosen_by_what_a_file_holds(tmp_path, make, chosen):
    with open_results(make(tmp_path / "run.h5")) as results:
        assert fitting(results) == chosen


@pytest.mark.parametrize("kind", STUDIES)
def test_a_file_without_the_study_says_what_it_lacks(tmp_path, kind):
    study = Study(tmp_path / "run.h5", HALF_CELL)
    study.do("Rest for 1 hour", capacity=0.0, voltage=3.7)
    study.end_cycle(asr_total=np.nan)
    with (
        open_results(study.close()) as results,
        pytest.raises(InputError, match=r"has no|compares no"),
    ):
        draw(results, kind)


def test_nyquist_axes_are_alike_and_decades_are_named(tmp_path):
    figure = made("nyquist", pressure_series(tmp_path / "run.h5"))
    (axes,) = figure.axes
    assert axes.get_aspect() == 1.0
    assert {"1 kHz", "10 mHz"} & {text.get_text() for text in axes.texts}
    dashed = [line for line in axes.lines if line.get_linestyle() == "--"]
    assert len(dashed) == 2  # 5 and 1 MPa after 25 MPa


def test_a_spectrum_is_drawn_through_its_points_in_ohm_cm2(tmp_path):
    from solidcell.engine.plots.spectra import spectra as sorted_spectra

    with open_results(pressure_series(tmp_path / "run.h5")) as results:
        (panel,) = sorted_spectra(results).panels
    curve = panel.curves[0]
    np.testing.assert_allclose(curve.impedance, arc(90.0), rtol=1e-12)
    frequency, line = curve.smooth
    exact = 2.0 + 90.0 / (1 + 2j * np.pi * frequency * 90.0 * 1e-5)
    assert np.abs(line - exact).max() < 0.01 * 92


def test_temperatures_have_panels_and_pressures_colours(tmp_path):
    from solidcell.engine.plots.spectra import spectra as sorted_spectra

    states = [(p, t, 90 / p) for t in (25.0, 60.0) for p in (1.0, 2.0, 5.0)]
    with open_results(spectra(tmp_path / "run.h5", states)) as results:
        shown = sorted_spectra(results)
    assert [panel.title for panel in shown.panels] == ["25 °C", "60 °C"]
    assert shown.title.endswith("at 50 % state of charge")
    colours = [[curve.colour for curve in panel.curves] for panel in shown.panels]
    assert len(set(colours[0])) == 3


def test_resistances_add_up_to_the_total(tmp_path):
    (axes,) = made("resistances", pressure_series(tmp_path / "run.h5")).axes
    tops = {}
    for bar in axes.patches:
        place = round(bar.get_x() + bar.get_width() / 2)
        tops[place] = max(tops.get(place, 0.0), bar.get_y() + bar.get_height())
    assert list(tops.values()) == pytest.approx([92.0, 20.0, 5.6, 7.0, 7.0])


def test_pressure_series_tells_loading_from_unloading(tmp_path):
    figure = made("pressure-series", pressure_series(tmp_path / "run.h5"))
    said = words(figure)
    assert "loading" in said.split()
    assert "unloading" in said.split()
    assert "Negative interface, 3.6" in said


def test_onset_and_flag_are_reported_apart(tmp_path):
    said = words(made("critical-current", critical_current(tmp_path / "run.h5")))
    assert "3 MPa: voids from 0.3 mA/cm²" in said
    assert "5 MPa: voids from 0.6 mA/cm²" in said
    assert "plating beyond its limit from 0.8 mA/cm²" in said
    assert "cut off" not in said


def test_window_has_two_edges(tmp_path):
    said = words(made("pressure-window", pressure_window(tmp_path / "run.h5")))
    assert "lower edge\n1 MPa" in said
    assert "upper edge\n5 MPa" in said


@pytest.mark.parametrize(
    ("polarisation", "damage", "expected"),
    [
        ([0.3, 0.1, 0.05], [0.1, 0.5, 2.0], (2.0, 2.0)),
        ([0.3, 0.3, 0.1], [0.1, 2.0, 3.0], (3.0, 1.0)),  # no window
        ([0.3, 0.3, 0.3], [0.1, 0.2, 0.3], (np.nan, 3.0)),
    ],
)
def test_edges_are_pressures_that_were_tried(polarisation, damage, expected):
    from solidcell.engine.plots.pressure_window import edges

    found = edges(np.array([1.0, 2.0, 3.0]), np.array(polarisation), np.array(damage))
    np.testing.assert_equal(found, expected)


def test_capacity_is_shown_by_contact(tmp_path):
    first, *voltages = made("rate-by-contact", rate_by_contact(tmp_path / "run.h5")).axes
    held = sorted(float(line.get_ydata()[0]) for line in first.lines)
    assert held == pytest.approx([5.5 * 0.4 * 0.98, 5.5 * 0.8 * 0.98])
    titles = [axes.get_title(loc="left") for axes in voltages[:2]]
    assert titles == ["Contact fraction 0.8", "Contact fraction 0.4"]


def test_fixtures_are_named_with_their_rise(tmp_path):
    said = words(made("fixtures", fixtures(tmp_path / "run.h5")))
    assert "Constant gap, +3 MPa" in said
    assert "Spring, +0.3 MPa" in said
    assert "Constant pressure" in said.splitlines()


def test_interfaces_that_do_not_change_have_no_panel(tmp_path):
    figure = made("interfaces", fixtures(tmp_path / "run.h5"))
    assert [axes.get_ylabel() for axes in figure.axes] == ["Voltage [V]", "Stack pressure [MPa]"]


def test_knee_and_end_of_life_are_marked(tmp_path):
    figure = made("fade", life(tmp_path / "run.h5"))
    said = words(figure).splitlines()
    assert "knee, cycle 251" in said
    assert "80 %, cycle 313" in said
    assert "80 % of the first" in said
    assert "cycle 1: 90.00 %" in said
    curve = figure.axes[0].lines[0]
    np.testing.assert_allclose(curve.get_ydata(), 58.5 - sum(losses().values()))
    assert curve.get_xdata()[0] == 1


def test_a_short_life_says_how_much_is_left(tmp_path):
    study = Study(tmp_path / "run.h5", HALF_CELL)
    for cycle in range(6):
        study.do("Discharge at C/3", capacity=58.0 - 0.1 * cycle, voltage=3.7, current=19.8)
        study.end_cycle(discharge_capacity=58.0 - 0.1 * cycle, asr_total=5e-3)
    said = words(made("fade", study.close(knee_cycle=-1, end_of_life_cycle=-1)))
    assert "Capacity: 99.14 % at cycle 6" in said
    assert "knee" not in said
    assert "80 %" not in said


def test_bands_add_up_to_the_measured_loss(tmp_path):
    (axes,) = made("attribution", life(tmp_path / "run.h5")).axes
    (loss, *_) = axes.lines
    tops = [float(band.get_datalim(axes.transData).y1) for band in axes.collections]
    assert max(tops) == pytest.approx(float(loss.get_ydata()[-1]))
    named = [text.get_text().partition(",")[0] for text in axes.texts]
    causes = ["Lithium inventory", "Active material", "Isolation", "Resistance"]
    assert named[:5] == [*causes, "Measured loss"]


def test_what_is_gained_stands_below_zero(tmp_path):
    (axes,) = made("attribution", life(tmp_path / "run.h5", gain=0.2)).axes
    lowest = min(float(band.get_datalim(axes.transData).y0) for band in axes.collections)
    assert lowest == pytest.approx(losses(gain=0.2)["resistance"][-1])


def test_resistances_say_how_they_begin_and_end(tmp_path):
    said = words(made("resistance-stack", life(tmp_path / "run.h5"))).splitlines()
    assert "Negative film, 1 → 21" in said
    assert "Separator, 12" in said
    assert "Whole cell, 13 → 33" in said


def test_curves_that_were_kept_are_drawn(tmp_path):
    figure = made("voltage-by-cycle", life(tmp_path / "run.h5"))
    assert len(figure.axes[0].lines) == 8
    (key,) = figure.legends
    assert key.get_title().get_text() == "Discharge by cycle, C/3, 60 °C"
    words = {text.get_text() for text in key.get_texts()}
    assert {"cycle 1, 58.5 A·h", "cycle 351, 41.8 A·h"} <= words


def test_resets_and_cut_cycles_are_no_life(tmp_path):
    from solidcell.engine.plots.life import find

    study = Study(tmp_path / "run.h5", HALF_CELL)
    for cycle in range(9):
        if cycle < 3:
            study.do("Reset to fresh", kind="reset")
        study.do("Discharge at C/3", capacity=58.0, voltage=3.7, current=19.8)
        study.end_cycle(discharge_capacity=58.0, status=int(cycle == 8))
    with open_results(study.close()) as results:
        found = find(results)
    assert found.cycle.tolist() == [4, 5, 6, 7, 8]
