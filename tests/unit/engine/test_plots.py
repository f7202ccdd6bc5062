"""Figures: each is drawn from the file alone, shows something, and says what it lacks."""

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from solidcell.engine.errors import InputError
from solidcell.engine.plots import KINDS, draw
from solidcell.engine.store.reader import open_results

pytest.importorskip("matplotlib")


def pixels(path):
    from matplotlib.image import imread

    return imread(path)[:, :, :3]


@pytest.mark.parametrize("kind", KINDS)
def test_figure_shows_something(tmp_path, results_path, kind):
    with open_results(results_path) as results:
        path = draw(results, kind, tmp_path / f"{kind}.png")
    image = pixels(path)
    assert min(image.shape[:2]) >= 800
    inked = np.mean(np.any(image < 0.9, axis=2))
    assert 0.01 < inked < 0.6
    margins = [image[:4], image[-4:], image[:, :4], image[:, -4:]]
    assert all(np.all(margin > 0.99) for margin in margins)  # nothing is cut off


@pytest.mark.parametrize("kind", KINDS)
def test_running_file_is_drawn(tmp_path, synthetic_run, kind):
    synthetic_run().write_interrupted(tmp_path / "run.h5")
    with open_results(tmp_path / "run.h5.part") as results:
        assert draw(results, kind) == tmp_path / f"run-{kind}.png"


def test_many_cycles_are_drawn_as_a_few_curves(tmp_path, synthetic_run):
    from solidcell.engine.plots.voltage import MOST_CURVES, figure

    path = synthetic_run(cycles=60, rows=40, nodes=0).write(tmp_path / "run.h5")
    with open_results(path) as results:
        made = figure(results)
    assert len(made.axes[0].lines) == MOST_CURVES


def test_labels_do_not_overlap(results_path):
    from matplotlib.text import Text

    from solidcell.engine.plots import overpotentials
    from solidcell.engine.plots.style import styled

    with open_results(results_path) as results, styled():
        made = overpotentials.figure(results)
        made.draw_without_rendering()
        boxes = [Text.get_window_extent(text) for text in made.axes[0].texts]  # no leader
    assert len(boxes) == 11  # a mechanism each, and what they add up to
    boxes.sort(key=lambda box: box.y0)
    assert all(lower.y1 < upper.y0 for lower, upper in pairwise(boxes))


def test_rates_are_named_as_people_say_them():
    from solidcell.engine.plots.discharges import rate_name

    rates = (0.05, 0.1, 1 / 3, 0.35, 1.0, 1.5, 2.0)
    assert [rate_name(rate) for rate in rates] == [
        "C/20",
        "C/10",
        "C/3",
        "0.35C",
        "1C",
        "1.5C",
        "2C",
    ]


def test_spread_keeps_order_and_distance():
    from solidcell.engine.plots.style import spread

    places = spread([0.5, 0.51, 0.1, 0.52], gap=0.1, low=0.0, high=1.0)
    assert np.argsort(places).tolist() == [2, 0, 1, 3]
    assert np.diff(sorted(places)).min() >= 0.1 - 1e-12
    assert places[2] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("pie",), "choose one of overview, voltage"),
        (("mass", "figure.docx"), "can't be drawn"),
    ],
)
def test_impossible_figures_are_refused(tmp_path, results_path, monkeypatch, arguments, complaint):
    monkeypatch.chdir(tmp_path)
    with open_results(results_path) as results, pytest.raises(InputError, match=complaint):
        draw(results, *arguments)
    assert list(tmp_path.iterdir()) == []


def test_file_without_fields_has_no_profiles_but_an_overview(tmp_path, synthetic_run):
    path = synthetic_run(nodes=0).write(tmp_path / "run.h5")
    with open_results(path) as results:
        with pytest.raises(InputError, match="has no profiles"):
            draw(results, "profiles")
        assert draw(results, "overview").is_file()


def test_missing_matplotlib_is_said(results_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with (
        open_results(results_path) as results,
        pytest.raises(InputError, match=r"pip install 'solidcell\[plot\]'"),
    ):
        draw(results, "mass")


def test_importing_plots_does_not_import_matplotlib():
    script = "import sys, solidcell.engine.plots; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
