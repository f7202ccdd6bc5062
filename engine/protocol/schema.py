"""JSON Schema of a protocol as people write it."""

from __future__ import annotations

from typing import Any

from solidcell.engine.protocol.instruction import EXAMPLES

_TEXT = {"type": "string"}
_TIME = {"type": "string", "examples": ["10 minutes"]}
_UNTIL = {
    "description": "What ends the step; `<` and `>` say from which side a limit is crossed.",
    "anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}],
    "examples": ["2.8 V", ["2.8 V", "40 A.h"]],
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


def _step(action: str, value: dict[str, Any], *, ends: bool = True) -> dict[str, Any]:
    properties: dict[str, Any] = {action: value}
    if action != "reset":
        properties["period"] = {**_TIME, "description": "Time between two rows of output."}
    if ends:
        properties["for"] = {**_TIME, "description": "Longest time the step takes."}
        properties["until"] = _UNTIL
    return {
        "type": "object",
        "properties": properties,
        "required": [action],
        "additionalProperties": False,
    }


_STEP: dict[str, Any] = {
    "anyOf": [
        {
            "type": "string",
            "description": "An experiment string in PyBaMM's wording.",
            "examples": list(EXAMPLES.values()),
        },
        _step("charge", {"type": "string", "examples": ["C/3", "2 A", "10 W"]}),
        _step("discharge", {"type": "string", "examples": ["C/3", "2 A", "10 W", "0.05 Ohm"]}),
        _step("hold", {"type": "string", "examples": ["4.3 V"]}),
        _step("rest", _TIME, ends=False),
        _step(
            "reset",
            {
                "type": "object",
                "description": "Uniform equilibrium at a stoichiometry; begins a new cycle.",
                "properties": {"stoichiometry": {"type": ["number", "string"]}},
                "required": ["stoichiometry"],
                "additionalProperties": False,
            },
            ends=False,
        ),
        _step(
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

PROTOCOL_SCHEMA: dict[str, Any] = {
    "type": "array",
    "minItems": 1,
    "items": {
        "anyOf": [
            *_STEP["anyOf"],
            {
                "type": "object",
                "description": "Steps that are repeated together; each repetition is a cycle.",
                "properties": {
                    "repeat": {"type": "integer", "minimum": 1},
                    "steps": {"type": "array", "minItems": 1, "items": _STEP},
                    "stop": {
                        "type": "string",
                        "pattern": r"^capacity < .+$",
                        "description": "Ends the repetition: `capacity < 80 %` of its first.",
                    },
                },
                "required": ["steps"],
                "additionalProperties": False,
            },
        ]
    },
}
"""The list of steps and blocks under ``protocol``."""
