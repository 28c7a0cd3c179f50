# SPDX-License-Identifier: Apache-2.0
"""Triangles with a picture on them, as a binary glTF file: the viewer decodes the picture."""

from __future__ import annotations

import json
import struct
from typing import Any, TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float32]

_MAGIC, _VERSION = b'glTF', 2
_JSON, _BINARY = b'JSON', b'BIN\0'
_FLOAT, _UINT = 5126, 5125
_ALIGNMENT = 4


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


def _accessor(view: int, component_type: int, kind: str, count: int) -> dict[str, Any]:
    return {'bufferView': view, 'componentType': component_type, 'type': kind, 'count': count}


def _padded(block: bytes, filler: bytes) -> bytes:
    return block + filler * (-len(block) % _ALIGNMENT)
