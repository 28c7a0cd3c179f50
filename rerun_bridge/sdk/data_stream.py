# SPDX-License-Identifier: Apache-2.0
"""The half of a recording stream that data goes into."""

from __future__ import annotations

from functools import lru_cache
import inspect
import itertools
from operator import attrgetter
import time
from typing import Any, TYPE_CHECKING
import warnings

from rerun_bridge.archetypes import Archetype, Columns, columns_of, ComponentColumn, RecordingInfo
from rerun_bridge.chunk import Rows
from rerun_bridge.encodings import Layout
from rerun_bridge.errors import UsageError
from rerun_bridge.log_types import (
    escape_entity_path_part,
    new_entity_path,
    normalize_entity_path,
    PROPERTIES_PATH,
    STATIC,
    TimelineSet,
)
from rerun_bridge.sdk.blueprint_messages import blueprint_messages
from rerun_bridge.sdk.time_state import TimeState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rerun_bridge.blueprint import Blueprint, Container, View
    from rerun_bridge.encodings import Component
    from rerun_bridge.sdk.pipeline import Pipeline
    from rerun_bridge.sdk.settings import Settings
    from rerun_bridge.sdk.time_column import TimeColumn
    from rerun_bridge.sdk.time_state import DurationLike, TimestampLike

_STICKY = frozenset(
    ('rerun.archetypes.CoordinateFrame', 'rerun.archetypes.Pinhole', 'rerun.archetypes.AssetVideo')
)
"""Archetypes that later rows of other entities need: repeated into every new sink."""

_OUR_MODULES = 'rerun_bridge.'
_ENCODED = (Archetype, Columns)
_new = tuple.__new__
_timeline_name = attrgetter('timeline.name')


class RerunWarning(UserWarning):
    """Something was logged in a wrong way; the program goes on."""


class DataStream:
    """
    Takes data at the times of the threads that log it.

    Parameters
    ----------
    pipeline
        Where the rows go.
    settings
        Which timelines every row gets.
    is_enabled
        False to ignore all calls.
    strict
        Whether wrong use raises instead of warning.

    Attributes
    ----------
    times
        What the threads have set.

    """

    def __init__(
        self, pipeline: Pipeline, settings: Settings, *, is_enabled: bool, strict: bool
    ) -> None:
        self.is_enabled = is_enabled
        self.strict = strict
        self._pipeline = pipeline
        self._log_ticks = itertools.count()
        self.times = TimeState(log_time=settings.log_time, log_tick=settings.log_tick)

    def log(
        self,
        entity_path: str | Sequence[object],
        entity: object,
        *extra: object,
        static: bool = False,
        strict: bool | None = None,
    ) -> None:
        """
        Log data at the current times of this thread.

        Parameters
        ----------
        entity_path
            Where: ``'/robot/scan'``, or its unescaped parts.
        entity, *extra
            Archetypes or whatever has ``as_component_batches``.
        static
            Whether the data is valid at all times and replaces what was logged before.
        strict
            Whether wrong use raises; None for the setting of the recording.

        Raises
        ------
        UsageError
            In strict mode, if the data cannot be logged.

        """
        self.log_all(entity_path, (entity, *extra), static, strict)

    def log_all(
        self,
        entity_path: str | Sequence[object],
        values: tuple[object, ...],
        static: bool,  # noqa: FBT001 - positional, which is faster
        strict: bool | None,  # noqa: FBT001
    ) -> None:
        """Log several values; see `log`."""
        if not self.is_enabled:
            return
        try:
            path = (
                normalize_entity_path(entity_path)
                if isinstance(entity_path, str)
                else new_entity_path(entity_path)
            )
            timelines, times = (
                (STATIC, ())
                if static
                else self.times.here.now(time.time_ns(), next(self._log_ticks))
            )
            rows = []
            for value in values if len(values) == 1 else _joined(values):
                encoded = value if isinstance(value, _ENCODED) else columns_of(value)
                layout = encoded.layout
                is_sticky = _is_sticky(layout)
                row = (path, timelines, times, layout, encoded.datas, 1, None, is_sticky)
                rows.append(_new(Rows, row))  # in half the time
            self._pipeline.append(rows)
        except Exception as exc:  # noqa: BLE001 - wrong use raises anything
            self._misused(exc, strict)

    @property
    def tick_sec(self) -> float:
        """Get how long rows wait for others before they are encoded, in seconds."""
        return self._pipeline.tick_sec

    def end_tick(self) -> None:
        """Encode now what waits for those who watch; does not wait for it."""
        self._pipeline.end_tick()

    def log_rows(self, rows: Sequence[Rows]) -> bool:
        """
        Log rows that are encoded already; all land on the same side of a sink switch.

        Parameters
        ----------
        rows
            With times of their own.

        Returns
        -------
        bool
            False if they were dropped because no sink is open.

        """
        return self.is_enabled and self._pipeline.append(rows)

    def send_columns(
        self,
        entity_path: str,
        indexes: Iterable[TimeColumn],
        columns: Iterable[Any],
        *,
        strict: bool | None = None,
    ) -> None:
        """
        Log many rows at once, with times of their own.

        Parameters
        ----------
        entity_path
            Where.
        indexes
            Times per row; none for static data.
        columns
            Component columns, for instance ``Scalars.columns(scalars=[1, 2, 3])``.
        strict
            Whether wrong use raises; None for the setting of the recording.

        Raises
        ------
        UsageError
            In strict mode, if the columns differ in length.

        """
        if not self.is_enabled:
            return
        try:
            path = normalize_entity_path(entity_path)
            self._pipeline.append([_column_rows(path, indexes, columns)])
        except Exception as exc:  # noqa: BLE001 - wrong use raises anything
            self._misused(exc, strict)

    def set_time(
        self,
        timeline: str,
        *,
        sequence: int | None = None,
        timestamp: TimestampLike | None = None,
        duration: DurationLike | None = None,
    ) -> None:
        """
        Set the current time of this thread on a timeline.

        Parameters
        ----------
        timeline
            Name.
        sequence
            A number.
        timestamp
            Seconds since the Unix epoch, ``datetime`` or ``numpy.datetime64``.
        duration
            Seconds, ``timedelta`` or ``numpy.timedelta64``.

        Raises
        ------
        UsageError
            If not exactly one time is given.

        """
        self.times.here.set(timeline, sequence, timestamp, duration)

    def disable_timeline(self, timeline: str) -> None:
        """Stop logging on a timeline, in this thread."""
        self.times.here.disable(timeline)

    def reset_time(self) -> None:
        """Forget all times of this thread."""
        self.times.here.reset()

    def send_recording_name(self, name: str) -> None:
        """Set the name that the viewer shows for this recording."""
        self._send_static(PROPERTIES_PATH, RecordingInfo(name=name))

    def send_recording_start_time_nanos(self, nanos: int) -> None:
        """Set when the recording started, in nanoseconds since the Unix epoch."""
        self._send_static(PROPERTIES_PATH, RecordingInfo(start_time=nanos))

    def send_property(self, name: str, values: object) -> None:
        """
        Attach data to the recording as a whole.

        Parameters
        ----------
        name
            Of the property.
        values
            An archetype or `AnyValues`.

        """
        self._send_static(f'{PROPERTIES_PATH}/{escape_entity_path_part(name)}', values)

    def send_blueprint(
        self,
        blueprint: Blueprint | View | Container,
        *,
        make_active: bool = True,
        make_default: bool = True,
    ) -> None:
        """
        Tell the viewers how to show this recording.

        Parameters
        ----------
        blueprint
            Views and panels.
        make_active
            Show it now.
        make_default
            Show it where the user has arranged nothing.

        """
        if not self.is_enabled:
            return
        messages = blueprint_messages(
            blueprint,
            self._pipeline.store_id.application_id,
            make_active=make_active,
            make_default=make_default,
        )
        self._pipeline.set_blueprint(messages)

    def _send_static(self, path: str, values: object) -> None:
        if not self.is_enabled:
            return
        try:
            layout, datas = columns_of(values)
            self._pipeline.append([Rows(path, STATIC, (), layout, datas)])
        except Exception as exc:  # noqa: BLE001 - wrong use raises anything
            self._misused(exc, None)

    def _misused(self, exc: Exception, strict: bool | None) -> None:  # noqa: FBT001
        if not isinstance(exc, UsageError):
            cause, exc = exc, UsageError(f'cannot be logged ({type(exc).__name__}: {exc})')
            exc.__cause__ = cause
        if self.strict if strict is None else strict:
            raise exc
        warnings.warn(str(exc), RerunWarning, stacklevel=_depth_of_caller())


def _depth_of_caller() -> int:
    """Count the calls within this package, for whoever calls this one to name the user's line."""
    depth, frame = 1, inspect.currentframe()
    while frame and frame.f_globals.get('__name__', '').startswith(_OUR_MODULES):
        depth, frame = depth + 1, frame.f_back
    return depth - 1


@lru_cache(maxsize=4096)
def _is_sticky(layout: Layout) -> bool:
    return any(component.archetype in _STICKY for component in layout.components)


def _joined(values: tuple[object, ...]) -> tuple[object, ...]:
    """Make one row of values that are logged together; those that are sticky keep their own."""
    sticky: list[Columns] = []
    others: list[Columns] = []
    for value in values:
        encoded = columns_of(value)
        (sticky if _is_sticky(encoded.layout) else others).append(encoded)
    columns: dict[Component, Any] = {}
    for each in others:
        for component, data in zip(each.layout.components, each.datas):  # noqa: B905 - of one kind
            if columns.setdefault(component, data) is not data:
                text = f'{component.name} is given twice in one call; the first one counts'
                warnings.warn(text, RerunWarning, stacklevel=_depth_of_caller())
    layout = Layout.of(columns)
    datas = tuple(columns[component] for component in layout.components)
    return (*sticky, Columns(layout, datas)) if columns else tuple(sticky)


def _column_rows(path: str, indexes: Iterable[TimeColumn], columns: Iterable[Any]) -> Rows:
    parts = {}
    for group in columns:
        for column in (group,) if isinstance(group, ComponentColumn) else group:
            parts[column.component] = column
    layout = Layout.of(parts)
    counts = set()
    datas, lengths = [], []
    for component in layout.components:
        column = parts[component]
        counts.add(column.num_rows)
        datas.append(column.data)
        lengths.append(column.lengths)
    timelines, times = [], []
    for index in sorted(indexes, key=_timeline_name):
        counts.add(len(index.times))
        timelines.append(index.timeline)
        times.append(index.times)
    if len(counts) != 1:
        msg = f'columns and times must have one length, these have {sorted(counts)}'
        raise UsageError(msg)
    num_rows = counts.pop()
    if not num_rows:
        msg = 'the columns are empty; send at least one row'
        raise UsageError(msg)
    return Rows(
        path,
        TimelineSet.of(timelines),
        tuple(times) if num_rows > 1 else tuple(int(time[0]) for time in times),
        layout,
        tuple(datas),
        num_rows,
        tuple(lengths),
        _is_sticky(layout),
    )
