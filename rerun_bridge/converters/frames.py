# SPDX-License-Identifier: Apache-2.0
"""
What the topics of one recording share about coordinate frames.

The viewer shows a 3D view in the frame of the view's origin. So the root of the recording is put
into the root of the largest tree of transforms, and everything in that tree is visible at once.

A frame may have one parent only, and on one entity. So of the same cameras in one optical frame
one stands for all, and different ones each get an image plane of their own for their images.
"""

from __future__ import annotations

from collections import Counter
import threading
from typing import NamedTuple

IMAGE_PLANE = '{}_image_plane'
_USUAL_ROOTS = ('map', 'earth', 'world', 'odom', 'base_link')
_MAX_DEPTH = 1000


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


class Frames:
    """The frames of a recording; shared by the converters of all its topics."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget everything, because a new recording starts."""
        with self._lock:
            self._parents: dict[str, str] = {}
            self._root = ''
            self._cameras: dict[str, dict[str, Camera]] = {}

    def connect(self, parent: str, child: str) -> str | None:
        """
        Note a transform.

        Parameters
        ----------
        parent, child
            Names of frames.

        Returns
        -------
        str or None
            The root of the largest tree, if this transform made it another one.

        """
        if self._parents.get(child) == parent:
            return None
        with self._lock:
            self._parents[child] = parent
            root = self._find_root()
            if root == self._root:
                return None
            self._root = root
            return root

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
                plane = plane or IMAGE_PLANE.format(frame_id) + suffix
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
        return cameras[max(owners, key=len)].plane if owners else IMAGE_PLANE.format(frame_id)

    def _find_root(self) -> str:
        sizes = Counter(map(self._root_of, self._parents))
        rank = {name: -i for i, name in enumerate(_USUAL_ROOTS)}
        return max(sizes, key=lambda root: (sizes[root], rank.get(root, -len(rank)), root))

    def _root_of(self, frame: str) -> str:
        # Bounded, since broken robots publish cycles.
        for _ in range(_MAX_DEPTH):
            parent = self._parents.get(frame)
            if parent is None:
                break
            frame = parent
        return frame
