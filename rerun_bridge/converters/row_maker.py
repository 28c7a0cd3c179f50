# SPDX-License-Identifier: Apache-2.0
"""From what converters make of a message to rows with times."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import NamedTuple, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import Clear, CoordinateFrame
from rerun_bridge.chunk import Rows
from rerun_bridge.converters.base import Entry, ROOT
from rerun_bridge.converters.timelines import Moments, times_of_rows, TRAJECTORY_TIME
from rerun_bridge.log_types import STATIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rerun_bridge.converters.base import AnyColumns
    from rerun_bridge.converters.timelines import Moment, TimeIndex
    from rerun_bridge.encodings import Layout
    from rerun_bridge.log_types import TimelineSet


_CLEAR = Clear.flat().layout


class _Logged(NamedTuple):
    columns: AnyColumns
    timelines: TimelineSet
    stamp: int


class RowMaker:
    """
    Makes rows of entries, without those that were logged already.

    Parameters
    ----------
    entity_path
        Of the topic, canonical.
    time_index
        Which timelines there are.
    restamp
        Ignore the stamps of entries.

    """

    def __init__(self, entity_path: str, time_index: TimeIndex, *, restamp: bool) -> None:
        self._base_path = '' if entity_path == '/' else entity_path
        self._time_index = time_index
        self._restamp = restamp
        self._logged: dict[str, dict[Layout, _Logged]] = {}
        self._drawn: defaultdict[str, set[Layout]] = defaultdict(set)

    @property
    def drawn(self) -> dict[str, frozenset[Layout]]:
        """Get which rows the entities of the topic have got that are not static."""
        return {path: frozenset(layouts) for path, layouts in self._drawn.items()}

    def reset(self) -> None:
        """Forget what was logged already."""
        self._logged = {}
        self._drawn.clear()

    def make(self, entries: Iterable[Entry], moment: Moment) -> list[Rows]:
        """
        Make the rows of one message.

        Parameters
        ----------
        entries
            What its converter made of it.
        moment
            When it was made.

        Returns
        -------
        list of Rows
            In the order of the entries; a coordinate frame stands before what is in it.

        """
        timelines, times = self._time_index.at(moment)
        rows: list[Rows] = []
        for entry in _with_frames(entries):
            path = entry.path
            if not entry.is_absolute:
                path = self._base_path + path or ROOT
            columns, is_retained = entry.columns, entry.is_retained
            index = (STATIC, ()) if entry.is_static else (timelines, times)
            if entry.moment is not None:
                index = self._time_index.at(entry.moment)
            if columns.layout is _CLEAR:
                self._forget(path, columns)
            elif (entry.is_static or is_retained) and self._is_logged(
                path, columns, index[0], _stamp_of(entry, moment)
            ):
                continue
            elif not (entry.is_static or entry.is_absolute):
                self._drawn[path].add(columns.layout)
            row = Rows(
                path,
                *index,
                columns.layout,
                columns.datas,
                entry.num_rows,
                entry.lengths,
                is_retained,
            )
            if entry.trajectory_nanos is not None:
                times_of_plan = (times_of_rows(entry.trajectory_nanos),)
                rows.append(row._replace(timelines=TRAJECTORY_TIME, times=times_of_plan))
            elif entry.stamps is None or self._restamp:
                rows.append(row)
            else:
                rows.extend(self._time_index.split(row, list(entry.stamps), moment))
        return rows

    def make_many(self, entries: Iterable[Entry], moments: Moments) -> list[Rows] | None:
        """
        Make the rows of many messages.

        Parameters
        ----------
        entries
            Neither static nor retained, with as many rows for each message.
        moments
            When the messages were made.

        Returns
        -------
        list of Rows or None
            One for each entry; None if they have no timelines in common.

        """
        rows = []
        of_messages = self._time_index.at_many(moments)
        for entry in entries:
            index = of_messages
            num_rows = entry.num_rows // len(moments.stamps)
            if num_rows > 1 or entry.stamps is not None:
                times = Moments(*(np.repeat(each, num_rows) for each in moments))
                if entry.stamps is not None and not self._restamp:
                    times = times._replace(stamps=np.asarray(entry.stamps, np.int64))
                index = self._time_index.at_many(times)
            if index is None:
                return None
            columns = entry.columns
            path = self._base_path + entry.path or ROOT
            rows.append(
                Rows(path, *index, columns.layout, columns.datas, entry.num_rows, entry.lengths)
            )
        return rows

    def _is_logged(
        self, path: str, columns: AnyColumns, timelines: TimelineSet, stamp: int
    ) -> bool:
        """Tell whether rows from now on see these columns; if not, they are about to be logged."""
        logged = self._logged.setdefault(path, {})
        last = logged.get(columns.layout)
        if last is not None:
            old_columns, old_timelines, old_stamp = last
            if old_columns is columns and old_timelines is timelines and old_stamp <= stamp:
                return True
        logged[columns.layout] = _Logged(columns, timelines, stamp)
        return False

    def _forget(self, path: str, clear: AnyColumns) -> None:
        is_recursive = clear.datas[0].any()
        for known in (self._logged, self._drawn):
            known.pop(path, None)
            if is_recursive:
                for each in [each for each in known if each.startswith(f'{path}/')]:
                    del known[each]


def _stamp_of(entry: Entry, moment: Moment) -> int:
    if entry.is_static:
        return 0
    if entry.stamps is None or not len(entry.stamps):
        return moment.stamp
    return int(entry.stamps[0])


def frame_entries(frame_id: str, path: str) -> tuple[Entry, ...]:
    """
    Name the coordinate frame of an entity.

    Parameters
    ----------
    frame_id
        Of ROS; a slash before it is a habit of tf1 and is stripped.
    path
        See `Entry`.

    Returns
    -------
    tuple of Entry
        The same object for the same frame; none for the empty frame.

    """
    return _frame_entries(frame_id.removeprefix('/'), path)


@lru_cache(maxsize=4096)
def _frame_entries(frame_id: str, path: str) -> tuple[Entry, ...]:
    if not frame_id:
        return ()
    return (Entry(CoordinateFrame(frame_id), path, is_retained=True),)


def _with_frames(entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        if entry.frame_id:
            first = [] if entry.stamps is None else list(entry.stamps[:1])
            for frame in frame_entries(entry.frame_id, entry.path):
                yield frame._replace(stamps=first) if first else frame
        yield entry
