# SPDX-License-Identifier: Apache-2.0
"""
Accounts for the messages of a topic that the middleware did not deliver.

Publishers number their messages. A gap in the numbers is a loss, a number seen before is a
duplicate (two subscriptions hear the same publisher while one replaces the other, or where
latched and other publishers share a topic), and a number from a gap is a late arrival.

Exact where the publisher of each message is known (`take` tells, and rclpy since ROS 2 Kilted) or
a topic has one publisher. With several unnamed ones the numbers are assigned to the publisher
that they fit best, so that the figure is an estimate; without numbers nothing can be counted.
What was published behind the last message that arrived leaves no gap, and is not known here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque, OrderedDict
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rerun_bridge.node.sample import Sample

_MAX_GAPS = 1024
_MAX_PUBLISHERS = 256
_MAX_RECENT = 4096
_start = attrgetter('start')


class _Numbers:
    """The numbers that one publisher used."""

    __slots__ = ('first', 'highest', 'missing')

    def __init__(self, first: int) -> None:
        self.first = self.highest = first
        self.missing = [range(1, first)]
        """What may still arrive, ascending; of many gaps the latest."""

    def miss(self, start: int, end: int) -> None:
        """Note a gap behind all others."""
        self.missing.append(range(start, end))
        del self.missing[:-_MAX_GAPS]

    def take(self, number: int) -> bool:
        """Fill a gap; return False if the number is in none."""
        i = bisect_right(self.missing, number, key=_start) - 1
        if i < 0 or number not in self.missing[i]:
            return False
        gap = self.missing[i]
        parts = range(gap.start, number), range(number + 1, gap.stop)
        self.missing[i : i + 1] = filter(None, parts)
        del self.missing[:-_MAX_GAPS]
        return True


class LossCounter:
    """
    Counts for one topic.

    Attributes
    ----------
    lost
        Messages missing between received ones.
    missed_before
        Messages that publishers had sent before the first one that was received.
    duplicates
        Messages that arrived again, and are not in any other count.
    num_publishers
        How many there are now; only used where the middleware does not name them.

    """

    def __init__(self) -> None:
        self.lost = 0
        self.missed_before = 0
        self.duplicates = 0
        self.num_publishers = 1
        self._named: OrderedDict[bytes, _Numbers] = OrderedDict()
        self._unnamed: list[_Numbers] = []
        self._recent: set[tuple[int, int | None]] = set()
        self._recent_order: deque[tuple[int, int | None]] = deque()

    def see(self, sample: Sample) -> bool:
        """
        Count one message.

        Parameters
        ----------
        sample
            As it arrived.

        Returns
        -------
        bool
            False for a duplicate, which is to be ignored.

        """
        number = sample.sequence_number
        if sample.publisher is None or number is None:
            is_new = self._see_unnamed(number, sample.published_nanos)
        else:
            numbers = self._named.get(sample.publisher)
            if numbers is None:
                self._named[sample.publisher] = self._start(number)
                if len(self._named) > _MAX_PUBLISHERS:
                    self._named.popitem(last=False)
                return True
            is_new = self._advance(numbers, number)
        if not is_new:
            self.duplicates += 1
        return is_new

    def _start(self, number: int) -> _Numbers:
        self.missed_before += number - 1
        return _Numbers(number)

    def _advance(self, numbers: _Numbers, number: int) -> bool:
        if number > numbers.highest:
            gap = number - numbers.highest - 1
            if gap:
                self.lost += gap
                numbers.miss(numbers.highest + 1, number)
            numbers.highest = number
            return True
        if not numbers.take(number):
            return False
        if number < numbers.first:
            self.missed_before -= 1
        else:
            self.lost -= 1
        return True

    def _see_unnamed(self, number: int | None, published_nanos: int) -> bool:
        key = (published_nanos, number)
        if key in self._recent:
            return False
        self._recent.add(key)
        self._recent_order.append(key)
        if len(self._recent_order) > _MAX_RECENT:
            self._recent.remove(self._recent_order.popleft())
        if number is not None:
            self._assign(number)
        return True

    def _assign(self, number: int) -> None:
        """Give a number to the publisher that it fits best; a lower one than all is a restart."""
        behind = [numbers for numbers in self._unnamed if numbers.highest < number]
        best = max(behind, key=lambda numbers: numbers.highest, default=None)
        has_all = len(self._unnamed) >= self.num_publishers
        if best is not None and (best.highest == number - 1 or has_all):
            self._advance(best, number)
            self._unnamed.remove(best)
        elif has_all and self._unnamed:
            self._unnamed.pop(0)
        self._unnamed.append(best if best and best.highest == number else self._start(number))
