# SPDX-License-Identifier: Apache-2.0
"""Names and colors of class ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes.schema_archetype import SchemaArchetype

if TYPE_CHECKING:
    from rerun_bridge.archetypes.likes import Classes


class AnnotationContext(SchemaArchetype):
    """
    Names and colors of class ids, for this entity and those below it.

    Parameters
    ----------
    context
        Classes: `ClassDescription`, `AnnotationInfo`, tuples (id, label, color) or ids; one, or
        a sequence of them.

    """

    context: Classes
