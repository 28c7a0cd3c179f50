# SPDX-License-Identifier: Apache-2.0
"""Anything that can be logged, as columns: our archetypes and those of rerun-sdk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rerun_bridge.archetypes.any_values import arrow_component
from rerun_bridge.archetypes.base import Archetype, Columns
from rerun_bridge.archetypes.batches import ComponentDescriptor
from rerun_bridge.encodings import Layout
from rerun_bridge.errors import UsageError


def columns_of(value: object) -> Columns:
    """
    Encode anything that can be logged.

    Parameters
    ----------
    value
        An archetype; or an object with `as_component_batches`, such as rerun-sdk's archetypes;
        or an iterable of archetypes or batches (with `component_descriptor` and
        `as_arrow_array`).

    Returns
    -------
    Columns
        One row.

    Raises
    ------
    UsageError
        If it is nothing of this kind.

    """
    if isinstance(value, Archetype):
        return Columns(value.layout, value.datas)
    encoded = dict(_encode(value))
    layout = Layout.of(encoded)
    return Columns(layout, tuple(encoded[component] for component in layout.components))


def _encode(value: Any) -> Iterable[tuple[Any, Any]]:  # noqa: ANN401
    if isinstance(value, Archetype):
        yield from zip(value.layout.components, value.datas)  # noqa: B905
    elif hasattr(value, 'as_component_batches'):
        for batch in value.as_component_batches():
            yield from _encode(batch)
    elif hasattr(value, 'component_descriptor') and hasattr(value, 'as_arrow_array'):
        array = value.as_arrow_array()
        if array is not None:
            found = value.component_descriptor()
            descriptor = ComponentDescriptor(
                found.component, found.archetype, found.component_type
            )
            yield arrow_component(descriptor, array.type), array
    elif isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        for item in value:
            yield from _encode(item)
    else:
        msg = f'{type(value).__name__} cannot be logged; give an archetype, such as TextLog(...)'
        raise UsageError(msg)
