# SPDX-License-Identifier: Apache-2.0
"""Timeline sets are interned."""

from __future__ import annotations

import pytest

from rerun_bridge.errors import UsageError
from rerun_bridge.log_types import STATIC, TimeKind, Timeline, TimelineSet


def test_interned() -> None:
    frame = Timeline('frame', TimeKind.SEQUENCE)
    assert TimelineSet.of([frame]) is TimelineSet.of([Timeline('frame', TimeKind.SEQUENCE)])
    assert TimelineSet.of([frame]) is not TimelineSet.of([Timeline('frame', TimeKind.DURATION)])
    assert TimelineSet.of([]) is STATIC


def test_empty_name() -> None:
    with pytest.raises(UsageError, match='empty name'):
        TimelineSet.of([Timeline('', TimeKind.SEQUENCE)])
