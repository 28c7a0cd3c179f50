# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from typing import Any

import pytest

from rerun_bridge.converters.gltf import self_contained


def contained(document: dict[str, Any]) -> dict[str, Any]:
    contents = self_contained(json.dumps(document).encode(), lambda name: name[:3].encode())
    result: dict[str, Any] = json.loads(contents)
    return result


def test_files_become_data() -> None:
    document = {
        'asset': {'version': '2.0'},
        'buffers': [{'uri': 'abc.bin', 'byteLength': 3}, {'uri': 'data:,x'}, {'byteLength': 1}],
        'images': [{'uri': 'def.png'}, {'bufferView': 0}],
    }
    assert contained(document) == {
        'asset': {'version': '2.0'},
        'buffers': [
            {'uri': 'data:application/octet-stream;base64,YWJj', 'byteLength': 3},
            {'uri': 'data:,x'},
            {'byteLength': 1},
        ],
        'images': [{'uri': 'data:image/png;base64,ZGVm'}, {'bufferView': 0}],
    }


def test_files_without_others_stay_as_they_are() -> None:
    contents = b'{ "buffers": [{"uri": "data:,x"}] }'
    assert self_contained(contents, lambda _: b'') is contents


@pytest.mark.parametrize(
    'contents',
    [
        b'',
        b'glTF',
        b'[]',
        b'3',
        b'{"buffers": 3}',
        b'{"buffers": [3]}',
        b'{"images": [{"uri": 3}]}',
    ],
)
def test_what_is_no_gltf(contents: bytes) -> None:
    with pytest.raises(ValueError, match=r'no glTF|Expecting'):
        self_contained(contents, lambda _: b'')
