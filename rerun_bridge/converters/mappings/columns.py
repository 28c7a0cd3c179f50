# SPDX-License-Identifier: Apache-2.0
"""
Fields of many messages as arrays: of one message, or of the elements of an array.

Where the elements lie at constant distances the arrays are views of the received bytes, and no
element becomes an object; see `StructSequence`.
"""

from __future__ import annotations

import math
from operator import attrgetter
from typing import Any, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.cdr import StructSequence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.mappings.field_paths import Steps

Items: TypeAlias = 'StructSequence | Sequence[Message]'
"""One message, or the elements of an array."""
Read: TypeAlias = 'Callable[[Items], Any]'
Array: TypeAlias = 'npt.NDArray[Any]'


def getter(steps: Steps, default: object = None) -> Callable[[Any], Any]:
    """
    Make the function that reads a field.

    Parameters
    ----------
    steps
        The way to it; none for the message itself.
    default
        What is there if an array is too short for an index.

    Returns
    -------
    callable
        From a message to the field.

    """
    if not steps:
        return lambda message: message
    names = [step for step in steps if isinstance(step, str)]
    if len(names) == len(steps):
        return attrgetter('.'.join(names))

    def get(message: Any) -> Any:  # noqa: ANN401 - whatever fields are
        found = message
        try:
            for step in steps:
                found = getattr(found, step) if isinstance(step, str) else found[step]
        except IndexError:
            return default
        return found.item() if isinstance(found, np.generic) else found

    return get


def column(steps: Steps, default: object = math.nan) -> Read:
    """
    Make the function that reads a number, an array of numbers or a text of each item.

    Parameters
    ----------
    steps
        The way to it.
    default
        See `getter`.

    Returns
    -------
    callable
        From items to an array, or a list, of as many.

    """
    get = getter(steps, default)
    path = _plain_path(steps)

    def read(items: Items) -> Any:  # noqa: ANN401 - depends on the field
        if path and isinstance(items, StructSequence):
            return items.column(path)
        return [get(item) for item in items]

    return read


def columns(steps: Steps, names: tuple[str, ...]) -> Callable[[Items], Array]:
    """
    Make the function that reads several numbers of each item.

    Parameters
    ----------
    steps
        The way to the struct that holds them.
    names
        Of the numbers.

    Returns
    -------
    callable
        From items to an array, shape (n, len(names)).

    """
    gets = [getter((*steps, name), math.nan) for name in names]
    path = _plain_path(steps)

    def read(items: Items) -> Array:
        if path is not None and isinstance(items, StructSequence):
            return items.columns(path, names)
        rows = [[get(item) for get in gets] for item in items]
        return np.array(rows).reshape(-1, len(names))

    return read


def _plain_path(steps: Steps) -> str | None:
    """Join the names of a path; None if there are indices in it."""
    names = [step for step in steps if isinstance(step, str)]
    return '.'.join(names) if len(names) == len(steps) else None
