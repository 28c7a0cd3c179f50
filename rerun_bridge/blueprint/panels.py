# SPDX-License-Identifier: Apache-2.0
"""Panels at the sides of the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TYPE_CHECKING

from rerun_bridge.blueprint.enums import PanelState
from rerun_bridge.blueprint.layout import PanelBlueprint, row, TimePanelBlueprint
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.blueprint.enums import LoopMode, PlayState
    from rerun_bridge.blueprint.layout import Row
    from rerun_bridge.blueprint.values import AbsoluteTimeRange


@dataclass(kw_only=True, eq=False)
class Panel:
    """
    A panel; use one of its subclasses.

    Attributes
    ----------
    expanded
        Whether it is shown in full; the old way to say `state`.
    state
        `PanelState` or its name.

    Raises
    ------
    UsageError
        If both are given.

    """

    PATH: ClassVar[str]

    expanded: bool | None = None
    state: PanelState | str | int | None = None

    def __post_init__(self) -> None:
        """Translate the old way."""
        if self.expanded is not None:
            if self.state is not None:
                msg = 'expanded and state exclude each other; give state= only'
                raise UsageError(msg)
            self.state = PanelState.Expanded if self.expanded else PanelState.Collapsed

    def describe(self) -> Iterator[Row]:
        """
        Describe the panel.

        Yields
        ------
        tuple
            Path in the blueprint store and columns.

        """
        yield row(self.PATH, PanelBlueprint(state=self.state))


@dataclass(kw_only=True, eq=False)
class TopPanel(Panel):
    """The panel at the top."""

    PATH = '/top_panel'


@dataclass(kw_only=True, eq=False)
class BlueprintPanel(Panel):
    """The panel that shows the blueprint."""

    PATH = '/blueprint_panel'


@dataclass(kw_only=True, eq=False)
class SelectionPanel(Panel):
    """The panel that shows what is selected."""

    PATH = '/selection_panel'


@dataclass(kw_only=True, eq=False)
class TimePanel(Panel):
    """
    The panel of time.

    Attributes
    ----------
    timeline
        Name of the one that is shown.
    playback_speed
        1 for real time.
    fps
        Steps per second of timelines that count.
    play_state
        `PlayState`: paused, playing or following.
    loop_mode
        `LoopMode`.
    time_selection
        What is selected.

    """

    PATH = '/time_panel'

    timeline: str | None = None
    playback_speed: float | None = None
    fps: float | None = None
    play_state: PlayState | str | int | None = None
    loop_mode: LoopMode | str | int | None = None
    time_selection: AbsoluteTimeRange | None = None

    def describe(self) -> Iterator[Row]:
        """
        Describe the panel.

        Yields
        ------
        tuple
            Path in the blueprint store and columns.

        """
        yield row(
            self.PATH,
            TimePanelBlueprint(
                state=self.state,
                timeline=self.timeline,
                playback_speed=self.playback_speed,
                fps=self.fps,
                play_state=self.play_state,
                loop_mode=self.loop_mode,
                time_selection=self.time_selection,
            ),
        )
