# SPDX-License-Identifier: Apache-2.0
"""Components: named columns with a meaning; layouts: the columns that a row has."""

from __future__ import annotations

from typing import Any, NamedTuple, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rerun_bridge.encodings.base import Encoding


class Component(NamedTuple):
    """
    A component descriptor and how its values are encoded.

    Attributes
    ----------
    name
        For instance ``Points3D:positions``.
    archetype
        Full name, for instance ``rerun.archetypes.Points3D``; None for a loose component.
    component_type
        Full name, for instance ``rerun.components.Position3D``; None for a user's own.
    encoding
        Values to Arrow.

    """

    name: str
    archetype: str | None
    component_type: str | None
    encoding: Encoding


class Layout:
    """
    The components of a row, sorted by name; interned, so compared by identity.

    Attributes
    ----------
    components
        In the order of the columns.
    sizers
        Per component: from its data to about how much memory that takes.

    """

    __slots__ = ('components', 'sizers')
    _interned: dict[tuple[Component, ...], Layout] = {}  # noqa: RUF012 - the intern table

    components: tuple[Component, ...]
    sizers: tuple[Callable[[Any], int], ...]

    @classmethod
    def of(cls, components: Iterable[Component]) -> Layout:
        """
        Return the one layout with these components.

        Parameters
        ----------
        components
            In any order.

        Returns
        -------
        Layout
            The same object for the same components.

        """
        given = tuple(components)
        found = cls._interned.get(given)
        if found is None:
            key = tuple(sorted(given, key=lambda component: component.name))
            found = cls()
            found.components = key
            found.sizers = tuple(component.encoding.num_bytes for component in key)
            found = cls._interned[given] = cls._interned.setdefault(key, found)
        return found
