# SPDX-License-Identifier: Apache-2.0
"""
A bag with messages of every type, the same whenever it is made.

Each sample has a topic of its own with a message that makes sense, two of strange contents and
another that makes sense, a second apart. Beside them are topics that belong together.
"""

from __future__ import annotations

import random
from typing import Any, NamedTuple, TYPE_CHECKING

import numpy as np

from rerun_bridge.cdr import Nested, Text
from test.unit.bags.written_bag import Sent, write_bag
from test.unit.converters.foreign_messages import SET_BOOL, SET_BOOL_EVENT
from test.unit.converters.image_samples import image
from test.unit.converters.robot_messages import JOINTS, STRING, TF, urdf
from test.unit.converters.ros_messages import definitions_of, HEADER, to_cdr, TYPESTORE
from test.unit.converters.samples import POSE, RED, Sample, samples, TYPES, VECTOR
from test.unit.converters.scribbler import Filler, Scribbler
from test.unit.converters.theora_packets import theora_packets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PREFIX = '/every'
START = 1_800_000_000_000_000_000
SECOND = 1_000_000_000
SEC = 1_700_000_000
STRANGE_ROUNDS = (1, 2)
NUM_ROUNDS = 4
SPACING_NANOS = 1_500_000
END_SEC = 4.8
"""When the last message comes: whatever ends by itself has ended."""
NUM_BURST = 60
_TIME, _HEADER = Nested('builtin_interfaces/msg/Time'), Nested('std_msgs/msg/Header')


class Story(NamedTuple):
    """
    Messages of a topic whose contents or times matter to one another, or to other topics.

    Attributes
    ----------
    topic
        Its name below `PREFIX`.
    type_name
        ``pkg/msg/Type``.
    parts
        When, in seconds, and the fields.
    is_latched
        Whether its publisher keeps messages.
    is_big_endian
        The byte order.

    """

    topic: str
    type_name: str
    parts: Sequence[tuple[float, dict[str, Any]]]
    is_latched: bool = False
    is_big_endian: bool = False


def write_every_type(folder: Path, *, has_strange_contents: bool = True) -> Path:
    """Write the bag and return its folder."""
    messages = [*_samples(has_strange_contents=has_strange_contents), *_told()]
    messages.sort(key=lambda each: each.nanos)
    return write_bag(
        folder,
        messages,
        latched={PREFIX + story.topic for story in _stories() if story.is_latched},
        store=TYPESTORE,
        texts={SET_BOOL_EVENT: f'{"=" * 80}\nSRV: std_srvs/srv/SetBool\n{SET_BOOL}'},
    )


def sample_topic(sample: Sample) -> str:
    """Return the topic of a sample."""
    package, _, name = sample.type_name.split('/')
    return f'{PREFIX}/{package}/{name}/{sample.name}'


def _samples(*, has_strange_contents: bool) -> Iterator[Sent]:
    all_samples = [sample for type_name in TYPES for sample in samples(type_name)]
    for number, sample in enumerate(all_samples):
        topic, type_name = sample_topic(sample), sample.type_name
        frame = topic[1:].replace('/', '_')
        for round_number in range(NUM_ROUNDS):
            header = {'stamp': {'sec': SEC + round_number, 'nanosec': 5}, 'frame_id': frame}
            seed = number * NUM_ROUNDS + round_number
            if round_number in STRANGE_ROUNDS:
                if not has_strange_contents:
                    continue
                scribbler: Scribbler = _Strange(type_name, seed, header)
            else:
                scribbler = Filler(type_name, seed, header)
            fields = sample.fields
            if fields is None or round_number in STRANGE_ROUNDS:
                fields = scribbler.message(type_name)
            nanos = START + round_number * SECOND + number * SPACING_NANOS
            data = to_cdr(type_name, _stamped(type_name, fields, header))
            yield Sent(topic, nanos, data, type_name)


class _Strange(Scribbler):
    """Writes strange contents that do not meddle with other topics."""

    seconds = (0, 2**31 - 1)  # a lifetime of one second would end together with the next message

    def __init__(self, type_name: str, seed: int, header: dict[str, Any]) -> None:
        super().__init__(type_name, seed, header)
        frame = header['frame_id']
        self.texts = ('', frame, f'/{frame}/b', 'rgb8', 'h264', 'x' * 1000, 'größer \n')


def _stamped(type_name: str, fields: dict[str, Any], header: dict[str, Any]) -> dict[str, Any]:
    """Give a message this header, in the words of its type."""
    types = {field.name: field.type for field in definitions_of(type_name)[type_name]}
    stamps = {name: header['stamp'] for name in ('stamp', 'timestamp') if types.get(name) == _TIME}
    if stamps and types.get('frame_id') == Text():
        stamps['frame_id'] = header['frame_id']
    if types.get('header') == _HEADER:
        stamps['header'] = header
    stamped: dict[str, Any] = {**_with_header(fields, header), **stamps}
    return stamped


def _with_header(value: Any, header: dict[str, Any]) -> Any:  # noqa: ANN401 - nested at will
    if value is HEADER:
        return header
    if isinstance(value, dict):
        return {name: _with_header(each, header) for name, each in value.items()}
    return [_with_header(each, header) for each in value] if isinstance(value, list) else value


def _told() -> Iterator[Sent]:
    for story in _stories():
        for sec, fields in story.parts:
            data = to_cdr(story.type_name, fields, little_endian=not story.is_big_endian)
            nanos = START + round(sec * SECOND)
            yield Sent(f'{PREFIX}{story.topic}', nanos, data, story.type_name)


def _header(sec: float, frame_id: str = '') -> dict[str, Any]:
    whole = int(sec)
    stamp = {'sec': SEC + whole, 'nanosec': round((sec - whole) * SECOND)}
    return {'stamp': stamp, 'frame_id': frame_id}


def _stories() -> Iterator[Story]:
    yield from _transforms()
    yield from _robot()
    yield from _cameras()
    yield from _maps()
    yield from _markers()
    yield from _bursts()
    yield Story(
        '/theora',
        'theora_image_transport/msg/Packet',
        [
            (0.1 * i, {'header': _header(0.1 * i, 'theora'), 'data': packet})
            for i, packet in enumerate(theora_packets())
        ],
    )
    ticks = [(0.6 * i, {'clock': {'sec': i, 'nanosec': 0}}) for i in range(6)]
    yield Story('/clock', 'rosgraph_msgs/msg/Clock', ticks)
    poses = [
        (0.1 + i, {'header': _header(i, frame), 'pose': POSE})
        for i, frame in enumerate(('one', 'one', '/other', ''))
    ]
    yield Story('/frames', 'geometry_msgs/msg/PoseStamped', poses)
    temperatures = [
        (0.1 + i, {'header': {'stamp': {'sec': i, 'nanosec': 7}}, 'temperature': float(i)})
        for i in range(4)
    ]
    yield Story('/undated', 'sensor_msgs/msg/Temperature', temperatures)
    points = [(0.1 + i, {'header': _header(i, 'big'), 'point': VECTOR}) for i in range(2)]
    yield Story('/big_endian', 'geometry_msgs/msg/PointStamped', points, is_big_endian=True)
    texts = [(0.1 + i, {'data': text}) for i, text in enumerate(('a', 'b', 'b'))]
    yield Story('/latched', STRING, texts, is_latched=True)
    yield Story('/end', 'std_msgs/msg/Empty', [(END_SEC, {})])


def _transform(parent: str, child: str, sec: float = 0.0) -> dict[str, Any]:
    place = {'translation': VECTOR, 'rotation': {'w': 1.0}}
    return {'header': _header(sec, parent), 'child_frame_id': child, 'transform': place}


def _transforms() -> Iterator[Story]:
    static = [
        (0.0, {'transforms': [_transform('tree', 'left'), _transform('tree', 'right')]}),
        (0.01, {'transforms': [_transform('right', 'leaf')]}),
    ]
    yield Story('/tf_static', TF, static, is_latched=True)
    moving = [
        (0.1 + i, {'transforms': [_transform('root', 'tree', i), _transform('left', 'tip', i)]})
        for i in range(4)
    ]
    yield Story('/tf', TF, moving)


def _robot() -> Iterator[Story]:
    description = [(0.0, {'data': urdf()})]
    yield Story('/robi/robot_description', STRING, description, is_latched=True)
    states = [
        (
            sec,
            {
                'header': _header(sec),
                'name': ['shoulder', 'wrist'],
                'position': [sec, -sec],
            },
        )
        for sec in (0.5, 1.5, 3.5)
    ]
    yield Story('/robi/joint_states', JOINTS, states)


def _cameras() -> Iterator[Story]:
    for name, focal_length in (('left', 500.0), ('right', 600.0)):
        matrix = [focal_length, 0.0, 24.0, 0.0, focal_length, 16.0, 0.0, 0.0, 1.0]
        size = {'width': 48, 'height': 32, 'k': matrix}
        start = 0.0 if name == 'left' else 0.5
        infos = [(start + i, {'header': _header(i, 'optical'), **size}) for i in range(2)]
        yield Story(f'/{name}/camera_info', 'sensor_msgs/msg/CameraInfo', infos)
        pictures = [
            (1.1 + i, {**image(encoding), 'header': _header(i, 'optical')})
            for i, encoding in enumerate(('rgb8', 'mono8', '32FC3'))
        ]
        yield Story(f'/{name}/image_raw', 'sensor_msgs/msg/Image', pictures)


def _maps() -> Iterator[Story]:
    cells = np.arange(12)
    info = {'width': 4, 'height': 3, 'resolution': 0.5}
    patch = {'x': 1, 'y': 1, 'width': 2, 'height': 1}
    maps = [(0.0, {'header': _header(0, 'map'), 'info': info, 'data': cells})]
    updates = [
        (1.1 + i, {'header': _header(i, 'map'), **patch, 'data': [50 + i, -1]}) for i in range(3)
    ]
    yield Story('/map', 'nav_msgs/msg/OccupancyGrid', maps, is_latched=True)
    yield Story('/map_updates', 'map_msgs/msg/OccupancyGridUpdate', updates)
    size = {'size_x': 4, 'size_y': 3, 'resolution': 0.5}
    costmaps = [(0.0, {'header': _header(0, 'map'), 'metadata': size, 'data': cells})]
    patch = {'x': 0, 'y': 2, 'size_x': 2, 'size_y': 1}
    updates = [
        (1.1 + i, {'header': _header(i, 'map'), **patch, 'data': [254, i]}) for i in range(3)
    ]
    yield Story('/local_costmap/costmap_raw', 'nav2_msgs/msg/Costmap', costmaps)
    yield Story('/local_costmap/costmap_raw_updates', 'nav2_msgs/msg/CostmapUpdate', updates)


def _markers() -> Iterator[Story]:
    cube = {'ns': 'cubes', 'type': 1, 'color': RED, 'scale': VECTOR}
    deletion, all_deletion = {'action': 2, 'ns': 'cubes'}, {'action': 3}
    rounds: list[list[dict[str, Any]]] = [
        [{**cube, 'id': i, 'lifetime': {'sec': 0, 'nanosec': 700_000_000}} for i in range(4)],
        [{**cube, 'id': i} for i in range(3)],
        [{**deletion, 'id': 1}, {**cube, 'id': 0, 'type': 2}],
        [all_deletion, {**cube, 'id': 2}],
    ]
    arrays = [
        (0.1 + i, {'markers': [{'header': _header(i, 'map'), **each} for each in markers]})
        for i, markers in enumerate(rounds)
    ]
    yield Story('/markers', 'visualization_msgs/msg/MarkerArray', arrays)


def _bursts() -> Iterator[Story]:
    chance = random.Random(1)  # noqa: S311 - no secrets
    times = [1.6 + 0.001 * i for i in range(NUM_BURST)]

    def vector() -> dict[str, float]:
        return {axis: chance.uniform(-1, 1) for axis in 'xyz'}

    states = [
        (
            sec,
            {
                'header': _header(sec, 'burst'),
                'angular_velocity': vector(),
                'linear_acceleration': vector(),
                'orientation': {**vector(), 'w': 1.0},
            },
        )
        for sec in times
    ]
    yield Story('/burst/imu', 'sensor_msgs/msg/Imu', states)
    joints = [
        (sec, {'header': _header(sec), 'name': ['a', 'b'], 'position': [sec, chance.random()]})
        for sec in times
    ]
    yield Story('/burst/joints', JOINTS, joints)
    transforms = [
        (sec, {'transforms': [_transform('burst', f'burst_{i}', sec) for i in range(3)]})
        for sec in times
    ]
    yield Story('/burst/tf', TF, transforms)
