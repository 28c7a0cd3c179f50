# SPDX-License-Identifier: Apache-2.0
"""Converters for tests of what is around them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from rerun_bridge.chunk import Rows
    from rerun_bridge.encodings import Layout


class NeverDue:
    """A converter that has nothing to log but what messages say."""

    next_due_nanos: int | None = None
    num_waiting = num_displaced = 0
    drawn: Mapping[str, Collection[Layout]] = MappingProxyType({})

    def convert_many(
        self, datas: Sequence[bytes], log_times: Sequence[int], publish_times: Sequence[int]
    ) -> list[Rows] | None:
        assert len(datas) == len(log_times) == len(publish_times) > 1
        return None

    def take_over(self, drawn: Mapping[str, Collection[Layout]]) -> None:
        self.drawn = drawn

    def advance(self, log_time_nanos: int, *, is_end: bool = False) -> list[Rows]:
        raise NotImplementedError(log_time_nanos, is_end)
