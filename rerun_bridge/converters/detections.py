# SPDX-License-Identifier: Apache-2.0
"""``vision_msgs``: what was recognized where."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, NamedTuple, TYPE_CHECKING, TypeAlias
import zlib

import numpy as np

from rerun_bridge.archetypes import (
    AnnotationContext,
    AnnotationInfo,
    Boxes2D,
    Boxes3D,
    LineStrips2D,
    TextDocument,
    TextLog,
)
from rerun_bridge.converters.base import converts, converts_each, Entry, SCALARS, series
from rerun_bridge.converters.geometry import rotations, vectors
from rerun_bridge.converters.replacing import Replacing
from rerun_bridge.encodings import owned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    from rerun_bridge.cdr import Message, StructSequence
    from rerun_bridge.converters.base import AnyColumns, Convert, Topic

    Array: TypeAlias = npt.NDArray[Any]

_MAX_CLASS = 1 << 16
_CORNERS = np.array(((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)), float)


class _Labels(NamedTuple):
    """What boxes show beside their outlines."""

    labels: list[str]
    class_ids: list[int]


@converts('vision_msgs/msg/Detection2DArray', frame='image_plane')
def detections_2d(topic: Topic) -> Convert:
    """Make `Boxes2D` with class and score, or `LineStrips2D` if one of them is turned."""
    draw = _Drawing2D(topic)
    return lambda message: draw(message.detections, 'bbox.', _labels(message.detections))


@converts('vision_msgs/msg/Detection2D', frame='image_plane')
def detection_2d(topic: Topic) -> Convert:
    """Make `Boxes2D` with class and score, or `LineStrips2D` if it is turned."""
    draw = _Drawing2D(topic)
    return lambda message: draw(_Single(message), 'bbox.', _labels((message,)))


@converts('vision_msgs/msg/BoundingBox2DArray', frame='image_plane')
def boxes_2d(topic: Topic) -> Convert:
    """Make `Boxes2D`, or `LineStrips2D` if one of them is turned."""
    draw = _Drawing2D(topic)
    return lambda message: draw(message.boxes, '', None)


@converts('vision_msgs/msg/BoundingBox2D')
def box_2d(topic: Topic) -> Convert:
    """Make `Boxes2D`, or `LineStrips2D` if it is turned."""
    draw = _Drawing2D(topic)
    return lambda message: draw(_Single(message), '', None)


@converts_each('vision_msgs/msg/Detection3DArray')
def detections_3d(message: Message) -> Iterator[Entry]:
    """Make `Boxes3D` with class and score."""
    yield Entry(_boxes_3d(message.detections, 'bbox.', _labels(message.detections)))


@converts_each('vision_msgs/msg/Detection3D')
def detection_3d(message: Message) -> Iterator[Entry]:
    """Make `Boxes3D` with class and score."""
    yield Entry(_boxes_3d(_Single(message), 'bbox.', _labels((message,))))


@converts_each('vision_msgs/msg/BoundingBox3DArray')
def boxes_3d(message: Message) -> Iterator[Entry]:
    """Make `Boxes3D`."""
    yield Entry(_boxes_3d(message.boxes, '', None))


@converts_each('vision_msgs/msg/BoundingBox3D')
def box_3d(message: Message) -> Iterator[Entry]:
    """Make `Boxes3D`."""
    yield Entry(_boxes_3d(_Single(message), '', None))


@converts_each('vision_msgs/msg/Classification', frame='image_plane')
def classification(message: Message) -> Iterator[Entry]:
    """Make `TextLog` of the best class, and `Scalars` of all scores."""
    results = message.results
    if not len(results):
        return
    names, scores = results.column('class_id'), results.column('score')
    best = int(np.nan_to_num(scores, nan=-np.inf).argmax())
    yield Entry(TextLog.from_fields(text=f'{names[best]} {scores[best]:.2f}', level='INFO'))
    order = np.argsort(names)
    yield Entry(series(*(names[i] for i in order)), '/scores', is_static=True)
    yield Entry(SCALARS(scores[order]), '/scores')


@converts('vision_msgs/msg/LabelInfo', frame='none')
def label_info(topic: Topic) -> Convert:
    """Make `AnnotationContext` of the namespace, for the boxes in it."""
    namespace = topic.entity_path.rpartition('/')[0] or '/'
    last: tuple[list[tuple[int, str]], AnyColumns] | None = None

    def convert(message: Message) -> Iterator[Entry]:
        nonlocal last
        classes = [(each.class_id, each.class_name) for each in message.class_map]
        if last is None or last[0] != classes:
            infos = [AnnotationInfo(number, name) for number, name in dict(classes).items()]
            last = classes, AnnotationContext(infos)
        yield Entry(last[1], namespace, is_static=True, is_absolute=True)

    return convert


@converts_each('vision_msgs/msg/VisionInfo')
def vision_info(message: Message) -> Iterator[Entry]:
    """Make `TextDocument`."""
    text = (
        f'method: {message.method}\n\ndatabase: {message.database_location}\n\n'
        f'version: {message.database_version}'
    )
    yield Entry(TextDocument.from_fields(text=text, media_type='text/markdown'))


@converts_each('sensor_msgs/msg/RegionOfInterest')
def region_of_interest(message: Message) -> Iterator[Entry]:
    """Make `Boxes2D`."""
    half = message.width / 2, message.height / 2
    center = message.x_offset + half[0], message.y_offset + half[1]
    yield Entry(Boxes2D.from_fields(half_sizes=half, centers=center))


class _Single:
    """One message as a sequence."""

    def __init__(self, message: Message) -> None:
        self._message = message

    def columns(self, path: str, names: tuple[str, ...]) -> Array:
        prefix = f'{path}.' if path else ''
        return np.array([[attrgetter(prefix + name)(self._message) for name in names]], float)

    def column(self, path: str) -> Array:
        return np.array([attrgetter(path)(self._message)])


_Boxes: TypeAlias = 'StructSequence | _Single'


class _Drawing2D:
    """Draws boxes into an image."""

    def __init__(self, topic: Topic) -> None:
        # Until version 4 of the package the center was a geometry_msgs/msg/Pose2D.
        is_new = 'vision_msgs/msg/Pose2D' in topic.definitions
        self._center = 'center.position' if is_new else 'center'
        self._replacing = Replacing()

    def __call__(self, boxes: _Boxes, prefix: str, labels: _Labels | None) -> Iterator[Entry]:
        centers = boxes.columns(prefix + self._center, ('x', 'y'))
        half_sizes = boxes.columns(prefix.removesuffix('.'), ('size_x', 'size_y')) / 2
        angles = boxes.column(f'{prefix}center.theta')
        texts: dict[str, Any] = {} if labels is None else labels._asdict()
        if not angles.any():
            return self._replacing.entries(
                Boxes2D.from_fields(half_sizes=half_sizes, centers=centers, **texts)
            )
        cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
        x, y = (half_sizes[:, None, :] * _CORNERS).transpose(2, 0, 1)
        corners = np.stack((x * cos - y * sin, x * sin + y * cos), axis=2) + centers[:, None, :]
        return self._replacing.entries(LineStrips2D.from_fields(strips=corners, **texts))


def _boxes_3d(boxes: Any, prefix: str, labels: _Labels | None) -> AnyColumns:  # noqa: ANN401
    texts: dict[str, Any] = {} if labels is None else labels._asdict()
    return Boxes3D.from_fields(
        half_sizes=owned(vectors(boxes, f'{prefix}size') / 2),
        centers=vectors(boxes, f'{prefix}center.position'),
        quaternions=rotations(boxes, f'{prefix}center.orientation'),
        **texts,
    )


def _labels(detections: Iterable[Message]) -> _Labels:
    labels, class_ids = [], []
    for each in detections:
        hypotheses = [result.hypothesis for result in each.results]
        best = max(hypotheses, key=attrgetter('score'), default=None)
        name = '' if best is None else best.class_id
        words: Sequence[str] = (each.id, name, f'{best.score:.2f}' if best is not None else '')
        labels.append(' '.join(filter(None, words)))
        is_number = name.isascii() and name.isdigit() and len(name) <= 5  # noqa: PLR2004
        number = int(name) if is_number else zlib.crc32(name.encode('utf-8', 'replace'))
        class_ids.append(number % _MAX_CLASS)
    return _Labels(labels, class_ids)
