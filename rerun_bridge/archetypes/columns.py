# SPDX-License-Identifier: Apache-2.0
"""Columns: many rows of one component, for `send_columns`."""

from __future__ import annotations

from typing import Any, NamedTuple, TYPE_CHECKING

import pyarrow as pa

from rerun_bridge.archetypes.base import misfit, MISFITS
from rerun_bridge.archetypes.batches import DescribedBatch
from rerun_bridge.encodings import offsets_of, Primitive
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rerun_bridge.archetypes.batches import ComponentDescriptor
    from rerun_bridge.encodings import Component


class ComponentColumn(NamedTuple):
    """
    Values of one component in many rows.

    Attributes
    ----------
    component
        Which one.
    data
        What its encoding made of the instances of all rows together.
    lengths
        Number of instances in each row; None for one in each.

    """

    component: Component
    data: Any
    lengths: Sequence[int] | None = None

    @classmethod
    def of(cls, component: Component, value: Any) -> ComponentColumn:  # noqa: ANN401
        """
        Encode values; every item along the first axis is a row.

        Parameters
        ----------
        component
            Which one.
        value
            What the encoding takes; rows may hold several numbers or vectors each.

        Returns
        -------
        ComponentColumn
            With as many rows as `value` has items.

        Raises
        ------
        UsageError
            If the value does not fit.

        """
        try:
            data = component.encoding.coerce(value)
        except MISFITS as exc:
            raise misfit(component.name, exc) from exc
        if isinstance(component.encoding, Primitive):
            num_rows = _len(value)
            per_row = component.encoding.count(data) // num_rows if num_rows else 0
            if per_row > 1:
                return cls(component, data, [per_row] * num_rows)
        return cls(component, data)

    @property
    def num_rows(self) -> int:
        """Get the number of rows."""
        component, data, lengths = self
        return component.encoding.count(data) if lengths is None else len(lengths)

    def component_descriptor(self) -> ComponentDescriptor:
        """Return which component this is."""
        return DescribedBatch(self.component, self.data).component_descriptor()

    def as_arrow_array(self) -> pa.Array:
        """Return the rows, each a list."""
        instances = DescribedBatch(self.component, self.data).as_arrow_array()
        lengths = [1] * len(instances) if self.lengths is None else self.lengths
        offsets = pa.py_buffer(offsets_of(lengths))
        list_type = pa.list_(instances.type)
        return pa.Array.from_buffers(
            list_type, len(lengths), [None, offsets], 0, children=[instances]
        )

    def partition(self, lengths: Iterable[int]) -> ComponentColumn:
        """
        Distribute the same instances to other rows.

        Parameters
        ----------
        lengths
            Number of instances in each row.

        Returns
        -------
        ComponentColumn
            Another column of the same data.

        Raises
        ------
        UsageError
            If the lengths do not sum up to the number of instances.

        """
        counts = [int(length) for length in lengths]
        total = self.component.encoding.count(self.data)
        if sum(counts) != total or min(counts, default=0) < 0:
            msg = (
                f'the lengths sum up to {sum(counts)}, but {self.component.name} has {total} '
                'instances; give lengths that sum up to this number'
            )
            raise UsageError(msg)
        return self._replace(lengths=counts)


def _len(value: Any) -> int:  # noqa: ANN401
    try:
        return len(value)
    except TypeError:  # one number, or an array of no dimension
        return 0


class ComponentColumnList(list[ComponentColumn]):
    """Columns of the same rows."""

    def partition(self, lengths: Iterable[int]) -> ComponentColumnList:
        """
        Distribute the instances of all columns to rows; see `ComponentColumn.partition`.

        Parameters
        ----------
        lengths
            Number of instances in each row.

        Returns
        -------
        ComponentColumnList
            Other columns of the same data.

        """
        counts = list(lengths)
        return ComponentColumnList(column.partition(counts) for column in self)
