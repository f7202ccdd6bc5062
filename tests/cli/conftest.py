"""The command line as its users call it, and small scenarios for it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from small_runs import BASE, COMMAND, CYCLE, Call
from typer.testing import CliRunner


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and a terminal as wide as most."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.fixture
def solidcell(here: Path) -> Call:
    """The command as a process of its own, in the current folder."""

    def call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=here,
            check=False,
            timeout=300,
        )

    return call


@pytest.fixture
def invoke(here: Path) -> Call:
    """The command inside this process, which is faster."""
    from solidcell.engine.cli.app import app

    def call(*arguments: str | Path) -> Any:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return call


@pytest.fixture
def scenario(here: Path) -> Callable[..., Path]:
    """Write a scenario on a coarse mesh into the current folder."""

    def write(text: str = CYCLE, name: str = "small") -> Path:
        file = here / f"{name}.yaml"
        file.write_text(f"{BASE}name: {name}\n{text}")
        return Path(file.name)

    return write


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished results file; tests only read it."""
    return _run(tmp_path_factory.mktemp("results"), CYCLE, "small", ())


@pytest.fixture(scope="session")
def other_results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same run of a cell whose lithium interface is worse."""
    change = ("--set", "cell.negative.interface_resistance=40 Ohm cm^2")
    return _run(tmp_path_factory.mktemp("other"), CYCLE, "small", change)


def _run(folder: Path, text: str, name: str, options: Sequence[str]) -> Path:
    (folder / f"{name}.yaml").write_text(f"{BASE}name: {name}\n{text}")
    subprocess.run(
        [*COMMAND, "run", f"{name}.yaml", "-o", f"{name}.h5", *options],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder / f"{name}.h5"


@pytest.fixture
def started(here: Path) -> Callable[..., subprocess.Popen[str]]:
    """Start the command and go on."""

    def start(*arguments: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=here,
            env=os.environ.copy(),
        )

    return start
