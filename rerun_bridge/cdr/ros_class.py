# SPDX-License-Identifier: Apache-2.0
"""Definitions out of the Python classes of installed ROS packages."""

from __future__ import annotations

from importlib import import_module
import re
from typing import Any, TYPE_CHECKING

from rerun_bridge.cdr.definitions import Array, Field, Nested, Primitive, Sequence, Text
from rerun_bridge.errors import UnsupportedTypeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rerun_bridge.cdr.definitions import Element, FieldType

_ROS_NAMES: Mapping[str, str] = {
    'boolean': 'bool',
    'octet': 'byte',
    'float': 'float32',
    'double': 'float64',
    **{f'{sign}int{bits}': f'{sign}int{bits}' for sign in ('', 'u') for bits in (8, 16, 32, 64)},
}
"""IDL name, as the classes have it, to ROS name."""
_ARRAY = re.compile(r'(.+)\[(\d+)\]')
_SEQUENCE = re.compile(r'sequence<(.+?)(?:, (\d+))?>')
_TEXT = re.compile(r'(w?)string(?:<(\d+)>)?')
_MODULE_DEPTH = 2


def definitions_of_class(message_class: type) -> dict[str, tuple[Field, ...]]:
    """
    Return the definitions of a ROS message class and of all types it contains.

    Parameters
    ----------
    message_class
        A class as ROS generates them, such as ``sensor_msgs.msg.Imu``.

    Raises
    ------
    UnsupportedTypeError
        A type is not such a class, its package is not installed, or a field has an unknown type.

    """
    definitions: dict[str, tuple[Field, ...]] = {}
    pending: list[type] = [message_class]
    while pending:
        current = pending.pop()
        type_name = type_name_of(current)
        if type_name in definitions:
            continue
        fields: list[Field] = []
        for name, spelled in _spelled_fields(current).items():
            kind = _field_type(spelled, pending=pending, parent=type_name)
            fields.append(Field(name, kind))
        definitions[type_name] = tuple(fields)
    return definitions


def _spelled_fields(message_class: Any) -> Mapping[str, str]:  # noqa: ANN401  # duck-typed
    try:
        fields: Mapping[str, str] = message_class.get_fields_and_field_types()
    except AttributeError:
        msg = f'{message_class!r} is no ROS message class; pass one from a message package'
        raise UnsupportedTypeError(msg) from None
    return fields


def type_name_of(message_class: type) -> str:
    """Return the name of a message class: ``pkg/msg/Type``."""
    return '/'.join((*message_class.__module__.split('.')[:_MODULE_DEPTH], message_class.__name__))


def _field_type(spelled: str, *, pending: list[type], parent: str) -> FieldType:
    """Parse ``double``, ``string<5>``, ``std_msgs/Header[3]`` or ``sequence<octet, 10>``."""
    if array := _ARRAY.fullmatch(spelled):
        element = _element_type(array[1], pending=pending, parent=parent)
        return Array(element, int(array[2]))
    if sequence := _SEQUENCE.fullmatch(spelled):
        element = _element_type(sequence[1], pending=pending, parent=parent)
        return Sequence(element, _bound(sequence[2]))
    return _element_type(spelled, pending=pending, parent=parent)


def _element_type(spelled: str, *, pending: list[type], parent: str) -> Element:
    if spelled in _ROS_NAMES:
        return Primitive(_ROS_NAMES[spelled])
    if text := _TEXT.fullmatch(spelled):
        return Text(_bound(text[2]), wide=bool(text[1]))
    nested = _nested_class(spelled, parent=parent)
    pending.append(nested)
    return Nested(type_name_of(nested))


def _bound(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _nested_class(spelled: str, *, parent: str) -> type:
    package, separator, name = spelled.partition('/')
    # The class does not tell the namespace; parts of actions and services refer to their own.
    for namespace in ('msg', parent.split('/')[1]) if separator else ():
        try:
            found: type = getattr(import_module(f'{package}.{namespace}'), name)
        except (ImportError, AttributeError):
            continue
        return found
    msg = f'{parent} contains {spelled}, which is not installed here; install {package} for Python'
    raise UnsupportedTypeError(msg)
