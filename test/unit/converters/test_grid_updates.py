# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np
import pytest

from rerun_bridge.converters import Shared, TopicOptions
from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import (
    columns_of,
    convert,
    HEADER,
    LOG_TIME,
    STAMP,
    to_cdr,
    topic_converter,
    values_of,
)

if TYPE_CHECKING:
    from rerun_bridge.chunk import Rows

GRID, UPDATE = 'nav_msgs/msg/OccupancyGrid', 'map_msgs/msg/OccupancyGridUpdate'
COSTMAP, COSTMAP_UPDATE = 'nav2_msgs/msg/Costmap', 'nav2_msgs/msg/CostmapUpdate'
WIDTH, HEIGHT = 4, 3
MAP: dict[str, Any] = {
    'header': HEADER,
    'info': {'width': WIDTH, 'height': HEIGHT, 'resolution': 0.5},
    'data': list(range(12)),
}
CELLS = np.arange(12).reshape(HEIGHT, WIDTH)


class Map:
    """A map and its updates."""

    def __init__(self, *, is_latched: bool = False, entity_path: str = '') -> None:
        shared = Shared()
        self.map = topic_converter(
            GRID, '/map', shared=shared, is_latched=is_latched, options=TopicOptions(entity_path)
        )
        self.updates = topic_converter(UPDATE, '/map_updates', shared=shared)

    def update(self, x: int, y: int, rows: list[list[int]], sec: float = 0.0) -> list[Rows]:
        data = [value for row in rows for value in row]
        fields = {'header': HEADER, 'x': x, 'y': y, 'width': len(rows[0]), 'height': len(rows)}
        return self.updates.convert(
            to_cdr(UPDATE, {**fields, 'data': data}),
            log_time_nanos=LOG_TIME + round(sec * 1e9),
            publish_time_nanos=0,
        )


def cells_of(rows: list[Rows], path: str = '/map') -> list[list[int]]:
    """Return the cells, the first row that of the smallest y."""
    data = values_of(rows)[f'{path}@GridMap:data'][0]
    cells: list[list[int]] = np.array(data).reshape(HEIGHT, WIDTH)[::-1].tolist()
    return cells


def patched(x: int, y: int, rows: list[list[int]]) -> list[list[int]]:
    cells = CELLS.copy()
    cells[y : y + len(rows), x : x + len(rows[0])] = rows
    found: list[list[int]] = cells.tolist()
    return found


def test_update() -> None:
    both = Map()
    convert(GRID, MAP, using=both.map)
    rows = both.update(1, 2, [[50, -1]])
    assert cells_of(rows) == patched(1, 2, [[50, 255]])
    assert [row.entity_path for row in rows] == ['/map']
    assert columns_of(rows[0])['ros2_timestamp'] == [STAMP]
    values = values_of(rows)
    assert values['/map@GridMap:cell_size'] == [0.5]
    assert values['/map@GridMap:colormap'] == [10]
    assert not rows[0].is_retained


def test_updates_are_where_the_map_is() -> None:
    both = Map(is_latched=True, entity_path='world/map')
    convert(GRID, MAP, using=both.map)
    [row] = both.update(0, 0, [[9]])
    assert row.entity_path == '/world/map'
    assert row.is_retained


def test_map_is_logged_again_from_time_to_time() -> None:
    both = Map()
    convert(GRID, MAP, using=both.map)
    assert len(both.update(0, 0, [[91]])) == 1
    assert both.update(1, 0, [[92]], 0.05) == []
    assert both.update(2, 0, [[93]], 0.1) == []
    assert both.updates.next_due_nanos == LOG_TIME + 200_000_000
    rows = both.updates.advance(LOG_TIME + 200_000_000)
    assert cells_of(rows) == patched(0, 0, [[91, 92, 93]])
    assert columns_of(rows[0])['log_time'] == [LOG_TIME + 200_000_000]
    assert both.updates.next_due_nanos is None
    rows = both.update(3, 0, [[94]], 1.0)
    assert cells_of(rows) == patched(0, 0, [[91, 92, 93, 94]])


def test_logged_maps_do_not_change_later() -> None:
    both = Map()
    first = convert(GRID, MAP, using=both.map)
    second = both.update(0, 0, [[91]])
    both.update(0, 0, [[92]], 1.0)
    assert cells_of(first) == CELLS.tolist()
    assert cells_of(second) == patched(0, 0, [[91]])


def test_update_before_the_map() -> None:
    assert Map().update(0, 0, [[1]]) == []


def test_empty_update() -> None:
    both = Map()
    convert(GRID, MAP, using=both.map)
    assert both.update(0, 0, [[]]) == []


@pytest.mark.parametrize(('x', 'y'), [(-1, 0), (0, -1), (3, 0), (0, 3), (2**31 - 1, 0)])
def test_updates_outside_of_the_map(x: int, y: int) -> None:
    both = Map()
    convert(GRID, MAP, using=both.map)
    with pytest.raises(ConversionError, match='does not fit into the map of 4 x 3'):
        both.update(x, y, [[1, 2]])


def test_update_of_wrong_size() -> None:
    with pytest.raises(ConversionError, match='2 x 2 cells has 1 bytes'):
        convert(UPDATE, {'width': 2, 'height': 2, 'data': [1]})


def test_reset_forgets_maps() -> None:
    shared = Shared()
    convert(GRID, MAP, topic='/map', shared=shared)
    shared.reset()
    assert shared.grids.get('/map') is None


def test_raw_costmaps() -> None:
    shared = Shared()
    meta = {'size_x': WIDTH, 'size_y': HEIGHT, 'resolution': 0.25}
    fields = {'header': HEADER, 'metadata': meta, 'data': [253] + [0] * 11}
    rows = convert(COSTMAP, fields, topic='/local/raw', shared=shared)
    assert cells_of(rows, '/local/raw')[0] == [253, 0, 0, 0]
    values = values_of(rows)
    assert values['/local/raw@GridMap:colormap'] == [12]
    assert values['/local/raw@GridMap:draw_order'] == [3.0]
    update = {'x': 1, 'y': 0, 'size_x': 2, 'size_y': 1, 'data': [254, 255]}
    rows = convert(
        COSTMAP_UPDATE, {'header': HEADER, **update}, topic='/local/raw_updates', shared=shared
    )
    assert cells_of(rows, '/local/raw')[0] == [253, 254, 255, 0]
