# SPDX-License-Identifier: Apache-2.0
"""The Python classes of message types: nothing can be received without them."""

from __future__ import annotations

from importlib import import_module, invalidate_caches
import os

from rerun_bridge.errors import UnsupportedTypeError

_NUM_PARTS = 3


def find_message_class(type_name: str) -> type:
    """
    Import the class of a message type.

    Parameters
    ----------
    type_name
        ``pkg/msg/Type``.

    Returns
    -------
    type
        As ROS generated it.

    Raises
    ------
    UnsupportedTypeError
        If its package is not installed for this Python; says which one and what to do.

    """
    parts = type_name.split('/')
    if len(parts) != _NUM_PARTS or not all(part.isidentifier() for part in parts):
        msg = f'{type_name!r} is not a message type; write it as package/msg/Type'
        raise UnsupportedTypeError(msg)
    package, namespace, name = parts
    invalidate_caches()
    try:
        found: type = getattr(import_module(f'{package}.{namespace}'), name)
    except (ImportError, AttributeError) as exc:
        distro = os.environ.get('ROS_DISTRO', 'DISTRO')
        debian = f'ros-{distro}-{package.replace("_", "-")}'
        msg = (
            f'{type_name} has no Python class here: install its package {package} '
            f'(`sudo apt install {debian}`), or build it and source its workspace before this '
            f'program starts; AMENT_PREFIX_PATH is {os.environ.get("AMENT_PREFIX_PATH", "")!r}'
        )
        raise UnsupportedTypeError(msg) from exc
    return found
