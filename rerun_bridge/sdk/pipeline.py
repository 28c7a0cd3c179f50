# SPDX-License-Identifier: Apache-2.0
"""
From rows to sinks.

Rows wait in one batcher per cadence in use. A thread of its own encodes them when a tick after
the first row has passed, and gives the messages to the sinks of that cadence. A sink switch
takes all waiting rows and exchanges the sinks under the lock that every row goes through: a row
lands on exactly one side. Three locks, always taken in this order: ``_switching`` (one switch at
a time), ``_delivering`` (messages leave in order), ``_lock`` (rows come in).
"""

from __future__ import annotations

import logging
import math
import threading
import time
from typing import Literal, TYPE_CHECKING

from rerun_bridge.chunk import Batcher, encode_group, RowGroup
from rerun_bridge.errors import FlushTimeoutError, SinkError, UsageError
from rerun_bridge.log_encoding import arrow_msg, LogMsg, set_store_info
from rerun_bridge.log_types import StoreId, Tuid, TuidGenerator
from rerun_bridge.sdk.pending import Pending
from rerun_bridge.sdk.pipelines import all_pipelines
from rerun_bridge.sdk.retained import RetainedMessages
from rerun_bridge.sinks import BufferedSink, Cadence, LogSink, SinkStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rerun_bridge.chunk import Chunk, Rows
    from rerun_bridge.sdk.settings import Settings

WhenDisconnected = Literal['buffer', 'drop']
_log = logging.getLogger('rerun_bridge.sdk')
_MAX_PENDING_BYTES = 16 << 20
"""Rows that wait for their encoding; what waits for a disk is bounded by its queue."""
_BIG_BYTES = 64 << 10
_IDLE_SEC = 2.0
_COUNTER = (1 << 64) - 1


class Pipeline:
    """
    Encodes the rows of one recording and delivers them to its sinks.

    Parameters
    ----------
    store_id
        The recording.
    settings
        Ticks and limits.
    when_disconnected
        Whether data that arrives while no sink is open waits for the next one or is dropped.

    """

    def __init__(
        self, store_id: StoreId, *, settings: Settings, when_disconnected: WhenDisconnected
    ) -> None:
        self.store_id = store_id
        self.when_disconnected = when_disconnected
        self.is_paused = False
        self._settings = settings
        self._limits = settings.flush_num_bytes, settings.flush_num_rows or math.inf
        self._switching = threading.RLock()
        self._delivering = threading.RLock()
        self._row_lock = threading.RLock()
        self._lock = threading.Condition(self._row_lock)
        self._chunk_ids = TuidGenerator(time.time_ns)
        self._next_row_id = self._chunk_ids.next().to_int()
        self._store_info = set_store_info(store_id, self._chunk_ids.next())
        self._blueprint: list[LogMsg] = []
        self._retained = RetainedMessages()
        self._buffer = BufferedSink()
        self._sinks: tuple[LogSink, ...] = ()
        self._pending = Pending(set())
        self._thread: threading.Thread | None = None
        self._awaits_rows = self._awaits_retained = False
        self._is_urgent = self._is_tick_over = False
        self.is_closed = False
        self._dropped_by_closed = self._unencoded_rows = 0
        self._told: set[str] = set()
        self.is_orphaned = False
        self._exchange((), self.when_disconnected)
        all_pipelines.add(self)

    @property
    def sinks(self) -> tuple[LogSink, ...]:
        """Get the open sinks; none while disconnected."""
        return tuple(sink for sink in self._sinks if sink is not self._buffer)

    @property
    def tick_sec(self) -> float:
        """Get how long rows wait for others before they are encoded, in seconds."""
        cadences = list(self._pending.batchers) or list(Cadence)
        return min(map(self._settings.tick_sec, cadences))

    def append(self, rows: Sequence[Rows]) -> bool:
        """
        Log rows; all of them land on the same side of a sink switch.

        Parameters
        ----------
        rows
            In order.

        Returns
        -------
        bool
            False if any was dropped because no sink is open, or it is paused; retained rows never
            are.

        """
        with self._row_lock:  # the condition itself is slower to enter
            if self.is_orphaned or self.is_closed:
                return False
            while (
                self._is_urgent
                and self._pending.exceeds(_MAX_PENDING_BYTES)
                and self._encoder_is_alive()
            ):
                self._lock.wait(1.0)
            pending = self._pending
            max_bytes, max_rows = self._limits
            is_kept, is_much = True, False
            for row in rows:
                row_id = self._next_row_id
                self._next_row_id = row_id + row.num_rows
                if row.is_retained or not row.timelines.timelines:
                    pending.retain(row_id, row)
                    is_much |= pending.retained_bytes >= max_bytes
                    continue
                size = row.num_bytes()
                is_kept = False
                for batcher in pending.batchers.values():
                    batcher.append(row_id, row, size)
                    is_much |= batcher.num_bytes >= max_bytes or batcher.num_rows >= max_rows
                    is_kept = True
            if (
                is_much
                or self._awaits_rows
                or (pending.retained and self._awaits_retained)
                or self._thread is None
            ):
                self._arm(is_much=is_much)
            return is_kept

    def end_tick(self) -> None:
        """Encode what waits for live sinks now, not when their tick has passed."""
        with self._row_lock:
            if Cadence.LIVE in self._pending.cadences():
                self._is_tick_over = True
                self._lock.notify_all()

    def flush(self, timeout_sec: float | None) -> None:
        """
        Deliver everything logged so far.

        Parameters
        ----------
        timeout_sec
            For all sinks together; None for as long as each sink sees progress.

        Raises
        ------
        FlushTimeoutError, SinkError
            What went wrong first; the other sinks are flushed all the same.

        """
        if timeout_sec is not None and timeout_sec > threading.TIMEOUT_MAX:
            timeout_sec = None
        deadline = math.inf if timeout_sec is None else time.monotonic() + timeout_sec
        if timeout_sec is not None:
            # A file with a full queue makes a delivery wait, and that has no limit.
            archives = [sink for sink in self._sinks if sink.cadence is Cadence.ARCHIVE]
            error = _flush_all(archives, deadline)
            if isinstance(error, FlushTimeoutError):
                raise error
        self.deliver()
        error = _flush_all(self._sinks, deadline)
        if error:
            raise error

    def set_sinks(self, sinks: Sequence[LogSink]) -> None:
        """
        Replace the sinks; those that are open already stay untouched.

        Parameters
        ----------
        sinks
            Empty to disconnect.

        Raises
        ------
        UsageError
            If one is named twice, two want the same file, another recording uses one, or this
            recording is closed.
        SinkOpenError
            If one cannot be opened; the old ones go on (but for one that held the same file).

        """
        self._take_files_of_others(sinks)
        with self._switching:
            if self.is_orphaned:
                _log.error('this recording belongs to the parent process; make one of your own')
                return
            if self.is_closed and sinks:
                msg = 'this recording is closed; make a new one'
                raise UsageError(msg)
            _check_distinct(sinks)
            old = self.sinks
            wanted = set().union(*(sink.resources for sink in sinks if sink not in old))
            clashing = {sink for sink in old if wanted & sink.resources and sink not in sinks}
            if clashing:
                self._close_all(self._exchange([s for s in old if s not in clashing], 'buffer'))
            opened: list[LogSink] = []
            try:
                for sink in sinks:
                    if sink not in old:
                        sink.open(self.replay)
                        opened.append(sink)
            except BaseException:
                self._close_all(opened)
                self._close_all(self._exchange(self.sinks, self.when_disconnected))
                raise
            self._close_all(self._exchange(sinks, self.when_disconnected))

    def _take_files_of_others(self, sinks: Sequence[LogSink]) -> None:
        """Let other recordings complete files that are about to be replaced."""
        new = set().union(*(sink.resources for sink in sinks if sink not in self._sinks))
        files = {resource for resource in new if resource[0] == 'file'}
        for other in list(all_pipelines):
            if other is not self and any(files & sink.resources for sink in other.sinks):
                other._give_up(files)  # noqa: SLF001 - of its own kind

    def _give_up(self, files: set[tuple[str, str]]) -> None:
        with self._switching:
            kept = [sink for sink in self.sinks if not files & sink.resources]
            if len(kept) < len(self.sinks):
                text = 'another recording saves to the same file; the recording %s ends there'
                _log.warning(text, self.store_id.recording_id)
                self._close_all(self._exchange(kept, self.when_disconnected))

    def set_when_disconnected(self, policy: WhenDisconnected) -> None:
        """Choose what happens to data while no sink is open; dropping includes what is held."""
        with self._switching:
            is_new, self.when_disconnected = policy != self.when_disconnected, policy
            if is_new and not self.sinks:
                self._close_all(self._exchange((), policy))

    def set_paused(self, *, is_paused: bool) -> None:
        """Drop what is logged from now on, or no more; what later rows need goes on."""
        with self._switching:
            self.is_paused = is_paused
            self._close_all(self._exchange(self.sinks, self.when_disconnected))

    def set_blueprint(self, messages: list[LogMsg]) -> None:
        """Send a blueprint to all sinks, and to every later one first."""
        with self._delivering:
            for message in self._blueprint:
                message.is_superseded = True
            self._blueprint = messages
            for sink in self._sinks:
                sink.send(messages)

    def replay(self) -> list[LogMsg]:
        """
        Return what a receiver needs before anything else.

        Returns
        -------
        list of LogMsg
            Store info, blueprint, properties, the latest static and sticky data.

        """
        with self._delivering:
            return [self._store_info, *self._blueprint, *self._retained.messages()]

    def status(self) -> list[SinkStatus]:
        """Return figures of the open sinks."""
        return [sink.status() for sink in self.sinks]

    @property
    def dropped_rows(self) -> int:
        """Get how many rows could not be encoded, or were given up by sinks, also closed ones."""
        dropped = self._dropped_by_closed + self._unencoded_rows
        return dropped + sum(sink.status().dropped_rows for sink in self._sinks)

    def close(self) -> None:
        """Deliver everything, close the sinks and stop; only for the end of the process."""
        with self._switching:
            if self.is_closed or self.is_orphaned:
                return
            self.when_disconnected = 'drop'
            self.set_sinks(())
            with self._lock:
                self.is_closed = True
                self._lock.notify_all()

    def _exchange(
        self, sinks: Sequence[LogSink], when_disconnected: WhenDisconnected
    ) -> list[LogSink]:
        """Put the fence: rows so far to the old sinks, later ones to the new."""
        if not sinks and when_disconnected == 'buffer':
            sinks = [self._buffer]
        with self._delivering:
            with self._lock:
                taken, old = self._pending, self._sinks
                self._sinks = tuple(sinks)
                self._pending = Pending({s.cadence for s in sinks if not self.is_paused})
                self._lock.notify_all()  # other cadences may be in use now
            self._encode(taken, old)
            receivers = [sink for sink in sinks if sink not in (*old, self._buffer)]
            if receivers:
                backlog, first = self._buffer.take(), self.replay()
                known = set(first)
                for sink in receivers:
                    sink.send([*first, *(msg for msg in backlog if msg not in known)])
        return [sink for sink in old if sink not in sinks]

    def deliver(self, cadences: set[Cadence] | None = None) -> None:
        """
        Encode what was logged and hand it to the sinks, whether these get it to its end or not.

        Parameters
        ----------
        cadences
            For which sinks; None for all.

        """
        with self._delivering:
            with self._lock:
                taken, pending = Pending(set()), self._pending
                taken.retained, pending.retained = pending.retained, []
                pending.retained_bytes = 0
                for cadence, batcher in list(pending.batchers.items()):
                    is_wanted = cadences is None or cadence in cadences
                    if self._is_urgent and not is_wanted:
                        # A few pictures fill the memory; small rows make better chunks later.
                        taken.batchers[cadence] = batcher.split_big(_BIG_BYTES)
                        is_wanted = not taken.batchers[cadence].num_rows
                    if is_wanted:
                        taken.batchers[cadence] = batcher
                        pending.batchers[cadence] = Batcher()
                self._is_urgent = False
                # Row ids are of the time of a tick, so that viewers can tell how late data is.
                now_id = Tuid(time.time_ns(), self._next_row_id & _COUNTER).to_int()
                self._next_row_id = max(self._next_row_id, now_id)
                self._lock.notify_all()
            self._encode(taken, self._sinks)

    def _encode(self, taken: Pending, sinks: Sequence[LogSink]) -> None:
        retained = []
        for row_id, rows in taken.retained:
            for chunk in self._chunks(RowGroup([row_id], [rows])):
                retained.append(arrow_msg(self.store_id, chunk, compress=True, is_retained=True))
                self._retained.add(retained[-1])
        for sink in sinks:
            if retained:
                sink.send(retained)
        for cadence, batcher in taken.batchers.items():
            messages = [
                arrow_msg(self.store_id, chunk, compress=cadence is Cadence.ARCHIVE)
                for group in batcher.take()
                for chunk in self._chunks(group)
            ]
            for sink in sinks:
                if messages and sink.cadence is cadence:
                    sink.send(messages)

    def _chunks(self, group: RowGroup) -> list[Chunk]:
        """Encode rows; those of a kind that cannot be are lost, and no others."""
        try:
            return list(encode_group(group, self._chunk_ids.next))
        except Exception:  # noqa: BLE001 - whatever a value of the user does
            self._unencoded_rows += group.num_rows
            path = group.rows[0].entity_path
            if path not in self._told:
                self._told.add(path)
                _log.exception('%s: rows that cannot be encoded are lost and counted', path)
            return []

    def _arm(self, *, is_much: bool) -> None:
        """Make sure that the encoder will come; the caller holds the lock."""
        if is_much and not self._is_urgent:
            self._is_urgent = True
            self._lock.notify_all()
        elif self._awaits_rows or (self._awaits_retained and self._pending.retained):
            self._awaits_rows = self._awaits_retained = False
            self._lock.notify_all()
        if self._thread is None and self._pending:
            self._thread = threading.Thread(target=self._run, name='rerun-encoder', daemon=True)
            self._thread.start()

    def _encoder_is_alive(self) -> bool:
        thread = self._thread
        return thread is not None and thread.is_alive() and thread != threading.current_thread()

    def _run(self) -> None:
        due: dict[Cadence, float] = {}
        while True:
            with self._lock:
                if self.is_closed:
                    return
                now = time.monotonic()
                waiting = self._pending.cadences()
                for cadence in waiting:
                    due.setdefault(cadence, now + self._settings.tick_sec(cadence))
                if self._is_tick_over and Cadence.LIVE in waiting:
                    due[Cadence.LIVE] = now
                self._is_tick_over = False
                if not self._is_urgent and (not due or min(due.values()) > now):
                    # Rows of a cadence that has none yet must wake this thread, no others.
                    self._awaits_rows = not self._pending.batchers.keys() <= waiting
                    self._awaits_retained = Cadence.LIVE not in waiting
                    has_come = self._lock.wait(min(due.values()) - now if due else _IDLE_SEC)
                    self._awaits_rows = self._awaits_retained = False
                    if not (due or has_come or self._pending):
                        self._thread = None  # until there are rows again
                        return
                    continue
                ready = {cadence for cadence, at in due.items() if at <= now}
            for cadence in ready:
                del due[cadence]
            try:
                self.deliver(ready)
            except Exception:  # noqa: BLE001 - the thread must outlive one bad row
                _log.exception('encoding failed; the rows of one tick are lost')

    def _close_all(self, sinks: Sequence[LogSink]) -> None:
        for sink in sinks:
            try:
                sink.close()
            except SinkError as exc:
                _log.warning('closing %s: %s', sink.target, exc)
            except Exception:  # noqa: BLE001 - of a user's own; the others must be closed, too
                _log.exception('closing %s has failed', sink.target)
            self._dropped_by_closed += sink.status().dropped_rows
            if sink is self._buffer:
                self._buffer = BufferedSink()

    def before_fork(self) -> None:
        """Take all locks, so that the child finds a consistent state."""
        self._switching.acquire()
        self._delivering.acquire()
        self._lock.acquire()

    def after_fork(self, *, in_child: bool) -> None:
        """Release the locks; in the child also forget the sinks, whose threads are not there."""
        if in_child:
            self._sinks = ()
            self._pending = Pending(set())
            self._thread = None
            self.is_orphaned = True
        self._lock.release()
        self._delivering.release()
        self._switching.release()


def _flush_all(sinks: Sequence[LogSink], deadline: float) -> SinkError | None:
    """Flush sinks until a time at most; return what went wrong first."""
    first_error: SinkError | None = None
    for sink in sinks:
        rest = None if math.isinf(deadline) else max(0.0, deadline - time.monotonic())
        try:
            sink.flush(rest)
        except SinkError as exc:
            first_error = first_error or exc
    return first_error


def _check_distinct(sinks: Sequence[LogSink]) -> None:
    if len(set(sinks)) != len(sinks):
        msg = 'the same sink is named twice; name it once'
        raise UsageError(msg)
    held = [resource for sink in sinks for resource in sink.resources]
    if len(set(held)) != len(held):
        msg = 'two sinks want the same file or port; give each its own'
        raise UsageError(msg)
