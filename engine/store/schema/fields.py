"""/fields: profiles through the positive electrode."""

from solidcell.engine.store.schema.columns import CYCLE, STEP, TIME
from solidcell.engine.store.schema.table import Column, Table

_X = ("x_positive",)

FIELDS = Table(
    "fields",
    "Snapshots through the positive electrode.",
    (
        TIME,
        CYCLE,
        STEP,
        Column(
            "concentration_positive",
            "mol.m-3",
            "Positive particle concentration [mol.m-3]",
            dims=("x_positive", "r_positive"),
        ),
        Column(
            "surface_concentration_positive",
            "mol.m-3",
            "Positive particle surface concentration [mol.m-3]",
            dims=_X,
        ),
        Column(
            "reaction_current_density_positive",
            "A.m-2",
            "Positive electrode interfacial current density [A.m-2]",
            "Per area in contact; negative where lithium enters the particle, on discharge.",
            dims=_X,
        ),
        Column(
            "potential_electrolyte_positive",
            "V",
            "Positive electrolyte potential [V]",
            "Against the lithium.",
            dims=_X,
        ),
        Column(
            "potential_electrode_positive",
            "V",
            "Positive electrode potential [V]",
            "Against the lithium.",
            dims=_X,
        ),
        Column(
            "electrolyte_current_density_positive",
            "A.m-2",
            "Positive electrolyte current density [A.m-2]",
            "Per electrode area, positive on discharge.",
            dims=_X,
        ),
        Column("contact_fraction_positive", "1", "Positive contact fraction", dims=_X),
        Column(
            "contact_retention_positive",
            "1",
            "Positive contact retention",
            "Share of the fresh contact that is left.",
            dims=_X,
        ),
        Column("film_thickness_positive", "m", "Positive film thickness [m]", dims=_X),
    ),
    dim="snapshot",
    chunk=8,
    optional=True,
    coordinates=(
        Column(
            "x_positive",
            "m",
            "Position in the positive electrode [m]",
            "Centres of the volumes, from the separator to the current collector.",
            dims=_X,
        ),
        Column(
            "r_positive",
            "m",
            "Radial position in the particle [m]",
            "Centres of the shells, from the middle to the surface.",
            dims=("r_positive",),
        ),
    ),
)
