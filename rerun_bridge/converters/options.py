# SPDX-License-Identifier: Apache-2.0
"""
What a user may choose for topics: the table of options, and which of them hold for a topic.

A key says for whom an option is: ``/camera/left.max_rate`` for a topic,
``sensor_msgs/msg/Image.max_rate`` for all topics of a type, ``/camera/.max_rate`` for all topics
below ``/camera`` and ``/.max_rate`` for all. The most specific one holds: topic, then type, then
the longest prefix. A prefix ends in a slash since ROS takes no wildcard in a parameter's name on
the command line.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
import re
from typing import Any, NamedTuple, TYPE_CHECKING

from rerun_bridge.converters.value_checks import (
    boolean,
    flag_or,
    integer,
    interval,
    needing_pillow,
    number,
    one_of,
    picture_size,
    switch,
    text,
)
from rerun_bridge.errors import hint, ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rerun_bridge.converters.value_checks import Check

KINDS: Mapping[str, tuple[str, ...]] = {
    'images': ('sensor_msgs/msg/Image', 'foxglove_msgs/msg/RawImage'),
    'compressed images': (
        'sensor_msgs/msg/CompressedImage',
        'foxglove_msgs/msg/CompressedImage',
    ),
    'clouds': (
        'sensor_msgs/msg/PointCloud2',
        'sensor_msgs/msg/PointCloud',
        'foxglove_msgs/msg/PointCloud',
    ),
    'scans': (
        'sensor_msgs/msg/LaserScan',
        'sensor_msgs/msg/MultiEchoLaserScan',
        'foxglove_msgs/msg/LaserScan',
    ),
    'robot descriptions': ('std_msgs/msg/String',),
    'joint states': ('sensor_msgs/msg/JointState',),
}
"""What the table calls groups of types."""
_PICTURES = ('images', 'compressed images')
_POINTS = ('clouds', 'scans')
_CUMULATIVE = frozenset(
    {
        'ffmpeg_image_transport_msgs/msg/FFMPEGPacket',
        'foxglove_msgs/msg/CompressedVideo',
        'foxglove_msgs/msg/FrameTransform',
        'foxglove_msgs/msg/FrameTransforms',
        'geometry_msgs/msg/TransformStamped',
        'map_msgs/msg/OccupancyGridUpdate',
        'nav2_msgs/msg/CostmapUpdate',
        'tf2_msgs/msg/TFMessage',
        'visualization_msgs/msg/InteractiveMarkerUpdate',
    }
)
"""Types whose messages need one another, so that none may be left out by the way."""
_TYPE = re.compile(r'[A-Za-z]\w*/(msg|srv|action)/[A-Za-z]\w*')
_SHORT_TYPE = re.compile(r'([A-Za-z]\w*)/([A-Za-z]\w*)')
_TOPIC_OR_PREFIX = re.compile(r'/|(/[^\s/*]+)+/?')


class Option(NamedTuple):
    """
    One row of the table.

    Attributes
    ----------
    check
        Returns the value to work with, or raises ParameterError.
    meaning
        One line for people.
    kinds
        Names of `KINDS` that it is for; none for all types.
    spared
        Types that prefixes do not set it for.
    is_single
        Whether it makes sense for a topic alone.

    """

    check: Check
    meaning: str
    kinds: tuple[str, ...] = ()
    spared: frozenset[str] = frozenset()
    is_single: bool = False

    def is_for(self, type_name: str) -> bool:
        """Tell whether messages of a type follow it."""
        return not self.kinds or any(type_name in KINDS[kind] for kind in self.kinds)


def _option(default: object, *row: Any, **more: Any) -> Any:  # noqa: ANN401 - as `Option`
    return field(default=default, metadata={'option': Option(*row, **more)})


@dataclass(frozen=True)
class TopicOptions:
    """
    What a user chose for a topic; every field is a row of the table.

    The default of an option is one of its values, by which a specific key undoes a general one.
    """

    entity_path: str = _option(
        '',
        text,
        'where it is logged; empty: at the name of the topic. For single topics alone',
        is_single=True,
    )
    max_rate: float = _option(
        0.0,
        number(0, 1e6),
        'messages per second that are logged at most; 0: all. Prefixes spare transforms, video '
        'and updates, whose messages need one another',
        spared=_CUMULATIVE,
    )
    restamp: bool = _option(
        False,  # noqa: FBT003 - a value in a table
        boolean,
        'whether the time of reception replaces the stamps',
    )
    depth_meter: float = _option(
        0.0,
        number(0, 1e9),
        'units of depth images per meter; 0: 1000 in integers, 1 in floats',
        _PICTURES,
    )
    resize: str | float = _option(
        1.0,
        needing_pillow(picture_size, 1.0),
        'size in which color and gray are logged, never depths: 640x480, a width such as 640, or '
        'a factor such as 0.5; never larger than they are; they fill the same view. 1: as they '
        'are',
        _PICTURES,
    )
    jpeg_quality: int = _option(
        0,
        needing_pillow(integer(0, 100), 0),
        'quality of the JPEG files, 1 to 100, as which color and gray are logged, never depths; '
        '0: as they are',
        _PICTURES,
    )
    encode: str = _option(
        'none',
        needing_pillow(one_of('none', 'h264'), 'none'),
        'h264: color and gray are logged as video, if PyAV is installed; none: they are not',
        _PICTURES,
    )
    color_by: str = _option(
        'auto',
        text,
        'what colors show: auto, rgb, intensity, x, y, z, the name of a field, or flat for none',
        _POINTS,
    )
    color_range: tuple[float, ...] = _option(
        (),
        interval,
        'values of the first and the last color, such as [0.0, 100.0]; []: the smallest and the '
        'largest of each message',
        _POINTS,
    )
    voxel: float = _option(
        0.0,
        number(0, 1e6),
        'edge in meters of the cubes that keep one point each, the first; 0: all points',
        _POINTS,
    )
    stride: int = _option(
        1, integer(1, 2**31), 'n: every n-th point is kept, after voxel; 1: all', _POINTS
    )
    max_points: int = _option(
        0,
        integer(0, 2**31),
        'how many points are kept at most, evenly spread over the message, after stride; 0: all',
        _POINTS,
    )
    collisions: bool = _option(
        False,  # noqa: FBT003 - a value in a table
        boolean,
        'whether the shapes to find collisions by are drawn, too',
        ('robot descriptions',),
    )
    frame_prefix: str = _option(
        '',
        text,
        'that of robot_state_publisher; robots of equal links need different ones',
        ('robot descriptions',),
    )
    mesh_folder: str = _option(
        '',
        text,
        'folder of meshes with relative names; may be a package://',
        ('robot descriptions',),
    )
    joint_states_fk: str = _option(
        'auto',
        switch('auto'),
        'whether joint states move the robot; auto: where no transforms come',
        ('joint states',),
    )
    flatten: bool | int = _option(
        False,  # noqa: FBT003 - a value in a table
        flag_or(integer(0, 1024)),
        'whether all numbers of types that have no converter are plotted, too; a number: those of '
        'arrays up to this length, instead of 16',
    )


OPTIONS: Mapping[str, Option] = {
    each.name: each.metadata['option'] for each in fields(TopicOptions)
}
DEFAULTS: Mapping[str, Any] = {each.name: each.default for each in fields(TopicOptions)}


def check_option(key: str, value: object) -> Any:  # noqa: ANN401 - as the check returns it
    """
    Check one choice of a user.

    Parameters
    ----------
    key
        ``WHERE.OPTION``.
    value
        What it shall be.

    Returns
    -------
    object
        The value to work with.

    Raises
    ------
    ParameterError
        If there is no such option, the key names neither topic, type nor prefix, or the value is
        bad; the text goes behind the key.

    """
    where, option = _split(key)
    if option not in OPTIONS:
        msg = f'names no option of a topic{hint(option, OPTIONS)}'
        raise ParameterError(msg)
    problem = _problem_of(where, option)
    if problem:
        raise ParameterError(problem)
    return OPTIONS[option].check(value)


def resolve_options(chosen: Mapping[str, Any], topic: str, type_name: str) -> TopicOptions:
    """
    Find what holds for a topic.

    Parameters
    ----------
    chosen
        Checked values by key, for whatever topics.
    topic
        Its fully resolved name.
    type_name
        ``pkg/msg/Type``.

    Returns
    -------
    TopicOptions
        Per option the value of the most specific key.

    """
    found: dict[str, tuple[tuple[int, int], Any]] = {}
    for key, value in chosen.items():
        where, name = _split(key)
        rank = _rank(where, topic, type_name, OPTIONS[name])
        if rank is not None and (name not in found or rank > found[name][0]):
            found[name] = rank, value
    return TopicOptions(**{name: value for name, (_, value) in found.items()})


def _split(key: str) -> tuple[str, str]:
    where, _, option = key.rpartition('.')
    return where, option


def _problem_of(where: str, name: str) -> str:
    """Return what is wrong with whom an option is for; empty if nothing is."""
    is_type = bool(_TYPE.fullmatch(where))
    if not is_type and not _TOPIC_OR_PREFIX.fullmatch(where):
        return _advice(where, name)
    option = OPTIONS[name]
    if option.is_single and (is_type or where.endswith('/')):
        return f'would be the same for several topics; write /full/name.{name}'
    if is_type and not option.is_for(where):
        types = [each for kind in option.kinds for each in KINDS[kind]]
        return f'is for {", ".join(types)}, not for {where}'
    return ''


def _advice(where: str, name: str) -> str:
    """Return what to write in place of what is neither topic, prefix nor type."""
    short = _SHORT_TYPE.fullmatch(where)
    if short:
        return f'names no type; did you mean {short[1]}/msg/{short[2]}.{name}?'
    if where.startswith('/') and '*' in where:
        prefix = where.partition('*')[0].rpartition('/')[0]
        return f'has a wildcard; write {prefix}/.{name} for all topics below {prefix or "/"}'
    return (
        f'names no topic; write /full/name.{name}, /prefix/.{name} for all topics below /prefix, '
        f'or pkg/msg/Type.{name} for all of a type'
    )


def _rank(where: str, topic: str, type_name: str, option: Option) -> tuple[int, int] | None:
    """Return how specific a key is; None if the topic is not meant."""
    if where == topic:
        return 2, 0
    if where == type_name:
        return 1, 0
    is_prefix = where.endswith('/') and topic.startswith(where)
    if is_prefix and option.is_for(type_name) and type_name not in option.spared:
        return 0, len(where)
    return None
