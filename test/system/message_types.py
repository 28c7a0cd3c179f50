# SPDX-License-Identifier: Apache-2.0
"""
Message types that no package on this machine has, for programs that publish and receive bytes.

Building such packages takes minutes. But whoever handles bytes alone needs no more of a type than
its name and its fields: the functions that a package has for its messages are never called. So a
type is made when a program starts, out of the type support of one that is there. This is for
Fast DDS.
"""

from __future__ import annotations

import ctypes
from functools import cache
from importlib import import_module
import sys
from types import ModuleType
from typing import Any, TYPE_CHECKING

from rerun_bridge.cdr import Array, Nested, Sequence, Text
from rerun_bridge.errors import UnsupportedTypeError
from rerun_bridge.node.message_classes import find_message_class

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from rerun_bridge.cdr import Definitions, FieldType

    Spelled = Mapping[str, Mapping[str, str]]

_IDENTIFIER = b'rosidl_typesupport_fastrtps_c'
_SMALLEST_SIZE = 4
_SPELLINGS = {'bool': 'boolean', 'byte': 'octet', 'float32': 'float', 'float64': 'double'}
_KEPT: list[object] = []
"""What the middleware points to."""
_MaxSize = ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.POINTER(ctypes.c_char))
_Find = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p)


class _Callbacks(ctypes.Structure):
    """``message_type_support_callbacks_t`` of rosidl_typesupport_fastrtps_cpp."""

    _fields_ = (
        ('message_namespace', ctypes.c_char_p),
        ('message_name', ctypes.c_char_p),
        ('serialize', ctypes.c_void_p),
        ('deserialize', ctypes.c_void_p),
        ('get_size', ctypes.c_void_p),
        ('get_max_size', _MaxSize),
        ('key_callbacks', ctypes.c_void_p),
    )


class _TypeSupport(ctypes.Structure):
    """``rosidl_message_type_support_t`` of rosidl_runtime_c."""

    _fields_ = (
        ('identifier', ctypes.c_char_p),
        ('data', ctypes.c_void_p),
        ('find', _Find),
        ('get_type_hash', ctypes.c_void_p),
        ('get_description', ctypes.c_void_p),
        ('get_sources', ctypes.c_void_p),
    )


def missing_types(definitions: Iterable[Definitions]) -> dict[str, dict[str, str]]:
    """Return the types that no package here has, and their fields as ROS spells them."""
    return {
        type_name: {field.name: _spelled(field.type) for field in fields}
        for each in definitions
        for type_name, fields in each.items()
        if not _has_class(type_name)
    }


@cache
def _has_class(type_name: str) -> bool:
    try:
        find_message_class(type_name)
    except UnsupportedTypeError:
        return False
    return True


def write_startup(folder: Path, types: Spelled) -> None:
    """Give these types to the Python programs that start with `folder` in PYTHONPATH."""
    folder.mkdir()
    text = f'from {__name__} import provide\n\nprovide({types!r})\n'
    (folder / 'sitecustomize.py').write_text(text, encoding='utf-8')


def provide(types: Spelled) -> None:
    """Put classes where the packages of these types would have them."""
    for type_name, fields in types.items():
        package, namespace, name = type_name.split('/')
        _module(package)
        place = _module(f'{package}.{namespace}')
        setattr(place, name, _message_class(type_name, dict(fields)))


def _module(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError:
        return sys.modules.setdefault(name, ModuleType(name))


def _message_class(type_name: str, fields: dict[str, str]) -> type:
    package, namespace, name = type_name.split('/')
    functions = ('CREATE_ROS_MESSAGE', 'CONVERT_FROM_PY', 'CONVERT_TO_PY', 'DESTROY_ROS_MESSAGE')
    meta: Any = type(
        f'Metaclass_{name}',
        (type,),
        {**dict.fromkeys([f'_{each}' for each in functions], 0), '_TYPE_SUPPORT': None},
    )
    meta._TYPE_SUPPORT = _type_support(f'{package}::{namespace}', name)  # noqa: SLF001 - ROS's
    made: type = meta(
        name,
        (),
        {
            '__module__': f'{package}.{namespace}._{name.lower()}',
            'get_fields_and_field_types': classmethod(lambda _: dict(fields)),
        },
    )
    return made


def _type_support(namespace: str, name: str) -> Any:  # noqa: ANN401 - a capsule
    from std_msgs.msg import Empty  # noqa: PLC0415 - only where there is ROS

    api = ctypes.pythonapi
    api.PyCapsule_GetPointer.restype = ctypes.c_void_p
    api.PyCapsule_GetPointer.argtypes = (ctypes.py_object, ctypes.c_char_p)
    api.PyCapsule_New.restype = ctypes.py_object
    api.PyCapsule_New.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
    type(Empty).__import_type_support__()
    place = api.PyCapsule_GetPointer(Empty._TYPE_SUPPORT, None)  # noqa: SLF001 - ROS's
    template = _TypeSupport.from_address(place)

    def find(own: int, identifier: bytes) -> int | None:
        """Return this one, or of other kinds of type support that of the template."""
        found: int | None = own if identifier == _IDENTIFIER else template.find(place, identifier)
        return found

    callbacks = _Callbacks(namespace.encode(), name.encode(), get_max_size=_max_size)
    support = _TypeSupport(
        _IDENTIFIER,
        ctypes.addressof(callbacks),
        _Find(find),
        template.get_type_hash,
        template.get_description,
        template.get_sources,
    )
    _KEPT.extend((callbacks, support))
    return api.PyCapsule_New(ctypes.addressof(support), None, None)


@_MaxSize
def _max_size(bounds: Any) -> int:  # noqa: ANN401 - a pointer
    """Tell that messages may be of any size."""
    bounds[0] = b'\0'
    return _SMALLEST_SIZE


def _spelled(field_type: FieldType) -> str:
    if isinstance(field_type, Array):
        return f'{_spelled(field_type.element)}[{field_type.length}]'
    if isinstance(field_type, Sequence):
        bound = f', {field_type.bound}' if field_type.bound else ''
        return f'sequence<{_spelled(field_type.element)}{bound}>'
    if isinstance(field_type, Nested):
        package, _, name = field_type.type_name.split('/')
        return f'{package}/{name}'
    if isinstance(field_type, Text):
        bound = f'<{field_type.bound}>' if field_type.bound else ''
        return ('wstring' if field_type.wide else 'string') + bound
    return _SPELLINGS.get(field_type.name, field_type.name)
