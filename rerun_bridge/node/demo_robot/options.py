# SPDX-License-Identifier: Apache-2.0
"""What a user can choose about the demonstration, and the check of it."""

from __future__ import annotations

from dataclasses import dataclass, Field, field, fields
from typing import TYPE_CHECKING

from rerun_bridge.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping


def _option(default: float, low: float, high: float, description: str) -> float:
    metadata = {'low': low, 'high': high, 'description': description}
    return field(default=default, metadata=metadata)


def _whole(default: int, low: int, high: int, description: str) -> int:
    metadata = {'low': low, 'high': high, 'description': description}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Options:
    """
    The parameters of the node, one field each.

    The metadata of a field holds its ``description`` and its bounds ``low`` and ``high``.
    """

    rate_scale: float = _option(1.0, 0.01, 10.0, 'factor on the rate of every topic')
    camera_width: int = _whole(640, 16, 4096, 'width of the pictures in pixels')
    camera_height: int = _whole(480, 16, 4096, 'height of the pictures in pixels')
    camera_rate: float = _option(10.0, 0.1, 120.0, 'pictures per second')
    seed: int = _whole(0, 0, 2**31 - 1, 'seed of the noise of all sensors')
    duration_sec: float = _option(0.0, 0.0, 1e9, 'stop after so many seconds; 0 = never')
    start_delay_sec: float = _option(
        0.0, 0.0, 3600.0, 'wait before the first message, so that subscribers find the topics'
    )
    loop_sec: float = _option(60.0, 5.0, 3600.0, 'time for one loop through the yard')

    @classmethod
    def from_values(cls, values: Mapping[str, object]) -> Options:
        """
        Build options from parameter values; whole numbers are accepted for all.

        Raises
        ------
        ParameterError
            If a value is no number, or outside its bounds.

        """
        return cls(**{option.name: _checked(option, values) for option in fields(cls)})


def _checked(option: Field[float], values: Mapping[str, object]) -> float:
    value = values.get(option.name, option.default)
    kinds = (int,) if isinstance(option.default, int) else (int, float)
    low, high = option.metadata['low'], option.metadata['high']
    if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
        kind = 'a whole number' if kinds == (int,) else 'a number'
        msg = (
            f'parameter {option.name} is {value!r}; '
            f'set it to {kind} from {low} to {high}, as in -p {option.name}:={option.default}'
        )
        raise ParameterError(msg)
    return type(option.default)(value)
