# SPDX-License-Identifier: Apache-2.0
"""
Things that come, change and go: the markers of a topic.

Each is an entity. What a message takes away and puts back at once is only changed, and the end
of a lifetime is logged when it comes, because until then a later message may put it off.
"""

from __future__ import annotations

from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.archetypes import Clear, CoordinateFrame
from rerun_bridge.converters.base import ended, Entry, merge, RowType
from rerun_bridge.converters.row_maker import frame_entries
from rerun_bridge.encodings import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.archetypes import Columns
    from rerun_bridge.converters.base import AnyColumns, Topic

_CLEAR, _CLEAR_ALL = Clear.flat(), Clear.recursive()
_FRAME = RowType(CoordinateFrame.FIELDS['frame'])
_SHORTEST_LIFETIME_NANOS = 100_000
"""RViz takes what is not longer for no lifetime at all."""
_LATE_NANOS = 1_000_000_000
"""How much older than its predecessor's end the stamp of a thing may be."""
_MAX_GONE = 4096


class Look(NamedTuple):
    """
    What a thing looks like.

    Attributes
    ----------
    columns
        All of it that may change.
    frame_id
        Of ROS: what it is in; empty for nothing that is known.
    asset
        A file that it shows, which is logged once if it is the same object.
    follows_frame
        Whether it moves when its frame does; else it stays in the fixed frame, if there is one.

    """

    columns: AnyColumns
    frame_id: str = ''
    asset: AnyColumns | None = None
    follows_frame: bool = False


class _Shown(NamedTuple):
    layout: Layout
    frame: Columns | None
    stamp: int
    log_time_nanos: int
    is_retained: bool


class Scene:
    """
    The things of one topic.

    Parameters
    ----------
    topic
        Its own.

    """

    def __init__(self, topic: Topic) -> None:
        self._is_latched = topic.is_latched
        self._has_fixed_frame = topic.shared.fixed_frame is not None
        self._schedule = topic.schedule
        self._shown: dict[str, _Shown] = {}
        self._going: dict[str, int] = {}
        self._gone: dict[str, int] = {}

    def show(self, path: str, look: Look, *, stamp: int, lifetime_nanos: int) -> Iterator[Entry]:
        """
        Show a thing, or change it.

        Parameters
        ----------
        path
            Which one; see `Entry`.
        look
            What it looks like from now on.
        stamp
            When; 0 if that is not known.
        lifetime_nanos
            How long, if nothing is heard of it; 0 for ever.

        Yields
        ------
        Entry
            Each takes the place of what was there before.

        """
        self._going.pop(path, None)
        frame_stamp = stamp
        if self._gone:
            stamp = self._after_last_end(path, stamp)
        frame_id, now = look.frame_id.removeprefix('/'), self._schedule.now_nanos
        frame = _FRAME(frame_id) if frame_id else None
        columns = look.columns
        if frame is not None and not self._has_fixed_frame:
            columns = merge(frame, columns)
        layout = columns.layout
        is_retained = self._is_latched or look.asset is not None
        if look.asset is not None:
            layout = Layout.of((*layout.components, *look.asset.layout.components))
        last = self._shown.get(path)
        self._shown[path] = _Shown(layout, frame, stamp, now, is_retained)
        gone = None if last is None else ended(last.layout, layout)
        if gone is not None:
            yield Entry(gone, path, stamps=(stamp,))
        if look.asset is not None:
            yield Entry(look.asset, path, is_retained=True, stamps=(stamp,))
        entry = Entry(columns, path, is_retained=self._is_latched, stamps=(stamp,))
        if self._has_fixed_frame and look.follows_frame:
            yield from (each._replace(stamps=(stamp,)) for each in frame_entries(frame_id, path))
        elif self._has_fixed_frame:
            entry = entry._replace(frame_id=frame_id, frame_stamp=frame_stamp)
        yield entry
        if lifetime_nanos > _SHORTEST_LIFETIME_NANOS:
            end = stamp and stamp + lifetime_nanos
            self._schedule.after(lifetime_nanos, path, lambda: self._end(path, end))
        elif path in self._schedule:
            self._schedule.cancel(path)

    def remove(self, path: str, stamp: int) -> None:
        """
        Take a thing away, when the message ends.

        Parameters
        ----------
        path
            Which one.
        stamp
            When; 0 if that is not known.

        """
        if path in self._shown:
            self._going[path] = self._end_stamp(path, stamp)

    def remove_all(self, stamp: int, prefix: str = '') -> None:
        """
        Take all things away, when the message ends.

        Parameters
        ----------
        stamp
            When; 0 if that is not known.
        prefix
            Only those whose paths begin so.

        """
        for path in self._shown:
            if path.startswith(prefix):
                self._going[path] = self._end_stamp(path, stamp)

    def flush(self) -> Iterator[Entry]:
        """
        End a message.

        Yields
        ------
        Entry
            What takes away the things that were not put back.

        """
        going, self._going = self._going, {}
        if len(self._gone) > _MAX_GONE:
            self._gone.clear()
        if len(going) < max(2, len(self._shown)) or (0 in going.values() and any(going.values())):
            for path, stamp in going.items():
                yield from self._end(path, stamp)
            return
        stamp = max(going.values())
        is_retained = any(shown.is_retained for shown in self._shown.values())
        yield Entry(_CLEAR_ALL, is_retained=is_retained, stamps=(stamp,))
        for path in going:
            yield from self._forget(path, stamp)

    def _end(self, path: str, stamp: int) -> Iterator[Entry]:
        is_retained = self._shown[path].is_retained
        yield Entry(_CLEAR, path, is_retained=is_retained, stamps=(stamp,))
        yield from self._forget(path, stamp)

    def _forget(self, path: str, stamp: int) -> Iterator[Entry]:
        """Leave the frame behind: the viewer complains of things that are in none."""
        shown = self._shown.pop(path)
        self._schedule.cancel(path)
        self._gone[path] = stamp
        if shown.frame is not None:
            yield Entry(shown.frame, path, is_retained=shown.is_retained, stamps=(stamp,))

    def _end_stamp(self, path: str, stamp: int) -> int:
        """Return when a thing ends, by the clock that stamped it: many deletions have no stamp."""
        shown = self._shown[path]
        if stamp and shown.stamp:
            return stamp
        return shown.stamp and shown.stamp + self._schedule.now_nanos - shown.log_time_nanos

    def _after_last_end(self, path: str, stamp: int) -> int:
        """Return a stamp at which the end of the thing that was there before does not matter."""
        end = self._gone.pop(path, 0)
        return end if 0 < end - stamp < _LATE_NANOS else stamp
