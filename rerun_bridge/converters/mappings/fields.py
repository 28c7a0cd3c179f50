# SPDX-License-Identifier: Apache-2.0
"""
Fields of messages as what an argument of an archetype wants.

Structs fit naturally: a pose is a place to `centers` and a rotation to `quaternions`, a color is
four numbers to `colors`, a duration is seconds to `scalars`.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TYPE_CHECKING

import numpy as np

from rerun_bridge.cdr import Array, Nested, Primitive, Sequence, Text
from rerun_bridge.converters.mappings.columns import column, columns, getter
from rerun_bridge.converters.mappings.field_paths import find_field
from rerun_bridge.converters.mappings.texts import plain_values, writer
from rerun_bridge.errors import MappingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rerun_bridge.cdr import Definitions, FieldType
    from rerun_bridge.converters.mappings.columns import Read
    from rerun_bridge.converters.mappings.field_paths import FieldPath, Steps
    from rerun_bridge.converters.mappings.wants import Names, Want

_TIMES = frozenset({'builtin_interfaces/msg/Time', 'builtin_interfaces/msg/Duration'})
_SECONDS = (1.0, 1e-9)
_COLOR_SIZES = frozenset({3, 4})


class Scope(NamedTuple):
    """
    Where paths begin.

    Attributes
    ----------
    type_name
        Of what they begin at.
    definitions
        Of all types.
    is_many
        Whether they begin at the elements of an array.
    names
        Texts for the numbers in fields, by the paths of the fields.

    """

    type_name: str
    definitions: Definitions
    is_many: bool
    names: Mapping[str, Mapping[Any, str]]


class _Place(NamedTuple):
    """A field, and whether it may hold several instances: that of the only item may."""

    path: FieldPath
    steps: Steps
    kind: FieldType
    is_only: bool
    scope: Scope

    @property
    def fields(self) -> dict[str, FieldType]:
        """Get the fields of this struct; none if it is no struct."""
        if not isinstance(self.kind, Nested):
            return {}
        return {field.name: field.type for field in self.scope.definitions[self.kind.type_name]}

    def inside(self, name: str) -> _Place:
        """Go on to a field of this struct."""
        return self._replace(steps=(*self.steps, name), kind=self.fields[name])

    @property
    def array_length(self) -> int | None:
        """How many numbers, 0 if that varies; None if this is no array of numbers."""
        if isinstance(self.kind, (Array, Sequence)) and isinstance(self.kind.element, Primitive):
            return self.kind.length if isinstance(self.kind, Array) else 0
        return None

    def unfit(self, want: Want) -> MappingError:
        """Say that this is not what is wanted."""
        kind = self.kind
        wanted = f'{want.what} of {want.size}' if want.size else want.what
        if isinstance(kind, Nested):
            found = f'a {kind.type_name}; name one of its fields: {", ".join(self.fields)}'
        elif isinstance(kind, (Array, Sequence)):
            found = 'an array; use an index, such as [0], or each:'
        else:
            found = 'a text' if isinstance(kind, Text) else 'a number'
        return MappingError(f'{self.path.text} cannot be taken for {wanted}: it is {found}')


def field_reader(path: FieldPath, want: Want, scope: Scope) -> Read:
    """
    Make the function that reads a field for an argument.

    Parameters
    ----------
    path
        Of the field.
    want
        What the argument is made of.
    scope
        Where the path begins.

    Returns
    -------
    callable
        From items to the value.

    Raises
    ------
    MappingError
        If there is no such field, or it is something else.

    """
    found = find_field(path, scope.type_name, scope.definitions)
    is_strip = want.what == 'strips'
    is_only = not scope.is_many and not found.arrays
    place = _Place(path, found.steps, found.kind, is_only, scope)
    read = _READERS[want.what](place, want)
    if not found.arrays:
        return (lambda items: [read(items)]) if is_strip else read
    if len(found.arrays) > 1 or (scope.is_many and not is_strip):
        msg = f'{path.text} leads through an array in an array; use each:, or an index'
        raise MappingError(msg)
    get = getter(found.arrays[0], ())
    if is_strip:
        return lambda items: [read(get(item)) for item in items]
    return lambda items: read(get(items[0]))


def _numbers(place: _Place, want: Want) -> Read:
    kind = place.kind
    if isinstance(kind, Primitive):
        read = column(place.steps, 0 if want.is_integer else np.nan)
        return lambda items: np.asarray(read(items))
    if place.array_length is not None and place.is_only:
        get = getter(place.steps, ())
        return lambda items: np.asarray(get(items[0]))
    if isinstance(kind, Nested) and kind.type_name in _TIMES:
        parts = columns(place.steps, ('sec', 'nanosec'))
        return lambda items: parts(items) @ _SECONDS
    if len(place.fields) == 1:
        return _numbers(place.inside(*place.fields), want)
    raise place.unfit(want)


def _vectors(place: _Place, want: Want) -> Read:
    size = want.size
    inner = _struct_of_numbers(place, want)
    if inner is not None:
        names = inner[1]
        table = columns(inner[0].steps, names)
        if len(names) == size:
            return table
        padding = ((0, 0), (0, size - len(names)))
        return lambda items: np.pad(table(items), padding)
    if place.array_length == size:
        rows = column(place.steps, (np.nan,) * size)
        return lambda items: np.asarray(rows(items)).reshape(-1, size)
    if place.array_length is not None and place.is_only:
        get = getter(place.steps, ())
        return lambda items: np.asarray(get(items[0])).reshape(-1, size)
    raise place.unfit(want)


def _struct_of_numbers(place: _Place, want: Want) -> tuple[_Place, Names] | None:
    """Find the struct that has the wanted numbers, here or inside."""
    fields = place.fields
    for names in want.names:
        if all(isinstance(fields.get(name), Primitive) for name in names):
            return place, names
    for name in want.within:
        if isinstance(fields.get(name), Nested):
            found = _struct_of_numbers(place.inside(name), want)
            if found is not None:
                return found
    return None


def _colors(place: _Place, want: Want) -> Read:
    inner = _struct_of_numbers(place, want)
    if inner is not None:
        struct, names = inner
        table = columns(struct.steps, names)
        first = struct.fields[names[0]]
        if isinstance(first, Primitive) and first.name.startswith('float'):
            return table
        return lambda items: table(items).astype(np.uint8)
    if isinstance(place.kind, Primitive) or place.array_length in _COLOR_SIZES:
        read = column(place.steps, 0)
        return lambda items: np.asarray(read(items))
    raise place.unfit(want)


def _texts(place: _Place, want: Want) -> Read:
    write = writer(place.scope.names.get(place.path.text, {}))
    read = plain_values(place.steps, place.kind, place.scope.definitions)
    if read is not None:
        return lambda items: [write(value) for value in read(items)]
    is_list = isinstance(place.kind, (Array, Sequence)) and isinstance(place.kind.element, Text)
    if is_list and place.is_only:
        get = getter(place.steps, ())
        return lambda items: list(get(items[0]))
    raise place.unfit(want)


def _blobs(place: _Place, want: Want) -> Read:
    if place.array_length is None:
        raise place.unfit(want)
    return _as_it_is(place, ())


def _anything(place: _Place, want: Want) -> Read:
    if isinstance(place.kind, Nested):
        raise place.unfit(want)
    return _as_it_is(place, None)


def _as_it_is(place: _Place, default: object) -> Read:
    if place.is_only:
        get = getter(place.steps, default)
        return lambda items: get(items[0])
    read = column(place.steps, default)
    return lambda items: list(read(items))


_READERS: Mapping[str, Callable[[_Place, Want], Read]] = {
    'anything': _anything,
    'blobs': _blobs,
    'colors': _colors,
    'numbers': _numbers,
    'strips': _vectors,
    'texts': _texts,
    'vectors': _vectors,
}
