# SPDX-License-Identifier: Apache-2.0
"""Messages of a type of our own, by mappings that a test writes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TYPE_CHECKING

from rosbags.typesys import get_types_from_msg

from rerun_bridge.converters import load_mappings, Shared
from test.unit.converters.ros_messages import convert, TYPESTORE, values_of

if TYPE_CHECKING:
    from rerun_bridge.converters.mappings import Mappings

THING, THINGS = 'mapped_msgs/msg/Thing', 'mapped_msgs/msg/Things'
for _name, _text in (
    ('mapped_msgs/msg/Part', 'string name\nfloat32 weight\ngeometry_msgs/Point[] outline'),
    (
        THING,
        """
uint32 id
string name
bool is_on
uint8 kind
float32 score
float64 heading
geometry_msgs/Pose pose
geometry_msgs/Vector3 size
geometry_msgs/Twist twist
std_msgs/ColorRGBA color
uint8[3] rgb
float32[3] corner
float32[4] wxyz
unique_identifier_msgs/UUID uuid
builtin_interfaces/Duration age
vision_msgs/Point2D spot
geographic_msgs/GeoPoint place
int32[] counts
Part[] parts
""",
    ),
    (
        THINGS,
        """
std_msgs/Header header
float64 radius
uint64 time_us
string map_name
float64[] ranges
string[] words
uint8[] picture
float64[] xs
float64[] ys
int16 lat
int16 lon
geometry_msgs/PoseWithCovarianceStamped start
geometry_msgs/TransformStamped[] transforms
Thing main
Thing[] things
""",
    ),
):
    TYPESTORE.register(get_types_from_msg(_text, _name))


def mappings(text: str) -> Mappings:
    """Read mappings from a text."""
    with TemporaryDirectory() as folder:
        path = Path(folder, 'things.yaml')
        path.write_text(text, encoding='utf-8')
        return load_mappings([str(path)])


def outputs(text: str, extra: str = '') -> Mappings:
    """Read a mapping of `THINGS` with these outputs, each a line of YAML."""
    lines = ''.join(f'    - {line.strip()}\n' for line in text.strip().splitlines())
    return mappings(f'- type: {THINGS}\n{extra}  outputs:\n{lines}')


def mapped(text: str, fields: dict[str, Any], extra: str = '', **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of any type
    """Convert a message by these outputs; return its values, those of frames left out."""
    shared = Shared(mappings=outputs(text, extra))
    rows = convert(THINGS, fields, shared=shared, **arguments)
    return {
        name.removeprefix('/topic'): value
        for name, value in values_of(rows).items()
        if not name.endswith('CoordinateFrame:frame')
    }
