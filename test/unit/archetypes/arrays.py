# SPDX-License-Identifier: Apache-2.0
"""Reads encoded archetypes back."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

if TYPE_CHECKING:
    from rerun_bridge.archetypes import AnyValues, DynamicArchetype
    from rerun_bridge.archetypes.schema_archetype import SchemaArchetype


def values_of(archetype: SchemaArchetype | AnyValues | DynamicArchetype) -> dict[str, Any]:
    """Return the instances of all components, by their fields' names."""
    return {
        batch.component_descriptor().component.rpartition(':')[2]: (
            batch.as_arrow_array().to_pylist()
        )
        for batch in archetype.as_component_batches()
    }
