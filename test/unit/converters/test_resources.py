# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from rerun_bridge.converters.resources import read_resource, Resources
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / 'second' / 'share' / 'robot'
    folder.mkdir(parents=True)
    monkeypatch.setenv('AMENT_PREFIX_PATH', f'{tmp_path}/first::{tmp_path}/second')
    return folder


def test_files_of_packages(share: Path) -> None:
    (share / 'arm 1.stl').write_bytes(b'solid')
    assert read_resource('package://robot/arm%201.stl') == b'solid'


def test_absolute_files(tmp_path: Path) -> None:
    path = tmp_path / 'arm.GLB'
    path.write_bytes(b'glTF')
    for uri in (f'file://{path}', str(path)):
        assert read_resource(uri) == b'glTF'


@pytest.mark.parametrize(
    ('uri', 'message'),
    [
        ('package://robot/missing.stl', 'install its package'),
        ('package://robot/secret.txt', 'install its package'),
        ('package://robot/../../../secret.txt', 'install its package'),
        ('file:///etc/hostname', 'send its bytes'),
        ('relative.stl', 'send its bytes'),
        ('http://example.com/arm.stl', 'send its bytes'),
        ('', 'send its bytes'),
        ('file:///a\0b.stl', 'send its bytes|cannot be read'),
        ('file://[/arm.stl', 'send its bytes|cannot be read'),
    ],
)
def test_nothing_but_meshes(uri: str, message: str, share: Path) -> None:
    (share / 'secret.txt').write_text('secret')
    with pytest.raises(ConversionError, match=message):
        read_resource(uri)


def test_parts_of_gltf_come_along(tmp_path: Path) -> None:
    folder = tmp_path / 'parts'
    folder.mkdir()
    (folder / 'arm 1.bin').write_bytes(b'triangles')
    document = {'buffers': [{'uri': 'parts/arm%201.bin', 'byteLength': 9}]}
    (tmp_path / 'arm.gltf').write_text(json.dumps(document))
    [buffer] = json.loads(read_resource(f'{tmp_path}/arm.gltf'))['buffers']
    assert buffer['uri'] == 'data:application/octet-stream;base64,dHJpYW5nbGVz'


@pytest.mark.parametrize('name', ['../secret.bin', '/etc/secret.bin', 'secret.txt', 'missing.bin'])
def test_no_other_files_come_along(name: str, tmp_path: Path) -> None:
    (tmp_path / 'secret.txt').write_text('secret')
    (tmp_path / 'secret.bin').write_text('secret')
    folder = tmp_path / 'mesh'
    folder.mkdir()
    (folder / 'arm.gltf').write_text(json.dumps({'buffers': [{'uri': name}]}))
    with pytest.raises(ConversionError, match=r'arm\.gltf cannot be read: .*; repair'):
        read_resource(f'{folder}/arm.gltf')


def test_each_file_is_read_once_until_reset() -> None:
    asked = []

    def read(uri: str) -> bytes:
        asked.append(uri)
        return b'x'

    resources = Resources(read)
    resources.contents('a')
    resources.contents('a')
    resources.reset()
    resources.contents('a')
    assert asked == ['a', 'a']
