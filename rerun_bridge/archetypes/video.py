# SPDX-License-Identifier: Apache-2.0
"""Videos: streams of compressed frames, frames of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes.schema_archetype import SchemaArchetype
from rerun_bridge.archetypes.values import VideoTimestamp
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from dataclasses import KW_ONLY

    import numpy.typing as npt

    from rerun_bridge.archetypes.columns import ComponentColumnList
    from rerun_bridge.archetypes.likes import Booleans, Choices, Contents, Numbers, Texts


class VideoStream(SchemaArchetype):
    """
    Frames of a video as they come; log `codec` once and a `sample` at each time.

    Parameters
    ----------
    codec
        `VideoCodec`.
    sample
        One frame; H.264 and H.265 in Annex B, without B-frames.
    is_keyframe
        Whether the frame needs no other one.
    opacity
        0 to 1.
    draw_order
        Higher ones are in front.

    """

    codec: Choices
    _: KW_ONLY
    sample: Contents | None = None
    is_keyframe: Booleans | None = None
    opacity: Numbers | None = None
    draw_order: Numbers | None = None


class VideoFrameReference(SchemaArchetype):
    """
    Shows a frame of an `AssetVideo` at this time.

    Parameters
    ----------
    timestamp, seconds, nanoseconds
        Since the start of the video, a `VideoTimestamp` or as the names say; one of them.
    video_reference
        Entity of the video, if it is another one.
    opacity
        0 to 1.
    draw_order
        Higher ones are in front.

    Raises
    ------
    UsageError
        Unless exactly one time is given; if `timestamp` is a float.

    """

    def __init__(
        self,
        timestamp: VideoTimestamp | int | None = None,
        *,
        seconds: float | None = None,
        nanoseconds: int | None = None,
        video_reference: Texts | None = None,
        opacity: Numbers | None = None,
        draw_order: Numbers | None = None,
    ) -> None:
        if timestamp is None:
            timestamp = VideoTimestamp(seconds=seconds, nanoseconds=nanoseconds)
        elif seconds is not None or nanoseconds is not None or isinstance(timestamp, float):
            msg = 'the time is given twice or as a float; give seconds= or nanoseconds= only'
            raise UsageError(msg)
        self._set(
            timestamp=timestamp,
            video_reference=video_reference,
            opacity=opacity,
            draw_order=draw_order,
        )

    @classmethod
    def columns_secs(cls, seconds: npt.ArrayLike) -> ComponentColumnList:
        """
        Make a column of times.

        Parameters
        ----------
        seconds
            Since the start of the video, shape (n,); whole ones, as in rerun-sdk.

        Returns
        -------
        ComponentColumnList
            One column.

        """
        return cls.columns_nanos(np.asarray(seconds, np.int64) * 1_000_000_000)

    @classmethod
    def columns_millis(cls, milliseconds: npt.ArrayLike) -> ComponentColumnList:
        """
        Make a column of times.

        Parameters
        ----------
        milliseconds
            Since the start of the video, shape (n,); whole ones, as in rerun-sdk.

        Returns
        -------
        ComponentColumnList
            One column.

        """
        return cls.columns_nanos(np.asarray(milliseconds, np.int64) * 1_000_000)

    @classmethod
    def columns_nanos(cls, nanoseconds: npt.ArrayLike) -> ComponentColumnList:
        """
        Make a column of times.

        Parameters
        ----------
        nanoseconds
            Since the start of the video, shape (n,).

        Returns
        -------
        ComponentColumnList
            One column.

        """
        return cls.columns(timestamp=np.asarray(nanoseconds, np.int64))
