# SPDX-License-Identifier: Apache-2.0
"""The launch files, read by ROS's own launch (which the wheels of ROS do not bring)."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

LAUNCH = Path(__file__).parents[2] / 'launch'


def load(name: str) -> ModuleType:
    """Import a launch file; skip where there is no launch to import it with."""
    pytest.importorskip('launch_ros')
    spec = spec_from_file_location(name.partition('.')[0] + '_launch', LAUNCH / name)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_bridge_declares_every_argument() -> None:
    module = load('bridge.launch.py')
    declared = module.generate_launch_description().get_launch_arguments()
    assert [argument.name for argument in declared] == [name for name, _, _ in module.ARGUMENTS]
    assert all(argument.description and argument.default_value for argument in declared)


@pytest.mark.parametrize(
    ('given', 'expected'),
    [
        ({'sinks': '', 'use_sim_time': ''}, {}),
        ({'sinks': 'serve', 'use_sim_time': 'true'}, {'sinks': ['serve'], 'use_sim_time': True}),
        (
            {'sinks': 'serve, save:/data/%F.rrd', 'use_sim_time': 'false'},
            {'sinks': ['serve', 'save:/data/%F.rrd'], 'use_sim_time': False},
        ),
    ],
)
def test_arguments_become_parameters(given: dict[str, str], expected: dict[str, object]) -> None:
    module = load('bridge.launch.py')
    context = pytest.importorskip('launch').LaunchContext()
    context.launch_configurations.update(given)
    assert module.overrides(context) == expected


def test_demo_starts_two_programs() -> None:
    description = load('demo.launch.py').generate_launch_description()
    assert len(description.entities) == 2
