# SPDX-License-Identifier: Apache-2.0
"""
The numbers of any message as series.

A number gets an entity of its own, which its field names: ``/topic/motor/speed``. The numbers of
an array share an entity, a series for each; those of an array of structs share one per field.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any, NamedTuple, TYPE_CHECKING

from rerun_bridge.cdr import Array, Nested, Primitive, Sequence
from rerun_bridge.converters.base import child_path, Entry, SCALARS, series
from rerun_bridge.converters.stamps import duration_nanos, NANOS_PER_SEC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rerun_bridge.archetypes import SeriesLines
    from rerun_bridge.cdr import Definitions, FieldType, Message
    from rerun_bridge.converters.base import Convert

DEFAULT_LENGTH = 16
"""Of the longest array that is shown."""
_DURATION = 'builtin_interfaces/msg/Duration'
_LEFT_OUT = frozenset({'std_msgs/msg/Header', 'builtin_interfaces/msg/Time'})
"""Times are what the numbers are plotted over."""


class _Plot(NamedTuple):
    """
    The series of one entity.

    Attributes
    ----------
    path
        See `Entry`.
    read
        From a message to a number or an array.
    names
        Of the series of an array; None for a number.

    """

    path: str
    read: Callable[[Message], Any]
    names: SeriesLines | None = None


def flattened(type_name: str, definitions: Definitions, max_length: int) -> Convert:
    """
    Make series of all numbers in messages of a type.

    Parameters
    ----------
    type_name
        ``pkg/msg/Type``.
    definitions
        Of the type and of those it contains.
    max_length
        Longer arrays are left out.

    Returns
    -------
    callable
        From a message to the entries. Truth values are 0 and 1, durations are in seconds; texts
        and times are left out.

    """
    plots = tuple(_Flattening(definitions, max_length).plots(Nested(type_name), ()))

    def convert(message: Message) -> Iterator[Entry]:
        for path, read, names in plots:
            if names is None:
                yield Entry(SCALARS(float(read(message))), path)
                continue
            values = read(message)
            if 0 < len(values) <= max_length:
                yield Entry(names, path, is_static=True)
                yield Entry(SCALARS(values), path)

    return convert


class _Flattening(NamedTuple):
    definitions: Definitions
    max_length: int

    def plots(self, kind: FieldType, fields: tuple[str, ...]) -> Iterator[_Plot]:
        """Find the numbers in a field, which the names of `fields` lead to."""
        path = '.'.join(fields)
        if isinstance(kind, Primitive):
            yield _Plot(child_path(*fields), attrgetter(path))
        elif isinstance(kind, Nested):
            if kind.type_name == _DURATION:
                yield _Plot(child_path(*fields), _seconds(path))
            elif kind.type_name not in _LEFT_OUT:
                for field in self.definitions[kind.type_name]:
                    yield from self.plots(field.type, (*fields, field.name))
        elif isinstance(kind, (Array, Sequence)):
            yield from self._array_plots(kind, fields)

    def _array_plots(self, kind: Array | Sequence, fields: tuple[str, ...]) -> Iterator[_Plot]:
        if isinstance(kind, Array) and kind.length > self.max_length:
            return
        length = kind.length if isinstance(kind, Array) else kind.bound or self.max_length
        names = series(*(f'[{i}]' for i in range(min(length, self.max_length))))
        get = attrgetter('.'.join(fields))
        if isinstance(kind.element, Primitive):
            yield _Plot(child_path(*fields), get, names)
        elif isinstance(kind.element, Nested):
            for leaf in self._leaves(kind.element, ()):
                read = _column(get, '.'.join(leaf))
                yield _Plot(child_path(*fields, *leaf), read, names)

    def _leaves(self, kind: FieldType, fields: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """Find the single numbers in the elements of an array of structs."""
        if isinstance(kind, Primitive):
            yield fields
        elif isinstance(kind, Nested) and kind.type_name not in _LEFT_OUT | {_DURATION}:
            for field in self.definitions[kind.type_name]:
                yield from self._leaves(field.type, (*fields, field.name))


def _seconds(path: str) -> Callable[[Message], float]:
    get = attrgetter(path)
    return lambda message: duration_nanos(get(message)) / NANOS_PER_SEC


def _column(get: Callable[[Message], Any], path: str) -> Callable[[Message], Any]:
    return lambda message: get(message).column(path)
