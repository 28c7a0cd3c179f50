# SPDX-License-Identifier: Apache-2.0
"""Fills messages of any type: with whatever it allows, or with what makes sense."""

from __future__ import annotations

import math
import random
from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.cdr import Array, Nested, Primitive, Sequence
from rerun_bridge.cdr.definitions import CODES
from test.unit.converters.ros_messages import definitions_of, HEADER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence as AnySequence

    from rerun_bridge.cdr import FieldType

_HEADER = 'std_msgs/msg/Header'
_TIME, _DURATION = 'builtin_interfaces/msg/Time', 'builtin_interfaces/msg/Duration'


class Scribbler:
    """
    Writes strange contents; the same for the same seed.

    Parameters
    ----------
    type_name
        Of the messages.
    seed
        Any number.
    header
        Of all messages, also of those in others.

    """

    texts: AnySequence[str] = ('', 'a', '/a/b', 'rgb8', 'h264', 'embedded://a', 'x' * 1000, 'ü \n')
    lengths: AnySequence[int] = (0, 1, 2, 6)
    floats: tuple[float, ...] = (0.0, 1.0, -1.0, 1e-30, 1e30, math.nan, math.inf, -math.inf)
    seconds: AnySequence[int] = (0, 1, 2**31 - 1)
    """Of times and durations."""

    def __init__(self, type_name: str, seed: int, header: Mapping[str, Any] | None = None) -> None:
        self._definitions = definitions_of(type_name)
        self._random = random.Random(seed)  # noqa: S311 - no secrets
        self._header: Mapping[str, Any] = HEADER if header is None else header

    def message(self, type_name: str) -> dict[str, Any]:
        """Return the fields of a message of this type, or of one in it."""
        if type_name == _HEADER:
            return dict(self._header)
        if type_name == _TIME:
            return self._time()
        if type_name == _DURATION:
            return {'sec': self._random.choice(self.seconds), 'nanosec': 5}
        return {field.name: self._value(field.type) for field in self._definitions[type_name]}

    def _time(self) -> dict[str, int]:
        return {'sec': self._random.choice(self.seconds), 'nanosec': 5}

    def _value(self, field_type: FieldType) -> Any:  # noqa: ANN401
        if isinstance(field_type, Nested):
            return self.message(field_type.type_name)
        if isinstance(field_type, Array):
            return [self._value(field_type.element) for _ in range(field_type.length)]
        if isinstance(field_type, Sequence):
            count = self._random.choice(self.lengths)
            return [self._value(field_type.element) for _ in range(count)]
        if isinstance(field_type, Primitive):
            return self._number(field_type.name)
        return self._random.choice(self.texts)

    def _number(self, name: str) -> float:
        kind = np.dtype(CODES[name].numpy)
        if kind.kind == 'f':
            return self._random.choice(self.floats)
        if kind.kind == 'b':
            return self._random.choice((False, True))
        return self._random.choice(self._integers(name, kind))

    def _integers(self, name: str, kind: np.dtype[Any]) -> AnySequence[int]:
        if name == 'byte':  # to rosbags it has a sign in some places
            return (0, 1, 127)
        limits = np.iinfo(kind)
        return (0, 1, 2, 3, int(limits.max), int(limits.min))


class Filler(Scribbler):
    """Writes contents that make sense where any number does."""

    texts = ('alpha', 'beta')
    lengths = (2,)
    floats: tuple[float, ...] = (0.25, 0.5, 1.0, 1.5)
    seconds = (0,)

    def _time(self) -> dict[str, int]:
        stamp: dict[str, int] = self._header['stamp']
        return stamp

    def _integers(self, name: str, kind: np.dtype[Any]) -> AnySequence[int]:  # noqa: ARG002
        return (1, 2)
