"""The scenario as a whole: what is simulated, and how."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import (
    Field,
    PrivateAttr,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from solidcell.engine.entry.place import mistake, place_of
from solidcell.engine.protocol.parse import parse_protocol
from solidcell.engine.protocol.rating import Rating
from solidcell.engine.protocol.step import Block
from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.cell import Cell
from solidcell.engine.scenario.emit import emit
from solidcell.engine.scenario.fixture import read_fixture
from solidcell.engine.scenario.inventory import ParameterRow, list_parameters
from solidcell.engine.scenario.lithium import LithiumElectrode
from solidcell.engine.scenario.physics import Physics
from solidcell.engine.scenario.requirements import missing_constants, missing_volume_change
from solidcell.engine.scenario.settings import Numerics, Operation, Output


class Scenario(Entry):
    """A cell, what is done to it, and how that is computed and kept."""

    schema_version: Literal[1]
    """Version of this schema."""
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
    """Name of the scenario and of its results file."""
    description: str = ""
    """What the scenario shows."""
    cell: Cell = Field(json_schema_extra={"file": "cell"})
    """The cell, inline or as the path of a YAML file."""
    operation: Operation
    """The cell's surroundings and its state at the start."""
    physics: Physics = Physics()
    """Which physics is on."""
    numerics: Numerics = Numerics()
    """Mesh and tolerance."""
    output: Output = Output()
    """What the results file keeps."""
    protocol: tuple[Block, ...]
    """Steps in order: experiment strings, structured steps, and blocks that are repeated."""

    _source_text: str = PrivateAttr(default="")
    _resolved: Any = PrivateAttr(default=None)

    @field_validator("protocol", mode="plain")
    @classmethod
    def _steps_for_the_cell(cls, written: object, info: ValidationInfo) -> tuple[Block, ...]:
        cell = info.data.get("cell")
        if not isinstance(cell, Cell):
            return ()  # the cell is wrong, and the error about it is on its way
        if isinstance(written, tuple) and all(isinstance(block, Block) for block in written):
            return written
        operation = info.data.get("operation")
        cutoffs = not isinstance(operation, Operation) or operation.cutoffs == "on"
        return parse_protocol(written, rating_of(cell, cutoffs=cutoffs))

    @field_validator("operation", mode="after")
    @classmethod
    def _start_is_known(cls, operation: Operation, info: ValidationInfo) -> Operation:
        cell, written = info.data.get("cell"), operation.initial_stoichiometry
        soc = operation.initial_soc
        if not isinstance(cell, Cell):
            return operation
        if (lack := missing_volume_change(operation, cell)) is not None:
            raise ValueError(lack)
        if written is None and soc is None:
            return operation
        if cell.symmetric and soc is not None:
            raise ValueError("two lithium electrodes have no state of charge; remove initial_soc")
        if operation.initial_state is not None:
            raise ValueError(
                "initial_state says the stoichiometry, too; remove initial_stoichiometry"
            )
        if cell.symmetric:
            raise ValueError(
                "a symmetric lithium cell has no stoichiometry; remove initial_stoichiometry"
            )
        if soc is not None:
            name, x = f"initial_soc {soc:g}, a stoichiometry of", stoichiometry_at(cell, soc)
        elif written is not None:
            name, x = "initial_stoichiometry", float(written)
        potential = cell.composite.active_material.open_circuit_potential
        if not potential.covers(x):
            low, high = potential.domain
            raise ValueError(
                f"{name} {x:g} lies outside {low:g} to {high:g}, which the "
                "open-circuit potential is known for; choose one inside"
            )
        return operation

    @field_validator("physics", mode="wrap")
    @classmethod
    def _laws_have_their_constants(
        cls, written: object, handler: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> Physics:
        physics, cell = handler(written), info.data.get("cell")
        assert isinstance(physics, Physics)
        if isinstance(cell, Cell):
            for key, lack in missing_constants(physics, cell):
                raise mistake(place_of(written, key), f"physics.{key}: {lack}")
        return physics

    def lithium_contact(
        self, electrode: LithiumElectrode
    ) -> Literal["static", "measured", "mechanistic"]:
        """Which law the contact of a lithium electrode follows."""
        if self.physics.contact == "static":
            return "static"
        return "measured" if electrode.contact is None else "mechanistic"

    @property
    def initial_stoichiometry(self) -> float:
        """Stoichiometry of the positive electrode at the start.

        Raises
        ------
        InputError
            If the cell is symmetric.
        """
        chosen, soc = self.operation.initial_stoichiometry, self.operation.initial_soc
        from_charge = stoichiometry_at(self.cell, 0.0 if soc is None else float(soc))
        return from_charge if chosen is None else float(chosen)

    @property
    def source_text(self) -> str:
        """The YAML as written; empty for a scenario made in Python."""
        return self._source_text

    @property
    def resolved_text(self) -> str:
        """The YAML after imports and overrides, in one document."""
        return emit(self._resolved) if self._resolved is not None else ""

    @property
    def parameters(self) -> tuple[ParameterRow, ...]:
        """Every value of the scenario with its dotted name, SI value, unit, source and status."""
        return tuple(list_parameters(self))


def stoichiometry_at(cell: Cell, soc: float) -> float:
    """Mean stoichiometry of the positive electrode at a state of charge.

    Raises
    ------
    InputError
        If the cell is symmetric.
    """
    empty, full = _charge_window(cell)
    return empty + soc * (full - empty)


def _charge_window(cell: Cell) -> tuple[float, float]:
    material = cell.composite.active_material
    return float(material.stoichiometry_discharged), float(material.stoichiometry_charged)


def rating_of(cell: Cell, *, cutoffs: bool = True) -> Rating:
    """The figures of a cell that a protocol refers to; `cutoffs` says whether its window ends steps."""
    domain, window = None, None
    if not cell.symmetric:
        domain = cell.composite.active_material.open_circuit_potential.domain
        window = _charge_window(cell)
    return Rating(
        area=cell.electrode_area,
        lower_voltage=float(cell.lower_voltage_cutoff),
        upper_voltage=float(cell.upper_voltage_cutoff),
        stoichiometry=domain,
        capacity=cell.nominal_capacity,
        read_fixture=read_fixture,
        cutoffs=cutoffs,
        charge_window=window,
    )
