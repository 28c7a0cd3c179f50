# SPDX-License-Identifier: Apache-2.0
"""What bags consist of, whatever their storage."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, eq=False)
class RecordedTopic:
    """
    A topic in one file of a bag; the same topic in another file is another object.

    Attributes
    ----------
    name
        As recorded.
    type_name
        ``pkg/msg/Type``.
    encoding
        How its messages are serialized; ``cdr`` in ROS 2.
    definition
        Text of the message definition and of those it contains; empty if the file has none.
    definition_format
        ``ros2msg`` or ``ros2idl``; empty or anything else if the file has no definition.
    is_latched
        Whether its publishers kept messages for late subscribers (durability "transient local").
    distribution
        Name of the ROS distribution that recorded it, or empty.

    """

    name: str
    type_name: str
    encoding: str = 'cdr'
    definition: str = ''
    definition_format: str = 'ros2msg'
    is_latched: bool = False
    distribution: str = ''


class RecordedMessage(NamedTuple):
    """
    One message.

    Attributes
    ----------
    log_time_nanos
        When it was received, since the Unix epoch.
    publish_time_nanos
        When it was published; 0 if the storage does not tell.
    topic
        The topic.
    data
        Its bytes; big ones are views of a larger piece of the file.

    """

    log_time_nanos: int
    publish_time_nanos: int
    topic: RecordedTopic
    data: bytes | memoryview


class Damage(NamedTuple):
    """
    Something wrong with a file.

    Attributes
    ----------
    path
        The file.
    text
        What is wrong and where.
    is_loss
        Whether messages that were recorded cannot be read.

    """

    path: Path
    text: str
    is_loss: bool = True

    def __str__(self) -> str:
        """Name the file, then what is wrong."""
        return f'{self.path}: {self.text}'


class Segment(NamedTuple):
    """
    A part of a file that is read at once.

    Attributes
    ----------
    start_nanos, end_nanos
        Log times of its first and last message.
    num_bytes
        Its size in the file, about.
    key
        How the file finds it.
    topics
        What messages it holds; None if that is not known beforehand.

    """

    start_nanos: int
    end_nanos: int
    num_bytes: int
    key: tuple[int, int]
    topics: frozenset[RecordedTopic] | None = None


@dataclass
class Contents:
    """
    What is known of a file before its messages are read.

    Attributes
    ----------
    segments
        All of it, in any order.
    num_messages
        By topic; None if the file does not tell.

    """

    segments: list[Segment] = field(default_factory=list)
    num_messages: Mapping[str, int] | None = None

    @property
    def start_nanos(self) -> int | None:
        """Log time of the first message; None without messages."""
        return min((segment.start_nanos for segment in self.segments), default=None)


class BagFile(Protocol):
    """One open file; what is wrong with it goes to a list that it was given."""

    @property
    def contents(self) -> Contents:
        """Get what is in it."""

    def load(
        self, segment: Segment, accepts: Callable[[RecordedTopic], bool]
    ) -> Sequence[RecordedMessage]:
        """
        Read a segment; called by one thread at a time.

        Parameters
        ----------
        segment
            One of `contents`.
        accepts
            Which topics are wanted.

        Returns
        -------
        sequence of RecordedMessage
            In the order of the file; what cannot be read is left out and reported.

        """

    def close(self) -> None:
        """Close the file."""
