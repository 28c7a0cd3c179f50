# SPDX-License-Identifier: Apache-2.0
"""Properties of a recording."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

from rerun_bridge.archetypes.schema_archetype import SchemaArchetype

if TYPE_CHECKING:
    from dataclasses import KW_ONLY

    from rerun_bridge.archetypes.likes import Texts


class RecordingInfo(SchemaArchetype):
    """
    When a recording began and what it is called.

    Parameters
    ----------
    start_time
        Nanoseconds since the epoch, or a `Time`.
    name
        For people.

    """

    _: KW_ONLY
    start_time: Any = None
    name: Texts | None = None
