"""Warnings are data: told once, kept across an interruption, and read from the results file."""

import json

import numpy as np

from solidcell.engine.cli.digest import digest
from solidcell.engine.simulation.warnings import RunWarning, Warnings, columns_of
from solidcell.engine.store.reader import open_results

EARLY = RunWarning(
    "table_left", "the potential goes on straight", "potential", "warning", 2, 7, 1e3
)
WHOLE = RunWarning("mesh_too_coarse", "the shells are too few", severity="note")


def test_a_kind_is_told_once_of_each_subject():
    warnings = Warnings()
    for warning in (EARLY, WHOLE, RunWarning("table_left", "again", "potential")):
        warnings.add(warning)
    warnings.add(RunWarning("table_left", "another", "diffusivity"))
    assert [one.text for one in warnings] == [EARLY.text, WHOLE.text, "another"]
    assert ("table_left", "potential") in warnings
    assert ("table_left", "swelling") not in warnings


def test_warnings_survive_a_checkpoint():
    warnings, again = Warnings(), Warnings()
    for one in (EARLY, WHOLE):
        warnings.add(one)
    again.take_back(warnings.state())
    assert columns_of(list(again)).__repr__() == columns_of([EARLY, WHOLE]).__repr__()
    again.take_back(Warnings().state())
    assert len(again) == 0


def test_warnings_are_read_from_the_file(tmp_path, synthetic_run):
    path = tmp_path / "run.h5"
    with synthetic_run().writer(path) as writer:
        synthetic_run().finish(writer, warnings=columns_of([EARLY, WHOLE]))
    with open_results(path) as results:
        table = results["run/warnings"]
        assert table.words("severity").tolist() == ["warning", "note"]
        assert np.isnan(table["time"]).tolist() == [False, True]
        told = json.loads(json.dumps(digest(results).document()))["warnings"]
    assert told[0] == {
        "code": "table_left",
        "severity": "warning",
        "cycle": 2,
        "step": 7,
        "time_s": 1e3,
        "text": EARLY.text,
    }
    assert [told[1][name] for name in ("cycle", "step", "time_s")] == [None, None, None]
