# SPDX-License-Identifier: Apache-2.0
"""
What the topics of one recording share about coordinate frames.

The viewer shows a 3D view in the frame of the view's origin. So the root of the recording is put
into the root of the largest tree of transforms, and everything in that tree is visible at once.

A frame may have one parent only, and on one entity. So of the same cameras in one optical frame
one stands for all, and different ones each get an image plane of their own for their images. And
what a robot description tells about a frame stands in for its transform until that comes.
"""

from __future__ import annotations

from collections import Counter
import threading
from typing import NamedTuple, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_IMAGE_PLANE = '_image_plane'
_USUAL_ROOTS = ('map', 'earth', 'world', 'odom', 'base_link')


class Camera(NamedTuple):
    """
    A camera and its image plane.

    Attributes
    ----------
    plane
        The frame of its pixels.
    calibration
        What makes it different from others in the same frame.
    is_owner
        Whether it is the one that connects the plane with the optical frame.

    """

    plane: str
    calibration: object
    is_owner: bool


class Change(NamedTuple):
    """
    What is different because of one more transform.

    Attributes
    ----------
    root
        The root of the largest tree, if that is another one now; else empty.
    stand_in
        The entity of the static transform that stood in for it; empty if none did.

    """

    root: str
    stand_in: str = ''


class _StandIn(NamedTuple):
    parent: str
    entity_path: str


def is_image_plane(frame: str) -> bool:
    """Tell whether a frame is one of pixels."""
    return _IMAGE_PLANE in frame


class Frames:
    """
    The frames of a recording; shared by the converters of all its topics.

    Parameters
    ----------
    fixed_frame
        The root, wherever it is in a tree, once it is known; empty for that of the largest tree.

    Attributes
    ----------
    version
        Another number whenever there is a transform to one more frame.

    """

    def __init__(self, fixed_frame: str = '') -> None:
        self.version = 0
        self._fixed_frame = fixed_frame
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget everything, because a new recording starts."""
        with self._lock:
            self._parents: dict[str, str] = {}
            self._stand_ins: dict[str, _StandIn] = {}
            self._roots: set[str] = set()
            self._root = ''
            self.version += 1
            self._cameras: dict[str, dict[str, Camera]] = {}

    def connect(self, parent: str, child: str) -> Change | None:
        """
        Note a transform.

        Parameters
        ----------
        parent, child
            Names of frames.

        Returns
        -------
        Change or None
            None if there is none.

        """
        if self._parents.get(child) == parent:
            return None
        with self._lock:
            if child not in self._parents:
                self.version += 1
            self._parents[child] = parent
            stand_in = self._stand_ins.pop(child, None)
            root = self._new_root()
        if stand_in is not None:
            return Change(root, stand_in.entity_path)
        return Change(root) if root else None

    def has_transform(self, child: str) -> bool:
        """Tell whether a transform to a frame has come."""
        return child in self._parents

    def stand_in(self, parent: str, child: str, entity_path: str) -> Change | None:
        """
        Note a static transform that only holds until one comes.

        Parameters
        ----------
        parent, child
            Names of frames; the child must not have a transform.
        entity_path
            Where it is logged.

        Returns
        -------
        Change or None
            None if there is none.

        """
        with self._lock:
            self._stand_ins[child] = _StandIn(parent, entity_path)
            root = self._new_root()
        return Change(root) if root else None

    def leave(self, frame: str) -> None:
        """Forget what `stand_in` and `add_root` told about a frame, since it does not hold now."""
        with self._lock:
            self._stand_ins.pop(frame, None)
            self._roots.discard(frame)

    def add_root(self, frame: str) -> Change | None:
        """
        Note a frame that things are in, though perhaps nothing tells where it is.

        Parameters
        ----------
        frame
            The root of a robot.

        Returns
        -------
        Change or None
            None if there is none.

        """
        with self._lock:
            self._roots.add(frame)
            root = self._new_root()
        return Change(root) if root else None

    def add_camera(self, frame_id: str, topic: str, calibration: object) -> Camera:
        """
        Note a camera.

        Parameters
        ----------
        frame_id
            The optical frame.
        topic
            Of the camera's ``CameraInfo``.
        calibration
            Whatever makes cameras the same, such as color and the depth registered to it.

        Returns
        -------
        Camera
            With the plane ``<frame_id>_image_plane`` for the first camera in this frame; the same
            camera shares its plane, others get longer names.

        """
        namespace = topic.rpartition('/')[0]
        with self._lock:
            cameras = self._cameras.setdefault(frame_id, {})
            known = cameras.get(namespace)
            if known is None:
                twins = (each for each in cameras.values() if each.calibration == calibration)
                twin = next(twins, None)
                if twin is not None:
                    cameras[namespace] = twin._replace(is_owner=False)
            if namespace not in cameras or cameras[namespace].calibration != calibration:
                plane = known.plane if known is not None and known.is_owner else ''
                suffix = namespace.replace('/', '_') if cameras else ''
                plane = plane or frame_id + _IMAGE_PLANE + suffix
                cameras[namespace] = Camera(plane, calibration, is_owner=True)
            return cameras[namespace]

    def image_plane(self, frame_id: str, topic: str) -> str:
        """
        Find the image plane of an image.

        Parameters
        ----------
        frame_id
            Of the image.
        topic
            Of the image; the camera is the one with the longest namespace in common.

        Returns
        -------
        str
            The plane of that camera.

        """
        cameras = self._cameras.get(frame_id, {})
        owners = [namespace for namespace in cameras if topic.startswith(f'{namespace}/')]
        return cameras[max(owners, key=len)].plane if owners else frame_id + _IMAGE_PLANE

    def _new_root(self) -> str:
        """Return the root if it is another one than before, else nothing."""
        children = {**self._stand_ins, **self._parents}
        root_of = self._roots_of((*children, *self._roots))
        sizes = Counter(root_of[frame] for frame in children)
        for frame in self._roots:
            sizes.setdefault(root_of[frame], 0)
        rank = {name: -i for i, name in enumerate(_USUAL_ROOTS)}
        root = max(sizes, key=lambda root: (sizes[root], rank.get(root, -len(rank)), root))
        if self._fixed_frame and self._fixed_frame in self._known():
            root = self._fixed_frame
        if root == self._root:
            return ''
        self._root = root
        return root

    def _known(self) -> set[str]:
        parents = (each.parent for each in self._stand_ins.values())
        return self._roots.union(self._parents, self._parents.values(), self._stand_ins, parents)

    def _roots_of(self, frames: Iterable[str]) -> dict[str, str]:
        """Return the root of each frame, and of those above; below a cycle each is its own."""
        found: dict[str, str] = {}
        for frame in frames:
            path: dict[str, None] = {}
            at: str | None = frame
            last = frame
            while at is not None and at not in found and at not in path:
                path[at] = None
                last, at = at, self._parent_of(at)
            if at in path:
                found.update(zip(path, path))  # noqa: B905 - the same
            else:
                found.update(dict.fromkeys(path, last if at is None else found[at]))
        return found

    def _parent_of(self, frame: str) -> str | None:
        parent = self._parents.get(frame)
        if parent is not None:
            return parent
        stand_in = self._stand_ins.get(frame)
        return None if stand_in is None else stand_in.parent
