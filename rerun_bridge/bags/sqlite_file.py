# SPDX-License-Identifier: Apache-2.0
"""
SQLite files of bags, whole or not.

Messages are fetched one by one by their number, so that a damaged page costs those on it. The
numbers come from the index by time, or, where that is damaged, from the table itself.
"""

from __future__ import annotations

from array import array
from contextlib import suppress
from itertools import pairwise
import sqlite3
from typing import Any, TYPE_CHECKING
from urllib.parse import quote

from rerun_bridge.bags.model import Contents, Damage, RecordedMessage, RecordedTopic, Segment
from rerun_bridge.bags.qos import is_latched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MAGIC = b'SQLite format 3\0'
_SEGMENT_BYTES = 4 << 20
_SEGMENT_MESSAGES = 1000
_MAX_STEP = 1 << 32
_HEADER_BYTES, _BIGGEST_PAGE = 100, 1 << 16
_SMALLEST_ROW_BYTES = 8
_CIRCLES = 'its pages lead in circles'
_END_OF_TIME = 1 << 63
_BY_TIME = 'SELECT timestamp, id FROM messages ORDER BY timestamp, id'
_FROM = 'SELECT id, timestamp FROM messages WHERE id >= ? ORDER BY id'


class SqliteFile:
    """
    One SQLite file.

    Parameters
    ----------
    path
        The file.
    report
        Called with everything that is wrong.
    distribution
        Of ROS, if known.
    offered
        What publishers offered by topic, for files of the first versions, which do not tell.

    Raises
    ------
    OSError
        If it cannot be opened.

    """

    def __init__(
        self,
        path: Path,
        report: Callable[[Damage], None],
        *,
        distribution: str = '',
        offered: dict[str, Any] | None = None,
    ) -> None:
        self._path = path
        self._report = report
        self._database = _open(path)
        try:
            self._topics = self._read_topics(distribution, offered or {})
            self._times, self._ids = self._list_messages()
        except (sqlite3.Error, KeyError) as exc:
            self._topics, self._times, self._ids = {}, array('q'), array('q')
            self._damaged(f'is no readable bag ({exc})')
        self.contents = self._divide()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def load(
        self, segment: Segment, accepts: Callable[[RecordedTopic], bool]
    ) -> list[RecordedMessage]:
        """Read some messages."""
        wanted = {number: topic for number, topic in self._topics.items() if accepts(topic)}
        marks = ', '.join('?' * len(wanted))
        query = f'SELECT topic_id, data FROM messages WHERE id = ? AND topic_id IN ({marks})'  # noqa: S608 - question marks only
        messages: list[RecordedMessage] = []
        failed = 0
        for i in range(*segment.key):
            try:
                row = self._database.execute(query, (self._ids[i], *wanted)).fetchone()
            except sqlite3.Error:
                failed += 1
                continue
            if row is not None and isinstance(row[1], bytes):
                messages.append(RecordedMessage(self._times[i], 0, wanted[row[0]], row[1]))
        if failed:
            self._damaged(f'{failed} messages are on damaged pages')
        return messages

    def _damaged(self, text: str) -> None:
        self._report(Damage(self._path, text))

    def _read_topics(self, distribution: str, offered: dict[str, Any]) -> dict[int, RecordedTopic]:
        select = self._database.execute
        with suppress(sqlite3.Error):
            distribution = select('SELECT ros_distro FROM schema').fetchone()[0] or distribution
        definitions: dict[str, tuple[str, str]] = {}
        with suppress(sqlite3.Error):
            definitions = {
                name: (text, encoding)
                for name, text, encoding in select(
                    'SELECT topic_type, encoded_message_definition, encoding'
                    ' FROM message_definitions'
                )
            }
        rows = select('SELECT * FROM topics')
        names = [column[0] for column in rows.description]
        topics = {}
        for values in rows:
            row = dict(zip(names, values))  # noqa: B905 - as many by definition
            name, type_name = row['name'], row['type']
            topics[row['id']] = RecordedTopic(
                name,
                type_name,
                row['serialization_format'],
                *definitions.get(type_name, ('', '')),
                is_latched(name, row.get('offered_qos_profiles') or offered.get(name)),
                distribution,
            )
        return topics

    def _list_messages(self) -> tuple[array[int], array[int]]:
        """Return times and numbers of all messages, in the order of time."""
        times, ids = array('q'), array('q')
        num_missing = _num_missing_bytes(self._path)
        most = self._path.stat().st_size // _SMALLEST_ROW_BYTES
        try:
            for nanos, number in self._database.execute(_BY_TIME):
                times.append(nanos)
                ids.append(number)
                if len(ids) > most:
                    raise sqlite3.DatabaseError(_CIRCLES)
        except (sqlite3.Error, TypeError, OverflowError) as exc:
            self._damaged(f'it is damaged ({exc}); what can be found is read')
        else:
            if not num_missing:
                return times, ids
        if num_missing:
            self._damaged(f'{num_missing} bytes of its end are missing')
        # Each may know of messages that the other one has lost.
        found = dict(zip(ids, times))  # noqa: B905 - of the same length
        found.update(self._walk())
        ordered = sorted(found.items(), key=lambda item: (item[1], item[0]))
        times = array('q', [nanos for _, nanos in ordered])
        return times, array('q', [number for number, _ in ordered])

    def _walk(self) -> Iterator[tuple[int, int]]:
        """Yield number and time of all messages that can be reached, leaping over faults."""
        at, step = 0, 0
        while step < _MAX_STEP:
            try:
                for number, nanos in self._database.execute(_FROM, (at + step,)):
                    if number < at + step:
                        # Damaged pages may lead back to earlier ones, again and again.
                        raise sqlite3.DatabaseError(_CIRCLES)
                    if step > 1:
                        break
                    if isinstance(nanos, int) and 0 <= nanos < _END_OF_TIME:
                        yield number, nanos
                    at, step = number + 1, 0
            except sqlite3.Error:
                step = max(1, 2 * step)
                continue
            if step <= 1:
                return
            # Leapt too far, perhaps: what lies between is tried with small steps.
            at, step = at + step // 2, 0

    def _divide(self) -> Contents:
        num_messages = len(self._ids)
        if not num_messages:
            return Contents()
        average = max(1, self._path.stat().st_size // num_messages)
        count = max(1, min(_SEGMENT_MESSAGES, _SEGMENT_BYTES // average))
        edges = [*range(0, num_messages, count), num_messages]
        times = self._times
        return Contents(
            [
                Segment(times[start], times[end - 1], average * (end - start), (start, end))
                for start, end in pairwise(edges)
            ]
        )


def _num_missing_bytes(path: Path) -> int:
    """Compare the size of a file with what its header says."""
    with path.open('rb') as file:
        head = file.read(_HEADER_BYTES)
    if len(head) < _HEADER_BYTES:
        return 0
    page_size = int.from_bytes(head[16:18], 'big')
    num_pages = int.from_bytes(head[28:32], 'big')
    is_valid = head[24:28] == head[92:96]
    page_size = _BIGGEST_PAGE if page_size == 1 else page_size
    return max(0, page_size * num_pages - path.stat().st_size) if is_valid else 0


def _open(path: Path) -> sqlite3.Connection:
    """Open a database without changing anything, and even if its end is missing."""
    log = path.with_name(f'{path.name}-wal')
    address = f'file:{quote(str(path.resolve()))}?mode=ro'
    # What a recorder that was stopped had not yet moved into the file stands in its log.
    modes = [''] if log.is_file() and log.stat().st_size else []
    error: sqlite3.Error | None = None
    for mode in (*modes, '&immutable=1'):
        try:
            database = sqlite3.connect(address + mode, uri=True, check_same_thread=False)
            database.execute('PRAGMA writable_schema = ON')
            if mode == '':
                database.execute('SELECT count(*) FROM topics').fetchone()
        except sqlite3.Error as exc:  # noqa: PERF203 - two modes
            error = exc
        else:
            return database
    raise OSError(str(error))
