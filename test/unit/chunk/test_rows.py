# SPDX-License-Identifier: Apache-2.0
"""Groups of rows are taken apart in order, within their limits."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
import numpy as np

from rerun_bridge.chunk import RowGroup, Rows
from rerun_bridge.encodings import Layout
from test.unit.samples import SCALARS, TIMELINES


def rows_of(count: int) -> Rows:
    return Rows('/s', TIMELINES, (0, 0), Layout.of([SCALARS]), (np.zeros(count),), count)


@given(st.lists(st.integers(1, 9), min_size=1), st.integers(1, 20), st.integers(1, 1000))
def test_parts_are_few_and_within_limits(counts: list[int], max_rows: int, max_bytes: int) -> None:
    group = RowGroup(range(len(counts)), [rows_of(count) for count in counts])
    parts = group.split(max_rows, max_bytes)
    assert [row_id for part in parts for row_id in part.row_ids] == group.row_ids
    assert [rows for part in parts for rows in part.rows] == group.rows
    for part in parts:
        assert part.num_rows == sum(rows.num_rows for rows in part.rows)
        assert part.num_bytes == sum(rows.num_bytes() for rows in part.rows)
        fits = part.num_rows <= max_rows and part.num_bytes <= max_bytes
        assert fits or len(part.rows) == 1
    for part, later in pairwise(parts):
        num_bytes = part.num_bytes + later.rows[0].num_bytes()
        assert part.num_rows + later.rows[0].num_rows > max_rows or num_bytes > max_bytes
