# SPDX-License-Identifier: Apache-2.0
"""One table of parameters: the file with their defaults says the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rerun_bridge.converters import TimelineNames
from rerun_bridge.errors import ParameterError
from rerun_bridge.node.parameters import (
    check_parameter,
    PARAMETERS,
    qos_overrides,
    topic_options,
)

REPO = Path(__file__).parents[3]


def flatten(tree: dict[str, Any], prefix: str = '') -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        name = f'{prefix}{key}'
        flat.update(flatten(value, f'{name}.') if isinstance(value, dict) else {name: value})
    return flat


def test_the_file_has_all_parameters_with_their_defaults() -> None:
    yaml = pytest.importorskip('yaml')
    tree = yaml.safe_load((REPO / 'config' / 'bridge.yaml').read_text())
    given = flatten(tree['/**']['ros__parameters'])
    assert given == {name: parameter.default for name, parameter in PARAMETERS.items()}


def test_the_options_that_the_file_shows_are_good() -> None:
    yaml = pytest.importorskip('yaml')
    pytest.importorskip('PIL')
    lines = (REPO / 'config' / 'bridge.yaml').read_text().splitlines()
    shown = [line.partition('# ')[2] for line in lines if line.startswith('    # ')]
    first = shown.index('topic_options:')
    tree = yaml.safe_load('\n'.join(shown[first:]).partition('\nQuality')[0])
    given = flatten(tree)
    assert len(given) > 5
    for name, value in given.items():
        check_parameter(name, value)


@pytest.mark.parametrize('name', PARAMETERS)
def test_every_row_is_complete(name: str) -> None:
    parameter = PARAMETERS[name]
    assert parameter.check(parameter.default) == parameter.default
    assert 10 < len(parameter.description) < 200


def test_the_table_of_timelines_is_complete() -> None:
    timelines = {name.partition('.')[2] for name in PARAMETERS if name.startswith('timelines.')}
    assert timelines == set(TimelineNames._fields)


@pytest.mark.parametrize(
    ('name', 'hint'),
    [
        ('save.pth', 'did you mean save.path?'),
        ('topic.include', 'did you mean topics.include?'),
        ('sink', 'did you mean sinks?'),
        ('connect.flush_timeout', 'did you mean connect.flush_timeout_sec?'),
        ('topics.zzz', 'there are'),
        ('topic_options./a.max_rat', 'did you mean max_rate?'),
        ('topic_options./a.zzz', 'there are entity_path, max_rate'),
        ('topic_options.a.max_rate', 'names no topic'),
        ('topic_options./a/*.max_rate', 'write /a/.max_rate for all topics below /a'),
    ],
)
def test_unknown_names_are_refused_with_the_nearest_one(name: str, hint: str) -> None:
    with pytest.raises(ParameterError) as caught:
        check_parameter(name, 1.0)
    assert hint in str(caught.value)
    assert str(caught.value).startswith((name, f'there is no parameter {name}'))


@pytest.mark.parametrize(
    'name', ['use_sim_time', 'robot_name', 'qos_overrides./x.publisher.depth']
)
def test_parameters_of_others_are_left_alone(name: str) -> None:
    assert check_parameter(name, 5) == 5


def test_a_bad_value_is_refused_with_the_name() -> None:
    with pytest.raises(ParameterError, match=r'^save\.overwrite must be true or false'):
        check_parameter('save.overwrite', 'yes')
    with pytest.raises(ParameterError, match=r'^qos_overrides\./a\.subscription\.depth depth'):
        check_parameter('qos_overrides./a.subscription.depth', 'many')


def test_options_of_topics_by_key() -> None:
    assert check_parameter('topic_options./.max_rate', 5) == 5.0
    values = {
        'topic_options./.max_rate': 5.0,
        'topic_options.a_msgs/msg/B.restamp': True,
        'topics.include': ['.*'],
    }
    assert topic_options(values) == {'/.max_rate': 5.0, 'a_msgs/msg/B.restamp': True}


def test_overrides_of_quality_of_service() -> None:
    values = {
        'qos_overrides./a.subscription.depth': 5,
        'qos_overrides./a.subscription.reliability': 'reliable',
        'qos_overrides./b.publisher.depth': 5,
        'topics.include': ['.*'],
    }
    assert qos_overrides(values) == {'/a': {'depth': 5, 'reliability': 'reliable'}}
