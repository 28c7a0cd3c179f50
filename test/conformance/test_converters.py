# SPDX-License-Identifier: Apache-2.0
"""Of recorded messages the official importer, where it is right, makes the same as we do."""

from __future__ import annotations

from itertools import groupby
import re
from typing import Any, NamedTuple, TYPE_CHECKING

import pyarrow as pa
import pytest

import rerun_bridge as rr
from rerun_bridge.cli.bag2rrd import main
from test import recordings
from test.every_type import PREFIX, sample_topic, START, write_every_type
from test.official import entities, errors
from test.unit.converters.ros_messages import HEADER, to_cdr, topic_converter
from test.unit.converters.samples import samples, STL, STRUCTS, TYPES

if TYPE_CHECKING:
    from pathlib import Path

    from test.official import Official

STAMP = 'ros2_timestamp'
TIMES = ('message_log_time', 'message_publish_time', STAMP)
ONCE = ('CoordinateFrame:', 'Pinhole:', 'SeriesLines:', 'VideoStream:codec')
"""What we log when it changes, and the importer with every message."""
PERIOD = 20_000_000
NUM_PARTS = 5
"""Of the topic of a sample."""
IN_COMMON = {
    'geometry_msgs/msg/PoseStamped',
    'nav2_msgs/msg/VoxelGrid',
    'nav_msgs/msg/OccupancyGrid',
    'sensor_msgs/msg/BatteryState',
    'sensor_msgs/msg/CameraInfo',
    'sensor_msgs/msg/CompressedImage',
    'sensor_msgs/msg/FluidPressure',
    'sensor_msgs/msg/Illuminance',
    'sensor_msgs/msg/Image',
    'sensor_msgs/msg/Imu',
    'sensor_msgs/msg/JointState',
    'sensor_msgs/msg/Joy',
    'sensor_msgs/msg/NavSatFix',
    'sensor_msgs/msg/PointCloud2',
    'sensor_msgs/msg/Range',
    'sensor_msgs/msg/RelativeHumidity',
    'sensor_msgs/msg/Temperature',
    'std_msgs/msg/Float64MultiArray',
    'std_msgs/msg/String',
    *STRUCTS,
} - {'std_srvs/srv/SetBool_Event'}
"""Types of which the importer makes what we make; of the others it makes structs or nothing."""


class Difference(NamedTuple):
    """
    What the importer does otherwise, and not better.

    Attributes
    ----------
    entity, component
        Regular expressions for the whole name; the entity is that below the prefix of the bag.
    reason
        What is wrong with it.

    """

    entity: str
    component: str
    reason: str

    def matches(self, entity: str, component: str) -> bool:
        """Tell whether this is about a component."""
        entity = entity.removeprefix(PREFIX)
        return bool(re.fullmatch(self.entity, entity) and re.fullmatch(self.component, component))


_IMAGE, _CLOUD = '/sensor_msgs/Image', '/sensor_msgs/PointCloud2'
_TRANSFORM = 'Transform3D:.*'
DIFFERENCES = [
    Difference('/tf|/burst/tf|/tf2_msgs/TFMessage/all', _TRANSFORM, 'transforms have no stamps'),
    Difference('/tf_static', _TRANSFORM, 'static transforms are not static'),
    Difference('/frames', 'CoordinateFrame:frame', 'a slash of tf1 is kept'),
    Difference(
        '/robi/joint_states|/burst/joints|/undated',
        'CoordinateFrame:frame',
        'no name is logged as a frame',
    ),
    Difference(
        '/(robi/joint_states|burst/joints)/(velocity|effort)', '.*', 'series have no numbers'
    ),
    Difference('/right/camera_info', 'Pinhole:child_frame', 'cameras share an image plane'),
    Difference('/right/image_raw', 'CoordinateFrame:frame', 'cameras share an image plane'),
    Difference(
        f'{_IMAGE}/(in_(mono8|mono16|8UC1|8SC1|16SC1|32SC1)|big_endian)',
        'DepthImage:.*',
        'gray is none',
    ),
    Difference('/sensor_msgs/CompressedImage/depth_.*', 'EncodedImage:blob', 'it has a header'),
    Difference(_CLOUD + '/.*', 'sensor_msgs.msg.PointCloud2:.*', 'all is stored twice'),
    Difference(_CLOUD + '/rgba?', 'Points3D:rgba?', 'they are colors'),
    Difference(_CLOUD + '/channels', 'Points3D:[rgb]', 'they are colors'),
    Difference(_CLOUD + '/holes', 'Points3D:positions', 'some are no numbers'),
    Difference('/sensor_msgs/Imu/without_orientation', '.*:orientation', 'it is not measured'),
    Difference('/sensor_msgs/MagneticField/.*', 'Arrows3D:vectors', 'they cannot be seen'),
    Difference('/sensor_msgs/NavSatFix/no_fix', 'GeoPoints:positions', 'it is none'),
    Difference('/sensor_msgs/NavSatFix/no_fix', 'altitude', 'it is not known'),
    Difference('/undated', 'Measurements:variances', 'zero means that it is not known'),
    Difference('/undated', 'Measurements:(units|values)', 'simulated time is shown as 1970'),
    Difference('/map', 'GridMap:.*', 'updates are not applied'),
    Difference('/rcl_interfaces/Log/.*', '.*', 'a view cannot choose among loggers'),
    Difference('/std_msgs/Float64MultiArray/(bars|tensor)', 'Scalars:.*', 'too many curves'),
    Difference('/std_msgs/String/(line|nothing)', 'TextDocument:text', 'lines are a log'),
    Difference('/std_srvs/SetBool_Event/.*', '.*:message', 'services are not read'),
    Difference('/robi(/.*)?', '(Boxes3D|InstancePoses3D|CoordinateFrame):.*', 'robots collide'),
]


@pytest.fixture(scope='module')
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a bag with all types; of strange contents the importer dies."""
    folder = tmp_path_factory.mktemp('bag')
    return write_every_type(folder / 'bag', has_strange_contents=False)


@pytest.fixture(scope='module')
def imported(official: Official, bag: Path) -> Path:
    """Give what the official importer makes of the bag."""
    path = bag.with_name('imported.rrd')
    official.run('mcap', 'convert', bag / 'bag.mcap', '-o', path)
    return path


@pytest.fixture(scope='module')
def converted(bag: Path) -> Path:
    """Give what we make of it."""
    path = bag.with_name('converted.rrd')
    assert main([str(bag), '-o', str(path), '--quiet']) == 0
    return path


class Column(NamedTuple):
    """A component of an entity: its type, its rows, and what times they are at."""

    arrow_type: str
    rows: list[Any]
    times: dict[str, list[int]]


def read(path: Path) -> dict[tuple[str, str], Column]:
    """Read all components but those about the bag itself."""
    columns: dict[tuple[str, str], Column] = {}
    for batch in recordings.batches(path):
        entity = recordings.entity_of(batch)
        times = {
            name: batch.column(name).cast(pa.int64()).to_pylist()
            for name in TIMES
            if name in batch.schema.names
        }
        for field, column in zip(batch.schema, batch.columns, strict=True):
            if field.metadata[b'rerun:kind'] != b'data' or 'Mcap' in field.name:
                continue
            found = columns.setdefault((entity, field.name), Column(str(field.type), [], {}))
            found.rows.extend(map(repr, column.to_pylist()))  # NaN is like itself then
            for name, values in times.items():
                found.times.setdefault(name, []).extend(values)
    return columns


def is_compared(entity: str, component: str) -> bool:
    """Leave out properties, and the structs of messages that we make more of."""
    if entity.startswith('/__'):
        return False
    struct_type = component.removesuffix(':message').replace('.', '/')
    return not component.endswith(':message') or struct_type in STRUCTS


def is_equal(key: tuple[str, str], mine: Column | None, theirs: Column) -> bool:
    """Compare values and times; once for each change of what we log once."""
    if mine is None:
        return False
    if key[1].startswith(ONCE):
        mine, theirs = (
            each._replace(rows=[row for row, _ in groupby(each.rows)], times={})
            for each in (mine, theirs)
        )
    # Their maps may have missing cells.
    is_same_type = mine.arrow_type == theirs.arrow_type or key[1] == 'GridMap:data'
    times = dict(mine.times)
    # Messages without a stamp are at the time of their reception; the importer leaves them out.
    if times.get(STAMP) == times.get(TIMES[0]):
        times.pop(STAMP, None)
    return is_same_type and mine.rows == theirs.rows and times == theirs.times


def test_same_columns_as_the_official_importer(imported: Path, converted: Path) -> None:
    theirs, ours = read(imported), read(converted)
    compared = {key: column for key, column in theirs.items() if is_compared(*key)}
    different = {
        key for key, column in compared.items() if not is_equal(key, ours.get(key), column)
    }
    explained = {each: {key for key in different if each.matches(*key)} for each in DIFFERENCES}
    assert different == set().union(*explained.values())
    assert [each for each, keys in explained.items() if not keys] == []
    topics = {
        '/'.join(entity.split('/')[:NUM_PARTS])
        for entity, component in compared.keys() - different
        if component != 'CoordinateFrame:frame'
    }
    equal = {each for each in TYPES if topics & {*map(sample_topic, samples(each))}}
    assert equal == IN_COMMON


def test_official_tools_accept_the_recording(official: Official, converted: Path) -> None:
    official.verify(converted)


def test_static_transforms_of_several_publishers_all_hold(
    official: Official, tmp_path: Path, free_port: int
) -> None:
    path = tmp_path / 'static.rrd'
    type_name = 'tf2_msgs/msg/TFMessage'
    recording = rr.RecordingStream('static')
    recording.save(str(path))
    converter = topic_converter(type_name, '/tf_static', is_latched=True)
    for child in ('left', 'right'):
        transform = {'header': {'frame_id': 'map'}, 'child_frame_id': child}
        data = to_cdr(type_name, {'transforms': [transform]})
        rows = converter.convert(data, log_time_nanos=START, publish_time_nanos=START)
        recording.log_rows(rows)
        recording.flush()
    recording.close()
    with official.viewer(free_port, path) as viewer:
        answer = viewer.wait_until(lambda answer: 'transforms' in answer)
    assert not errors(answer)
    edges = {(edge['parent'], edge['child']) for edge in answer['transforms']['edges']}
    assert edges >= {('map', 'left'), ('map', 'right')}


def test_markers_of_all_types_come_and_go(
    official: Official, tmp_path: Path, free_port: int
) -> None:
    path = tmp_path / 'markers.rrd'
    type_name = 'visualization_msgs/msg/MarkerArray'
    recording = rr.RecordingStream('markers')
    recording.save(str(path))
    converter = topic_converter(type_name, '/markers')
    size = dict.fromkeys('xyz', 0.5)
    color = {'r': 1.0, 'a': 1.0}
    points = [{'x': 0.0}, {'x': 1.0}, {'y': 1.0}]
    markers = [
        {
            'header': {**HEADER, 'frame_id': 'map'},
            'id': number,
            'type': number,
            'scale': size,
            'color': color,
            'pose': {'position': {'x': 2.0 * number}},
            'points': points[: 2 if number in {0, 5} else 3],
            'text': 'text',
            'mesh_file': {'filename': 'a.stl', 'data': STL},
        }
        for number in range(13)
    ]
    tf = topic_converter('tf2_msgs/msg/TFMessage', '/tf_static', is_latched=True)
    transform = {'header': {'frame_id': 'map'}, 'child_frame_id': 'base'}
    data = to_cdr('tf2_msgs/msg/TFMessage', {'transforms': [transform]})
    recording.log_rows(tf.convert(data, log_time_nanos=START, publish_time_nanos=START))
    for time, now in ((START, markers), (START + PERIOD, [{**markers[1], 'action': 2}])):
        data = to_cdr(type_name, {'markers': now})
        rows = converter.convert(data, log_time_nanos=time, publish_time_nanos=time)
        recording.log_rows(rows)
    recording.close()
    official.verify(path)
    wanted = {f'/markers/{number}' for number in range(13)}
    with official.viewer(free_port, path) as viewer:
        viewer.wait_until(lambda answer: wanted <= entities(answer))
        answer = viewer.ask(message_log_time=str(START + PERIOD))
    assert not errors(answer)
    assert [view['reports'] for view in answer['state']['views']] == [[]]
