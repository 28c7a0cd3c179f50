# SPDX-License-Identifier: Apache-2.0
"""Values of one type of components, encoded: arguments for archetypes and `AnyValues`."""

from __future__ import annotations

from typing import Any, ClassVar, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes.batches import ComponentDescriptor, DescribedBatch
from rerun_bridge.archetypes.columns import ComponentColumn
from rerun_bridge.archetypes.schema import COMPONENT_TYPES
from rerun_bridge.encodings import Component, put_together
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa

    from rerun_bridge.archetypes.schema import ComponentType


class ComponentBatch:
    """
    Values of one type of components; there is a subclass for each type.

    Parameters
    ----------
    value, named
        One value or a sequence, as the type's encoding takes them; by any name, or by none.

    Raises
    ------
    UsageError
        If the value does not fit, or if there is not exactly one.

    """

    TYPE: ClassVar[ComponentType]

    def __init__(self, value: Any = None, /, **named: Any) -> None:  # noqa: ANN401
        values = [*(() if value is None else (value,)), *named.values()]
        if len(values) != 1:
            msg = f'{type(self).__name__} takes one value, got {len(values)}'
            raise UsageError(msg)
        self._data = self.TYPE.encoding.coerce(values[0])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:  # noqa: ANN401, FBT001
        """Return the numbers."""
        del copy
        return np.array(self._data, dtype)

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the instances."""
        return iter(self.as_arrow_array().to_pylist())

    def __len__(self) -> int:
        """Return the number of instances."""
        return self.TYPE.encoding.count(self._data)

    def __getitem__(self, index: int) -> Any:  # noqa: ANN401 - of any type
        """Return an instance; NumPy 1 takes nothing but sequences out of lists."""
        return self.as_arrow_array()[index].as_py()

    def __str__(self) -> str:
        """Return the only instance as a text."""
        return ', '.join(map(str, self))

    def __int__(self) -> int:
        """Return the only instance as a number."""
        return int(np.asarray(self._data).item())

    def as_arrow_array(self) -> pa.Array:
        """Return the values."""
        encoding = self.TYPE.encoding
        return put_together(encoding.arrow_type, encoding.join([self._data]))

    def described(self, descriptor: ComponentDescriptor) -> DescribedBatch:
        """
        Give the values a name.

        Parameters
        ----------
        descriptor
            Of the component.

        Returns
        -------
        DescribedBatch
            Can be logged.

        """
        return DescribedBatch(self._component(*descriptor), self._data)

    def partition(self, lengths: Iterable[int] | None = None) -> ComponentColumn:
        """
        Make a column that is named as the type.

        Parameters
        ----------
        lengths
            Instances of each row; one each if not given.

        Returns
        -------
        ComponentColumn
            For `send_columns`.

        """
        column = ComponentColumn(self._component(self.TYPE.name), self._data)
        return column if lengths is None else column.partition(lengths)

    def _component(
        self, name: str, archetype: str | None = None, component_type: str | None = None
    ) -> Component:
        return Component(name, archetype, component_type or self.TYPE.name, self.TYPE.encoding)


def batch_class(name: str, component_type: str) -> type[ComponentBatch]:
    """
    Make the class of a type of components.

    Parameters
    ----------
    name
        Of the class.
    component_type
        Short name.

    Returns
    -------
    type
        A subclass of `ComponentBatch`.

    """
    return type(name, (ComponentBatch,), {'TYPE': COMPONENT_TYPES[component_type]})
