# SPDX-License-Identifier: Apache-2.0
"""
Places the data of a topic in the fixed frame; see `FixedFrame`.

Transforms usually arrive a little after the data. A message waits for them, and those of its
topic behind it, but not for long.
"""

from __future__ import annotations

from collections import deque
from functools import cache
import logging
import re
from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.converters.base import Entry, NOTHING
from rerun_bridge.converters.frames import is_image_plane
from rerun_bridge.converters.row_maker import frame_entries
from rerun_bridge.converters.stamps import NANOS_PER_SEC
from rerun_bridge.converters.transform_buffer import IDENTITY
from rerun_bridge.converters.transforms import change_entries, TRANSFORMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    from rerun_bridge.converters.base import Topic
    from rerun_bridge.converters.fixed_frame import FixedFrame
    from rerun_bridge.converters.timelines import Moment
    from rerun_bridge.converters.transform_buffer import Placement
    from rerun_bridge.encodings import Layout

    Places: TypeAlias = dict['_Source', Placement | None]

WAIT_NANOS = 200_000_000
"""How long a message waits for transforms."""
_SETTLING_NANOS = 2_000_000_000
"""How long it may take until all frames are connected."""
_START_NANOS = 1_000_000_000
"""By how much the first transforms may be later than the first data."""
_SPATIAL = re.compile(r'rerun\.archetypes\.(\w*(2D|3D|Image|Map)|Pinhole|Video\w+)')
"""Archetypes that are drawn somewhere; numbers, texts and positions on the globe are not."""
_log = logging.getLogger('rerun_bridge.converters')


class _Source(NamedTuple):
    """Where data come from: their frame, and when; 0 for the latest that is known."""

    frame_id: str
    stamp: int


class _Item(NamedTuple):
    """Something to log, whose entity may have to be placed before."""

    entry: Entry
    own_frame: str = ''
    source: _Source | None = None


class _Message(NamedTuple):
    """What a message became, and when it was received."""

    items: list[_Item]
    moment: Moment


class Placed(NamedTuple):
    """What a message became in the fixed frame."""

    entries: list[Entry]
    moment: Moment


class Placing:
    """
    Places the data of a topic.

    Parameters
    ----------
    topic
        Its own.
    fixed_frame
        In which.

    Attributes
    ----------
    num_displaced
        How many messages are shown elsewhere, since no transform told where their frame was.

    """

    def __init__(self, topic: Topic, fixed_frame: FixedFrame) -> None:
        self.num_displaced = 0
        self._topic = topic
        self._base_path = topic.entity_path.rstrip('/')
        self._fixed = fixed_frame
        self._waiting: deque[_Message] = deque()
        self._is_spatial = False
        self._version = 0
        self._unconnected: dict[str, int] = {}
        self._told: set[str] = set()

    @property
    def num_waiting(self) -> int:
        """How many messages wait."""
        return len(self._waiting)

    @property
    def next_due_nanos(self) -> int | None:
        """When to call `take`, as a time of reception: 0 for at once, None for never."""
        if not self._waiting:
            return None
        if self._version != self._fixed.transforms.version:
            return 0
        return self._waiting[0].moment.log_time_nanos + WAIT_NANOS

    def add(self, entries: Iterable[Entry], moment: Moment) -> None:
        """
        Add a message behind those that wait.

        Parameters
        ----------
        entries
            What became of it; those with a `frame_id` are placed, if the topic draws anything.
        moment
            When it was.

        """
        entries = list(entries)
        self._is_spatial = self._is_spatial or any(map(_is_spatial, entries))
        items = [item for entry in entries for item in self._items(entry, moment)]
        if items:
            self._waiting.append(_Message(items, moment))

    def take(self, now_nanos: int, *, is_end: bool = False) -> Iterator[Placed]:
        """
        Take the messages that need not wait any more.

        Parameters
        ----------
        now_nanos
            The time, as one of reception.
        is_end
            Whether nothing more comes.

        Yields
        ------
        Placed
            In the order in which they came.

        """
        waiting = self._waiting
        while waiting:
            received_nanos = waiting[0].moment.log_time_nanos
            # A clock that was set back must not stop the topic.
            may_wait = abs(now_nanos - received_nanos) < WAIT_NANOS
            self._version = self._fixed.transforms.version
            places = self._look_up(waiting[0], may_wait=may_wait and not is_end)
            if places is None:
                return
            message = waiting.popleft()
            self._judge(places, message.moment.log_time_nanos, is_end=is_end)
            yield Placed(list(_entries(message, places, self._fixed.name)), message.moment)

    def clear(self) -> None:
        """Forget all messages, because a new recording starts."""
        self._waiting.clear()
        self._unconnected.clear()

    def _items(self, entry: Entry, moment: Moment) -> Iterator[_Item]:
        """Find what moves an entry: its own frame, or the camera whose picture it belongs to."""
        frame_id = entry.frame_id.removeprefix('/')
        rest = entry._replace(frame_id='')
        if not self._is_spatial:
            yield from map(_Item, (*_framed(rest, frame_id), rest))
            return
        entity_path = entry.path if entry.is_absolute else self._base_path + entry.path
        own_frame = self._fixed.frame_of(entity_path, frame_id)
        camera = self._fixed.cameras.get(frame_id)
        if frame_id and camera is None and not is_image_plane(frame_id) and own_frame != frame_id:
            stamp = 0 if self._topic.options.restamp else _stamp_of(entry, moment)
            yield _Item(rest, own_frame, _Source(frame_id, stamp))
            return
        if frame_id == self._fixed.name:
            change = self._topic.shared.frames.add_root(frame_id)
            yield from map(_Item, change_entries(change) if change is not None else ())
        yield from map(_Item, _framed(rest, frame_id))
        if camera is not None:
            path, frame_id = camera
            carrier = rest._replace(columns=NOTHING, path=path, frame_id=frame_id)
            yield from self._items(carrier._replace(is_absolute=True), moment)
        if entry.columns is not NOTHING:
            yield _Item(rest)

    def _look_up(self, message: _Message, *, may_wait: bool) -> Places | None:
        """Find all places that a message needs; None if it has to wait for one."""
        places: Places = {}
        for item in message.items:
            source = item.source
            if source is None or source in places:
                continue
            place = self._fixed.transforms.lookup(self._fixed.name, *source)
            if place is not None:
                self._unconnected.pop(source.frame_id, None)
                is_missing = place.late_nanos > 0
            else:
                is_missing = source.frame_id not in self._unconnected
            if is_missing and may_wait:
                return None
            places[source] = place
        return places

    def _judge(self, places: Places, now_nanos: int, *, is_end: bool) -> None:
        """Count messages that are not where they should be, and tell it the first time."""
        is_displaced = False
        for source, place in places.items():
            if place is None:
                is_displaced = True
                first_nanos = self._unconnected.setdefault(source.frame_id, now_nanos)
                if now_nanos - first_nanos >= _SETTLING_NANOS:
                    self._tell(
                        'unconnected',
                        f'no transforms connect {source.frame_id} with the fixed frame '
                        f'{self._fixed.name}, so that it is shown in its own frame; publish them, '
                        'or choose another fixed_frame',
                    )
            elif place.late_nanos:
                is_displaced = True
                if is_end:  # nobody can help it
                    continue
                self._tell(
                    'late',
                    f'the transform of {source.frame_id} to {self._fixed.name} at the stamp has '
                    f'not come, so that it is shown with that of {_sec(place.late_nanos)} s '
                    'before; publish transforms sooner and more often',
                )
            elif place.early_nanos > _START_NANOS:
                is_displaced = True
                self._tell(
                    'early',
                    f'its stamp is {_sec(place.early_nanos)} s before the first transform of '
                    f'{source.frame_id} to {self._fixed.name} that is known, which it is shown '
                    'with; check the clocks',
                )
        self.num_displaced += is_displaced

    def _tell(self, kind: str, text: str) -> None:
        if kind not in self._told:
            self._told.add(kind)
            _log.warning('%s: %s', self._topic.name, text)


def _is_spatial(entry: Entry) -> bool:
    return _has_spatial(entry.columns.layout)


@cache  # layouts are few, and never go
def _has_spatial(layout: Layout) -> bool:
    return any(_SPATIAL.fullmatch(each.archetype or '') for each in layout.components)


def _entries(message: _Message, places: Places, fixed_frame: str) -> Iterator[Entry]:
    for entry, own_frame, source in message.items:
        if source is not None:
            yield from _framed(entry, own_frame)
            place = places[source]
            parent, pose = (
                (source.frame_id, IDENTITY) if place is None else (fixed_frame, place.pose)
            )
            columns = TRANSFORMS(*pose, parent, own_frame)
            yield _beside(Entry(columns, entry.path, is_retained=entry.is_retained), entry)
        if entry.columns is not NOTHING:
            yield entry


def _framed(entry: Entry, frame_id: str) -> Iterator[Entry]:
    """Name the frame of the entity of an entry."""
    for frame in frame_entries(frame_id, entry.path):
        yield _beside(frame, entry)


def _beside(made: Entry, entry: Entry) -> Entry:
    """Put what was made for an entry on the same entity, at the same time."""
    stamps = None if entry.stamps is None else list(entry.stamps[:1]) or None
    return made._replace(is_absolute=entry.is_absolute, stamps=stamps, moment=entry.moment)


def _stamp_of(entry: Entry, moment: Moment) -> int:
    if entry.frame_stamp is not None:
        return entry.frame_stamp
    if entry.stamps is None or not len(entry.stamps):
        return (entry.moment or moment).stamp
    return int(entry.stamps[0])


def _sec(nanos: int) -> str:
    return f'{nanos / NANOS_PER_SEC:.3g}'
