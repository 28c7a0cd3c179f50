# SPDX-License-Identifier: Apache-2.0
"""What a user can choose about the demonstration, and the check of it."""

from __future__ import annotations

from dataclasses import dataclass, Field, field, fields
from typing import Any, TYPE_CHECKING

from rerun_bridge.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping


def _about(low: float, high: float, description: str) -> dict[str, Any]:
    return {'low': low, 'high': high, 'description': description}


@dataclass(frozen=True)
class Options:
    """
    The parameters of the node, one field each.

    The metadata of a field holds its ``description`` and its bounds ``low`` and ``high``.
    """

    rate_scale: float = field(
        default=1.0, metadata=_about(0.01, 10.0, 'factor on the rate of every topic')
    )
    camera_width: int = field(
        default=640, metadata=_about(16, 4096, 'width of the pictures in pixels')
    )
    camera_height: int = field(
        default=480, metadata=_about(16, 4096, 'height of the pictures in pixels')
    )
    camera_rate: float = field(default=10.0, metadata=_about(0.1, 120.0, 'pictures per second'))
    seed: int = field(default=0, metadata=_about(0, 2**31 - 1, 'seed of the noise of all sensors'))
    duration_sec: float = field(
        default=0.0, metadata=_about(0.0, 1e6, 'stop after so many seconds; 0 = never')
    )
    start_delay_sec: float = field(
        default=0.0,
        metadata=_about(0.0, 3600.0, 'time for subscribers to come before the first message'),
    )
    loop_sec: float = field(
        default=60.0, metadata=_about(5.0, 3600.0, 'time for one loop through the yard')
    )

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Options:
        """
        Build options from parameter values; whole numbers are accepted for all.

        Raises
        ------
        ParameterError
            If a value is no number, or outside its bounds.

        """
        return cls(**{option.name: _checked(option, values) for option in fields(cls)})


def _checked(option: Field[Any], values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a number
    value = values.get(option.name, option.default)
    number = int if isinstance(option.default, int) else float
    low, high = option.metadata['low'], option.metadata['high']
    fits = isinstance(value, int | number) and not isinstance(value, bool)
    if not fits or not low <= value <= high:
        kind = 'a whole number' if number is int else 'a number'
        msg = (
            f'parameter {option.name} is {value!r}; '
            f'set it to {kind} from {low} to {high}, as in -p {option.name}:={option.default}'
        )
        raise ParameterError(msg)
    return number(value)
