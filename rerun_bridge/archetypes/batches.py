# SPDX-License-Identifier: Apache-2.0
"""Encoded values as objects that rerun-sdk's `log` understands, too."""

from __future__ import annotations

from typing import Any, NamedTuple, TYPE_CHECKING

from rerun_bridge.encodings import put_together

if TYPE_CHECKING:
    import pyarrow as pa

    from rerun_bridge.encodings import Component


class ComponentDescriptor(NamedTuple):
    """
    Name and meaning of a column.

    Attributes
    ----------
    component
        For instance ``Points3D:positions``.
    archetype
        Full name, for instance ``rerun.archetypes.Points3D``.
    component_type
        Full name, for instance ``rerun.components.Position3D``.

    """

    component: str
    archetype: str | None = None
    component_type: str | None = None


class DescribedBatch:
    """
    Values of one component.

    Parameters
    ----------
    component
        Which one.
    data
        What its encoding made of the values.

    """

    def __init__(self, component: Component, data: Any) -> None:  # noqa: ANN401
        self._component = component
        self._data = data

    def component_descriptor(self) -> ComponentDescriptor:
        """Return which component this is."""
        component = self._component
        return ComponentDescriptor(component.name, component.archetype, component.component_type)

    def as_arrow_array(self) -> pa.Array:
        """Return the values."""
        encoding = self._component.encoding
        return put_together(encoding.arrow_type, encoding.join([self._data]))
