"""The JSON Schema describes scenario files as people write them."""

from typing import Any

import pytest
from ruamel.yaml import YAML

from solidcell.engine.scenario import json_schema, shipped_folder, shipped_scenarios


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json_schema()


def parts(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {"Scenario": schema, **schema["$defs"]}


def test_every_key_is_described(schema: dict[str, Any]) -> None:
    for name, part in parts(schema).items():
        for key, entry in part["properties"].items():
            assert entry.get("description") or entry.get("$ref"), f"{name}.{key}"


def test_unknown_keys_are_marked_everywhere(schema: dict[str, Any]) -> None:
    assert all(part["additionalProperties"] is False for part in parts(schema).values())


@pytest.fixture(scope="module")
def validator(schema: dict[str, Any]) -> Any:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def mistakes(written: object, validator: Any) -> list[str]:
    return [error.message for error in validator.iter_errors(written)]


@pytest.mark.parametrize("name", shipped_scenarios())
def test_the_shipped_scenarios_fit_the_schema(name: str, validator: Any) -> None:
    text = (shipped_folder() / f"{name}.yaml").read_text(encoding="utf-8")
    assert mistakes(YAML(typ="safe", pure=True).load(text), validator) == []


def test_a_cell_written_inline_fits_the_schema(validator: Any) -> None:
    yaml = YAML(typ="safe", pure=True)
    cell = yaml.load((shipped_folder() / "cells/nmc811_lpscl_li.yaml").read_text("utf-8"))
    material = yaml.load((shipped_folder() / "materials/nmc811.yaml").read_text("utf-8"))
    cell["positive"]["active_material"] = material
    assert mistakes({"schema_version": 1, "cell": cell}, validator) == []


@pytest.mark.parametrize(
    "protocol",
    [
        [{"repeat": 2, "steps": [{"repeat": 3, "steps": ["Rest for 1 h"]}, {"rest": "1 h"}]}],
        [{"steps": ["Rest for 1 h"], "stop": ["voltage <= 2.8 V", "cycles>=3", "time > 2 h"]}],
        [{"steps": [{"steps": [{"steps": ["impedance"]}], "stop": "temperature > 50 degC"}]}],
        [{"discharge": "C/3", "until": ["5 W.h", "50 % SOC", "80 % DOD"]}],
    ],
)
def test_blocks_in_blocks_fit_the_schema(protocol: object, validator: Any) -> None:
    operation = {"initial_soc": "50 %", "cutoffs": "off"}
    written = {"schema_version": 1, "operation": operation, "protocol": protocol}
    assert mistakes(written, validator) == []


@pytest.mark.parametrize(
    "written",
    [
        {"schema_version": 1, "protocol": [{"steps": [{"steps": ["impedance"], "stap": 3}]}]},
        {"schema_version": 1, "protocol": [{"steps": ["impedance"], "stop": "voltage = 3 V"}]},
        {"schema_version": 1, "operation": {"cutoffs": "maybe"}},
        {"schema_version": 1, "celll": {}},
        {"schema_version": 1, "cell": {"positive": {"thickness": 3}}},
        {"schema_version": 1, "protocol": []},
        {"schema_version": 1, "protocol": [{"reset": 0.5}]},
        {"schema_version": 1, "output": {"fields": "sometimes"}},
        {"schema_version": 1, "physics": {"contact": "glue"}},
        {"schema_version": 1, "physics": {"interphase": "glue"}},
        {"schema_version": 1, "cell": {"positive": {"contact": {"law": "glue"}}}},
        {"schema_version": 1, "operation": {"fixture": {"type": "glue"}}},
        {"schema_version": 1, "protocol": [{"impedance": {"configuration": "glue"}}]},
        {"schema_version": 1, "protocol": [{"set": {}}]},
        {"schema_version": 1, "protocol": [{"reset": "stale"}]},
    ],
)
def test_an_editor_can_tell_what_is_wrong(written: object, validator: Any) -> None:
    assert mistakes(written, validator)
