"""A PyBaMM model under construction: its inputs, its unknowns, its outputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import pi
from typing import Any

import numpy as np

from solidcell.engine.validation.twin.cell import GAS, TwinCell
from solidcell.engine.validation.twin.protocol import Start

ELECTRODE, PARTICLE = "electrode", "particle"

#: Inputs of the model, set anew for each segment of a protocol, with their units.
INPUTS = {
    "current": "A/m2",
    "voltage": "V",
    "hold": "1 for a voltage, 0 for a current",
    "temperature": "K",
    "pressure from": "Pa",
    "pressure to": "Pa",
    "ramp start": "s",
    "ramp duration": "s",
    "reference thickness": "m",
    "voltage limit": "V",
    "voltage sense": "1 ends below the limit, -1 above, 0 never",
    "current limit": "A/m2",
    "current sense": "1 ends below the limit, 0 never",
    "stripping": "1 where running out of lithium ends the segment",
}


@dataclass(slots=True)
class Builder:
    """What every part of the equations writes into.

    Attributes
    ----------
    pybamm : module
        PyBaMM.
    cell : TwinCell
        The cell.
    entropy : bool
        Whether the open-circuit potential follows temperature.
    start : Start
        Where it begins.
    model : pybamm.BaseModel
        The model.
    inputs : dict
        PyBaMM's symbols of `INPUTS`.
    unknowns : dict
        PyBaMM's variable and its scale, of each symbol that `unknown` returned.
    """

    pybamm: Any
    cell: TwinCell
    entropy: bool
    start: Start
    model: Any = None
    inputs: dict[str, Any] = field(default_factory=dict)
    unknowns: dict[Any, tuple[Any, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.model = self.pybamm.BaseModel("twin")
        self.inputs = {name: self.pybamm.InputParameter(name) for name in INPUTS}

    @property
    def one_c(self) -> float:
        """Current density of 1C [A/m2]."""
        return self.cell.half_cell.nominal_areal_capacity / 3600.0

    @property
    def temperature(self) -> Any:
        """Symbol of the temperature [K]."""
        return self.inputs["temperature"]

    def unknown(self, name: str, start: float, *, nodal: bool = False, scale: float = 1.0) -> Any:
        """Add an unknown; `evolve` or `balance` gives it an equation.

        Parameters
        ----------
        name : str
            Unique.
        start : float
            Value at the start, and first guess of an algebraic unknown.
        nodal : bool
            Whether it has a value at every node of the electrode.
        scale : float
            Its size: PyBaMM's variable is the unknown divided by it, so that one absolute
            tolerance serves all.

        Returns
        -------
        pybamm.Symbol
            In SI units.
        """
        variable = self.pybamm.Variable(f"scaled {name}", domain=ELECTRODE if nodal else None)
        value = self.pybamm.Scalar(start / scale)
        self.model.initial_conditions[variable] = self.everywhere(value) if nodal else value
        symbol = variable if scale == 1.0 else scale * variable
        self.unknowns[symbol] = (variable, scale)
        return symbol

    def evolve(self, unknown: Any, rate: Any) -> None:
        """Give an unknown its rate of change, in SI units."""
        variable, scale = self.unknowns[unknown]
        self.model.rhs[variable] = rate / scale

    def balance(self, unknown: Any, residual: Any) -> None:
        """Give an algebraic unknown the residual that vanishes, of the order of one."""
        variable, _ = self.unknowns[unknown]
        self.model.algebraic[variable] = residual

    def everywhere(self, value: Any) -> Any:
        """Give a value to every node of the electrode, unless it has one there already."""
        if not isinstance(value, self.pybamm.Symbol):
            value = self.pybamm.Scalar(value)
        if value.domain == [ELECTRODE]:
            return value
        return self.pybamm.PrimaryBroadcast(value, ELECTRODE)

    def mean(self, value: Any) -> Any:
        """Mean over the thickness of the electrode."""
        x = self.pybamm.SpatialVariable("x", domain=[ELECTRODE], coord_sys="cartesian")
        return self.pybamm.Integral(self.everywhere(value), x)

    def particle_mean(self, value: Any) -> Any:
        """Mean over the volume of the particles, at the nodes."""
        r = self.pybamm.SpatialVariable(
            "r",
            domain=[PARTICLE],
            auxiliary_domains={"secondary": ELECTRODE},
            coord_sys="spherical polar",
        )
        return self.pybamm.Integral(value, r) / (4.0 * pi / 3.0)

    def arrhenius(self, energy: float) -> Any:
        """Factor exp(E/R (1/T_ref - 1/T)) of an activation energy [J/mol]."""
        if energy == 0.0:
            return 1.0
        reference = self.cell.half_cell.reference_temperature
        return np.exp(energy / GAS * (1.0 / reference - 1.0 / self.temperature))
