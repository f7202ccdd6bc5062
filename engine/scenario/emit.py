"""A resolved scenario as YAML text.

Every JSON string is a YAML string, so quoting needs no grammar of its own; what this writes,
:mod:`~solidcell.engine.scenario.document` reads back to the same values.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator

# A plain scalar that no YAML reader takes for anything but this text.
_PLAIN = re.compile(
    r"[A-Za-z][A-Za-z0-9_/%^*.,()+-]*(?: [A-Za-z0-9_/%^*.()+-]+)*|\d[\d.e+-]* [\w/%^*]+"
)
_RESERVED = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def emit(value: object) -> str:
    """YAML text of nested mappings, lists and scalars."""
    return "\n".join(_lines(value)) + "\n"


def _lines(value: object) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _attached(f"{_scalar(key)}:", inner)
    elif isinstance(value, list | tuple) and value:
        for inner in value:
            yield from _attached("-", inner)
    else:
        yield _scalar(value)


def _attached(head: str, inner: object) -> Iterator[str]:
    if isinstance(inner, dict | list | tuple) and inner:
        yield head
        for line in _lines(inner):
            yield f"  {line}"
    else:
        yield f"{head} {_scalar(inner)}"


def _scalar(value: object) -> str:
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _RESERVED
        return str(value) if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and not math.isfinite(value):
        return {"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}[str(float(value))]
    return json.dumps(value)
