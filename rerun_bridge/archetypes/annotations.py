# SPDX-License-Identifier: Apache-2.0
"""Names and colors of classes and their keypoints."""

from __future__ import annotations

from typing import Any, NamedTuple, TYPE_CHECKING

from rerun_bridge.archetypes.colors import Color

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rerun_bridge.archetypes.batches import DescribedBatch

_COLOR = Color()


class AnnotationInfo(NamedTuple):
    """
    What a class or keypoint is called and how it is drawn.

    Attributes
    ----------
    id
        Its class id or keypoint id.
    label
        Its name.
    color
        Any one color.

    """

    id: int
    label: str | None = None
    color: Any = None

    def to_record(self) -> dict[str, Any]:
        """Return what pyarrow makes a struct of."""
        color = None if self.color is None else int(_COLOR.coerce(self.color)[0])
        label = None if self.label is None else str(self.label)
        return {'id': int(self.id), 'label': label, 'color': color}


class KeypointPair(NamedTuple):
    """
    Two keypoints with a line between them.

    Attributes
    ----------
    keypoint0, keypoint1
        Their ids.

    """

    keypoint0: int
    keypoint1: int


InfoLike = AnnotationInfo | int | tuple[Any, ...]


class ClassDescription:
    """
    What a class is called, and the keypoints of its instances.

    Parameters
    ----------
    info
        Of the class: an `AnnotationInfo`, a tuple of its fields, or the id alone.
    keypoint_annotations
        Of the keypoints.
    keypoint_connections
        Lines to draw: pairs of keypoint ids.

    """

    def __init__(
        self,
        *,
        info: InfoLike,
        keypoint_annotations: Iterable[InfoLike] | None = (),
        keypoint_connections: Iterable[Sequence[int]] | None = (),
    ) -> None:
        self.info = _to_info(info)
        self.keypoint_annotations = [_to_info(item) for item in keypoint_annotations or ()]
        self.keypoint_connections = [KeypointPair(*pair) for pair in keypoint_connections or ()]

    def to_record(self) -> dict[str, Any]:
        """Return what pyarrow makes a struct of."""
        return {
            'class_id': int(self.info.id),
            'class_description': {
                'info': self.info.to_record(),
                'keypoint_annotations': [item.to_record() for item in self.keypoint_annotations],
                'keypoint_connections': [pair._asdict() for pair in self.keypoint_connections],
            },
        }

    def as_component_batches(self) -> list[DescribedBatch]:
        """Return an annotation context of this class alone."""
        from rerun_bridge.archetypes.annotation_context import (  # noqa: PLC0415 - it needs us
            AnnotationContext,
        )

        return AnnotationContext(self).as_component_batches()


def to_class_records(value: Any) -> list[list[dict[str, Any]]]:  # noqa: ANN401 - see below
    """
    Return what pyarrow makes one annotation context of.

    Parameters
    ----------
    value
        Classes: `ClassDescription`, `AnnotationInfo`, tuples (id, label, color) or ids; one, or
        a sequence of them.

    Returns
    -------
    list
        One list of classes.

    """
    items = [value] if isinstance(value, (ClassDescription, AnnotationInfo, int)) else value
    classes = (
        item if isinstance(item, ClassDescription) else ClassDescription(info=item)
        for item in items
    )
    return [[item.to_record() for item in classes]]


def _to_info(value: InfoLike) -> AnnotationInfo:
    if isinstance(value, AnnotationInfo):
        return value
    return AnnotationInfo(value) if isinstance(value, int) else AnnotationInfo(*value)
