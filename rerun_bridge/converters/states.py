# SPDX-License-Identifier: Apache-2.0
"""Lanes of states: names and colors for the numbers in messages."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple, TYPE_CHECKING

from rerun_bridge.archetypes import StateChange, StateConfiguration
from rerun_bridge.converters.base import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GRAY, BLUE, GREEN, ORANGE, RED = 0x808080FF, 0x3080E0FF, 0x2E9E44FF, 0xFFA500FF, 0xFF0000FF


class State(NamedTuple):
    """
    What a number stands for.

    Attributes
    ----------
    name
        Shown.
    color
        0xRRGGBBAA.

    """

    name: str
    color: int


class Lane:
    """
    A kind of states.

    Parameters
    ----------
    states
        What the numbers, or names, in messages stand for.

    """

    def __init__(self, states: Mapping[Any, State]) -> None:
        self._names: Mapping[object, str] = {key: state.name for key, state in states.items()}
        self._configuration = StateConfiguration(
            values=[state.name for state in states.values()],
            colors=[state.color for state in states.values()],
        )

    def entries(self, value: object, path: str = '') -> Iterator[Entry]:
        """
        Enter a state.

        Parameters
        ----------
        value
            What the message has.
        path
            See `Entry`.

        Yields
        ------
        Entry
            The colors of the lane, and the state.

        """
        yield Entry(self._configuration, path, is_static=True)
        yield Entry(_state(self._names.get(value) or str(value)), path)


@lru_cache(maxsize=1024)
def _state(name: str) -> StateChange:
    return StateChange.from_fields(state=name)
