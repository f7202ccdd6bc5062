"""JSON Schema of a scenario as people write it, for editors and for ``solidcell schema``."""

from __future__ import annotations

from typing import Any

from solidcell.engine.protocol.schema import BLOCK_SCHEMA, PROTOCOL_SCHEMA
from solidcell.engine.scenario.model import Scenario

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """JSON Schema of a scenario file.

    It describes what may be written: quantities as text with a unit, the cell inline or as a path,
    ``import`` and ``overrides``. Since an import may bring any key, none but the schema's version
    is required here; what is still missing after imports is an error when the scenario is loaded.
    """
    described = _any_form(Scenario.model_json_schema(mode="validation"))
    definitions: dict[str, Any] = described.pop("$defs")
    for part in (described, *definitions.values()):
        part.pop("required", None)
        for name, entry in part.get("properties", {}).items():
            part["properties"][name] = _file_or_inline(_word_or_parts(entry))
    definitions["Block"] = BLOCK_SCHEMA
    properties = described["properties"]
    properties["protocol"] = {
        **PROTOCOL_SCHEMA,
        "description": properties["protocol"]["description"],
    }
    properties["import"] = {
        "type": "string",
        "description": "One scenario file to start from; the keys of this file win.",
    }
    properties["overrides"] = {
        "type": "object",
        "description": "Values by dotted path, set last: `cell.positive.thickness: 80 um`.",
    }
    return {"$schema": _DIALECT, **described, "required": ["schema_version"], "$defs": definitions}


def _file_or_inline(entry: dict[str, Any]) -> dict[str, Any]:
    """A part that may also be given as the path of a file holding it."""
    kind = entry.pop("file", None)
    if kind is None:
        return entry
    reference = {"$ref": entry.pop("$ref")}
    path = {"type": "string", "description": f"Path of the YAML file of the {kind}."}
    return {**entry, "anyOf": [path, reference]}


def _word_or_parts(entry: dict[str, Any]) -> dict[str, Any]:
    """A part for which one word may stand."""
    words = entry.pop("either", None)
    if words is None:
        return entry
    reference = {"$ref": entry.pop("$ref")}
    return {**entry, "anyOf": [{"enum": words}, reference]}


def _any_form(described: Any) -> Any:
    """The schema with ``anyOf`` for ``oneOf``: forms share keys, and none is required here."""
    if isinstance(described, dict):
        renamed = {"anyOf" if key == "oneOf" else key: value for key, value in described.items()}
        return {key: _any_form(value) for key, value in renamed.items()}
    return [_any_form(item) for item in described] if isinstance(described, list) else described
