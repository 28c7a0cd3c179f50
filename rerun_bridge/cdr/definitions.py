# SPDX-License-Identifier: Apache-2.0
"""
What a ROS 2 message consists of, independent of where the definition came from.

A definition set maps type names such as ``geometry_msgs/msg/Pose`` to their fields in wire
order. :func:`closure` checks the part of a set that one type needs, so that whoever works with
its result can rely on complete, acyclic, well-named types of bounded size. That matters because
definitions may come out of a recording of unknown origin and become Python source here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import keyword
import re
from typing import Literal, NamedTuple, TypeAlias

from rerun_bridge.errors import UnsupportedTypeError

_MAX_DEPTH = 64
_MAX_FLAT_FIELDS = 20_000
_MAX_ARRAY_LENGTH = 2**32 - 1
_TYPE_NAME = re.compile(r'[A-Za-z][A-Za-z0-9_]*(/[A-Za-z][A-Za-z0-9_]*)+')
_FIELD_NAME = re.compile(r'[A-Za-z][A-Za-z0-9_]*')


class Code(NamedTuple):
    """How one kind of number is written: struct letter, NumPy letter, bytes (= alignment)."""

    struct: str
    numpy: str
    size: int


CODES: Mapping[str, Code] = {
    'bool': Code('?', '?', 1),
    'byte': Code('B', 'u1', 1),
    'octet': Code('B', 'u1', 1),
    'char': Code('B', 'u1', 1),
    'int8': Code('b', 'i1', 1),
    'uint8': Code('B', 'u1', 1),
    'int16': Code('h', 'i2', 2),
    'uint16': Code('H', 'u2', 2),
    'int32': Code('i', 'i4', 4),
    'uint32': Code('I', 'u4', 4),
    'int64': Code('q', 'i8', 8),
    'uint64': Code('Q', 'u8', 8),
    'float32': Code('f', 'f4', 4),
    'float64': Code('d', 'f8', 8),
}
LENGTH = CODES['uint32']


@dataclass(frozen=True)
class Primitive:
    """A number or truth value, by its ROS name (``float64``, ``bool``, ``byte``)."""

    name: str


@dataclass(frozen=True)
class Text:
    """A ``string``, or with ``wide`` a ``wstring``; `bound` is its maximum length."""

    bound: int | None = None
    wide: bool = False

    @property
    def unit(self) -> int:
        """Bytes per counted character; Fast CDR writes 16-bit wide characters into 32 bits."""
        return 4 if self.wide else 1


@dataclass(frozen=True)
class Nested:
    """Another message, by its type name (``geometry_msgs/msg/Pose``)."""

    type_name: str


Element: TypeAlias = Primitive | Text | Nested


@dataclass(frozen=True)
class Array:
    """A fixed number of elements, written without a count."""

    element: Element
    length: int


@dataclass(frozen=True)
class Sequence:
    """A counted number of elements; `bound` is the maximum count."""

    element: Element
    bound: int | None = None


FieldType: TypeAlias = Element | Array | Sequence


@dataclass(frozen=True)
class Field:
    """One field of a message."""

    name: str
    type: FieldType


Definitions: TypeAlias = Mapping[str, tuple[Field, ...]]
ByteOrder: TypeAlias = Literal['<', '>']


def attribute_name(field_name: str) -> str:
    """
    Return the name under which Python source can spell a field.

    Parameters
    ----------
    field_name
        The ROS name of the field.

    """
    return f'{field_name}_' if keyword.iskeyword(field_name) else field_name


def closure(type_name: str, definitions: Definitions) -> dict[str, tuple[Field, ...]]:
    """
    Return `type_name` and every type it contains, checked.

    Parameters
    ----------
    type_name
        The type to start from, ``pkg/msg/Type``.
    definitions
        A set that holds this type and what it contains; other types in it are ignored.

    Raises
    ------
    UnsupportedTypeError
        A type is missing, contains itself, is too large, or has a field of an unknown kind or
        with an unusable name.

    """
    found: dict[str, tuple[Field, ...]] = {}
    _visit(type_name, definitions, found=found, weights={}, trail=())
    return found


def _visit(
    type_name: str,
    definitions: Definitions,
    *,
    found: dict[str, tuple[Field, ...]],
    weights: dict[str, int],
    trail: tuple[str, ...],
) -> int:
    """Collect a type into `found` and return how many fields it has when written flat."""
    if type_name in weights:
        return weights[type_name]
    if type_name in trail or len(trail) >= _MAX_DEPTH:
        msg = (
            f'{type_name} contains itself or is nested more than {_MAX_DEPTH} levels deep; '
            'ROS has no such types, so check the definition'
        )
        raise UnsupportedTypeError(msg)
    fields = definitions.get(type_name)
    if fields is None:
        parent = f' (contained in {trail[-1]})' if trail else ''
        msg = f'{type_name}{parent} has no definition; add it to the definitions'
        raise UnsupportedTypeError(msg)
    _check_names(type_name, fields)
    weight = 1
    for field in fields:
        innermost = _checked_innermost(type_name, field)
        weight += 1
        if isinstance(innermost, Nested):
            weight += _visit(
                innermost.type_name,
                definitions,
                found=found,
                weights=weights,
                trail=(*trail, type_name),
            )
    if weight > _MAX_FLAT_FIELDS:
        msg = (
            f'{type_name} has more than {_MAX_FLAT_FIELDS} fields counting nested ones; '
            'split the message'
        )
        raise UnsupportedTypeError(msg)
    weights[type_name] = weight
    found[type_name] = tuple(fields)
    return weight


def _check_names(type_name: str, fields: tuple[Field, ...]) -> None:
    if not _TYPE_NAME.fullmatch(type_name):
        msg = f'{type_name!r} is not a type name; write it as package/msg/Type'
        raise UnsupportedTypeError(msg)
    names = [attribute_name(field.name) for field in fields]
    for name in names:
        # Field names become attributes in generated source, next to `ros_type`.
        if not _FIELD_NAME.fullmatch(name) or name == 'ros_type':
            msg = f'{type_name} has a field named {name!r}, which cannot be read; rename it'
            raise UnsupportedTypeError(msg)
    if len(set(names)) != len(names):
        msg = f'{type_name} has two fields of the same name; rename one'
        raise UnsupportedTypeError(msg)


def _checked_innermost(type_name: str, field: Field) -> Element:
    kind = field.type
    if isinstance(kind, Array) and not 0 < kind.length <= _MAX_ARRAY_LENGTH:
        msg = f'{type_name}.{field.name} is an array of {kind.length} elements; use 1 or more'
        raise UnsupportedTypeError(msg)
    innermost = kind.element if isinstance(kind, (Array, Sequence)) else kind
    if isinstance(innermost, Primitive) and innermost.name not in CODES:
        msg = f'{type_name}.{field.name} is of unknown type {innermost.name}; check the definition'
        raise UnsupportedTypeError(msg)
    return innermost
