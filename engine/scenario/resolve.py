"""From a file as written to one mapping: imports, named files, and overrides.

A file may ``import:`` one other; the two are merged key by key and the importing file wins. The
cell and its active material may be given inline or as a file. ``overrides:`` sets dotted paths.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from solidcell.engine.entry.place import Items, Place, Table, Text, mistake
from solidcell.engine.entry.units import Si
from solidcell.engine.scenario.document import parse_document, read_text
from solidcell.engine.scenario.library import find_beside, shown

FILE_OR_INLINE = {"cell": "cell", "active_material": "material"}
"""Keys whose value may be the path of a YAML file that holds the mapping, and what it then is."""

WHOLE = {"value", "constant", "expression", "points", "csv", "law", "table"}
"""Keys of a mapping that is one value with its provenance, or one law with its constants: it
replaces another, never mixes."""

WHOLE_PARTS = {"fixture"}
"""Keys whose mapping replaces another as a whole."""

ALTERNATIVES = {
    "initial_soc": "initial_stoichiometry",
    "initial_stoichiometry": "initial_soc",
}
"""Keys that say the same in two ways: one that is set later takes the place of the other."""

DATA_FILES = {
    (None, "csv"): "table",
    (None, "table"): "table",
    ("drive_cycle", "file"): "drive cycle",
    ("initial_state", "file"): "results file",
}
"""Keys whose value is the path of a data file, under a key or anywhere, and what the file is."""


def resolve(file: Path, text: str | None = None) -> Table:
    """One mapping from a scenario file and all that it names.

    Parameters
    ----------
    file
        The scenario file.
    text
        Its content, if already read.

    Raises
    ------
    InputError
        For anything that can't be read, imported or set.
    """
    return _resolve(file, text, ())


def apply_overrides(
    table: Table, overrides: Mapping[str, object], importing: tuple[str, ...] = ()
) -> None:
    """Set each dotted path of ``overrides`` in ``table``, in place.

    A float from Python is taken as SI; a value from a file is written with its unit.

    Whether a path names something that exists is left to the schema, which then points at the
    override as the place of the unknown key.

    Raises
    ------
    InputError
        If a path leads through something that has no parts.
    """
    for path, value in overrides.items():
        place = Place(f"override '{path}'")
        if isinstance(overrides, Table):
            place = overrides.places[path]
        _set(table, path, _located(value, place), place)
        _inline(table, importing)


def _resolve(file: Path, text: str | None, importing: tuple[str, ...]) -> Table:
    identity = os.path.realpath(file)
    table = parse_document(read_text(file) if text is None else text, shown(file))
    importing = (*importing, identity)
    imported = table.pop("import", None)
    overrides, place = table.pop("overrides", None), table.places.get("overrides")
    if imported is not None:
        if not isinstance(imported, Text):
            where = table.places["import"]
            raise mistake(where, "'import' takes one file; write 'import: base.yaml'")
        found = find_beside(imported, "import")
        _refuse_cycle(found, importing, imported)
        table = _merge(_resolve(found, None, importing), table)
    _inline(table, importing)
    if isinstance(overrides, Table):
        apply_overrides(table, overrides, importing)
    elif overrides is not None:
        raise mistake(
            place,
            "'overrides' takes dotted paths; write 'overrides: {operation.temperature: 45 degC}'",
        )
    return table


def _refuse_cycle(found: Path, importing: tuple[str, ...], written: Text) -> None:
    if os.path.realpath(found) in importing:
        raise mistake(
            written.place, f"'{written}' imports this file in turn; remove one of the imports"
        )


def _merge(base: Table, local: Table) -> Table:
    """``base`` with the keys of ``local``; mappings are merged, everything else replaces.

    What is wrong with a merged mapping as a whole is then blamed on the importing file's line.
    """
    for key, value in local.items():
        if key in ALTERNATIVES and ALTERNATIVES[key] not in local:
            base.pop(ALTERNATIVES[key], None)
        below = base.get(key)
        whole = key in WHOLE_PARTS or (isinstance(value, Table) and WHOLE & set(value))
        if isinstance(below, Table) and isinstance(value, Table) and not whole:
            _merge(below, value)
            base.places[key] = local.places[key]
        else:
            base.put(key, value, local.places[key])
    return base


def _inline(written: object, importing: tuple[str, ...], under: str | None = None) -> None:
    """Replace the paths of cells and materials by what they hold, and make data paths absolute."""
    if isinstance(written, Table):
        for key, value in written.items():
            if isinstance(value, Text) and key in FILE_OR_INLINE:
                found = find_beside(value, FILE_OR_INLINE[key])
                _refuse_cycle(found, importing, value)
                written[key] = _resolve(found, None, importing)
            elif isinstance(value, Text) and (what := _data_file(key, under)) is not None:
                absolute = os.path.abspath(find_beside(value, what))
                written[key] = Text(absolute, value.place)
            else:
                _inline(value, importing, key)
    elif isinstance(written, Items):
        for item in written:
            _inline(item, importing)


def _data_file(key: str, under: str | None) -> str | None:
    """What the data file is that a key below another names; None if it names none."""
    return DATA_FILES.get((under, key)) or DATA_FILES.get((None, key))


def _set(table: Table, path: str, value: object, place: Place) -> None:
    *parents, last = path.split(".")
    target: Table | Items = table
    for depth, name in enumerate(parents):
        inner = _child(target, name, place, path)
        if inner is None and isinstance(target, Table):
            inner = Table(place)
            target.put(name, inner, place)
        if not isinstance(inner, Table | Items):
            so_far = ".".join(parents[: depth + 1])
            raise mistake(
                place, f"'{path}' can't be set: '{so_far}' has no parts; shorten the path"
            )
        if isinstance(target, Table):
            target.places[name] = place
        target = inner
    if isinstance(target, Items):
        _child(target, last, place, path)
        target[int(last)] = value
        target.places[int(last)] = place
    else:
        if last in ALTERNATIVES:
            target.pop(ALTERNATIVES[last], None)
        target.put(last, value, place)


def _child(target: Table | Items, name: str, place: Place, path: str) -> object:
    if isinstance(target, Table):
        return target.get(name)
    if not name.isdigit() or int(name) >= len(target):
        raise mistake(
            place, f"'{path}' can't be set: '{name}' is not an item; use 0 to {len(target) - 1}"
        )
    return target[int(name)]


def _located(value: object, place: Place) -> object:
    """A value from Python with its place, as if it had been read from a file."""
    if isinstance(value, Text | Table | Items):
        return value
    if isinstance(value, str):
        return Text(value, place)
    if isinstance(value, float):
        return Si(value)
    if isinstance(value, Mapping):
        table = Table(place)
        for key, inner in value.items():
            table.put(str(key), _located(inner, place), place)
        return table
    if isinstance(value, list | tuple):
        items = Items(place)
        for inner in value:
            items.add(_located(inner, place), place)
        return items
    return value
