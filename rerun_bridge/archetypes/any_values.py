# SPDX-License-Identifier: Apache-2.0
"""
Values without a schema: users name the components, pyarrow finds the types.

A component keeps the type that it had first, as Rerun requires.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TYPE_CHECKING

import numpy as np
import pyarrow as pa

from rerun_bridge.archetypes.base import Archetype
from rerun_bridge.archetypes.batches import ComponentDescriptor, DescribedBatch
from rerun_bridge.archetypes.columns import ComponentColumn, ComponentColumnList
from rerun_bridge.encodings import Arrow, Component, Layout
from rerun_bridge.encodings.base import is_immutable
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Self

_PA_ERRORS = (
    pa.ArrowInvalid,
    pa.ArrowNotImplementedError,
    pa.ArrowTypeError,
    TypeError,
    UnicodeError,
)
_LIKE_NUMBERS = (pa.bool_(), pa.null())
_types: dict[ComponentDescriptor, pa.DataType] = {}


@cache
def arrow_component(descriptor: ComponentDescriptor, arrow_type: pa.DataType) -> Component:
    """
    Return the component of a descriptor and a type.

    Parameters
    ----------
    descriptor
        Name and meaning.
    arrow_type
        Of one instance.

    Returns
    -------
    Component
        The same object each time.

    """
    name, archetype, component_type = descriptor
    return Component(name, archetype, component_type, Arrow(arrow_type))


def infer(
    descriptor: ComponentDescriptor,
    value: Any,  # noqa: ANN401
    *,
    drop_untyped_nones: bool,
) -> pa.Array | None:
    """
    Convert a value to Arrow.

    Parameters
    ----------
    descriptor
        Of the component; its type is remembered.
    value
        Whatever pyarrow or NumPy understands.
    drop_untyped_nones
        Return nothing for a None or empty value of unknown type, rather than raise.

    Returns
    -------
    pyarrow.Array or None
        Instances.

    Raises
    ------
    UsageError
        If the type cannot be found or is not the one of before.

    """
    if hasattr(value, 'as_arrow_array'):
        value = value.as_arrow_array()
    if isinstance(value, pa.Array):
        return value
    known = _types.get(descriptor)
    if known is None and (value is None or _is_empty(value)):
        if drop_untyped_nones:
            return None
        msg = f'the type of {descriptor.component} is not known yet; log a value first'
        raise UsageError(msg)
    array = _to_arrow([] if value is None else value, known)
    if pa.types.is_null(array.type):
        return infer(descriptor, None, drop_untyped_nones=drop_untyped_nones)
    _types.setdefault(descriptor, array.type)
    return array


def _is_empty(value: Any) -> bool:  # noqa: ANN401
    try:
        return not len(value)
    except TypeError:  # of a number, or an array without dimensions
        return False


def _to_arrow(value: Any, known: pa.DataType | None) -> pa.Array:  # noqa: ANN401
    try:
        if isinstance(value, (np.datetime64, np.timedelta64)):
            value = np.array([value])  # pyarrow takes no scalars of them
        if not isinstance(value, (str, bytes, np.generic)):
            # Arrow would share the memory of arrays, and so their later changes.
            shared = hasattr(value, '__array__') and not is_immutable(value)
            value = np.array(value) if shared else value
            if np.iterable(value) and not isinstance(value, dict):
                return _typed(value, known)
        return _typed([value.item() if isinstance(value, np.ndarray) else value], known)
    except _PA_ERRORS as exc:
        msg = (
            f'cannot convert {value!r} to {known or "any Arrow type"}: {exc}; components keep the '
            'type of their first value'
        )
        raise UsageError(msg) from exc


def _typed(values: Any, known: pa.DataType | None) -> pa.Array:  # noqa: ANN401
    """Convert values; numbers that do not fit raise, where Arrow would cut them."""
    if known is None or not _is_number(known):
        return pa.array(values, known)
    found = pa.array(values)
    if found.type == known:
        return found
    if not (_is_number(found.type) or found.type in _LIKE_NUMBERS):
        msg = f'{found.type} is no number'
        raise pa.ArrowInvalid(msg)
    array = found.cast(known)
    if pa.types.is_floating(known) and _num_infinite(array) > _num_infinite(found):
        msg = f'a number is too large for {known}'
        raise pa.ArrowInvalid(msg)
    return array


def _is_number(arrow_type: pa.DataType) -> bool:
    return bool(pa.types.is_integer(arrow_type) or pa.types.is_floating(arrow_type))


def _num_infinite(array: pa.Array) -> int:
    is_float = pa.types.is_floating(array.type)
    return int(np.isinf(array.to_numpy(zero_copy_only=False)).sum()) if is_float else 0


def _flatten(value: Any) -> tuple[Any, list[int] | None]:  # noqa: ANN401
    """Return the instances of all rows together and how many each row has, None for one."""
    if isinstance(value, pa.Array):
        if not pa.types.is_list(value.type):
            return value, None
        return value.flatten(), np.diff(value.offsets.to_numpy()).tolist()
    if isinstance(value, np.ndarray) and value.ndim > 1:
        return value.reshape(-1), [int(np.prod(value.shape[1:]))] * len(value)
    rows = [value] if isinstance(value, (str, bytes)) or not np.iterable(value) else value
    if all(isinstance(row, (list, tuple, np.ndarray)) for row in rows):
        return [item for row in rows for item in row], [len(row) for row in rows]
    return rows, None


class AnyBatchValue:
    """
    Instances of one component of the user's own.

    Parameters
    ----------
    descriptor
        Its name, or name and meaning.
    value
        Whatever pyarrow or NumPy understands: a number, a text, a sequence of them.
    drop_untyped_nones
        Be empty for a None or empty value of unknown type, rather than raise.

    Raises
    ------
    UsageError
        If the type cannot be found or is not the one of before.

    """

    def __init__(
        self,
        descriptor: str | ComponentDescriptor,
        value: Any,  # noqa: ANN401
        *,
        drop_untyped_nones: bool = True,
    ) -> None:
        if isinstance(descriptor, str):
            descriptor = ComponentDescriptor(descriptor)
        self.descriptor = ComponentDescriptor(
            descriptor.component, descriptor.archetype, descriptor.component_type
        )
        self.pa_array = infer(self.descriptor, value, drop_untyped_nones=drop_untyped_nones)

    def is_valid(self) -> bool:
        """Tell whether there is anything to log."""
        return self.pa_array is not None

    def component_descriptor(self) -> ComponentDescriptor:
        """Return which component this is."""
        return self.descriptor

    def as_arrow_array(self) -> pa.Array | None:
        """Return the instances."""
        return self.pa_array

    @classmethod
    def column(
        cls,
        descriptor: str | ComponentDescriptor,
        value: Any,  # noqa: ANN401
        drop_untyped_nones: bool = True,  # noqa: FBT001, FBT002 - as in rerun-sdk
    ) -> ComponentColumn | None:
        """
        Make a column; every item of the value is a row.

        Parameters
        ----------
        descriptor, value, drop_untyped_nones
            As in the constructor; rows may be sequences themselves.

        Returns
        -------
        ComponentColumn or None
            None if there is nothing to log.

        """
        flat, lengths = (value, None) if value is None else _flatten(value)
        batch = cls(descriptor, flat, drop_untyped_nones=drop_untyped_nones)
        if batch.pa_array is None:
            return None
        component = arrow_component(batch.descriptor, batch.pa_array.type)
        return ComponentColumn(component, batch.pa_array, lengths)


class _Loose(Archetype):
    """Components that are named one by one."""

    def __init__(
        self, archetype: str | None, components: Mapping[str, Any], *, drop_untyped_nones: bool
    ) -> None:
        self._archetype = archetype
        self._columns: dict[Component, pa.Array] = {}
        for name, value in components.items():
            self._add(self._descriptor(name), value, drop=drop_untyped_nones)
        self._finish()

    def _descriptor(self, name: str, component_type: str | None = None) -> ComponentDescriptor:
        return _descriptor_in(self._archetype, name, component_type)

    def _add(self, descriptor: ComponentDescriptor, value: Any, *, drop: bool) -> None:  # noqa: ANN401
        array = infer(descriptor, value, drop_untyped_nones=drop)
        if array is not None:
            self._columns[arrow_component(descriptor, array.type)] = array

    def _finish(self) -> None:
        self.layout = Layout.of(self._columns)
        self.datas = tuple(self._columns[component] for component in self.layout.components)

    def with_component_from_data(
        self,
        field: str,
        value: Any,  # noqa: ANN401
        *,
        drop_untyped_nones: bool = True,
    ) -> Self:
        """
        Add a component.

        Parameters
        ----------
        field
            Its name.
        value, drop_untyped_nones
            As in `AnyBatchValue`.

        Returns
        -------
        AnyValues or DynamicArchetype
            This object.

        """
        self._add(self._descriptor(field), value, drop=drop_untyped_nones)
        self._finish()
        return self

    def with_component_override(
        self,
        field: str,
        component_type: str,
        value: Any,  # noqa: ANN401
        *,
        drop_untyped_nones: bool = True,
    ) -> Self:
        """
        Add a component that has a meaning.

        Parameters
        ----------
        field
            Its name.
        component_type
            Its meaning, for instance ``rerun.components.Color`` or one of your own.
        value, drop_untyped_nones
            As in `AnyBatchValue`.

        Returns
        -------
        AnyValues or DynamicArchetype
            This object.

        """
        self._add(self._descriptor(field, component_type), value, drop=drop_untyped_nones)
        self._finish()
        return self

    def as_component_batches(self) -> list[DescribedBatch]:
        """Return the components, as rerun-sdk's archetypes do."""
        return [
            DescribedBatch(component, data)
            for component, data in zip(self.layout.components, self.datas)  # noqa: B905
        ]


def _descriptor_in(
    archetype: str | None, name: str, component_type: str | None = None
) -> ComponentDescriptor:
    component = name if archetype is None else f'{archetype}:{name}'
    return ComponentDescriptor(component, archetype, component_type)


def _columns(
    archetype: str | None, components: Mapping[str, Any], *, drop_untyped_nones: bool
) -> ComponentColumnList:
    columns = (
        AnyBatchValue.column(_descriptor_in(archetype, name), value, drop_untyped_nones)
        for name, value in components.items()
    )
    return ComponentColumnList(column for column in columns if column is not None)


class AnyValues(_Loose):
    """
    Values under names of your own.

    Parameters
    ----------
    drop_untyped_nones
        Leave None and empty values of unknown type out, rather than raise.
    kwargs
        Component names with numbers, texts, or sequences of them.

    Raises
    ------
    UsageError
        If a type cannot be found or is not the one of before.

    """

    def __init__(self, drop_untyped_nones: bool = True, **kwargs: Any) -> None:  # noqa: ANN401, FBT001, FBT002
        super().__init__(None, kwargs, drop_untyped_nones=drop_untyped_nones)

    @classmethod
    def columns(cls, drop_untyped_nones: bool = True, **kwargs: Any) -> ComponentColumnList:  # noqa: ANN401, FBT001, FBT002
        """
        Make columns for `send_columns`.

        Parameters
        ----------
        drop_untyped_nones, kwargs
            As in the constructor; every item of a value is a row.

        Returns
        -------
        ComponentColumnList
            One column for each name.

        """
        return _columns(None, kwargs, drop_untyped_nones=drop_untyped_nones)


class DynamicArchetype(_Loose):
    """
    Values under names of your own, together under an archetype of your own.

    Parameters
    ----------
    archetype
        Its name.
    drop_untyped_nones
        Leave None and empty values of unknown type out, rather than raise.
    components
        Component names with numbers, texts, or sequences of them.

    Raises
    ------
    UsageError
        If a type cannot be found or is not the one of before.

    """

    def __init__(
        self,
        archetype: str,
        drop_untyped_nones: bool = True,  # noqa: FBT001, FBT002 - as in rerun-sdk
        components: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(archetype, components or {}, drop_untyped_nones=drop_untyped_nones)

    @classmethod
    def columns(
        cls,
        archetype: str,
        drop_untyped_nones: bool = True,  # noqa: FBT001, FBT002 - as in rerun-sdk
        components: Mapping[str, Any] | None = None,
    ) -> ComponentColumnList:
        """
        Make columns for `send_columns`.

        Parameters
        ----------
        archetype, drop_untyped_nones, components
            As in the constructor; every item of a value is a row.

        Returns
        -------
        ComponentColumnList
            One column for each name.

        """
        return _columns(archetype, components or {}, drop_untyped_nones=drop_untyped_nones)
