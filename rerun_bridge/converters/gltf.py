# SPDX-License-Identifier: Apache-2.0
"""Files of glTF: triangles with a picture on them, and files that need no others."""

from __future__ import annotations

from base64 import b64encode
import json
import struct
from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import MediaType

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float32]

_MAGIC, _VERSION = b'glTF', 2
_JSON, _BINARY = b'JSON', b'BIN\0'
_FLOAT, _UINT = 5126, 5125
_ALIGNMENT = 4
_DATA, _BYTES = 'data:', 'application/octet-stream'


def textured_glb(
    positions: FloatArray, texcoords: FloatArray, picture: bytes, media_type: str
) -> bytes:
    """
    Make a file.

    Parameters
    ----------
    positions
        Three for each triangle, shape (3 n, 3).
    texcoords
        Where each is in the picture, 0 to 1 from its upper left corner, shape (3 n, 2).
    picture
        A file of PNG or JPEG.
    media_type
        Which of the two.

    Returns
    -------
    bytes
        The file.

    """
    blocks = [
        np.ascontiguousarray(positions, '<f4').tobytes(),
        np.ascontiguousarray(texcoords, '<f4').tobytes(),
        np.arange(len(positions), dtype='<u4').tobytes(),
        picture,
    ]
    views, binary = [], b''
    for block in blocks:
        views.append({'buffer': 0, 'byteOffset': len(binary), 'byteLength': len(block)})
        binary += _padded(block, b'\0')
    document: dict[str, Any] = {
        'asset': {'version': '2.0'},
        'scene': 0,
        'scenes': [{'nodes': [0]}],
        'nodes': [{'mesh': 0}],
        'meshes': [
            {
                'primitives': [
                    {
                        'attributes': {'POSITION': 0, 'TEXCOORD_0': 1},
                        'indices': 2,
                        'material': 0,
                    }
                ]
            }
        ],
        'materials': [
            {
                'doubleSided': True,
                'pbrMetallicRoughness': {'baseColorTexture': {'index': 0}, 'metallicFactor': 0},
            }
        ],
        'textures': [{'source': 0}],
        'images': [{'bufferView': 3, 'mimeType': media_type}],
        'accessors': [
            {
                **_accessor(0, _FLOAT, 'VEC3', len(positions)),
                'min': positions.min(axis=0).tolist(),
                'max': positions.max(axis=0).tolist(),
            },
            _accessor(1, _FLOAT, 'VEC2', len(positions)),
            _accessor(2, _UINT, 'SCALAR', len(positions)),
        ],
        'bufferViews': views,
        'buffers': [{'byteLength': len(binary)}],
    }
    text = _padded(json.dumps(document).encode(), b' ')
    chunks = b''.join(
        struct.pack('<I4s', len(chunk), kind) + chunk
        for kind, chunk in ((_JSON, text), (_BINARY, binary))
    )
    return struct.pack('<4sII', _MAGIC, _VERSION, 12 + len(chunks)) + chunks


def self_contained(contents: bytes, read: Callable[[str], bytes]) -> bytes:
    """
    Put what a file of glTF has in other files into it: the viewer gets but one.

    Parameters
    ----------
    contents
        Of the file.
    read
        Returns the contents of a file beside it.

    Returns
    -------
    bytes
        The same contents if it names no others.

    Raises
    ------
    ValueError
        If it is no glTF.

    """
    try:
        document = json.loads(contents)
        parts = [
            part
            for kind in ('buffers', 'images')
            for part in document.get(kind, ())
            if not part.get('uri', _DATA).startswith(_DATA)
        ]
    except (AttributeError, RecursionError, TypeError) as exc:
        msg = f'it is no glTF ({exc})'
        raise ValueError(msg) from exc
    for part in parts:
        data = b64encode(read(part['uri'])).decode()
        media_type = MediaType.guess_from_path(part['uri']) or _BYTES
        part['uri'] = f'{_DATA}{media_type};base64,{data}'
    return json.dumps(document).encode() if parts else contents


def _accessor(view: int, component_type: int, kind: str, count: int) -> dict[str, Any]:
    return {'bufferView': view, 'componentType': component_type, 'type': kind, 'count': count}


def _padded(block: bytes, filler: bytes) -> bytes:
    return block + filler * (-len(block) % _ALIGNMENT)
