"""A YAML file as mappings, lists and scalars that know their line (YAML 1.2).

ruamel.yaml composes the file to its node graph once; the values are made here from the nodes, with
YAML 1.2's core types and nothing else: no tags, no merge keys, no dates.
"""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from solidcell.engine.entry.place import Items, Place, Table, Text, mistake
from solidcell.engine.errors import InputError

_TAG = "tag:yaml.org,2002:"
_TEXT_TAGS = {_TAG + "str", _TAG + "timestamp", _TAG + "value"}


def read_text(file: Path) -> str:
    """Text of a scenario file.

    Raises
    ------
    InputError
        If it can't be read or isn't UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise InputError(
            f"{file}: can't be read ({reason}); check the path and its rights"
        ) from None
    except UnicodeDecodeError:
        raise InputError(f"{file}: is not UTF-8 text; save it as UTF-8") from None


def parse_document(text: str, shown: str) -> Table:
    """The mapping that a YAML text holds.

    Parameters
    ----------
    text
        The YAML.
    shown
        Name of the file for error messages; relative paths in it are relative to its folder.

    Raises
    ------
    InputError
        For a syntax error, a duplicate key, a tag, or a document that isn't one mapping.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = True  # found here, where the message can say what to do
    try:
        root = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(shown, mark.line + 1 if mark else 1)
        problem = " ".join((error.problem or error.context or "unreadable").split())
        raise mistake(
            place, f"not valid YAML: {problem}; correct the line, or its indentation"
        ) from None
    except RecursionError:
        raise mistake(
            Place(shown, 1), "is nested too deeply; remove some of the brackets"
        ) from None
    except YAMLError as error:
        problem = " ".join(str(error).split())
        raise mistake(Place(shown, 1), f"not valid YAML: {problem}; correct the file") from None
    if not isinstance(root, MappingNode):
        raise mistake(Place(shown, 1), "is not a mapping; begin with 'schema_version: 1'")
    table = _Builder(shown).build(root)
    assert isinstance(table, Table)
    return table


class _Builder:
    """Values of a node graph; keeps the open nodes to refuse an alias inside its own anchor."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._open: list[Node] = []

    def build(self, node: Node) -> object:
        place = Place(self._shown, node.start_mark.line + 1)
        if isinstance(node, ScalarNode):
            return _scalar(node, place)
        if any(node is outer for outer in self._open):
            raise mistake(place, "an alias stands inside its own anchor; write the value out")
        self._open.append(node)
        try:
            if isinstance(node, MappingNode):
                return self._mapping(node, place)
            assert isinstance(node, SequenceNode)
            return self._sequence(node, place)
        finally:
            self._open.pop()

    def _mapping(self, node: MappingNode, place: Place) -> Table:
        _refuse_tag(node, "map", place)
        table = Table(place)
        for key_node, value_node in node.value:
            where = Place(self._shown, key_node.start_mark.line + 1)
            if not isinstance(key_node, ScalarNode):
                raise mistake(where, "a key must be a plain word; quote it or remove the brackets")
            key = str(key_node.value)
            if key in table:
                raise mistake(
                    where,
                    f"'{key}' stands here and on line {table.places[key].line}; keep one of them",
                )
            table.put(key, self.build(value_node), where)
        return table

    def _sequence(self, node: SequenceNode, place: Place) -> Items:
        _refuse_tag(node, "seq", place)
        items = Items(place)
        for child in node.value:
            items.add(self.build(child), Place(self._shown, child.start_mark.line + 1))
        return items


def _refuse_tag(node: Node, expected: str, place: Place) -> None:
    if str(node.tag) != _TAG + expected:
        raise mistake(place, f"the tag '{node.tag}' is not allowed; write the plain value")


def _scalar(node: ScalarNode, place: Place) -> object:
    tag, text = str(node.tag), str(node.value)
    if tag in _TEXT_TAGS:
        return Text(text, place)
    if tag == _TAG + "null":
        return None
    if tag == _TAG + "bool":
        return text.lower() == "true"
    plain = text.replace("_", "")
    try:
        if tag == _TAG + "int":
            return int(plain, 0) if plain.lstrip("+-")[:2].lower() in ("0x", "0o") else int(plain)
        if tag == _TAG + "float":
            return float(plain.replace(".inf", "inf").replace(".nan", "nan").lower())
    except ValueError:
        return Text(text, place)
    raise mistake(place, f"the tag '{tag}' is not allowed; write the plain value")
