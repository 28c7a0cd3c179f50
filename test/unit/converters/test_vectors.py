# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from test.unit.converters.ros_messages import convert, HEADER, values_of

TWIST = {'linear': {'x': 1.0, 'y': 2.0, 'z': 3.0}, 'angular': {'x': 4.0, 'y': 5.0, 'z': 6.0}}
SERIES = {
    '/topic/linear@SeriesLines:names': ['x', 'y', 'z'],
    '/topic/linear@Scalars:scalars': [1.0, 2.0, 3.0],
    '/topic/angular@SeriesLines:names': ['x', 'y', 'z'],
    '/topic/angular@Scalars:scalars': [4.0, 5.0, 6.0],
}


def test_twist() -> None:
    assert values_of(convert('geometry_msgs/msg/Twist', TWIST)) == SERIES


def test_twist_with_frame() -> None:
    fields = {'header': HEADER, 'twist': TWIST}
    assert values_of(convert('geometry_msgs/msg/TwistStamped', fields)) == {
        **SERIES,
        '/topic@CoordinateFrame:frame': ['base'],
        '/topic@Arrows3D:vectors': [[1.0, 2.0, 3.0]],
    }


def test_vector() -> None:
    fields = {'header': HEADER, 'vector': TWIST['linear']}
    assert values_of(convert('geometry_msgs/msg/Vector3Stamped', fields)) == {
        '/topic@CoordinateFrame:frame': ['base'],
        '/topic@SeriesLines:names': ['x', 'y', 'z'],
        '/topic@Scalars:scalars': [1.0, 2.0, 3.0],
        '/topic@Arrows3D:vectors': [[1.0, 2.0, 3.0]],
    }
