"""What a run that was killed has left, and whether it can be finished."""

from dataclasses import dataclass
from pathlib import Path

from solidcell.engine.errors import InputError
from solidcell.engine.store.checkpoint import State, checkpoint_of, read_checkpoint
from solidcell.engine.store.provenance import provenance
from solidcell.engine.store.reader import open_results
from solidcell.engine.store.writer import not_resumable, part_of

RERUN_CYCLE = "rerun_cycle"
"""Attribute of the root of a file that holds one cycle of another run, and this cycle's number."""

_SOFTWARE = ("numpy_version", "numba_version", "cpu")
"""What decides on the last digits."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An unfinished run.

    Attributes
    ----------
    path
        Its results file to be.
    source, resolved
        Its scenario as written, and after imports and overrides.
    provenance
        Attributes of the root.
    """

    path: Path
    source: str
    resolved: str
    provenance: dict[str, object]

    @property
    def part(self) -> Path:
        """The file as far as it goes."""
        return part_of(self.path)

    def state(self) -> State | None:
        """State of the simulation at the last checkpoint; None if there was none yet.

        Raises
        ------
        InputError
            If the checkpoint is damaged.
        """
        try:
            checkpoint = read_checkpoint(checkpoint_of(self.part))
        except (OSError, ValueError) as error:
            raise not_resumable(self.part, error) from error
        return None if checkpoint is None else checkpoint.state

    def refuse_other_version(self) -> None:
        """Make sure that the installed solidcell has begun the run.

        Raises
        ------
        InputError
            If another version has.
        """
        began, here = self.provenance["solidcell_version"], provenance()["solidcell_version"]
        if began != here:
            raise InputError(
                f"{self.part} was begun by solidcell {began} and this is {here}, whose numbers may "
                "differ: finish it with the former, or run its scenario again with --force."
            )

    def other_software(self) -> str:
        """What else differs between the run's beginning and now; empty if nothing does."""
        here = provenance()
        return ", ".join(
            f"{self.provenance[name]}, here {here[name]}"
            for name in _SOFTWARE
            if self.provenance[name] != here[name]
        )


def find_unfinished(path: str | Path) -> Unfinished:
    """Find the unfinished run of a results file.

    Parameters
    ----------
    path
        ``NAME.h5`` or ``NAME.h5.part``.

    Raises
    ------
    InputError
        If there is none, or it can't be finished.
    """
    path = Path(path)
    if path.suffix == ".part":
        path = path.with_suffix("")
    part = part_of(path)
    if not part.exists():
        raise InputError(_nothing_left(path))
    with open_results(part) as results:
        if RERUN_CYCLE in results.attributes:
            raise InputError(
                f"{part} is of a single cycle, which is not resumed: repeat 'solidcell rerun' "
                "with --force."
            )
        scenario = results["scenario"]
        left = Unfinished(
            path, scenario.text("source"), scenario.text("resolved"), results.attributes
        )
    if not left.resolved:
        raise InputError(
            f"{part} keeps no text of its scenario, which was made in Python: run it again with "
            "force=True."
        )
    return left


def _nothing_left(path: Path) -> str:
    if not path.exists():
        return f"there is neither {path} nor {part_of(path)}: give the results file of a run."
    with open_results(path) as results:
        run = results["run"]
        if run.text("status") != "stopped":
            return f"{path} is complete: nothing is left to resume."
        return (
            f"{path} is complete up to where the run stopped ({run.text('stop_reason')}) and can't "
            "be resumed: run its scenario again."
        )
