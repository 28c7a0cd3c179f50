# SPDX-License-Identifier: Apache-2.0
"""Definitions out of recorded definition texts and out of type stores of the rosbags library."""

from __future__ import annotations

from typing import Any, Protocol, TYPE_CHECKING

from rerun_bridge.cdr.definitions import (
    Array,
    closure,
    Field,
    Nested,
    Primitive,
    Sequence,
    Text,
)
from rerun_bridge.errors import UnsupportedTypeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rerun_bridge.cdr.definitions import Element, FieldType

_DUMMY = 'structure_needs_at_least_one_member'
"""How rosbags spells out the one byte of a message without fields."""
_SYNONYMS: Mapping[str, str] = {'octet': 'byte', 'char': 'uint8'}
_TEXTS = frozenset({'string', 'wstring'})
_SHORT_NAME_PARTS = 2


class TypeStore(Protocol):
    """What is needed of a ``rosbags.typesys.store.Typestore``."""

    @property
    def fielddefs(self) -> Mapping[str, Any]:
        """Type name to constants and fields."""


def definitions_of_store(typestore: TypeStore, type_name: str) -> dict[str, tuple[Field, ...]]:
    """
    Return the definitions of a type in a store and of all types it contains.

    Parameters
    ----------
    typestore
        For instance ``rosbags.typesys.get_typestore(Stores.ROS2_JAZZY)``.
    type_name
        The type, ``pkg/msg/Type``.

    Raises
    ------
    UnsupportedTypeError
        The store lacks one of the types.

    """
    return _definitions_of(typestore.fielddefs, type_name)


def definitions_of_text(type_name: str, text: str) -> dict[str, tuple[Field, ...]]:
    """
    Return the definitions in a ``.msg`` text, as bags carry it.

    Parameters
    ----------
    type_name
        The type that the text begins with, ``pkg/msg/Type`` or ``pkg/Type``.
    text
        Its definition; behind lines of ``=`` those of the types it contains, each introduced by
        ``MSG: pkg/Type``.

    Raises
    ------
    UnsupportedTypeError
        The rosbags library is not installed, it cannot read the text, or a type is missing.

    """
    try:
        from rosbags.typesys import get_types_from_msg, TypesysError  # noqa: PLC0415  # optional
    except ImportError as error:
        msg = (
            f'reading the definition of {type_name} takes the rosbags library; '
            "run: pip install 'rerun_bridge[bags]'"
        )
        raise UnsupportedTypeError(msg) from error
    parts = type_name.split('/')
    if len(parts) == _SHORT_NAME_PARTS:
        type_name = f'{parts[0]}/msg/{parts[1]}'
    try:
        types = get_types_from_msg(text.replace('\r\n', '\n'), type_name)
    except TypesysError as error:
        msg = f'the definition of {type_name} cannot be parsed; compare it with its .msg'
        raise UnsupportedTypeError(msg) from error
    return _definitions_of(types, type_name)


def _definitions_of(types: Mapping[str, Any], type_name: str) -> dict[str, tuple[Field, ...]]:
    definitions: dict[str, tuple[Field, ...]] = {}
    pending = [type_name]
    while pending:
        current = pending.pop()
        if current in definitions or current not in types:
            continue
        _, described = types[current]
        definitions[current] = tuple(
            Field(name, _field_type(description, pending=pending))
            for name, description in described
            if name != _DUMMY
        )
    return closure(type_name, definitions)


def _field_type(description: tuple[Any, Any], *, pending: list[str]) -> FieldType:
    """Convert the pair of a node type and its argument."""
    node, argument = description
    if node.name in {'ARRAY', 'SEQUENCE'}:
        element = _element_type(argument[0], pending=pending)
        size: int = argument[1]
        return Array(element, size) if node.name == 'ARRAY' else Sequence(element, size or None)
    return _element_type(description, pending=pending)


def _element_type(description: tuple[Any, Any], *, pending: list[str]) -> Element:
    node, argument = description
    if node.name == 'NAME':
        pending.append(argument)
        return Nested(argument)
    name, bound = argument
    if name in _TEXTS:
        return Text(bound or None, wide=name == 'wstring')
    return Primitive(_SYNONYMS.get(name, name))
