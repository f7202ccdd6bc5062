"""Parts of a scenario that come in several forms, told apart by one of their keys.

A form is tagged ``key=value``; :func:`is_tag` lets error messages leave the tags out of a path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_TAG = re.compile(r"\w+=.*", re.DOTALL)


def chosen_by(key: str, default: str) -> Callable[[Any], str]:
    """A reader of the tag of a form, from what is written or from what has been validated.

    Parameters
    ----------
    key
        The key that tells the forms apart.
    default
        Its value where it is absent.
    """

    def tag(written: Any) -> str:
        if isinstance(written, Mapping):
            return f"{key}={written.get(key, default)}"
        return f"{key}={getattr(written, key, default)}"

    return tag


def is_tag(part: int | str) -> bool:
    """Whether a part of a pydantic location is the tag of a form."""
    return isinstance(part, str) and _TAG.fullmatch(part) is not None


def tag_words(tag: str) -> tuple[str, str]:
    """Key and value of a tag."""
    key, _, value = tag.strip("'\"").partition("=")
    return key, value
