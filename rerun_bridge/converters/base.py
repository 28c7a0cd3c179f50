# SPDX-License-Identifier: Apache-2.0
"""
What converters are made of: topics in, entries out, and the table of converters.

A converter is a function from a decoded message to entries; a factory makes one per topic, so
that state of a topic lives in its closure. Families register themselves::

    @converts_each('sensor_msgs/msg/Temperature')
    def temperature(message):
        yield Entry(Measurements(message.temperature, units='°C'))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TYPE_CHECKING, TypeAlias, TypeVar

from rerun_bridge.archetypes import Archetype, Columns, Scalars, SeriesLines
from rerun_bridge.cdr import Message
from rerun_bridge.encodings import Layout
from rerun_bridge.log_types import escape_entity_path_part, normalize_entity_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from rerun_bridge.cdr import Definitions
    from rerun_bridge.converters.options import TopicOptions
    from rerun_bridge.converters.schedule import Schedule
    from rerun_bridge.converters.shared import Shared
    from rerun_bridge.converters.timelines import Moment
    from rerun_bridge.encodings import Component

AnyColumns: TypeAlias = Archetype | Columns
Stamps: TypeAlias = 'Sequence[int] | npt.NDArray[np.int64]'
EntityFrame: TypeAlias = Literal['header', 'image_plane', 'none']
ROOT = '/'
"""The root of the recording, an absolute path."""


class Topic(NamedTuple):
    """
    What a converter knows about its topic.

    Attributes
    ----------
    name
        Fully resolved.
    type_name
        ``pkg/msg/Type``.
    definitions
        Of the type and of those it contains.
    options
        The user's choice.
    is_latched
        Whether late subscribers get the last messages, too.
    shared
        What it shares with the other topics of the recording.
    schedule
        What it has to log later.

    """

    name: str
    type_name: str
    definitions: Definitions
    options: TopicOptions
    is_latched: bool
    shared: Shared
    schedule: Schedule

    @property
    def entity_path(self) -> str:
        """Where the topic is logged."""
        return normalize_entity_path(self.options.entity_path or self.name)


class Entry(NamedTuple):
    """
    One thing to log.

    Static and retained entries are logged only if `columns` is another object than the last time
    for the same path and components: a converter keeps the object to have it logged once.

    Attributes
    ----------
    columns
        An archetype, or columns of several.
    path
        Entity path below that of the topic, such as ``/position``; see `child_path`.
    is_static
        Whether it holds for all times.
    is_retained
        Whether later rows need it, so that it must never be dropped.
    frame_id
        The ROS frame of the data at `path`, for paths other than the topic's own.
    stamps
        Nanoseconds, one for each row, in place of the stamp of the message.
    num_rows
        How many rows.
    lengths
        Per component: instances per row, or None for one in each; see `Rows.lengths`.
    is_absolute
        Whether `path` is that of an entity, wherever the topic is logged.
    trajectory_nanos
        How long after the start of a plan each row is to be: puts the rows on the timeline of
        plans alone.
    moment
        When it was, in place of the moment of the message.
    frame_stamp
        The time at which the data were in their frame, in nanoseconds, where it is another one
        than that of the first row.

    """

    columns: AnyColumns
    path: str = ''
    is_static: bool = False
    is_retained: bool = False
    frame_id: str = ''
    stamps: Stamps | None = None
    num_rows: int = 1
    lengths: tuple[Sequence[int] | None, ...] | None = None
    is_absolute: bool = False
    trajectory_nanos: Sequence[int] | None = None
    moment: Moment | None = None
    frame_stamp: int | None = None


NOTHING = Columns(Layout.of(()), ())
"""For entries that only tell in which frame an entity is."""
Convert = Callable[[Message], Iterable[Entry]]
Factory = Callable[[Topic], Convert]
_Each = TypeVar('_Each', bound=Convert)


class Converter(NamedTuple):
    """
    One row of the table of converters.

    Attributes
    ----------
    factory
        Makes the function that converts the messages of one topic.
    frame
        What the topic's entity is in: the frame of the header, the image plane of a camera in
        that frame, or nothing that a header says.

    """

    factory: Factory
    frame: EntityFrame = 'header'


_CONVERTERS: dict[str, Converter] = {}


def converts(*type_names: str, frame: EntityFrame = 'header') -> Callable[[Factory], Factory]:
    """
    Register a factory.

    Parameters
    ----------
    type_names
        ``pkg/msg/Type`` of the messages its functions take.
    frame
        See `Converter`.

    Returns
    -------
    callable
        A decorator that changes nothing.

    """

    def register(factory: Factory) -> Factory:
        _CONVERTERS.update(dict.fromkeys(type_names, Converter(factory, frame)))
        return factory

    return register


def converts_each(*type_names: str, frame: EntityFrame = 'header') -> Callable[[_Each], _Each]:
    """
    Register a function that converts every message by itself, whatever the topic.

    Parameters
    ----------
    type_names, frame
        See `converts`.

    Returns
    -------
    callable
        A decorator that changes nothing.

    """

    def register(convert: _Each) -> _Each:
        def factory(_: Topic) -> Convert:
            return convert

        factory.__doc__ = convert.__doc__
        converts(*type_names, frame=frame)(factory)
        return convert

    return register


def find_converter(type_name: str) -> Converter | None:
    """
    Look a type up in the table.

    Parameters
    ----------
    type_name
        ``pkg/msg/Type``.

    Returns
    -------
    Converter or None
        None if no family registered the type.

    """
    return _CONVERTERS.get(type_name)


def supported_types() -> frozenset[str]:
    """Return the types that have a converter of their own; all others are logged as structs."""
    return frozenset(_CONVERTERS)


@lru_cache(maxsize=4096)
def child_path(*names: str) -> str:
    """
    Make the path of an entry.

    Parameters
    ----------
    names
        Any texts; slashes in them do not separate.

    Returns
    -------
    str
        To be appended to the entity path of a topic.

    """
    return ''.join(f'/{escape_entity_path_part(name)}' for name in names)


@lru_cache(maxsize=1024)
def series(*names: str) -> SeriesLines:
    """
    Name the series of an entity with `Scalars`.

    Parameters
    ----------
    names
        In the order of the scalars.

    Returns
    -------
    SeriesLines
        The same object for the same names, as static entries want it.

    """
    return SeriesLines(names=list(names))


class RowType:
    """
    A fixed set of components; the fastest way to encode them, and the only one for loose ones.

    Parameters
    ----------
    components
        ``Scalars.FIELDS['scalars']``, for instance.

    """

    __slots__ = ('_coerce', '_layout')

    def __init__(self, *components: Component) -> None:
        self._layout = Layout.of(components)
        self._coerce = [
            (components.index(component), component.encoding.coerce)
            for component in self._layout.components
        ]

    @property
    def layout(self) -> Layout:
        """Get the components."""
        return self._layout

    def __call__(self, *values: Any) -> Columns:  # noqa: ANN401 - what the encodings take
        """Encode values, in the order in which the components were given."""
        return Columns(self._layout, tuple([coerce(values[i]) for i, coerce in self._coerce]))

    def many(
        self,
        num_rows: int,
        *values: Any,  # noqa: ANN401 - what the encodings take
        path: str = '',
        stamps: Stamps | None = None,
    ) -> Entry:
        """
        Encode the values of many rows.

        Parameters
        ----------
        num_rows
            How many.
        values
            Per component, what all rows have together; as many instances in each.
        path, stamps
            See `Entry`.

        Returns
        -------
        Entry
            With these rows.

        """
        columns = self(*values)
        lengths: list[Sequence[int] | None] = []
        for component, data in zip(columns.layout.components, columns.datas):  # noqa: B905
            count = component.encoding.count(data) // num_rows
            lengths.append(None if count == 1 else [count] * num_rows)
        return Entry(columns, path, num_rows=num_rows, lengths=tuple(lengths), stamps=stamps)


SCALARS = RowType(Scalars.FIELDS['scalars'])


def merge(*parts: AnyColumns) -> Columns:
    """
    Log several archetypes of one entity as one row.

    Parameters
    ----------
    parts
        With different components.

    Returns
    -------
    Columns
        With the components of all.

    """
    layout, order = _merged(tuple(part.layout for part in parts))
    datas = [data for part in parts for data in part.datas]
    return Columns(layout, tuple([datas[i] for i in order]))


def cleared(layout: Layout) -> Columns:
    """
    Make the row that ends what was logged before.

    Parameters
    ----------
    layout
        The components to clear.

    Returns
    -------
    Columns
        Without any instance.

    """
    return Columns(layout, tuple(component.encoding.coerce([]) for component in layout.components))


def ended(last: Layout, now: Layout | None) -> Columns | None:
    """
    Make the row that ends those components which are not there any more.

    Parameters
    ----------
    last, now
        What there was, and what there is; None for nothing.

    Returns
    -------
    Columns or None
        Without any instance; None if all are still there.

    """
    if now is last:
        return None
    kept = set(now.components) if now is not None else set()
    gone = [component for component in last.components if component not in kept]
    return cleared(Layout.of(gone)) if gone else None


@lru_cache(maxsize=4096)
def _merged(layouts: tuple[Layout, ...]) -> tuple[Layout, tuple[int, ...]]:
    components = [component for layout in layouts for component in layout.components]
    order = sorted(range(len(components)), key=lambda i: components[i].name)
    return Layout.of(components), tuple(order)
