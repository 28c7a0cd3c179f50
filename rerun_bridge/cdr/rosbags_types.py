# SPDX-License-Identifier: Apache-2.0
"""Definitions out of recorded definition texts and out of type stores of the rosbags library."""

from __future__ import annotations

from collections.abc import Mapping
import re
from typing import Any, Protocol, TYPE_CHECKING, TypeAlias

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
    from rerun_bridge.cdr.definitions import Element, FieldType

Types: TypeAlias = Mapping[str, Any]
"""Type names to what rosbags makes of their definitions."""

_DUMMY = 'structure_needs_at_least_one_member'
"""How rosbags spells out the one byte of a message without fields."""
_SYNONYMS: Mapping[str, str] = {'octet': 'byte', 'char': 'uint8'}
_WIDE = 'wstring'
_TEXTS = frozenset({'string', _WIDE})
_WIDE_BOUND = re.compile(rf'^(\s*{_WIDE})<=\d+', re.MULTILINE)
"""The library knows wide strings in IDL, but takes them for messages in .msg."""
_SEPARATOR = '=' * 80 + '\n'
_IDL_HEADING = re.compile(r'\s*IDL: .*\n')
_PREPROCESSOR = re.compile(r'^[ \t]*#.*$', re.MULTILINE)
_ENUM = re.compile(r'(?:@\w+(?:\s*\([^()]*\))?\s*)*\benum\s+(\w+)\s*{[^{}]*}')
_SHORT_NAME_PARTS = 2
_SRV_HEADING = re.compile(rf'\s*(?:{_SEPARATOR})?SRV: .*\n')
_SRV_LINE = re.compile(r'^---[ \t]*$', re.MULTILINE)
_EVENT = '_Event'
_EVENT_INFO = """
uint8 event_type
builtin_interfaces/Time stamp
char[16] client_gid
int64 sequence_number
"""
_TIME = 'int32 sec\nuint32 nanosec\n'


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
    parts = type_name.split('/')
    if len(parts) == _SHORT_NAME_PARTS:
        type_name = f'{parts[0]}/msg/{parts[1]}'
    return _definitions_of(types_of_msg(type_name, text), type_name)


def types_of_msg(type_name: str, text: str) -> Types:
    """
    Parse a ``.msg`` text.

    Parameters
    ----------
    type_name
        The type that the text begins with, ``pkg/msg/Type``.
    text
        See `definitions_of_text`.

    Returns
    -------
    Types
        All types in the text.

    Raises
    ------
    UnsupportedTypeError
        The rosbags library is not installed or cannot read the text.

    """
    return _parse('msg', type_name, _WIDE_BOUND.sub(r'\1', _plain(text)), type_name)


def types_of_idl(type_name: str, text: str) -> Types:
    """
    Parse an ``.idl`` text, as bags carry it.

    Parameters
    ----------
    type_name
        The type that it is about.
    text
        One file, or several behind lines of ``=``, each below a heading ``IDL: pkg/msg/Type``.

    Returns
    -------
    Types
        All types in the text; enumerations are numbers of 32 bits, as CDR has them.

    Raises
    ------
    UnsupportedTypeError
        As for `types_of_msg`.

    """
    types: dict[str, Any] = {}
    for each in filter(str.strip, _plain(text).split(_SEPARATOR)):
        cleaned = _PREPROCESSOR.sub('', _IDL_HEADING.sub('', each, 1))
        types.update(_parse('idl', type_name, _ENUM.sub(r'typedef uint32 \1', cleaned)))
    return types


def types_of_srv(type_name: str, text: str) -> Types:
    """
    Parse a ``.srv`` text, as bags carry it for the events of a service.

    Parameters
    ----------
    type_name
        Of the events, ``pkg/srv/Type_Event``.
    text
        The file, perhaps below a heading ``SRV: pkg/srv/Type``; behind lines of ``=`` the types
        that it contains, see `definitions_of_text`.

    Returns
    -------
    Types
        Events, requests and responses of the service, and all types in them.

    Raises
    ------
    UnsupportedTypeError
        As for `types_of_msg`.

    """
    package, _, name = type_name.split('/')
    name = name.removesuffix(_EVENT)
    service, *others = _SRV_HEADING.sub('', _plain(text), 1).split(_SEPARATOR)
    request, *response = _SRV_LINE.split(service, 1)
    parts = {f'{package}/{name}_Request': request, f'{package}/{name}_Response': ''.join(response)}
    known = {'service_msgs/ServiceEventInfo': _EVENT_INFO, 'builtin_interfaces/Time': _TIME}
    fields = 'service_msgs/ServiceEventInfo info\n' + ''.join(
        f'{part}[<=1] {part.rpartition("_")[2].lower()}\n' for part in parts
    )
    below = [f'MSG: {part}\n{content}\n' for part, content in {**known, **parts}.items()]
    types = types_of_msg(
        f'{package}/msg/{name}{_EVENT}', _SEPARATOR.join([fields, *others, *below])
    )
    # To the library everything is a message.
    names = {f'{package}/msg/{name}_{kind}': kind for kind in ('Event', 'Request', 'Response')}
    places = {old: f'{package}/srv/{name}_{kind}' for old, kind in names.items()}
    renamed: Types = _renamed(types, places)
    return renamed


def _renamed(described: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401 - nested at will
    if isinstance(described, dict):
        return {names.get(key, key): _renamed(value, names) for key, value in described.items()}
    if isinstance(described, (list, tuple)):
        return type(described)(_renamed(each, names) for each in described)
    return names.get(described, described) if isinstance(described, str) else described


def _plain(text: str) -> str:
    return text.replace('\r\n', '\n')


def _parse(syntax: str, type_name: str, *arguments: str) -> Types:
    try:
        import rosbags.typesys  # noqa: PLC0415  # optional
    except ImportError as error:
        msg = (
            f'reading the definition of {type_name} takes the rosbags library; '
            "run: pip install 'rerun_bridge[bags]'"
        )
        raise UnsupportedTypeError(msg) from error
    try:
        types: Types = getattr(rosbags.typesys, f'get_types_from_{syntax}')(*arguments)
    except rosbags.typesys.TypesysError as error:
        msg = f'the definition of {type_name} cannot be parsed; compare it with its .{syntax}'
        raise UnsupportedTypeError(msg) from error
    return types


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
        if argument.rpartition('/')[2] == _WIDE:
            return Text(wide=True)
        pending.append(argument)
        return Nested(argument)
    name, bound = argument
    if name in _TEXTS:
        return Text(bound or None, wide=name == _WIDE)
    return Primitive(_SYNONYMS.get(name, name))
