# SPDX-License-Identifier: Apache-2.0
"""Taking away what was logged."""

from __future__ import annotations

from rerun_bridge.archetypes.schema_archetype import SchemaArchetype


class Clear(SchemaArchetype):
    """
    Clears an entity from this time on.

    Parameters
    ----------
    recursive
        Also everything below it.

    """

    def __init__(self, *, recursive: bool) -> None:
        self._set(is_recursive=recursive)

    @classmethod
    def flat(cls) -> Clear:
        """Clear this entity alone."""
        return cls(recursive=False)

    @classmethod
    def recursive(cls) -> Clear:
        """Clear this entity and everything below it."""
        return cls(recursive=True)
