# SPDX-License-Identifier: Apache-2.0
"""Parameters: defaults, whole numbers for all, refusals that say what to do."""

from __future__ import annotations

from dataclasses import fields

import pytest

from rerun_bridge.errors import ParameterError
from rerun_bridge.node.demo_robot.options import Options


def test_defaults_are_within_their_bounds() -> None:
    assert Options.from_values({}) == Options()
    for option in fields(Options):
        assert option.metadata['low'] <= option.default <= option.metadata['high']
        assert option.metadata['description']


def test_whole_number_for_a_fraction() -> None:
    options = Options.from_values({'rate_scale': 2, 'seed': 7})
    assert (options.rate_scale, options.seed) == (2.0, 7)
    assert isinstance(options.rate_scale, float)


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('rate_scale', 0.0),
        ('rate_scale', float('nan')),
        ('rate_scale', True),
        ('camera_width', 'wide'),
        ('camera_width', 640.5),
        ('camera_height', 8),
        ('seed', -1),
        ('duration_sec', None),
    ],
)
def test_refusal_names_the_parameter_and_the_remedy(name: str, value: object) -> None:
    with pytest.raises(ParameterError, match=rf'parameter {name} is .*; set it to .* -p {name}:='):
        Options.from_values({name: value})
