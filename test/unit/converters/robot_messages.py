# SPDX-License-Identifier: Apache-2.0
"""Descriptions, joint states and transforms of robots, for the tests of what they make."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

from rerun_bridge.converters import Shared, TopicConverter, TopicOptions
from test.unit.converters.ros_messages import (
    columns_of,
    LOG_TIME,
    SEC,
    to_cdr,
    topic_converter,
    values_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rerun_bridge.chunk import Rows

STRING, JOINTS, TF = 'std_msgs/msg/String', 'sensor_msgs/msg/JointState', 'tf2_msgs/msg/TFMessage'
SECOND = 1_000_000_000
ARM = """
<link name="base"><visual><geometry><box size="1 1 1"/></geometry></visual></link>
<link name="mast"/><link name="arm"/><link name="hand"/>
<joint name="foot" type="fixed">
  <parent link="base"/><child link="mast"/><origin xyz="0 0 1"/>
</joint>
<joint name="shoulder" type="prismatic">
  <parent link="mast"/><child link="arm"/><axis xyz="1 0 0"/>
</joint>
<joint name="wrist" type="prismatic">
  <parent link="arm"/><child link="hand"/><axis xyz="0 1 0"/>
</joint>
"""


def urdf(content: str = ARM, name: str = 'robi') -> str:
    """Return a description."""
    return f'<robot name="{name}">{content}</robot>'


class Recording:
    """
    Converts messages of several topics, as the node and `bag2rrd` do.

    Parameters
    ----------
    options
        Of topics, by name.

    """

    def __init__(self, options: Mapping[str, TopicOptions] | None = None) -> None:
        self.shared = Shared()
        self._options = options or {}
        self._converters: dict[str, TopicConverter] = {}

    def feed(
        self, type_name: str, topic: str, fields: dict[str, Any], at: float = 0.0
    ) -> list[Rows]:
        """Convert a message that is received some seconds later."""
        if topic not in self._converters:
            self._converters[topic] = topic_converter(
                type_name,
                topic,
                shared=self.shared,
                is_latched=type_name == STRING,
                options=self._options.get(topic, TopicOptions()),
            )
        time = LOG_TIME + round(at * SECOND)
        due = self.wait(at)
        data = to_cdr(type_name, fields)
        converter = self._converters[topic]
        return due + converter.convert(data, log_time_nanos=time, publish_time_nanos=time)

    def wait(self, until: float, *, is_end: bool = False) -> list[Rows]:
        """Let time pass."""
        time = LOG_TIME + round(until * SECOND)
        converters = self._converters.values()
        return [row for each in converters for row in each.advance(time, is_end=is_end)]

    def describe(self, text: str, topic: str = '/robot_description', at: float = 0) -> list[Rows]:
        """Convert a description."""
        return self.feed(STRING, topic, {'data': text}, at)

    def joints(
        self, topic: str = '/joint_states', at: float = 0.0, **positions: float
    ) -> list[Rows]:
        """Convert a joint state whose stamp is as many seconds after the first one."""
        stamp = {'sec': SEC + int(at), 'nanosec': round(at % 1 * SECOND)}
        names, values = list(positions), list(positions.values())
        fields = {'header': {'stamp': stamp}, 'name': names, 'position': values}
        return self.feed(JOINTS, topic, fields, at)

    def transform(
        self, parent: str, child: str, topic: str = '/tf', at: float = 0.0
    ) -> list[Rows]:
        """Convert a transform."""
        transform = {'header': {'frame_id': parent}, 'child_frame_id': child}
        return self.feed(TF, topic, {'transforms': [transform]}, at)


def static_of(rows: list[Rows]) -> dict[str, Any]:
    """Return the values of static rows; see `values_of`."""
    return values_of([row for row in rows if not row.times])


def placed(rows: list[Rows], entity: str) -> dict[str, list[float]]:
    """Return the translation of each child frame on an entity; none where it is ended."""
    found = {}
    for row in rows:
        if row.entity_path == entity:
            columns = columns_of(row)
            translations = columns['Transform3D:translation']
            for child, translation in zip(  # noqa: B905 - Python 3.10's is fine, too
                columns['Transform3D:child_frame'], translations
            ):
                found[child[0] if child else ''] = translation[0] if translation else []
    return found
