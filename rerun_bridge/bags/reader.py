# SPDX-License-Identifier: Apache-2.0
"""Bags as one stream of messages, read by a thread of its own."""

from __future__ import annotations

from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
import heapq
from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.bags.bag import find_bag, open_file
from rerun_bridge.bags.compression import decompress_all, MAGIC_SIZE, MAGICS
from rerun_bridge.bags.model import Damage
from rerun_bridge.bags.ordering import in_order, latched_first
from rerun_bridge.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from typing_extensions import Self

    from rerun_bridge.bags.bag import Bag, FileHint
    from rerun_bridge.bags.model import BagFile, RecordedMessage, RecordedTopic, Segment

_NUM_AHEAD = 2
_FOREVER_NANOS = (1 << 63) - 1
_UNPACKED_SUFFIXES = frozenset({'.mcap', '.db3'})


class Window(NamedTuple):
    """
    A span of log times.

    Attributes
    ----------
    start_nanos
        The first that is in it.
    end_nanos
        The first that is in it no more.

    """

    start_nanos: int = 0
    end_nanos: int = _FOREVER_NANOS


class _Part(NamedTuple):
    """What is to be read: a segment, or a file that is not opened before its time."""

    start_nanos: int
    number: int
    path: Path
    hint: FileHint
    file: BagFile | None = None
    segment: Segment | None = None
    num_bytes: int = 0


class BagReader:
    """
    Reads bags as one; a context manager.

    Parameters
    ----------
    paths
        Folders and files; several are merged by time.

    Attributes
    ----------
    bags
        What the paths are.
    damages
        What is wrong with the files, as far as it is known by now.
    num_bytes
        Size of all files.
    num_bytes_read
        How much of that is done.

    Raises
    ------
    UsageError
        If a path is no bag.

    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.bags: list[Bag] = [find_bag(path) for path in dict.fromkeys(paths)]
        self.damages = [damage for bag in self.bags for damage in bag.damages]
        self.num_bytes = sum(path.stat().st_size for bag in self.bags for path in bag.files)
        self.num_bytes_read = 0
        self._counts: list[Mapping[str, int] | None] = []
        self._parts: list[_Part] = []
        self._num_parts = 0
        self._num_unread: dict[BagFile, int] = {}
        self._pool = ThreadPoolExecutor(1, 'bag2rrd-read')
        try:
            for bag in self.bags:
                self._add(bag)
        except BaseException:
            self.close()
            raise
        starts = (part.start_nanos for part in self._parts)
        self.start_nanos = min((nanos for nanos in starts if nanos < _FOREVER_NANOS), default=0)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close all files."""
        self.close()

    @property
    def num_messages(self) -> Counter[str] | None:
        """How many messages were recorded, by topic; None if some file does not tell."""
        total: Counter[str] = Counter()
        for counts in self._counts:
            if counts is None:
                return None
            total.update(counts)
        return total

    def messages(
        self,
        accepts: Callable[[RecordedTopic], bool],
        window: Window = Window(),  # noqa: B008 - immutable
    ) -> Iterator[RecordedMessage]:
        """
        Read all messages; can be called once.

        Parameters
        ----------
        accepts
            Which topics are wanted.
        window
            Which times. Of latched topics, what held when it begins comes first.

        Yields
        ------
        RecordedMessage
            In the order of log times.

        """
        messages = latched_first(in_order(self._read(accepts, window)), window.start_nanos)
        for message in messages:
            if message.log_time_nanos >= window.end_nanos:
                break
            yield message

    def close(self) -> None:
        """Close all files."""
        self._pool.shutdown(cancel_futures=True)
        for file in self._num_unread:
            file.close()
        self._num_unread = {}

    def _add(self, bag: Bag) -> None:
        if bag.num_messages is not None:
            self._counts.append(bag.num_messages)
        for path, hint in bag.files.items():
            # Packed files take space while they are open.
            if hint.start_nanos is not None and path.suffix not in _UNPACKED_SUFFIXES:
                self._push(_Part(hint.start_nanos, 0, path, hint))
                continue
            file = self._open(path, hint)
            if bag.num_messages is None:
                self._counts.append(file.contents.num_messages if file is not None else None)

    def _push(self, part: _Part) -> None:
        heapq.heappush(self._parts, part._replace(number=self._num_parts))
        self._num_parts += 1

    def _open(self, path: Path, hint: FileHint) -> BagFile | None:
        file = open_file(path, hint, self.damages.append)
        segments = file.contents.segments if file is not None else []
        if file is not None and not segments:
            file.close()
        if file is None or not segments:
            self.num_bytes_read += path.stat().st_size
            return file
        self._num_unread[file] = len(segments)
        scale = path.stat().st_size / sum(segment.num_bytes for segment in segments)
        for segment in segments:
            num_bytes = int(segment.num_bytes * scale)
            self._push(_Part(segment.start_nanos, 0, path, hint, file, segment, num_bytes))
        return file

    def _read(
        self, accepts: Callable[[RecordedTopic], bool], window: Window
    ) -> Iterator[tuple[int, Sequence[RecordedMessage]]]:
        """Yield first time and messages of segments, in the order of these times."""
        reading: deque[tuple[_Part, Future[Sequence[RecordedMessage]]]] = deque()

        def accepts_early(topic: RecordedTopic) -> bool:
            return topic.is_latched and accepts(topic)

        while self._parts or reading:
            while self._parts and len(reading) <= _NUM_AHEAD:
                part = heapq.heappop(self._parts)
                if part.file is None or part.segment is None:
                    self._open(part.path, part.hint)
                    continue
                is_early = part.segment.end_nanos < window.start_nanos
                wanted = accepts_early if is_early else accepts
                topics = part.segment.topics
                # What comes after the end of time is looked at, too: it is reported.
                is_late = part.start_nanos >= window.end_nanos != _FOREVER_NANOS
                if not is_late and (topics is None or any(map(wanted, topics))):
                    load = self._pool.submit(self._load, part, wanted)
                    reading.append((part, load))
                else:
                    self._finish(part.file, part.num_bytes)
            if reading:
                part, load = reading.popleft()
                yield part.start_nanos, load.result()
                if part.file is not None:
                    self._finish(part.file, part.num_bytes)

    def _load(
        self, part: _Part, wanted: Callable[[RecordedTopic], bool]
    ) -> Sequence[RecordedMessage]:
        """Read a segment, in the thread for that."""
        if part.file is None or part.segment is None:
            return ()
        messages = part.file.load(part.segment, wanted)
        if part.segment.end_nanos >= _FOREVER_NANOS:
            messages = self._without_impossible(part.path, messages)
        # CDR begins with zero. What does not may be packed, message by message.
        if not any(message.data[0] for message in messages if message.data):
            return messages
        found = []
        num_damaged = 0
        for message in messages:
            codec = MAGICS.get(bytes(message.data[:MAGIC_SIZE]), '')
            try:
                data = decompress_all(message.data, codec) if codec else message.data
            except DecodeError:
                num_damaged += 1
            else:
                found.append(message._replace(data=data))
        if num_damaged:
            text = f'{num_damaged} messages cannot be unpacked'
            self.damages.append(Damage(part.path, text))
        return found

    def _without_impossible(
        self, path: Path, messages: Sequence[RecordedMessage]
    ) -> Sequence[RecordedMessage]:
        found = [message for message in messages if message.log_time_nanos < _FOREVER_NANOS]
        if len(found) < len(messages):
            text = f'{len(messages) - len(found)} messages have times that no clock can show'
            self.damages.append(Damage(path, text))
        return found

    def _finish(self, file: BagFile, num_bytes: int) -> None:
        self.num_bytes_read += num_bytes
        self._num_unread[file] -= 1
        if not self._num_unread[file]:
            del self._num_unread[file]
            file.close()
