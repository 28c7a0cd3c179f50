# SPDX-License-Identifier: Apache-2.0
"""Of several options the most specific one holds; what is no option is refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
import sys
from typing import Any

import pytest

from rerun_bridge.converters import supported_types, TopicOptions
from rerun_bridge.converters.options import (
    check_option,
    DEFAULTS,
    KINDS,
    OPTIONS,
    resolve_options,
)
from rerun_bridge.errors import ParameterError

IMAGE, TF = 'sensor_msgs/msg/Image', 'tf2_msgs/msg/TFMessage'


@pytest.mark.parametrize('name', OPTIONS)
def test_every_row_is_complete(name: str) -> None:
    option = OPTIONS[name]
    assert option.check(DEFAULTS[name]) == DEFAULTS[name]
    assert 10 < len(option.meaning) < 200
    for kind in option.kinds:
        assert supported_types().issuperset(KINDS[kind])
    assert TopicOptions() == TopicOptions(**DEFAULTS)


KEYS: dict[str, float] = {
    '/.max_rate': 1.0,
    '/a/.max_rate': 2.0,
    '/a/b/.max_rate': 3.0,
    f'{IMAGE}.max_rate': 4.0,
    '/a/b/c.max_rate': 5.0,
}


@pytest.mark.parametrize(
    ('topic', 'type_name', 'expected'),
    [
        ('/x', 'std_msgs/msg/Bool', 1.0),
        ('/a', 'std_msgs/msg/Bool', 1.0),
        ('/ab', 'std_msgs/msg/Bool', 1.0),
        ('/a/x', 'std_msgs/msg/Bool', 2.0),
        ('/a/bc', 'std_msgs/msg/Bool', 2.0),
        ('/a/b', 'std_msgs/msg/Bool', 2.0),
        ('/a/b/x/y', 'std_msgs/msg/Bool', 3.0),
        ('/a/b/x', IMAGE, 4.0),
        ('/a/b/c', IMAGE, 5.0),
        ('/a/b/c', 'std_msgs/msg/Bool', 5.0),
        ('/a/b/c/d', IMAGE, 4.0),
    ],
)
def test_the_most_specific_key_holds(topic: str, type_name: str, expected: float) -> None:
    for keys in permutations(KEYS):
        chosen = {key: KEYS[key] for key in keys}
        assert resolve_options(chosen, topic, type_name) == TopicOptions(max_rate=expected)


def test_options_are_inherited_one_by_one() -> None:
    chosen: dict[str, Any] = {
        '/.restamp': True,
        '/.jpeg_quality': 50,
        '/a/.resize': 0.5,
        f'{IMAGE}.jpeg_quality': 80,
        '/a/image.resize': 1.0,
        '/a/other.jpeg_quality': 0,
    }
    found = resolve_options(chosen, '/a/image', IMAGE)
    assert found == TopicOptions(restamp=True, jpeg_quality=80)
    assert resolve_options(chosen, '/a/other', IMAGE) == TopicOptions(restamp=True, resize=0.5)
    assert resolve_options({}, '/a/image', IMAGE) == TopicOptions()


def test_prefixes_leave_other_types_alone() -> None:
    chosen = {'/.jpeg_quality': 50, '/.voxel': 0.1}
    assert resolve_options(chosen, '/a', IMAGE) == TopicOptions(jpeg_quality=50)
    assert resolve_options(chosen, '/a', 'std_msgs/msg/Bool') == TopicOptions()


def test_prefixes_do_not_thin_out_transforms() -> None:
    assert resolve_options({'/.max_rate': 5.0}, '/tf_static', TF) == TopicOptions()
    for key in ('/tf.max_rate', f'{TF}.max_rate'):
        assert resolve_options({key: 5.0}, '/tf', TF) == TopicOptions(max_rate=5.0)


@pytest.mark.parametrize(
    ('key', 'value', 'expected'),
    [
        ('/.max_rate', 5, 5.0),
        ('/a.b.max_rate', 5, 5.0),
        ('/a/b/.restamp', False, False),
        (f'{IMAGE}.resize', 640, 640.0),
        ('/a.entity_path', '/b', '/b'),
        ('/a.encode', 'h264', 'h264'),
        ('/a.color_range', [0, 1], (0.0, 1.0)),
        ('a_msgs/srv/B_Event.max_rate', 1, 1.0),
    ],
)
def test_good_options(key: str, value: object, expected: object) -> None:
    pytest.importorskip('PIL')
    assert check_option(key, value) == expected


@pytest.mark.parametrize(
    ('key', 'value', 'problem'),
    [
        ('/a.max_rat', 1, 'names no option of a topic; did you mean max_rate?'),
        ('/a.zzz', 1, 'names no option of a topic; there are entity_path, max_rate'),
        ('/a', 1, 'names no option of a topic'),
        ('', 1, 'names no option of a topic'),
        ('a.max_rate', 1, 'names no topic; write /full/name.max_rate, /prefix/.max_rate'),
        ('.max_rate', 1, 'names no topic'),
        ('//a.max_rate', 1, 'names no topic'),
        ('/a//b.max_rate', 1, 'names no topic'),
        ('/a b.max_rate', 1, 'names no topic'),
        ('/a/**.max_rate', 1, 'has a wildcard; write /a/.max_rate for all topics below /a'),
        ('/*.max_rate', 1, 'has a wildcard; write /.max_rate for all topics below /'),
        ('sensor_msgs/Image.resize', 1, 'did you mean sensor_msgs/msg/Image.resize?'),
        ('sensor_msgs/msg/Imag.resize', 1, f'is for {IMAGE}, foxglove_msgs/msg/RawImage, '),
        (f'{IMAGE}.voxel', 1, f'foxglove_msgs/msg/LaserScan, not for {IMAGE}'),
        ('/a/.entity_path', '/b', 'the same for several topics; write /full/name.entity_path'),
        (f'{IMAGE}.entity_path', '/b', 'the same for several topics'),
        ('/a.max_rate', -1, 'must be a number at least 0'),
        ('/a.jpeg_quality', 101, 'must be an integer at least 0 and at most 100, not 101'),
        ('/a.jpeg_quality', 80.5, 'must be an integer'),
        ('/a.resize', 2.5, 'must be a size such as 640x480'),
        ('/a.encode', 'h265', "must be one of none, h264, not 'h265'"),
        ('/a.stride', 0, 'must be an integer at least 1'),
        ('/a.voxel', float('nan'), 'must be a number at least 0'),
        ('/a.color_range', [1, 0], 'must be a list of two ascending numbers'),
    ],
)
def test_bad_options_are_refused(key: str, value: object, problem: str) -> None:
    with pytest.raises(ParameterError) as caught:
        check_option(key, value)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ('name', 'value'), [('jpeg_quality', 80), ('resize', 0.5), ('encode', 'h264')]
)
def test_without_pillow_pictures_stay_as_they_are(
    name: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, 'PIL', None)
    with pytest.raises(ParameterError, match='pip install pillow'):
        check_option(f'/a.{name}', value)
    assert check_option(f'/a.{name}', DEFAULTS[name]) == DEFAULTS[name]


def test_options_can_be_compared() -> None:
    assert replace(TopicOptions(), color_range=(0.0, 1.0)) != TopicOptions()
    assert hash(TopicOptions()) == hash(TopicOptions(**DEFAULTS))
