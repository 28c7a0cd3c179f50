# SPDX-License-Identifier: Apache-2.0
"""Small values of blueprints: columns, bounds, where visualizers take their data from."""

from __future__ import annotations

from dataclasses import dataclass, field

from rerun_bridge.blueprint.enums import ComponentSourceKind, TextLogColumnKind
from rerun_bridge.errors import UsageError


@dataclass(frozen=True)
class AbsoluteTimeRange:
    """
    A range between two times.

    Attributes
    ----------
    min, max
        Nanoseconds or steps, both included.

    """

    min: int
    max: int


@dataclass(frozen=True)
class TextLogColumn:
    """
    A column of a log.

    Attributes
    ----------
    kind
        What it shows.
    visible
        Whether it is shown.

    """

    kind: TextLogColumnKind | str | int
    visible: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        """Look the kind up."""
        object.__setattr__(self, 'kind', TextLogColumnKind.auto(self.kind))


@dataclass(frozen=True)
class TimelineColumn:
    """
    A column of times.

    Attributes
    ----------
    timeline
        Its name.
    visible
        Whether it is shown.

    """

    timeline: str
    visible: bool = field(default=True, kw_only=True)


@dataclass(frozen=True)
class TensorDimensionIndexSlider:
    """
    A dimension that has a slider.

    Attributes
    ----------
    dimension
        Which one.

    """

    dimension: int


@dataclass(frozen=True)
class Range2D:
    """
    A rectangle.

    Attributes
    ----------
    x_range, y_range
        Smallest and largest coordinates.

    """

    x_range: tuple[float, float]
    y_range: tuple[float, float]


@dataclass(frozen=True)
class ComponentColumnSelector:
    """
    A component of an entity.

    Attributes
    ----------
    entity_path
        Or both at once, as ``/entity/path:Component``.
    component
        Its name.

    """

    entity_path: str
    component: str = ''

    def __post_init__(self) -> None:
        """Split what is given at once."""
        if not self.component:
            path, colon, component = self.entity_path.partition(':')
            if not colon:
                msg = f'expected a column as "/entity/path:Component", got {self.entity_path!r}'
                raise UsageError(msg)
            object.__setattr__(self, 'entity_path', path)
            object.__setattr__(self, 'component', component)


@dataclass(frozen=True)
class VisualizerComponentMapping:
    """
    Where a visualizer takes a component from.

    Attributes
    ----------
    target
        The component.
    source_kind
        Where from.
    source_component
        Which component there; the same if not given.
    selector
        What of it, in the manner of jq.

    """

    target: str
    source_kind: ComponentSourceKind | str | int
    source_component: str | None = field(default=None, kw_only=True)
    selector: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Look the kind up."""
        object.__setattr__(self, 'source_kind', ComponentSourceKind.auto(self.source_kind))
