# SPDX-License-Identifier: Apache-2.0
"""Parameters are taken from files in every form, and bad changes are refused with a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TYPE_CHECKING

import pytest
from rclpy.parameter import Parameter

from rerun_bridge.errors import ParameterError, SinkOpenError
from rerun_bridge.node.parameter_server import ParameterServer
from rerun_bridge.node.parameters import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

REPO = Path(__file__).parents[3]
FILE = """
/**:
  ros__parameters:
    topics: {include: [], exclude: ['/a/.*']}
    connect: {flush_timeout_sec: 2}
    topics.rescan_sec: 3
    topic_options:
      /camera/image: {max_rate: 5, resize: 640x480}
      /camera/: {max_rate: 2, resize: 0.5}
      /: {color_range: [0, 10]}
      sensor_msgs/msg/Image: {jpeg_quality: 80}
    qos_overrides: {/imu: {subscription: {reliability: best_effort, depth: 3}}}
    somebody_elses: 5
"""
BAD_FILE = """
/**:
  ros__parameters:
    save: {pth: /x.rrd, overwrite: 5}
    topics: {include: ['(']}
"""


def serve(make_node: Callable[..., Any], *ros_args: str) -> tuple[Any, ParameterServer]:
    node = make_node('bridge', *ros_args, allow_undeclared_parameters=True)
    return node, ParameterServer(node)


def test_defaults(make_node: Callable[..., Any]) -> None:
    node, server = serve(make_node)
    assert server.values == {name: parameter.default for name, parameter in PARAMETERS.items()}
    for name, parameter in PARAMETERS.items():
        assert node.get_parameter(name).value == parameter.default
        descriptor = node.describe_parameter(name)
        assert descriptor.description == parameter.description
        assert descriptor.read_only is parameter.is_read_only


def test_the_file_with_the_defaults_changes_nothing(make_node: Callable[..., Any]) -> None:
    _, server = serve(make_node, '--params-file', str(REPO / 'config' / 'bridge.yaml'))
    assert server.values == {name: parameter.default for name, parameter in PARAMETERS.items()}


def test_a_file(make_node: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / 'p.yaml').write_text(FILE)
    node, server = serve(make_node, '--params-file', str(tmp_path / 'p.yaml'))
    expected = {
        'topics.include': [],
        'topics.exclude': ['/a/.*'],
        'connect.flush_timeout_sec': 2.0,
        'topics.rescan_sec': 3.0,
        'topic_options./camera/image.max_rate': 5.0,
        'topic_options./camera/image.resize': '640x480',
        'topic_options./camera/.max_rate': 2.0,
        'topic_options./camera/.resize': 0.5,
        'topic_options.sensor_msgs/msg/Image.jpeg_quality': 80,
        'qos_overrides./imu.subscription.reliability': 'best_effort',
        'qos_overrides./imu.subscription.depth': 3,
    }
    assert {name: server.values[name] for name in expected} == expected
    assert {name: node.get_parameter(name).value for name in expected} == expected
    assert server.values['topic_options./.color_range'] == (0.0, 10.0)
    assert 'somebody_elses' not in server.values


@pytest.mark.parametrize(
    ('name', 'value', 'expected'),
    [
        ('topic_options./a/b.max_rate', '5', 5.0),
        ('topic_options./a/.resize', '640x480', '640x480'),
        ('topic_options./.stride', '2', 2),
        ('topic_options.sensor_msgs/msg/PointCloud2.color_range', '[0.0, 9.5]', (0.0, 9.5)),
    ],
)
def test_options_on_the_command_line(
    make_node: Callable[..., Any], name: str, value: str, expected: object
) -> None:
    _, server = serve(make_node, '-p', f'{name}:={value}')
    assert server.values[name] == expected


def test_a_bad_file_is_refused_and_all_that_is_wrong_named(
    make_node: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / 'p.yaml').write_text(BAD_FILE)
    with pytest.raises(ParameterError) as caught:
        serve(make_node, '--params-file', str(tmp_path / 'p.yaml'))
    text = str(caught.value)
    assert 'no parameter save.pth; did you mean save.path?' in text
    assert 'save.overwrite must be true or false, not 5' in text
    assert 'topics.include has a pattern that is no regular expression' in text


@pytest.mark.parametrize(
    ('name', 'value', 'kept'),
    [
        ('topics.rescan_sec', 2, 2.0),
        ('connect.flush_timeout_sec', -1, -1.0),
        ('queue.max_mb', 64.0, 64),
        ('topics.exclude', [], []),
        ('topics.exclude', ['/a'], ['/a']),
        ('save.path', '/tmp/%F.rrd', '/tmp/%F.rrd'),  # noqa: S108 - never opened
        ('topic_options./a.max_rate', 5, 5.0),
        ('topic_options./a/.max_rate', 5, 5.0),
        ('topic_options./.color_range', [0, 10], (0.0, 10.0)),
        ('topic_options./.color_range', [], ()),
        ('topic_options.sensor_msgs/msg/Image.jpeg_quality', 80, 80),
        ('qos_overrides./a.subscription.depth', 7, 7),
        ('use_sim_time', True, None),
    ],
)
def test_a_good_change_is_kept(
    make_node: Callable[..., Any], name: str, value: object, kept: object
) -> None:
    node, server = serve(make_node)
    (result,) = node.set_parameters([Parameter(name, value=value)])
    assert result.successful, result.reason
    assert server.values.get(name) == kept


@pytest.mark.parametrize(
    ('name', 'value', 'reason'),
    [
        ('topics.rescan_sec', 'fast', 'topics.rescan_sec must be a number'),
        ('topics.include', ['('], 'no regular expression'),
        ('save.pth', '/x', 'did you mean save.path?'),
        ('whatever', 1, 'no parameter whatever'),
        ('topic_options./a.max_rat', 1, 'did you mean max_rate?'),
        ('topic_options./a/*.max_rate', 1, 'write /a/.max_rate for all topics below /a'),
        (
            'topic_options.sensor_msgs/Image.resize',
            1,
            'did you mean sensor_msgs/msg/Image.resize?',
        ),
        ('topic_options./a.jpeg_quality', 101, 'at most 100, not 101'),
        ('application_id', 'other', 'read-only'),
        ('save.path', None, 'cannot be unset'),
    ],
)
def test_a_bad_change_is_refused_with_the_reason(
    make_node: Callable[..., Any], name: str, value: object, reason: str
) -> None:
    node, server = serve(make_node)
    before = dict(server.values)
    (result,) = node.set_parameters([Parameter(name, value=value)])
    assert not result.successful
    assert reason in result.reason
    assert server.values == before


def test_an_option_may_change_its_type(make_node: Callable[..., Any]) -> None:
    node, server = serve(make_node, '-p', 'topic_options./a.resize:=0.5')
    for name in ('topic_options./a.resize', 'topic_options./b/.resize'):
        for value, kept in ((0.5, 0.5), ('640x480', '640x480'), (640, 640.0)):
            (result,) = node.set_parameters([Parameter(name, value=value)])
            assert result.successful, result.reason
            assert server.values[name] == kept


def test_an_option_can_be_unset(make_node: Callable[..., Any]) -> None:
    node, server = serve(make_node)
    name = 'topic_options./a.max_rate'
    node.set_parameters([Parameter(name, value=5.0)])
    (result,) = node.set_parameters([Parameter(name, value=None)])
    assert result.successful
    assert name not in server.values


def test_what_follows_a_change_can_refuse_it(make_node: Callable[..., Any]) -> None:
    node, server = serve(make_node)
    seen: list[tuple[object, frozenset[str]]] = []

    def apply(values: Mapping[str, Any], changed: frozenset[str]) -> None:
        seen.append((values['sinks'], changed))
        if values['sinks'] == ['save']:
            msg = 'the disk is full'
            raise SinkOpenError(msg)

    server.on_change(apply)
    (result,) = node.set_parameters([Parameter('sinks', value=['save'])])
    assert (result.successful, result.reason) == (False, 'the disk is full')
    assert server.values['sinks'] == ['serve']
    (result,) = node.set_parameters([Parameter('sinks', value=['none'])])
    assert result.successful
    assert seen == [(['save'], frozenset({'sinks'})), (['none'], frozenset({'sinks'}))]


def test_changes_at_once_are_seen_together(make_node: Callable[..., Any]) -> None:
    node, server = serve(make_node)
    seen: list[tuple[object, object]] = []
    server.on_change(lambda values, _changed: seen.append((values['sinks'], values['save.path'])))
    result = node.set_parameters_atomically(
        [Parameter('save.path', value='/x.rrd'), Parameter('sinks', value=['save'])]
    )
    assert result.successful
    assert seen == [(['save'], '/x.rrd')]


def test_mirroring_shows_a_value_without_consequence(make_node: Callable[..., Any]) -> None:
    node, server = serve(make_node)

    def refuse(_values: Mapping[str, Any], _changed: frozenset[str]) -> None:
        raise AssertionError

    server.on_change(refuse)
    server.mirror('sinks', ['save:/x.rrd'])
    assert node.get_parameter('sinks').value == server.values['sinks'] == ['save:/x.rrd']
