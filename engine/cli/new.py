"""``solidcell new``: a scenario to start from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from solidcell.engine.cli.options import Debug, Quiet
from solidcell.engine.cli.terminal import Terminal
from solidcell.engine.errors import InputError

NewFile = Annotated[
    Path, typer.Argument(metavar="NAME.yaml", help="The file to write.", show_default=False)
]

STARTER = """\
# A scenario of solidcell. Run it with:  solidcell run {file}
# Every quantity with a dimension has its unit. `solidcell schema` says what may stand here.
schema_version: 1
name: {name}
description: The shipped pouch cell with a thinner separator, discharged at two rates.

# The cell: a file of your own (copy the shipped one to begin), a shipped one, or its entries here.
cell: cells/nmc811_lpscl_li.yaml

# What differs from that cell, by dotted path. `value`, `source` and `status` say how it is known;
# a plain `cell.separator.thickness: 20 um` will do, too.
overrides:
  cell.separator.thickness:
    value: 20 um
    source: my design
    status: assumed
  # cell.positive.thickness: 120 um
  # cell.negative.interface_resistance: 10 Ohm cm^2

operation:
  temperature: 25 degC
  stack_pressure: 5 MPa
  # initial_stoichiometry: 0.939   # of the positive electrode; discharged unless given

# A step is a sentence. Steps that belong together form a block, which may be repeated; each
# repetition is a cycle.
protocol:
  - steps:
      - Charge at C/10 until 4.3 V
      - Hold at 4.3 V until C/50
      - Rest for 1 hour
      - Discharge at C/10 until 2.8 V
  - repeat: 1
    steps:
      - Charge at C/10 until 4.3 V
      - Hold at 4.3 V until C/50
      - Rest for 1 hour
      - Discharge at C/3 until 2.8 V
  # - Discharge at 200 W for 10 minutes or until 2.8 V
  # - {{drive_cycle: {{file: city.csv, time: "Time [s]", current: "Current [A]"}}, until: 2.8 V}}

# What the results file keeps beside the time series: profiles through the electrode.
output:
  fields: {{period: 30 min}}       # none, every step, every 10 cycles, or a period

# numerics: {{nodes: 40, shells: 60, rtol: 1e-5}}
"""


def new(file: NewFile, quiet: Quiet = False, debug: Debug = False) -> None:
    """Write a commented scenario that runs, to start from; never over an existing file."""
    with Terminal(quiet=quiet, debug=debug) as terminal:
        target = file if file.suffix in (".yaml", ".yml") else file.parent / f"{file.name}.yaml"
        name = target.stem
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
            raise InputError(
                f"'{name}' can't name a scenario: use letters, digits, '_', '-' and '.', "
                "and begin with a letter or digit."
            )
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("x", encoding="utf-8") as stream:
                stream.write(STARTER.format(file=target, name=name))
        except FileExistsError:
            raise InputError(f"{target} exists already: choose another name.") from None
        except OSError as error:
            raise InputError(
                f"{target} can't be written ({(error.strerror or 'unknown').lower()}): "
                "choose another place."
            ) from error
        from solidcell.engine.cli.summary import unbroken

        terminal.show(unbroken(f"Wrote {target}. Run it with: solidcell run {target}"))
