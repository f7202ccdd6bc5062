"""What the README tells people to type works as it stands, in this order, in an empty folder."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    (solidcell .*?)(?:\s+#.*)?$", README, re.MULTILINE)
SNIPPETS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
DIFFER = 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("user")


def run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_readme_shows_commands_and_code() -> None:
    shown = {command.split()[1] for command in COMMANDS}
    assert shown >= {"run", "plot", "info", "new", "compare", "export", "validate"}
    assert len(SNIPPETS) == 2


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_command(command: str, folder: Path) -> None:
    words = shlex.split(command)[1:]
    done = run(["-m", "solidcell.engine.cli", *words], folder)
    # The two cells that the README compares differ in their separator.
    assert done.returncode == (DIFFER if words[0] == "compare" else 0), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("code", SNIPPETS, ids=["simulate", "read"])
def test_python(code: str, folder: Path) -> None:
    if "open_dataset" in code and not (folder / "results").exists():
        run(["-m", "solidcell.engine.cli", "run", "nmc811_lpscl_li_450", "-q"], folder)
    done = run(["-c", code], folder)
    assert done.returncode == 0, done.stderr
