# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import pytest

from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import (
    columns_of,
    convert,
    HEADER,
    LOG_TIME,
    SEC,
    topic_converter,
    values_of,
    without_frames,
)

MARKER = 'visualization_msgs/msg/ImageMarker'
ANNOTATIONS = 'foxglove_msgs/msg/ImageAnnotations'
RED, GREEN = {'r': 1.0, 'a': 1.0}, {'g': 1.0, 'a': 1.0}
POINTS = [{'x': 1.0, 'y': 2.0}, {'x': 3.0, 'y': 4.0}, {'x': 5.0, 'y': 6.0}, {'x': 7.0, 'y': 8.0}]
PIXELS = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]
CIRCLE, STRIP, LINES, POLYGON, DOTS = range(5)


def marker(kind: int, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    shape = {'points': POINTS, 'scale': 2.0, 'outline_color': RED}
    return {'header': HEADER, 'ns': 'a', 'id': 3, 'type': kind, **shape, **fields}


@pytest.mark.parametrize(
    ('kind', 'component', 'value'),
    [
        (CIRCLE, 'Ellipses2D:half_sizes', [[2.0, 2.0]]),
        (STRIP, 'LineStrips2D:strips', [PIXELS]),
        (LINES, 'LineStrips2D:strips', [PIXELS[:2], PIXELS[2:]]),
        (POLYGON, 'LineStrips2D:strips', [[*PIXELS, PIXELS[0]]]),
        (DOTS, 'Points2D:positions', PIXELS),
    ],
)
@pytest.mark.parametrize('little_endian', [True, False])
def test_shapes(kind: int, component: str, value: Any, *, little_endian: bool) -> None:  # noqa: ANN401
    values = values_of(convert(MARKER, marker(kind), little_endian=little_endian))
    assert values[f'/topic/a/3@{component}'] == value
    assert values[f'/topic/a/3@{component.partition(":")[0]}:colors'][0] == 0xFF0000FF
    assert values['/topic/a/3@CoordinateFrame:frame'] == ['base_image_plane']


@pytest.mark.parametrize('kind', [STRIP, LINES, POLYGON, DOTS])
def test_shapes_of_no_points(kind: int) -> None:
    values = values_of(convert(MARKER, marker(kind, points=[])))
    assert [] in values.values()


def test_colors_of_points() -> None:
    values = values_of(convert(MARKER, marker(DOTS, outline_colors=[RED, GREEN, RED, GREEN])))
    assert values['/topic/a/3@Points2D:colors'] == [0xFF0000FF, 0x00FF00FF] * 2


def test_unknown_type() -> None:
    with pytest.raises(ConversionError, match='type 9 do not exist'):
        convert(MARKER, marker(9))


def test_removal_and_lifetime() -> None:
    converter = topic_converter(MARKER)
    convert(MARKER, marker(CIRCLE), using=converter)
    rows = convert(MARKER, marker(CIRCLE, action=1), using=converter)
    values = values_of(without_frames(rows))
    assert values == {'/topic/a/3@Clear:is_recursive': [False]}
    convert(MARKER, marker(CIRCLE, lifetime={'sec': 1}), using=converter)
    rows = without_frames(converter.advance(LOG_TIME + 2 * 10**9))
    assert values_of(rows) == {'/topic/a/3@Clear:is_recursive': [False]}


def drawings() -> dict[str, Any]:
    outline = {'outline_color': RED, 'thickness': 2.0}
    return {
        'circles': [{'position': POINTS[0], 'diameter': 4.0, **outline}],
        'points': [{'type': kind, 'points': POINTS, **outline} for kind in (1, 2, 3, 4)],
        'texts': [{'position': POINTS[1], 'text': 'hm', 'text_color': GREEN}],
    }


def test_annotations() -> None:
    values = values_of(convert(ANNOTATIONS, drawings()))
    assert values['/topic/circles/0@Ellipses2D:half_sizes'] == [[2.0, 2.0]]
    assert values['/topic/points/0@Points2D:positions'] == PIXELS
    assert values['/topic/points/1@LineStrips2D:strips'] == [[*PIXELS, PIXELS[0]]]
    assert values['/topic/points/2@LineStrips2D:strips'] == [PIXELS]
    assert values['/topic/points/3@LineStrips2D:strips'] == [PIXELS[:2], PIXELS[2:]]
    assert values['/topic/texts/0@Points2D:labels'] == ['hm']
    assert values['/topic/texts/0@Points2D:colors'] == [0x00FF00FF]


def test_annotations_replace_those_before() -> None:
    converter = topic_converter(ANNOTATIONS)
    convert(ANNOTATIONS, drawings(), using=converter)
    fewer = {**drawings(), 'points': [], 'texts': []}
    values = values_of(convert(ANNOTATIONS, fewer, using=converter))
    ended = {name.partition('@')[0] for name in values if 'Clear' in name}
    assert ended == {'/topic/texts/0', *(f'/topic/points/{i}' for i in range(4))}
    values = values_of(convert(ANNOTATIONS, {}, using=converter))
    assert values == {'/topic/circles/0@Clear:is_recursive': [False]}


def test_annotations_end_when_others_come() -> None:
    converter = topic_converter(ANNOTATIONS)
    convert(ANNOTATIONS, drawings(), using=converter)
    circle = {'timestamp': {'sec': SEC + 2}, 'position': POINTS[0], 'diameter': 4.0}
    rows = convert(ANNOTATIONS, {'circles': [circle]}, using=converter)
    [end] = [row for row in rows if row.entity_path == '/topic/texts/0']
    assert columns_of(end)['ros2_timestamp'] == [LOG_TIME]
    texts = {'texts': [{'text': 'hm', 'timestamp': {'sec': SEC + 3}}]}
    rows = convert(ANNOTATIONS, texts, using=converter)
    [end] = [row for row in rows if row.entity_path == '/topic/circles/0']
    assert columns_of(end)['ros2_timestamp'] == [(SEC + 3) * 10**9]
