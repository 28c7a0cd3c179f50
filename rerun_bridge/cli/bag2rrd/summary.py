# SPDX-License-Identifier: Apache-2.0
"""What a conversion tells at its end."""

from __future__ import annotations

from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.cli.wording import plural, size

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rerun_bridge.bags import Damage
    from rerun_bridge.cli.bag2rrd.conversion import TopicReport


class Outcome(NamedTuple):
    """
    What came out.

    Attributes
    ----------
    topics
        What became of each topic.
    num_left_out
        How many topics the user did not want.
    num_hidden
        Of these, how many only because they are hidden.
    damages
        What is wrong with the files.
    recorded
        How many messages all wanted topics have, as the bags tell; None if they do not, or if
        only part of the time was wanted.
    seconds
        How long it took.
    is_interrupted
        Whether the user stopped it.
    remarks
        What was said on the way.

    """

    topics: Sequence[TopicReport]
    num_left_out: int
    num_hidden: int
    damages: Sequence[Damage]
    recorded: Counter[str] | None
    seconds: float
    is_interrupted: bool = False
    remarks: Sequence[str] = ()

    @property
    def num_logged(self) -> int:
        """How many messages are in the recording."""
        return sum(topic.num_logged for topic in self.topics)

    @property
    def lost(self) -> dict[str, int]:
        """How many messages could not be read, by topic, as far as known."""
        if self.recorded is None or self.is_interrupted:
            return {}
        read: dict[str, int] = {}
        for topic in self.topics:
            read[topic.name] = read.get(topic.name, 0) + topic.num_messages
        missing = {name: count - read.get(name, 0) for name, count in self.recorded.items()}
        return {name: count for name, count in sorted(missing.items()) if count > 0}

    @property
    def has_losses(self) -> bool:
        """Whether something that was recorded could not be read."""
        return (
            bool(self.lost)
            or any(damage.is_loss for damage in self.damages)
            or any(topic.num_broken for topic in self.topics)
        )

    def warnings(self) -> Iterator[str]:
        """
        Say what the user should know.

        Yields
        ------
        str
            One line each.

        """
        counted: dict[str, int] = {}
        for damage in self.damages:
            counted[str(damage)] = counted.get(str(damage), 0) + 1
        yield from counted
        yield from self.remarks
        for name, count in self.lost.items():
            total = self.recorded[name] if self.recorded else count
            yield f'{name}: {count} of {total} messages could not be read'
        for topic in self.topics:
            if topic.left_out:
                yield (
                    f'{topic.name}: left out with {plural(topic.num_messages, "message")}: '
                    f'{topic.left_out}'
                )
            elif topic.num_failed:
                yield (
                    f'{topic.name}: {topic.num_failed} of {topic.num_messages} messages could '
                    f'not be converted: {topic.error}'
                )
            elif topic.error:
                yield topic.error

    def text(self, output: Path) -> str:
        """
        Describe all that was done.

        Parameters
        ----------
        output
            The recording.

        Returns
        -------
        str
            A table of the topics, and a line for all.

        """
        topics = [topic for topic in self.topics if not topic.left_out]
        widths = [
            max((len(getattr(topic, field)) for topic in topics), default=0)
            for field in ('name', 'type_name')
        ]
        lines = [
            f'{topic.name:{widths[0]}}  {topic.type_name:{widths[1]}}  {topic.num_messages:>8}'
            f'  {size(topic.num_bytes):>10}{_note(topic)}'
            for topic in topics
        ]
        if self.num_left_out:
            hidden = f', {self.num_hidden} because hidden' if self.num_hidden else ''
            lines.append(f'not wanted: {plural(self.num_left_out, "topic")}{hidden}')
        num_messages = sum(topic.num_messages for topic in topics)
        num_bytes = sum(topic.num_bytes for topic in topics)
        speed = size(num_bytes / self.seconds) if self.seconds else size(0)
        lines.append(
            f'{plural(num_messages, "message")} of {plural(len(topics), "topic")}, '
            f'{size(num_bytes)} in {self.seconds:.1f} s ({speed}/s): '
            f'{output}, {size(output.stat().st_size)}'
        )
        return '\n'.join(lines)


def _note(topic: TopicReport) -> str:
    num_empty = topic.num_messages - topic.num_logged - topic.num_failed - topic.num_skipped
    notes = [
        'as structs' if topic.is_struct else '',
        f'{topic.num_skipped} above max_rate' if topic.num_skipped else '',
        f'{num_empty} with nothing to show' if num_empty > 0 else '',
        f'{topic.num_failed} failed' if topic.num_failed else '',
        f'{topic.num_displaced} displaced' if topic.num_displaced else '',
    ]
    text = ', '.join(filter(None, notes))
    return f'  ({text})' if text else ''
