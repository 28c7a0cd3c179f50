# SPDX-License-Identifier: Apache-2.0
"""Converters for tests of what is around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rerun_bridge.chunk import Rows


class NeverDue:
    """A converter that has nothing to log but what messages say."""

    next_due_nanos: int | None = None
    entity_paths: frozenset[str] = frozenset()

    def advance(self, log_time_nanos: int) -> list[Rows]:
        raise NotImplementedError(log_time_nanos)
