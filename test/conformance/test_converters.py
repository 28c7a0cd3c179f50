# SPDX-License-Identifier: Apache-2.0
"""Of recorded messages the official importer, where it is right, makes the same as we do."""

from __future__ import annotations

from itertools import groupby
from typing import Any, NamedTuple, TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from rosbags.rosbag2 import StoragePlugin, Writer

import rerun_bridge as rr
from test import recordings
from test.official import entities, errors
from test.unit.converters.ros_messages import (
    HEADER,
    SEC,
    to_cdr,
    topic_converter,
    TYPESTORE,
)

if TYPE_CHECKING:
    from pathlib import Path

    from test.official import Official

START = 1_800_000_000_000_000_000
PERIOD = 20_000_000
LATER = {**HEADER, 'stamp': {'sec': SEC + 1, 'nanosec': 0}}
TIMES = ('message_log_time', 'message_publish_time', 'ros2_timestamp')
ONCE = ('CoordinateFrame:', 'Pinhole:', 'SeriesLines:', 'VideoStream:codec')
"""What we log when it changes, and the importer with every message."""
ROTATION = {'x': 0.5, 'y': 0.5, 'z': 0.5, 'w': 0.5}
POSE = {'position': {'x': 1.0, 'y': 2.0, 'z': 3.0}, 'orientation': ROTATION}
VECTOR = {'x': 4.0, 'y': 5.0, 'z': 6.0}
STL = bytes(80) + np.uint32(1).tobytes() + np.eye(4, 3, dtype='<f4').tobytes() + bytes(2)


class Case(NamedTuple):
    """A topic with two messages, and how often each component is there per message."""

    type_name: str
    fields: dict[str, Any]
    topic: str = ''


def image(encoding: str, pixel_size: int, step: int = 0) -> Case:
    """Make an image of 4 x 2 pixels; gaps are beyond `pixel_size`."""
    step = step or 4 * pixel_size
    data = bytes(range(2 * step))
    fields = {'width': 4, 'height': 2, 'encoding': encoding, 'step': step, 'data': data}
    return Case('sensor_msgs/msg/Image', fields, f'/image/{encoding}_{step}')


def compressed(name: str, image_format: str, data: bytes) -> Case:
    """Make a compressed image."""
    fields = {'format': image_format, 'data': data}
    return Case('sensor_msgs/msg/CompressedImage', fields, f'/compressed/{name}')


def measured(name: str, field: str) -> Case:
    """Make a measurement."""
    return Case(f'sensor_msgs/msg/{name}', {field: 1.5, 'variance': 0.25})


CASES = [
    *(
        image(f'{model}{bits}', len(model) * bits // 8)
        for model in ('rgb', 'rgba', 'bgr', 'bgra')
        for bits in (8, 16)
    ),
    image('rgb8', 3, step=16),
    image('yuyv', 2),
    image('yuv422_yuy2', 2),
    image('8UC3', 3),
    image('16UC1', 2),
    image('32FC1', 4),
    image('64FC1', 8),
    *(image(f'bayer_{pattern}8', 1) for pattern in ('rggb', 'bggr', 'gbrg', 'grbg')),
    Case(
        'sensor_msgs/msg/Image',
        {'width': 4, 'height': 2, 'encoding': 'nv12', 'step': 4, 'data': bytes(range(12))},
        '/image/nv12',
    ),
    compressed('jpeg', 'rgb8; jpeg compressed bgr8', b'\xff\xd8\xff\xe0 picture'),
    compressed('h264', 'h264', b'\0\0\0\1\x67 frame'),
    compressed('rvl', '16UC1; compressedDepth rvl', bytes(12) + b'\4\0\0\0\2\0\0\0 depth'),
    Case(
        'sensor_msgs/msg/CameraInfo',
        {
            'width': 640,
            'height': 480,
            'k': [500.0, 0.0, 320.0, 0.0, 510.0, 240.0, 0.0, 0.0, 1.0],
        },
    ),
    Case(
        'sensor_msgs/msg/PointCloud2',
        {
            'width': 2,
            'height': 1,
            'point_step': 16,
            'row_step': 32,
            'data': np.array([1, 2, 3, 0.5, 4, 5, 6, 0.25], '<f4').tobytes(),
            'fields': [
                {'name': name, 'offset': 4 * i, 'datatype': 7, 'count': 1}
                for i, name in enumerate(('x', 'y', 'z', 'intensity'))
            ],
        },
    ),
    Case(
        'sensor_msgs/msg/Imu',
        {'angular_velocity': VECTOR, 'linear_acceleration': VECTOR, 'orientation': ROTATION},
    ),
    Case('sensor_msgs/msg/NavSatFix', {'latitude': 48.5, 'longitude': 11.25, 'altitude': 500.0}),
    Case('sensor_msgs/msg/JointState', {'name': ['a', 'b'], 'position': [1.0, 2.0]}),
    Case('sensor_msgs/msg/Joy', {'axes': [0.5, -0.5], 'buttons': [1, 0]}),
    Case('sensor_msgs/msg/Range', {'range': 1.5, 'min_range': 0.25, 'max_range': 4.0}),
    Case('sensor_msgs/msg/BatteryState', {'voltage': 12.0, 'percentage': 0.5, 'current': -1.0}),
    measured('Temperature', 'temperature'),
    measured('FluidPressure', 'fluid_pressure'),
    measured('Illuminance', 'illuminance'),
    measured('RelativeHumidity', 'relative_humidity'),
    Case(
        'tf2_msgs/msg/TFMessage',
        {
            'transforms': [
                {
                    'header': HEADER,
                    'child_frame_id': child,
                    'transform': {'translation': VECTOR, 'rotation': ROTATION},
                }
                for child in ('left', 'right')
            ]
        },
        '/tf',
    ),
    Case('geometry_msgs/msg/PoseStamped', {'pose': POSE}),
    Case('std_msgs/msg/Float64MultiArray', {'data': [1.0, 2.0]}),
    Case('std_msgs/msg/String', {'data': '# Title\ntext'}),
    *(
        Case('rcl_interfaces/msg/Log', {'level': level, 'msg': 'hm', 'line': 7}, f'/log/l{level}')
        for level in (0, 10, 20, 30, 40, 50)
    ),
    Case(
        'nav_msgs/msg/OccupancyGrid',
        {
            'info': {'width': 3, 'height': 2, 'resolution': 0.5, 'origin': POSE},
            'data': [0, 50, 100, -1, 1, 2],
        },
        '/map',
    ),
    Case('my_msgs/msg/Outline', {'polygon': {'points': [VECTOR, VECTOR]}}),
    Case('my_msgs/msg/Nothing', {}),
    Case('my_msgs/msg/Bytes', {'data': [1, 2, 3]}),
    Case(
        'my_msgs/msg/Things',
        {'markers': [{'ns': 'a', 'points': [VECTOR]}, {'id': 2, 'colors': [{'r': 1.0}]}]},
    ),
    Case('my_msgs/msg/Goals', {'status_list': [{'status': 4}, {'status': 6}]}),
    Case('std_msgs/msg/ColorRGBA', {'r': 0.5, 'a': 1.0}),
    Case('diagnostic_msgs/msg/KeyValue', {'key': 'k', 'value': 'v'}),
    Case(
        'nav2_msgs/msg/VoxelGrid',
        {
            'size_x': 2,
            'size_y': 1,
            'size_z': 2,
            'resolutions': VECTOR,
            'origin': VECTOR,
            'data': [0x00010003, 0x00030003],  # no free cells, which we leave out
        },
    ),
]


def messages() -> list[tuple[str, str, bytes, int]]:
    """Return topic, type, bytes and time of all messages."""
    found: list[tuple[str, str, bytes, int]] = []
    for case in CASES:
        topic = case.topic or '/' + case.type_name.rpartition('/')[2].lower()
        for header in (HEADER, LATER):
            names = dict(TYPESTORE.fielddefs[case.type_name][1])
            stamps = {'header': header, 'stamp': header['stamp']}
            fields = {name: value for name, value in stamps.items() if name in names}
            data = to_cdr(case.type_name, {**fields, **case.fields})
            found.append((topic, case.type_name, data, START + PERIOD * len(found)))
    return found


@pytest.fixture(scope='module')
def imported(official: Official, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give what the official importer makes of a bag with all cases."""
    folder = tmp_path_factory.mktemp('imported')
    with Writer(folder / 'bag', version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        connections = {}
        for topic, type_name, data, time in messages():
            if topic not in connections:
                connections[topic] = writer.add_connection(topic, type_name, typestore=TYPESTORE)
            writer.write(connections[topic], time, data)
    path = folder / 'imported.rrd'
    official.run('mcap', 'convert', folder / 'bag' / 'bag.mcap', '-o', path)
    return path


@pytest.fixture(scope='module')
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give what our converters make of the same messages."""
    path = tmp_path_factory.mktemp('converted') / 'converted.rrd'
    recording = rr.RecordingStream('converters')
    recording.save(str(path))
    converters = {}
    for topic, type_name, data, time in messages():
        if topic not in converters:
            converters[topic] = topic_converter(type_name, topic)
        rows = converters[topic].convert(data, log_time_nanos=time, publish_time_nanos=time)
        recording.log_rows(rows)
    recording.close()
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
            found.rows.extend(column.to_pylist())
            for name, values in times.items():
                found.times.setdefault(name, []).extend(values)
    return columns


def is_ours_different(entity: str, component: str) -> bool:
    """Tell what the importer does differently, and not better."""
    return (
        entity.startswith('/__')
        # Frames without a name, and series without numbers.
        or (entity, component) == ('/joy', 'CoordinateFrame:frame')
        or entity in {'/jointstate/velocity', '/jointstate/effort'}
        # The bytes of all points once more.
        or component.startswith('sensor_msgs.msg.PointCloud2:')
    )


def test_same_columns_as_the_official_importer(imported: Path, converted: Path) -> None:
    theirs, ours = read(imported), read(converted)
    expected = {key: column for key, column in theirs.items() if not is_ours_different(*key)}
    assert len({entity for entity, _ in expected}) >= len(CASES)
    assert not expected.keys() - ours.keys()
    for key, column in expected.items():
        mine = ours[key]
        if key[1].startswith(ONCE):
            mine = mine._replace(rows=[row for row, _ in groupby(mine.rows)], times={})
            column = column._replace(rows=[row for row, _ in groupby(column.rows)], times={})  # noqa: PLW2901
        assert mine.rows == column.rows, key
        if key[1] != 'GridMap:data':  # theirs may have missing cells
            assert mine.arrow_type == column.arrow_type, key
        for name, values in column.times.items():
            assert mine.times[name] == values, (key, name)


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
