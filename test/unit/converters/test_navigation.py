# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import columns_of, convert, HEADER, LOG_TIME, values_of

VOXELS = 'nav2_msgs/msg/VoxelGrid'
BOTH = 0x00010001
GRID: dict[str, Any] = {
    'header': HEADER,
    'size_x': 2,
    'size_y': 2,
    'size_z': 16,
    'resolutions': {'x': 0.5, 'y': 0.5, 'z': 0.25},
    'origin': {'x': 1.0},
    'data': [BOTH, 1, 0, BOTH << 15 & 0xFFFFFFFF | BOTH << 1],
}


def test_voxels_that_are_marked() -> None:
    values = values_of(convert(VOXELS, GRID))
    assert values['/topic@VoxelGridMap:voxel_indices'] == [[0, 0, 0], [1, 1, 1], [1, 1, 15]]
    assert values['/topic@VoxelGridMap:voxel_size'] == [[0.5, 0.5, 0.25]]
    assert values['/topic@VoxelGridMap:values'] == [1.0] * 3
    assert values['/topic@VoxelGridMap:translation'] == [[1.0, 0.0, 0.0]]


@pytest.mark.parametrize('change', [{'size_x': 3}, {'data': []}, {'size_z': 17}])
def test_bad_voxels(change: dict[str, Any]) -> None:
    with pytest.raises(ConversionError, match='one per column'):
        convert(VOXELS, {**GRID, **change})


def test_voxels_of_nothing() -> None:
    values = values_of(convert(VOXELS, {}))
    assert values['/topic@VoxelGridMap:voxel_indices'] == []


def test_cells() -> None:
    cells = [{'x': 1.0}, {'y': 2.0}]
    fields = {'header': HEADER, 'cell_width': 1.0, 'cell_height': 0.5, 'cells': cells}
    values = values_of(convert('nav_msgs/msg/GridCells', fields))
    assert values['/topic@Boxes3D:centers'] == [[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]]
    assert values['/topic@Boxes3D:half_sizes'] == [[0.5, 0.25, pytest.approx(0.0125)]] * 2


def test_meta_data() -> None:
    fields = {'width': 5, 'height': 3, 'resolution': 0.25, 'origin': {'position': {'x': -1.5}}}
    [text] = values_of(convert('nav_msgs/msg/MapMetaData', fields))['/topic@TextDocument:text']
    assert '| cells | 5 x 3 |' in text
    assert '| origin | -1.5, 0, 0 m |' in text


@pytest.mark.parametrize('little_endian', [True, False])
def test_particles(*, little_endian: bool) -> None:
    half = np.sqrt(0.5)
    turned = {'orientation': {'z': half, 'w': half}, 'position': {'y': 3.0}}
    fields = {
        'header': HEADER,
        'particles': [{'pose': {}, 'weight': 0.0}, {'pose': turned, 'weight': 1.0}],
    }
    values = values_of(convert('nav2_msgs/msg/ParticleCloud', fields, little_endian=little_endian))
    vectors = np.array(values['/topic@Arrows3D:vectors'])
    assert np.allclose(vectors, np.array([[0.2, 0, 0], [0, 0.2, 0]]), atol=1e-6)
    assert values['/topic@Arrows3D:origins'] == [[0.0, 0.0, 0.0], [0.0, 3.0, 0.0]]
    first, second = values['/topic@Arrows3D:colors']
    assert first != second


def test_behavior_tree() -> None:
    event = {
        'timestamp': {'sec': 1_700_000_001},
        'node_name': 'Follow/Path',
        'current_status': 'RUNNING',
    }
    other = {'node_name': 'Spin', 'current_status': 'NEW'}
    rows = convert(
        'nav2_msgs/msg/BehaviorTreeLog',
        {'timestamp': {'sec': 1_700_000_000}, 'event_log': [event, other]},
    )
    values = values_of(rows)
    assert values['/topic/Follow\\/Path@StateChange:state'] == ['RUNNING']
    assert values['/topic/Spin@StateChange:state'] == ['NEW']
    assert 'SUCCESS' in values['/topic/Spin@StateConfiguration:values']
    stamps = [columns_of(row).get('ros2_timestamp') for row in rows]
    assert stamps == [None, [1_700_000_001 * 10**9], None, [LOG_TIME]]


@pytest.mark.parametrize(('action', 'state'), [(0, 'DO_NOTHING'), (1, 'STOP'), (77, '77')])
def test_collision_monitor(action: int, state: str) -> None:
    fields = {'action_type': action, 'polygon_name': 'front'}
    values = values_of(convert('nav2_msgs/msg/CollisionMonitorState', fields))
    assert values['/topic@StateChange:state'] == [state]
    assert values['/topic/polygon@StateChange:state'] == ['front']


def test_speed_limit() -> None:
    values = values_of(convert('nav2_msgs/msg/SpeedLimit', {'speed_limit': 0.5}))
    assert values['/topic/speed@Scalars:scalars'] == [0.5]
    values = values_of(
        convert('nav2_msgs/msg/SpeedLimit', {'percentage': True, 'speed_limit': 50.0})
    )
    assert values['/topic/percentage@Scalars:scalars'] == [50.0]
    assert values['/topic/percentage@SeriesLines:names'] == ['%']
