# SPDX-License-Identifier: Apache-2.0
"""The file `metadata.yaml` of a bag folder; a recorder that was stopped leaves none."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, TYPE_CHECKING

import yaml

from rerun_bridge.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE_NAME = 'metadata.yaml'
_ROOT = 'rosbag2_bagfile_information'
_LOADER = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)


@dataclass(frozen=True)
class Metadata:
    """
    What a recorder notes when it closes a bag.

    Attributes
    ----------
    file_names
        Of the storage files.
    start_nanos
        Log time of the first message by name of the file, as far as noted.
    num_messages
        By topic.
    offered
        What publishers offered, by topic.
    distribution
        Of ROS, or empty.

    """

    file_names: tuple[str, ...]
    start_nanos: Mapping[str, int] = field(default_factory=dict)
    num_messages: Mapping[str, int] = field(default_factory=dict)
    offered: Mapping[str, Any] = field(default_factory=dict)
    distribution: str = ''


def read_metadata(folder: Path) -> Metadata | None:
    """
    Read the metadata of a bag.

    Parameters
    ----------
    folder
        The bag.

    Returns
    -------
    Metadata or None
        None if there is no such file.

    Raises
    ------
    DecodeError
        If the file is damaged.

    """
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    try:
        text = path.read_text(encoding='utf-8', errors='replace')
        found = yaml.load(text, Loader=_LOADER)[_ROOT]  # noqa: S506 - a safe one
        topics = [
            (each['topic_metadata'], int(each['message_count']))
            for each in found.get('topics_with_message_count') or ()
        ]
        return Metadata(
            tuple(PurePath(name).name for name in found['relative_file_paths']),
            {
                PurePath(each['path']).name: int(each['starting_time']['nanoseconds_since_epoch'])
                for each in found.get('files') or ()
            },
            {topic['name']: count for topic, count in topics},
            {topic['name']: topic.get('offered_qos_profiles') for topic, _ in topics},
            str(found.get('ros_distro') or ''),
        )
    except OSError as exc:
        msg = f'cannot be read ({exc})'
        raise DecodeError(msg) from exc
    except Exception as exc:  # of the YAML library, or anything that is not where it should be
        msg = f'is damaged ({type(exc).__name__}); `ros2 bag reindex` writes a new one'
        raise DecodeError(msg) from exc
