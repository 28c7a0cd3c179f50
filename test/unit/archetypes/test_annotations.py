# SPDX-License-Identifier: Apache-2.0
"""Classes and their names."""

from __future__ import annotations

import pytest

from rerun_bridge.archetypes import AnnotationContext, AnnotationInfo, ClassDescription
from rerun_bridge.errors import UsageError
from test.unit.archetypes.arrays import values_of


def test_classes() -> None:
    context = AnnotationContext(
        [
            (1, 'one', [255, 0, 0]),
            2,
            ClassDescription(
                info=AnnotationInfo(3, label='three'),
                keypoint_annotations=[(0, 'nose')],
                keypoint_connections=[(0, 1)],
            ),
        ]
    )
    (classes,) = values_of(context)['context']
    assert [item['class_id'] for item in classes] == [1, 2, 3]
    assert classes[0]['class_description']['info'] == {
        'id': 1,
        'label': 'one',
        'color': 0xFF0000FF,
    }
    assert classes[2]['class_description']['keypoint_annotations'] == [
        {'id': 0, 'label': 'nose', 'color': None}
    ]
    assert classes[2]['class_description']['keypoint_connections'] == [
        {'keypoint0': 0, 'keypoint1': 1}
    ]


@pytest.mark.parametrize('one', [7, AnnotationInfo(7), ClassDescription(info=7)])
def test_one_class(one: int | AnnotationInfo | ClassDescription) -> None:
    (classes,) = values_of(AnnotationContext(one))['context']
    assert [item['class_id'] for item in classes] == [7]


@pytest.mark.parametrize('value', ['x', [object()], [(1, 2, 3, 4)], 1.5])
def test_refused(value: object) -> None:
    with pytest.raises(UsageError):
        AnnotationContext(value)  # type: ignore[arg-type]  # wrong on purpose
