"""JSON Schema of a protocol as people write it."""

from __future__ import annotations

from typing import Any, get_args

from solidcell.engine.protocol.instruction import EXAMPLES
from solidcell.engine.protocol.state import CONFIGURATIONS
from solidcell.engine.protocol.step import Watched

_TEXT = {"type": "string"}
_TIME = {"type": "string", "examples": ["10 minutes"]}
_UNTIL = {
    "description": "What ends the step: a voltage, current, charge, energy, state of charge (SOC) or "
    "depth of discharge (DOD); `<` and `>` say from which side a limit is crossed.",
    "anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}],
    "examples": ["2.8 V", ["2.8 V", "40 A.h"], "5 W.h", "50 % SOC", "80 % DOD"],
}
_COLUMN = {
    "description": "Heading of a column, with its unit in brackets or beside it.",
    "anyOf": [
        _TEXT,
        {
            "type": "object",
            "properties": {"column": _TEXT, "unit": _TEXT},
            "required": ["column", "unit"],
            "additionalProperties": False,
        },
    ],
}


_PERIOD = {**_TIME, "description": "Time between two rows of output."}
_PRESSURE = {
    "stack_pressure": {
        "type": "string",
        "examples": ["10 MPa"],
        "description": "Pressure that the stack is brought to from the beginning of the step on.",
    },
    "within": {**_TIME, "description": "Time that the change takes; 1 s unless given."},
}


def _lasting(action: str, value: dict[str, Any], *, ends: bool = True) -> dict[str, Any]:
    """A step that takes time."""
    properties: dict[str, Any] = {action: value, **_PRESSURE, "period": _PERIOD}
    if ends:
        properties["for"] = {**_TIME, "description": "Longest time the step takes."}
        properties["until"] = _UNTIL
    return _mapping(properties, action)


def _mapping(
    properties: dict[str, Any], *required: str, description: str | None = None
) -> dict[str, Any]:
    described = {} if description is None else {"description": description}
    return {
        "type": "object",
        **described,
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_RESET = {
    "description": "Back to the scenario's start, or uniform equilibrium at a stoichiometry; begins "
    "a new cycle.",
    "anyOf": [
        {"const": "fresh"},
        _mapping(
            {
                "stoichiometry": {"type": ["number", "string"]},
                "contact_retention": {"type": ["number", "string"]},
            },
            "stoichiometry",
        ),
    ],
}
_FIXTURE = _mapping(
    {
        "type": {"enum": ["constant_pressure", "spring", "constant_gap"]},
        "pad_thickness": _TEXT,
        "pad_modulus": _TEXT,
        "stiffness": _TEXT,
        "frame_stiffness": _TEXT,
    },
    "type",
    description="What holds the stack from now on; it keeps its pressure.",
)
_SET = {
    **_mapping(
        {"temperature": {"type": "string", "examples": ["60 degC"]}, "fixture": _FIXTURE},
        description="Changes the cell's surroundings at once.",
    ),
    "minProperties": 1,
}
_IMPEDANCE = _mapping(
    {"configuration": {"enum": list(CONFIGURATIONS)}},
    description="A spectrum at this instant; its frequencies are `output: {impedance: ...}`.",
)


_STEP: dict[str, Any] = {
    "anyOf": [
        {
            "type": "string",
            "description": "An experiment string in PyBaMM's wording.",
            "examples": list(EXAMPLES.values()),
        },
        {"const": "impedance", "description": "A spectrum of the cell at this instant."},
        _lasting("charge", {"type": "string", "examples": ["C/3", "2 A", "10 W"]}),
        _lasting("discharge", {"type": "string", "examples": ["C/3", "2 A", "10 W", "0.05 Ohm"]}),
        _lasting("hold", {"type": "string", "examples": ["4.3 V"]}),
        _lasting("rest", _TIME, ends=False),
        _mapping(
            {"step": {"type": "string", "examples": list(EXAMPLES.values())}, **_PRESSURE}, "step"
        ),
        _mapping(
            {
                **_PRESSURE,
                "for": {**_TIME, "description": "Rest after the change."},
                "period": _PERIOD,
            },
            "stack_pressure",
        ),
        _mapping({"reset": _RESET}, "reset"),
        _mapping({"set": _SET}, "set"),
        _mapping({"impedance": _IMPEDANCE}, "impedance"),
        _lasting(
            "drive_cycle",
            {
                "type": "object",
                "description": "A load from a CSV file; discharge is positive.",
                "properties": {
                    "file": {"type": "string", "description": "Path of the CSV file."},
                    "time": _COLUMN,
                    "current": _COLUMN,
                    "power": _COLUMN,
                    "voltage": _COLUMN,
                    "c_rate": _COLUMN,
                    "scale": {"type": "number", "description": "Factor on the load."},
                },
                "required": ["file", "time"],
                "additionalProperties": False,
            },
        ),
    ]
}

_STOP = {
    "type": "string",
    "pattern": rf"^({'|'.join(get_args(Watched))}) *(<=|>=|<|>|≤|≥) *.+$",
}
_JUMP = {
    "description": "Leave to extrapolate films, contact and material over cycles; off unless given.",
    "anyOf": [
        {"enum": ["on", "off"]},
        _mapping(
            {
                "tolerance": {"type": ["number", "string"], "examples": ["0.1 %"]},
                "most": {"type": "integer", "minimum": 1, "description": "Cycles in one jump."},
            }
        ),
    ],
}
_CHECK_UP = _mapping(
    {
        "every": {"type": "integer", "minimum": 1, "description": "Cycles between two of them."},
        "steps": {
            "type": "array",
            "minItems": 1,
            "items": _STEP,
            "description": "A full charge, a spectrum, a pulse and C/20 unless given.",
        },
        "ageing": {"enum": ["on", "off"], "description": "Whether the cell ages with it."},
    },
    "every",
    description="Looks at a copy of the cell before the first cycle and now and then.",
)

_ENTRY: dict[str, Any] = {"anyOf": [*_STEP["anyOf"], {"$ref": "#/$defs/Block"}]}

BLOCK_SCHEMA: dict[str, Any] = _mapping(
    {
        "repeat": {"type": "integer", "minimum": 1, "description": "How often; once unless given."},
        "steps": {
            "type": "array",
            "minItems": 1,
            "items": _ENTRY,
            "description": "Steps, and blocks in turn; each repetition of steps alone is a cycle.",
        },
        "stop": {
            "description": "Ends the repetition after a cycle that meets a condition: "
            "`capacity < 80 %` of the first, or `of check-up`; `resistance > 200 %`; "
            "`voltage <= 2.8 V`; `time > 2 years`; `cycles >= 500`; `temperature > 60 degC`.",
            "anyOf": [_STOP, {"type": "array", "items": _STOP, "minItems": 1}],
        },
        "check_up": _CHECK_UP,
        "jump": _JUMP,
    },
    "steps",
    description="Steps that are repeated together.",
)
"""A block, which the schema of a scenario defines as ``Block``."""

PROTOCOL_SCHEMA: dict[str, Any] = {"type": "array", "minItems": 1, "items": _ENTRY}
"""The list of steps and blocks under ``protocol``."""
