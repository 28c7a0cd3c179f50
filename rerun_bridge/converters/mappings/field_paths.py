# SPDX-License-Identifier: Apache-2.0
"""Paths to the fields of messages: ``pose.position``, ``classes[0].label``."""

from __future__ import annotations

import re
from typing import NamedTuple, TYPE_CHECKING, TypeAlias

from rerun_bridge.cdr import Array, Nested, Sequence
from rerun_bridge.errors import hint, MappingError

if TYPE_CHECKING:
    from rerun_bridge.cdr import Definitions, FieldType

Steps: TypeAlias = tuple[str | int, ...]
"""Names of fields and indices of arrays."""
ITSELF = '.'
_PART = r'[A-Za-z]\w*(?:\[-?\d+\])*'
_PATH = re.compile(rf'/?{_PART}(?:\.{_PART})*', re.ASCII)
_STEP = re.compile(r'[A-Za-z]\w*|-?\d+', re.ASCII)


class FieldPath(NamedTuple):
    """
    The way to a field.

    Attributes
    ----------
    text
        As it was written.
    steps
        From a message or from an element of `each`.
    is_absolute
        Whether it begins at the message even where there is an `each`.

    """

    text: str
    steps: Steps
    is_absolute: bool

    @classmethod
    def parse(cls, text: str) -> FieldPath:
        """
        Read a path.

        Parameters
        ----------
        text
            Names joined by dots, indices in brackets; a slash before it makes it absolute, a dot
            alone is the element itself.

        Returns
        -------
        FieldPath
            Not yet compared with any type.

        Raises
        ------
        MappingError
            If it is none.

        """
        if text == ITSELF:
            return cls(text, (), is_absolute=False)
        if not _PATH.fullmatch(text):
            msg = f'{text!r} is no path of a field; write a.b or a[0].b, or {{value: ...}}'
            raise MappingError(msg)
        steps = tuple(step if step[0].isalpha() else int(step) for step in _STEP.findall(text))
        return cls(text, steps, is_absolute=text.startswith('/'))


class Field(NamedTuple):
    """
    What a path leads to.

    Attributes
    ----------
    arrays
        The steps to the arrays of structs that the path leads through: to the first from the
        start, to the next from each element of the one before.
    steps
        From each element of the last array, or else from the start.
    kind
        What is there; never an array of structs.

    """

    arrays: tuple[Steps, ...]
    steps: Steps
    kind: FieldType


def find_field(path: FieldPath, type_name: str, definitions: Definitions) -> Field:
    """
    Follow a path.

    Parameters
    ----------
    path
        Where to.
    type_name
        The type that it begins at.
    definitions
        Of this type and of those it contains.

    Returns
    -------
    Field
        What is there.

    Raises
    ------
    MappingError
        If there is no such field.

    """
    arrays: tuple[Steps, ...] = ()
    steps: Steps = ()
    kind: FieldType = Nested(type_name)
    for step in (*path.steps, None):
        struct = _struct_of(kind)
        if struct is not None and not isinstance(step, int):
            arrays, steps, kind = (*arrays, steps), (), struct
        if isinstance(step, int):
            kind = _element(kind, step, path)
        elif step is not None:
            kind = _member(kind, step, path, definitions)
        if step is not None:
            steps = (*steps, step)
    return Field(arrays, steps, kind)


def _struct_of(kind: FieldType) -> Nested | None:
    """Return what an array of structs consists of."""
    if isinstance(kind, (Array, Sequence)) and isinstance(kind.element, Nested):
        return kind.element
    return None


def _element(kind: FieldType, index: int, path: FieldPath) -> FieldType:
    if not isinstance(kind, (Array, Sequence)):
        msg = f'{path.text} has an index where there is no array; leave [{index}] out'
        raise MappingError(msg)
    if isinstance(kind, Array) and not -kind.length <= index < kind.length:
        msg = f'{path.text} has the index {index} of an array of {kind.length}; use a smaller one'
        raise MappingError(msg)
    return kind.element


def _member(kind: FieldType, name: str, path: FieldPath, definitions: Definitions) -> FieldType:
    if not isinstance(kind, Nested):
        msg = f'{path.text} asks for {name!r} of what is no struct; end it before'
        raise MappingError(msg)
    fields = {field.name: field.type for field in definitions[kind.type_name]}
    if name not in fields:
        msg = f'{path.text}: {kind.type_name} has no field {name!r}{hint(name, fields)}'
        raise MappingError(msg)
    return fields[name]
