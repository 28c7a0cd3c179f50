# SPDX-License-Identifier: Apache-2.0
"""
Files that messages name by a URI: the meshes of markers and robots.

``package://PACKAGE/PATH`` is looked up in the share folders of ``AMENT_PREFIX_PATH``, as ROS does.
Whoever publishes chooses the URI, so nothing but files of meshes is read, and what a glTF file
keeps beside it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote, urlsplit

from rerun_bridge.converters.gltf import self_contained
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    ReadFile: TypeAlias = Callable[[str], bytes]

_MESH_SUFFIXES = frozenset({'.dae', '.glb', '.gltf', '.obj', '.ply', '.stl'})
_PART_SUFFIXES = frozenset({'.bin', '.jpeg', '.jpg', '.png'})
_MAX_BYTES = 256 << 20


class Resources:
    """
    The files that the messages of a recording name, each read once.

    Parameters
    ----------
    read
        Returns the contents of a URI, or raises `ConversionError`.

    """

    def __init__(self, read: ReadFile | None = None) -> None:
        self._read = read or read_resource
        self._contents: dict[str, bytes] = {}

    def reset(self) -> None:
        """Forget everything, so that changed files are read again."""
        self._contents = {}

    def contents(self, uri: str) -> bytes:
        """
        Return what a URI stands for.

        Parameters
        ----------
        uri
            ``package://``, ``file://`` or the absolute path of a file.

        Returns
        -------
        bytes
            The same object for the same URI.

        Raises
        ------
        ConversionError
            If there is no such file, or it is no mesh.

        """
        contents = self._contents.get(uri)
        if contents is None:
            contents = self._contents[uri] = self._read(uri)
        return contents


def read_resource(uri: str) -> bytes:
    """
    Read a file of this machine.

    Parameters
    ----------
    uri
        See `Resources.contents`.

    Returns
    -------
    bytes
        Its contents.

    Raises
    ------
    ConversionError
        If there is no such file, or it is no mesh.

    """
    try:
        for path in _candidates(uri):
            if path.suffix.lower() in _MESH_SUFFIXES and path.is_file():
                return _read_mesh(path)
    except (OSError, ValueError) as exc:
        msg = f'{uri} cannot be read: {exc}; repair the file'
        raise ConversionError(msg) from exc
    if uri.startswith('package:'):
        msg = (
            f'there is no mesh {uri} in the folders of AMENT_PREFIX_PATH; install its package '
            'here and source the workspace'
        )
    else:
        msg = (
            f'there is no mesh {uri!r} on this machine; name it as package:// or file://, ending '
            f'in {", ".join(sorted(_MESH_SUFFIXES))}, or, in a marker, send its bytes in mesh_file'
        )
    raise ConversionError(msg)


def _read_mesh(path: Path) -> bytes:
    contents = _read_file(path)
    if path.suffix.lower() != '.gltf':
        return contents
    return self_contained(contents, lambda name: _read_beside(path, name))


def _read_file(path: Path) -> bytes:
    size = path.stat().st_size
    if size > _MAX_BYTES:
        msg = f'it has {size} bytes, more than {_MAX_BYTES}'
        raise ValueError(msg)
    return path.read_bytes()


def _read_beside(path: Path, name: str) -> bytes:
    part = Path(unquote(name))
    if part.is_absolute() or '..' in part.parts or part.suffix.lower() not in _PART_SUFFIXES:
        msg = f'it names {name!r}, which is no file of data or picture beside it'
        raise ValueError(msg)
    return _read_file(path.parent / part)


def _candidates(uri: str) -> Iterator[Path]:
    parts = urlsplit(uri)
    path = unquote(parts.path)
    if parts.scheme == 'package':
        for prefix in os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep):
            if prefix:
                yield Path(prefix, 'share', parts.netloc, path.lstrip('/'))
    elif parts.scheme in {'file', ''} and path.startswith('/'):
        yield Path(path)
