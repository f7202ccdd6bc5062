"""The half cell that both sides of a validation solve, as plain numbers and laws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from solidcell.engine.errors import InputError

if TYPE_CHECKING:
    from solidcell.engine.scenario import Scenario
    from solidcell.engine.scenario.curve import Curve as PropertyCurve

#: A property against lithium fraction.  Written with numpy's functions alone, it takes a float, an
#: array or a PyBaMM expression, and returns the same kind.
Law = Callable[[Any], Any]


def constant_law(value: float) -> Law:
    """Return the law of a property that doesn't depend on composition.

    Parameters
    ----------
    value : float
        In SI units.

    Returns
    -------
    callable
    """

    def law(x: Any) -> Any:
        return value + 0.0 * x

    return law


#: Points at which a tabulated property is handed to PyBaMM, which joins them by a cubic spline.
_TABLE_POINTS = 4001


def law_of(curve: PropertyCurve) -> Law:
    """Return a scenario's property as a law.

    A formula is handed over as it stands; a table is resampled for PyBaMM, which can't call ours.

    Parameters
    ----------
    curve : solidcell.engine.scenario.curve.Curve
        Constant, formula or table.

    Returns
    -------
    callable
    """
    if curve.kind not in ("points", "csv"):
        return curve.substitute

    def law(x: Any) -> Any:
        if isinstance(x, float | np.ndarray):
            return curve.evaluate(np.asarray(x))
        import pybamm

        low, high = curve.domain
        abscissa = np.linspace(low, high, _TABLE_POINTS)
        return pybamm.Interpolant(abscissa, curve.evaluate(abscissa), x, interpolator="cubic")

    return law


@dataclass(frozen=True, slots=True)
class HalfCell:
    """Lithium plane, single-ion separator and composite positive electrode (SI units).

    All values hold at ``reference_temperature``; an activation energy E [J/mol] carries a value
    to T by the factor exp(E/R (1/T_ref - 1/T)).

    Attributes
    ----------
    electrode_area : float
        Area of all faces together [m2].
    nominal_areal_capacity : float
        Charge that defines 1C [A s/m2].
    separator_thickness, electrode_thickness : float
        [m]
    separator_conductivity : float
        Effective ionic conductivity of the separator film [S/m].
    electrolyte_conductivity : float
        Effective ionic conductivity of the composite electrode [S/m].
    electronic_conductivity : float
        Effective electronic conductivity of the composite electrode [S/m].
    active_material_volume_fraction : float
        Volume of active material in the volume of the electrode.
    particle_radius : float
        [m]
    contact_fraction : float
        Share of the particles' surface that touches electrolyte, in (0, 1].
    maximum_concentration : float
        Lithium sites of the active material [mol/m3].
    open_circuit_potential : callable
        U(x) [V] against lithium.
    diffusivity : callable
        D(x) [m2/s].
    exchange_current_density : callable
        j0(x) [A/m2 of contact area].
    entropic_coefficient : callable or None
        dU/dT(x) [V/K].
    lithium_exchange_current_density : float
        j0 of the lithium plane [A/m2]; transfer coefficient 1/2.
    series_resistance : float
        Area resistance on the lithium side [Ohm m2]; it falls with temperature.
    reference_temperature : float
        [K]
    """

    electrode_area: float
    nominal_areal_capacity: float
    separator_thickness: float
    separator_conductivity: float
    electrode_thickness: float
    electrolyte_conductivity: float
    electronic_conductivity: float
    active_material_volume_fraction: float
    particle_radius: float
    maximum_concentration: float
    open_circuit_potential: Law
    diffusivity: Law
    exchange_current_density: Law
    lithium_exchange_current_density: float
    contact_fraction: float = 1.0
    series_resistance: float = 0.0
    entropic_coefficient: Law | None = None
    separator_conductivity_activation_energy: float = 0.0
    electrolyte_conductivity_activation_energy: float = 0.0
    diffusivity_activation_energy: float = 0.0
    exchange_current_activation_energy: float = 0.0
    lithium_exchange_current_activation_energy: float = 0.0
    series_resistance_activation_energy: float = 0.0
    reference_temperature: float = 298.15

    @classmethod
    def from_scenario(cls, scenario: Scenario, *, coated: bool = False) -> HalfCell:
        """Take the half cell out of a scenario.

        Parameters
        ----------
        scenario : Scenario
            With static contact and no film.
        coated : bool
            Whether particles may have a coating, which whoever asks takes care of.

        Returns
        -------
        HalfCell

        Raises
        ------
        solidcell.engine.errors.InputError
            The scenario has physics that the reference can't express: a film on the particles, or
            a transfer coefficient of lithium other than 1/2; or it states no capacity for 1C.
        """
        cell = scenario.cell
        negative, separator, positive = cell.negative, cell.separator, cell.composite
        material = positive.active_material
        if positive.film_resistance != 0.0 and not coated:
            raise InputError(
                "The reference has no film on the particles: "
                "set cell.positive.film_resistance to 0 Ohm cm^2."
            )
        if negative.transfer_coefficient != 0.5:
            raise InputError(
                "The reference has symmetric kinetics: "
                "set cell.negative.transfer_coefficient to 0.5."
            )
        if cell.nominal_areal_capacity is None:
            raise InputError("C-rates need a capacity: give cell.nominal_areal_capacity.")
        entropic = material.entropic_coefficient
        return cls(
            electrode_area=cell.electrode_area,
            nominal_areal_capacity=float(cell.nominal_areal_capacity),
            separator_thickness=float(separator.thickness),
            separator_conductivity=float(separator.conductivity),
            separator_conductivity_activation_energy=float(
                separator.conductivity_activation_energy
            ),
            electrode_thickness=float(positive.thickness),
            electrolyte_conductivity=positive.effective_conductivity,
            electrolyte_conductivity_activation_energy=float(
                positive.electrolyte_conductivity_activation_energy
            ),
            electronic_conductivity=positive.effective_electronic_conductivity,
            active_material_volume_fraction=float(positive.active_volume_fraction),
            particle_radius=float(positive.particle_radius),
            contact_fraction=float(positive.contact_fraction),
            maximum_concentration=float(material.maximum_concentration),
            open_circuit_potential=law_of(material.open_circuit_potential),
            entropic_coefficient=None if entropic is None else law_of(entropic),
            diffusivity=law_of(material.diffusivity),
            diffusivity_activation_energy=float(material.diffusivity_activation_energy),
            exchange_current_density=law_of(material.exchange_current_density),
            exchange_current_activation_energy=float(material.exchange_current_activation_energy),
            lithium_exchange_current_density=float(
                negative.exchange_current_density * negative.contact_fraction
            ),
            lithium_exchange_current_activation_energy=float(
                negative.exchange_current_activation_energy
            ),
            series_resistance=float(negative.interface_resistance),
            series_resistance_activation_energy=float(
                negative.interface_resistance_activation_energy
            ),
            reference_temperature=float(material.reference_temperature),
        )
