# SPDX-License-Identifier: Apache-2.0
"""A mapping for one type of messages: a converter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.cdr import Nested, Primitive, Text
from rerun_bridge.converters.mappings.columns import getter
from rerun_bridge.converters.mappings.document import at
from rerun_bridge.converters.mappings.field_paths import FieldPath, find_field
from rerun_bridge.converters.mappings.outputs import OutputPlan, OutputState
from rerun_bridge.converters.mappings.sources import Compiler
from rerun_bridge.converters.mappings.specification import Source
from rerun_bridge.converters.mappings.wants import TEXTS
from rerun_bridge.converters.stamps import stamp_nanos
from rerun_bridge.errors import ConversionError, MappingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rerun_bridge.cdr import Definitions, Message
    from rerun_bridge.converters.base import Convert, Entry, Topic
    from rerun_bridge.converters.mappings.specification import MessageMapping, Stamp

_HEADER, _TIME = Nested('std_msgs/msg/Header'), Nested('builtin_interfaces/msg/Time')
_FRAME_PATHS = (('header', _HEADER, 'header.frame_id'), ('frame_id', Text(), 'frame_id'))
_PICTURES = frozenset(
    {
        'DepthImage',
        'EncodedDepthImage',
        'EncodedImage',
        'Image',
        'SegmentationImage',
        'VideoFrameReference',
        'VideoStream',
    }
)
_SCENE = frozenset({'GridMap', 'VoxelGridMap'})
_FRAMES_OF_ITS_OWN = 'Transform3D'
_MAX_NANOS = 1 << 63


class Plan:
    """
    How to convert messages of one type.

    Parameters
    ----------
    mapping
        What to make of them.
    type_name
        ``pkg/msg/Type``.
    definitions
        Of the type and of those it contains.

    Raises
    ------
    MappingError
        If the type has not what the mapping names; tells the line.

    """

    def __init__(self, mapping: MessageMapping, type_name: str, definitions: Definitions) -> None:
        self._outputs = [
            OutputPlan(output, type_name, definitions, mapping.names) for output in mapping.outputs
        ]
        self._has_own_frame = mapping.frame is not None
        frame = mapping.frame or _frame_of(type_name, definitions)
        self._frame = None
        if frame is not None:
            compiler = Compiler(type_name, None, definitions, mapping.names)
            self._frame = compiler.maker(frame, TEXTS).make
        self._stamp = None
        if mapping.stamp is not None:
            self._stamp = _stamp_reader(mapping.stamp, type_name, definitions)

    def factory(self, topic: Topic) -> Convert:
        """
        Make the function that converts the messages of a topic.

        Parameters
        ----------
        topic
            Of the type.

        Returns
        -------
        callable
            From a message to entries.

        """
        states = [
            (OutputState(plan, topic), _place(plan.output.archetype.__name__))
            for plan in self._outputs
        ]

        stamp = None if topic.options.restamp else self._stamp

        def convert(message: Message) -> Iterator[Entry]:
            frame_id = self._frame_id(message)
            frames = {'': '', 'scene': frame_id, 'picture': frame_id}
            if frame_id and not self._has_own_frame:
                frames['picture'] = topic.shared.frames.image_plane(frame_id, topic.name)
            stamps = None if stamp is None else (stamp(message),)
            for state, place in states:
                yield from state.entries(message, frames[place], stamps)

        return convert

    def _frame_id(self, message: Message) -> str:
        if self._frame is None:
            return ''
        made = self._frame((message,), message)
        frame_id: str = made if isinstance(made, str) else made[0]
        return frame_id.removeprefix('/')


def _place(archetype: str) -> str:
    """Tell which frame an archetype is in: that of the scene, that of a picture, or none."""
    if archetype in _PICTURES or archetype.endswith('2D'):
        return 'picture'
    is_shown = archetype in _SCENE or archetype.endswith('3D')
    return 'scene' if is_shown and archetype != _FRAMES_OF_ITS_OWN else ''


def _frame_of(type_name: str, definitions: Definitions) -> Source | None:
    fields = {field.name: field.type for field in definitions[type_name]}
    for name, kind, path in _FRAME_PATHS:
        if fields.get(name) == kind:
            return Source('', 'field', FieldPath.parse(path))
    return None


def _stamp_reader(
    stamp: Stamp, type_name: str, definitions: Definitions
) -> Callable[[Message], int]:
    with at(stamp.where):
        field = find_field(stamp.path, type_name, definitions)
        get, unit = getter(field.steps), stamp.nanos_per_unit
        if field.kind == _TIME and not unit and not field.arrays:
            return lambda message: stamp_nanos(get(message))
        if isinstance(field.kind, Primitive) and unit and not field.arrays:
            return lambda message: _nanos(get(message), unit)
        msg = (
            f'{stamp.path.text} is no stamp; name a builtin_interfaces/msg/Time, or a number '
            'with its unit, as in {field: time_us, unit: us}'
        )
        raise MappingError(msg)


def _nanos(number: float, unit: int) -> int:
    nanos = number * unit
    if not 0 <= nanos < _MAX_NANOS:
        msg = (
            f'the stamp is {number}, which is no time; repair the publisher, or set restamp for '
            'this topic'
        )
        raise ConversionError(msg)
    return int(nanos)
