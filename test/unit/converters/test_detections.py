# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from rerun_bridge.cdr import definitions_of_text
from rerun_bridge.converters import TopicConverter
from test.unit.converters.ros_messages import (
    columns_of,
    convert,
    HEADER,
    topic_converter,
    values_of,
)

VISION = 'vision_msgs/msg/'
BOX: dict[str, Any] = {
    'center': {'position': {'x': 10.0, 'y': 20.0}},
    'size_x': 4.0,
    'size_y': 2.0,
}
TURNED = {**BOX, 'center': {'position': {'x': 10.0, 'y': 20.0}, 'theta': math.pi / 2}}
BOX_3D = {'center': {'position': {'x': 1.0}}, 'size': {'x': 2.0, 'y': 4.0, 'z': 6.0}}


def result(class_id: str, score: float) -> dict[str, Any]:
    return {'hypothesis': {'class_id': class_id, 'score': score}}


DETECTION = {'results': [result('dog', 0.25), result('7', 0.75)], 'bbox': BOX, 'id': 'a'}


@pytest.mark.parametrize('little_endian', [True, False])
def test_detections(*, little_endian: bool) -> None:
    fields = {'header': HEADER, 'detections': [DETECTION, {'bbox': BOX}]}
    values = values_of(convert(VISION + 'Detection2DArray', fields, little_endian=little_endian))
    assert values['/topic@CoordinateFrame:frame'] == ['base_image_plane']
    assert values['/topic@Boxes2D:centers'] == [[10.0, 20.0]] * 2
    assert values['/topic@Boxes2D:half_sizes'] == [[2.0, 1.0]] * 2
    assert values['/topic@Boxes2D:labels'] == ['a 7 0.75', '']
    assert values['/topic@Boxes2D:class_ids'] == [7, 0]


@pytest.mark.parametrize(
    ('type_name', 'fields'),
    [
        ('Detection2D', {'header': HEADER, **DETECTION}),
        ('BoundingBox2D', BOX),
        ('BoundingBox2DArray', {'header': HEADER, 'boxes': [BOX]}),
    ],
)
def test_single_boxes(type_name: str, fields: dict[str, Any]) -> None:
    values = values_of(convert(VISION + type_name, fields))
    assert values['/topic@Boxes2D:centers'] == [[10.0, 20.0]]
    assert values['/topic@Boxes2D:half_sizes'] == [[2.0, 1.0]]


def test_turned_boxes_are_lines() -> None:
    type_name = VISION + 'BoundingBox2DArray'
    converter = topic_converter(type_name)
    convert(type_name, {'boxes': [BOX]}, using=converter)
    values = values_of(convert(type_name, {'boxes': [TURNED]}, using=converter))
    [strip] = values['/topic@LineStrips2D:strips']
    expected = np.array([[11, 18], [11, 22], [9, 22], [9, 18], [11, 18]])
    assert np.allclose(np.array(strip), expected)
    assert values['/topic@Boxes2D:half_sizes'] == []


def test_no_detections_end_those_before() -> None:
    values = values_of(convert(VISION + 'Detection2DArray', {'header': HEADER}))
    assert values['/topic@Boxes2D:half_sizes'] == []


def test_same_classes_have_the_same_number() -> None:
    detections = [
        {'results': [result(name, 1.0)]} for name in ('cat', 'dog', 'cat', '99999', '99999999999')
    ]
    values = values_of(convert(VISION + 'Detection2DArray', {'detections': detections}))
    cat, dog, same, *_ = values['/topic@Boxes2D:class_ids']
    assert cat == same != dog


def test_boxes_of_old() -> None:
    text = 'geometry_msgs/Pose2D center\nfloat64 size_x\nfloat64 size_y'
    pose = 'MSG: geometry_msgs/Pose2D\nfloat64 x\nfloat64 y\nfloat64 theta'
    separator = '=' * 80
    type_name = VISION + 'BoundingBox2D'
    definitions = definitions_of_text(type_name, f'{text}\n{separator}\n{pose}\n')
    converter = TopicConverter('/topic', type_name, definitions)
    data = b'\0\1\0\0' + np.array([1, 2, 0, 6, 8], '<f8').tobytes()
    rows = converter.convert(data, log_time_nanos=1, publish_time_nanos=1)
    assert columns_of(rows[0])['Boxes2D:centers'] == [[[1.0, 2.0]]]
    assert columns_of(rows[0])['Boxes2D:half_sizes'] == [[[3.0, 4.0]]]


@pytest.mark.parametrize(
    ('type_name', 'fields', 'labels'),
    [
        (
            'Detection3DArray',
            {'detections': [{'bbox': BOX_3D, 'results': [result('cup', 0.5)]}]},
            ['cup 0.50'],
        ),
        ('Detection3D', {'bbox': BOX_3D, 'id': 'x'}, ['x']),
        ('BoundingBox3DArray', {'boxes': [BOX_3D]}, None),
        ('BoundingBox3D', BOX_3D, None),
    ],
)
def test_boxes_in_space(type_name: str, fields: dict[str, Any], labels: list[str] | None) -> None:
    values = values_of(convert(VISION + type_name, fields))
    assert values['/topic@Boxes3D:centers'] == [[1.0, 0.0, 0.0]]
    assert values['/topic@Boxes3D:half_sizes'] == [[1.0, 2.0, 3.0]]
    assert values['/topic@Boxes3D:quaternions'] == [[0.0, 0.0, 0.0, 1.0]]
    assert values.get('/topic@Boxes3D:labels') == labels


def test_classification() -> None:
    results = [
        {'class_id': 'dog', 'score': 0.25},
        {'class_id': 'cat', 'score': 0.75},
        {'class_id': 'cow', 'score': math.nan},
    ]
    values = values_of(convert(VISION + 'Classification', {'results': results}))
    assert values['/topic@TextLog:text'] == ['cat 0.75']
    assert values['/topic/scores@SeriesLines:names'] == ['cat', 'cow', 'dog']
    assert values['/topic/scores@Scalars:scalars'][::2] == [0.75, 0.25]
    assert convert(VISION + 'Classification', {}) == []


def test_names_of_classes() -> None:
    fields = {'class_map': [{'class_id': 3, 'class_name': 'dog'}]}
    converter = topic_converter(VISION + 'LabelInfo', '/detector/labels')
    [row] = convert(VISION + 'LabelInfo', fields, using=converter)
    assert row.entity_path == '/detector'
    assert not row.times
    [[context]] = columns_of(row)['AnnotationContext:context']
    assert context[0]['class_description']['info']['label'] == 'dog'
    assert convert(VISION + 'LabelInfo', fields, using=converter) == []
    [row] = convert(VISION + 'LabelInfo', fields, topic='/labels')
    assert row.entity_path == '/'


def test_about_the_detector() -> None:
    fields = {'method': 'net', 'database_version': 3}
    [text] = values_of(convert(VISION + 'VisionInfo', fields))['/topic@TextDocument:text']
    assert 'net' in text


def test_region() -> None:
    fields = {'x_offset': 10, 'y_offset': 20, 'width': 4, 'height': 2}
    values = values_of(convert('sensor_msgs/msg/RegionOfInterest', fields))
    assert values == {
        '/topic@Boxes2D:half_sizes': [[2.0, 1.0]],
        '/topic@Boxes2D:centers': [[12.0, 21.0]],
    }
