"""Laws of the fraction of an interface that is in contact, against stack pressure."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Tag

from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.choice import chosen_by
from solidcell.engine.scenario.parameter import (
    AsperityDensity,
    Contact,
    Factor,
    Kind,
    Length,
    Rate,
    Stress,
)

_ESTIMATE = "default: engineering estimate"
_PRESSURE = Kind("Pa", above=0.0)
_NUMBER = Kind("", above=0.0)
_SHARE = Kind("", above=0.0, maximum=1.0)


class PressedContact(Entry):
    """Contact that is made plastically at fabrication and yields elastically to stack pressure.

    theta(p) = theta_fab [1 - (1 - relaxed_fraction) exp(-p / elastic_pressure)] with
    theta_fab = 1 - exp(-p_fab / hardness), p_fab the largest pressure seen, fabrication's included.
    """

    law: Literal["pressed"] = "pressed"
    """Name of the law."""
    fabrication_pressure: Stress = _PRESSURE.of("400 MPa", f"{_ESTIMATE}, 300 to 500 MPa")
    """Pressure that the electrode was made at."""
    hardness: Stress = _PRESSURE.of(
        "200 MPa", f"{_ESTIMATE} from 82 to 85 % density at 370 to 400 MPa"
    )
    """Pressure at which 63 % of the surface is in contact."""
    elastic_pressure: Stress = _PRESSURE.of("10 MPa", _ESTIMATE)
    """Stack pressure that wins back 63 % of the contact which relaxes without pressure."""
    relaxed_fraction: Contact = _SHARE.of("0.877", f"{_ESTIMATE}: contact 0.758, 0.80 at 0, 5 MPa")
    """Share of the fabricated contact that is left without stack pressure."""


class PlasticContact(Entry):
    """Contact by plastic flow of asperities: theta(p) = 1 - exp(-p / hardness)."""

    law: Literal["plastic"]
    """Name of the law."""
    hardness: Stress
    """Pressure at which 63 % of the surface is in contact, about three times the yield stress."""


class LithiumPlasticContact(PlasticContact):
    """Contact by plastic flow of lithium: theta(p) = 1 - exp(-p / hardness)."""

    hardness: Stress = _PRESSURE.of(
        "2.4 MPa",
        "default: three times the yield stress of 0.73 to 0.81 MPa in Masias 2019, "
        "10.1007/s10853-018-2971-3",
        "measured",
    )
    """Pressure at which 63 % of the surface is in contact, about three times the yield stress."""


class HertzContact(Entry):
    """Contact of equal elastic spheres on a plane (Hertz)."""

    law: Literal["hertz"]
    """Name of the law."""
    asperity_density: AsperityDensity
    """Number of asperities per area."""
    asperity_radius: Length
    """Radius of an asperity's tip."""
    modulus: Stress
    """Contact modulus E*, 1/E* = (1 - nu1^2)/E1 + (1 - nu2^2)/E2."""


class GreenwoodWilliamsonContact(Entry):
    """Contact of elastic spheres of normally distributed heights (Greenwood and Williamson)."""

    law: Literal["greenwood_williamson"]
    """Name of the law."""
    asperity_density: AsperityDensity
    """Number of asperities per area."""
    asperity_radius: Length
    """Radius of an asperity's tip."""
    height_deviation: Length
    """Standard deviation of the asperities' heights."""
    modulus: Stress
    """Contact modulus E*, 1/E* = (1 - nu1^2)/E1 + (1 - nu2^2)/E2."""


class PerssonContact(Entry):
    """Contact of self-affine elastic surfaces (Persson).

    theta(p) = erf(sqrt(pi)/2 prefactor p / (modulus rms_slope)).
    """

    law: Literal["persson"]
    """Name of the law."""
    modulus: Stress
    """Contact modulus E*, 1/E* = (1 - nu1^2)/E1 + (1 - nu2^2)/E2."""
    rms_slope: Factor
    """Root mean square of the surface's slope."""
    prefactor: Factor = _NUMBER.of(
        "2", "default: numerical solutions; 1.596 in Persson 2001, 10.1063/1.1388626", "fitted"
    )
    """Contact per p / (modulus rms_slope) at low pressure."""


_Hertz = Annotated[HertzContact, Tag("law=hertz")]
_GreenwoodWilliamson = Annotated[GreenwoodWilliamsonContact, Tag("law=greenwood_williamson")]
_Persson = Annotated[PerssonContact, Tag("law=persson")]

CompositeContact = Annotated[
    Annotated[PressedContact, Tag("law=pressed")]
    | Annotated[PlasticContact, Tag("law=plastic")]
    | _Hertz
    | _GreenwoodWilliamson
    | _Persson,
    Discriminator(chosen_by("law", "pressed")),
]
"""Contact of active particles and electrolyte in a composite electrode."""

LithiumContact = Annotated[
    Annotated[LithiumPlasticContact, Tag("law=plastic")] | _Hertz | _GreenwoodWilliamson | _Persson,
    Discriminator(chosen_by("law", "plastic")),
]
"""Contact of lithium and separator."""


class ContactLoss(Entry):
    """Loss of contact as the active material breathes, and healing under pressure.

    ds/dt = -(coefficient / reference_strain) (s - minimum) |dg/dt| / (1 + p / reference_pressure)
    + healing_rate (p / healing_pressure) (1 - s), s the contact retention, g the volume change.
    """

    coefficient: Factor = _NUMBER.of(
        "2.0e-3",
        f"{_ESTIMATE}: 1.0e-3 a cycle at 2 MPa; Shi 2020, 10.1039/d0ta06985j, has 2.2e-3",
        "fitted",
    )
    """Share of the contact that a volume change by `reference_strain` takes without pressure."""
    reference_pressure: Stress = _PRESSURE.of("2 MPa", _ESTIMATE)
    """Stack pressure that halves the loss."""
    minimum: Contact = _SHARE.of("0.05", _ESTIMATE)
    """Contact retention that the loss tends to."""
    healing_rate: Rate = Kind("1/s", minimum=0.0).of(
        "4.3e-9 1/s", f"{_ESTIMATE}: 1e-4 in 6.5 h at 5 MPa"
    )
    """Share of the lost contact that heals in a second at `healing_pressure`."""
    healing_pressure: Stress = _PRESSURE.of("5 MPa", _ESTIMATE)
    """Stack pressure of `healing_rate`."""
    reference_strain: Contact = _SHARE.of(
        "0.10", f"{_ESTIMATE}: way of the volume change in a full cycle"
    )
    """Volume change that `coefficient` holds for."""
