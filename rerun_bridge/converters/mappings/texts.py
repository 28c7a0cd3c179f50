# SPDX-License-Identifier: Apache-2.0
"""Fields of messages as texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.cdr import Array, Nested, Primitive, Text
from rerun_bridge.converters.mappings.columns import column
from rerun_bridge.errors import MappingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rerun_bridge.cdr import Definitions, FieldType
    from rerun_bridge.converters.mappings.columns import Items
    from rerun_bridge.converters.mappings.field_paths import Steps

ReadList: TypeAlias = 'Callable[[Items], list[Any]]'
Write: TypeAlias = Callable[[Any], str]
_BYTES = frozenset(map(Primitive, ('byte', 'octet', 'char', 'uint8')))


def plain_values(steps: Steps, kind: FieldType, definitions: Definitions) -> ReadList | None:
    """
    Make the function that reads numbers and texts as Python has them.

    Parameters
    ----------
    steps
        The way to the field.
    kind
        What it is; of a struct with one field, such as an id, that field counts.
    definitions
        Of all structs.

    Returns
    -------
    callable or None
        From items to as many values; arrays of bytes are written as hexadecimal digits. None if
        the field is anything else.

    """
    read = column(steps, '')
    if isinstance(kind, Nested):
        fields = definitions[kind.type_name]
        if len(fields) == 1:
            return plain_values((*steps, fields[0].name), fields[0].type, definitions)
    elif isinstance(kind, Array) and kind.element in _BYTES:
        return lambda items: [bytes(each).hex() for each in read(items)]
    elif isinstance(kind, (Primitive, Text)):
        return lambda items: _listed(read(items))
    return None


def _listed(values: Any) -> list[Any]:  # noqa: ANN401 - an array or a list
    return values.tolist() if isinstance(values, np.ndarray) else values  # type: ignore[no-any-return]


def writer(names: Mapping[Any, str], spec: str = '') -> Write:
    """
    Make the function that writes a value.

    Parameters
    ----------
    names
        What to write for some values.
    spec
        How to write the others, as in Python; as short as possible if empty.

    Returns
    -------
    callable
        From a value to a text.

    """

    def write(value: Any) -> str:  # noqa: ANN401 - a number or a text
        if value in names:
            return names[value]
        if isinstance(value, bool):
            return str(value).lower()
        if value == '' or (isinstance(value, str) and not spec):
            return str(value)
        return format(value, spec or ('g' if isinstance(value, float) else ''))

    return write


def check_spec(spec: str, kind: FieldType, text: str) -> None:
    """
    Check how a field is to be written.

    Parameters
    ----------
    spec
        As in Python.
    kind
        Of the field.
    text
        Its path.

    Raises
    ------
    MappingError
        If such a field cannot be written like that.

    """
    value: Any = ''
    if isinstance(kind, Primitive):
        value = 0.0 if kind.name.startswith('float') else 0
    try:
        format(value, spec)
    except ValueError as exc:
        msg = f'{text} cannot be written as {spec!r}: {exc}'
        raise MappingError(msg) from exc
