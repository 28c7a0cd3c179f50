# SPDX-License-Identifier: Apache-2.0
"""What all archetypes share: named fields that become encoded columns."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple, TYPE_CHECKING

from rerun_bridge.encodings import Component, Layout
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


# What NumPy, pyarrow and Python raise when a value is of a wrong kind.
MISFITS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def misfit(component: str, reason: Exception) -> UsageError:
    """
    Say which component got a value that it cannot take.

    Parameters
    ----------
    component
        For instance ``Points3D:positions``.
    reason
        What its encoding raised.

    Returns
    -------
    UsageError
        To be raised.

    """
    return UsageError(f'{component}: {reason}')


class Columns(NamedTuple):
    """
    Encoded values of one row, or of many rows with `lengths`.

    Attributes
    ----------
    layout
        Which components.
    datas
        What each component's encoding made of its values, in the order of the layout.

    """

    layout: Layout
    datas: tuple[Any, ...]


class Archetype:
    """
    Base of all archetypes.

    Subclasses name their components in `FIELDS` and call `_set` in their constructor.

    Attributes
    ----------
    layout
        The components that were given a value.
    datas
        Their encoded values, in the order of the layout.

    """

    __slots__ = ('datas', 'layout')
    FIELDS: ClassVar[Mapping[str, Component]] = {}
    _layouts: ClassVar[dict[tuple[str, ...], Layout]]
    _coercers: ClassVar[tuple[tuple[str, Callable[[Any], Any]], ...]]

    layout: Layout
    datas: tuple[Any, ...]

    def __init_subclass__(cls) -> None:
        """Prepare the tables that `_set` uses."""
        cls._layouts = {}
        in_order = sorted(cls.FIELDS.items(), key=lambda item: item[1].name)
        cls._coercers = tuple((name, field.encoding.coerce) for name, field in in_order)

    def _set(self, **values: Any) -> None:  # noqa: ANN401 - whatever the fields take
        names = []
        datas = []
        name = ''
        try:
            for name, coerce in self._coercers:
                value = values.get(name)
                if value is not None:
                    names.append(name)
                    datas.append(coerce(value))
        except MISFITS as exc:
            component = f'{type(self).__name__}:{name}'
            raise misfit(component, exc) from exc
        self.datas = tuple(datas)
        key = tuple(names)
        layout = self._layouts.get(key)
        if layout is None:
            layout = self._layouts[key] = Layout.of(self.FIELDS[name] for name in names)
        self.layout = layout

    def __repr__(self) -> str:
        """Name the archetype and the number of instances of each component."""
        counts = ', '.join(
            f'{component.name.rpartition(":")[2]}: {component.encoding.count(data)}'
            for component, data in zip(self.layout.components, self.datas)  # noqa: B905
        )
        return f'{type(self).__name__}({counts})'
