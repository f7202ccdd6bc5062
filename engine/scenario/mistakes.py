"""Pydantic's findings as sentences for the person who wrote the scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from solidcell.engine.entry.place import Items, Place, Table, nearest, place_of
from solidcell.engine.errors import InputError
from solidcell.engine.scenario.choice import is_tag, tag_words

_WORDS = {
    "int_parsing": "must be a whole number; correct it",
    "int_type": "must be a whole number; correct it",
    "int_from_float": "must be a whole number; correct it",
    "float_parsing": "must be a number; correct it",
    "float_type": "must be a number; correct it",
    "finite_number": "is not a finite number; correct it",
    "string_type": "must be text; write a word, or quote the value",
    "bool_parsing": "must be true or false; correct it",
}
_BOUNDS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
}


def as_input_error(
    error: ValidationError,
    written: Mapping[str, object],
    model: type[BaseModel],
    whole: str = "the scenario",
) -> InputError:
    """One sentence for each thing that is wrong, each on a line of its own.

    Parameters
    ----------
    error
        What pydantic found.
    written
        The mapping it was found in, which knows its places.
    model
        The model of that mapping.
    whole
        What the mapping is called.
    """
    details = error.errors(include_url=False)
    misspelt = _misspelt_keys(details, written, model)
    sentences = [
        _sentence(detail, written, model, whole)
        for detail in details
        if not (detail["type"] == "missing" and detail["loc"] in misspelt)
        and detail["type"] != "default_factory_not_called"  # follows from another error
    ]
    return InputError("\n".join(dict.fromkeys(sentences)))


def _sentence(
    detail: ErrorDetails, written: Mapping[str, object], model: type[BaseModel], whole: str
) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "union_tag_invalid":
        return _unknown_form(detail, written)
    tagged = detail["loc"]
    location = _untagged(tagged)
    place, path = _locate(written, location)
    name = ".".join(path)
    if kind == "extra_forbidden":
        known = _keys_of(model, tagged[:-1])
        parent = ".".join(str(part) for part in location[:-1]) or whole
        key = str(location[-1])
        cure = nearest(key, known) or f"; the keys here are {', '.join(known)}"
        message = f"unknown key '{key}' in {parent}{cure}"
    elif kind == "missing":
        parent = ".".join(str(part) for part in location[:-1]) or whole
        message = f"'{location[-1]}' is missing in {parent}; add it"
    elif kind in ("model_type", "model_attributes_type", "dict_type"):
        message = f"{name} must be a mapping of keys and values; write them indented below it"
    elif kind == "literal_error":
        expected = str(context["expected"])
        message = f"{name} '{detail['input']}' is unknown; use {expected}"
    elif kind == "string_pattern_mismatch":
        message = (
            f"{name} '{detail['input']}' may hold letters, digits and '_.-' only; "
            "it also names the results file"
        )
    elif kind in _BOUNDS:
        word, key = _BOUNDS[kind]
        message = f"{name} {detail['input']} must be {word} {context[key]}; correct it"
    elif kind in _WORDS:
        message = f"{name} '{detail['input']}' {_WORDS[kind]}"
    else:
        message = _own_words(detail, name)
    return f"{place}: {message}" if place else message


def _unknown_form(detail: ErrorDetails, written: Mapping[str, object]) -> str:
    """What to say of a part whose key names a form that there is not."""
    key, value = tag_words(str(detail["ctx"]["tag"]))
    place, path = _locate(written, (*_untagged(detail["loc"]), key))
    known = [tag_words(tag)[1] for tag in str(detail["ctx"]["expected_tags"]).split(", ")]
    quoted = [f"'{name}'" for name in known]
    choice = " or ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))
    message = f"{'.'.join(path)} '{value}' is unknown; use {choice}"
    return f"{place}: {message}" if place else message


def _untagged(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    return tuple(part for part in location if not is_tag(part))


def _own_words(detail: ErrorDetails, name: str) -> str:
    error = detail.get("ctx", {}).get("error")
    said = str(error) if error is not None else f"{detail['msg']}; correct it"
    return f"{name}: {said}" if name else said


def _locate(
    written: Mapping[str, object], location: tuple[int | str, ...]
) -> tuple[Place | None, list[str]]:
    """Place of the innermost part of ``location`` that was written, and the path to name."""
    place = place_of(written)
    inside: object = written
    path: list[str] = []
    for part in location:
        if isinstance(inside, Table | Items):
            place = place_of(inside, part) or place
        path.append(str(part))
        if isinstance(inside, Mapping):
            inside = inside.get(str(part))
        elif isinstance(inside, list) and isinstance(part, int) and part < len(inside):
            inside = inside[part]
        else:
            inside = None
    return place, path


def _misspelt_keys(
    details: list[ErrorDetails], written: Mapping[str, object], model: type[BaseModel]
) -> set[tuple[int | str, ...]]:
    """Locations of the keys that some unknown key was probably meant to be."""
    missing = {detail["loc"] for detail in details if detail["type"] == "missing"}
    found = set()
    for detail in details:
        if detail["type"] == "extra_forbidden":
            parent, key = detail["loc"][:-1], str(detail["loc"][-1])
            hint = nearest(key, _keys_of(model, parent))
            found |= {loc for loc in missing if loc[:-1] == parent and f"'{loc[-1]}'" in hint}
    return found


def _keys_of(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """Keys that the part of the schema at ``location`` has."""
    annotation: Any = model
    for part in location:
        if is_tag(part):
            annotation = _form(annotation, str(part))
            continue
        inner = _model_in(annotation)
        field = inner.model_fields.get(str(part)) if inner else None
        if field is None:
            return []
        annotation = field.annotation
    found = _model_in(annotation)
    return list(found.model_fields) if found else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _form(annotation: Any, tag: str) -> Any:
    """The form of a part that a tag stands for."""
    for inner in get_args(annotation):
        marks = getattr(inner, "__metadata__", ())
        if any(isinstance(mark, Tag) and mark.tag == tag for mark in marks):
            return get_args(inner)[0]
        if (found := _form(inner, tag)) is not None:
            return found
    return None
