# SPDX-License-Identifier: Apache-2.0
"""From YAML to what a file of mappings says."""

from __future__ import annotations

from inspect import Parameter, signature
import math
import re
from string import Formatter
from typing import TYPE_CHECKING

from rerun_bridge.converters.mappings.field_paths import FieldPath
from rerun_bridge.converters.mappings.specification import (
    ARCHETYPES,
    MessageMapping,
    Output,
    Placeholder,
    Source,
    Stamp,
)
from rerun_bridge.errors import hint, MappingError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from rerun_bridge.converters.mappings.document import Node
    from rerun_bridge.converters.mappings.specification import ArchetypeClass, Template

_MAPPING_KEYS = ('type', 'topic', 'frame', 'stamp', 'names', 'outputs')
_OUTPUT_KEYS = ('archetype', 'entity', 'each', 'static', 'fields', 'series')
_SOURCE_KEYS = ('field', 'rpy', 'value', 'scale', 'offset', 'rotate_by')
_STAMP_KEYS = ('field', 'unit')
_NO_ARGUMENTS = frozenset(
    {'array', 'array_format', 'from_parent', 'path', 'rotation', 'rotations'}
)
"""What archetypes take and mappings do not give: old ways, and files that messages would name."""
_UNITS = {'s': 1_000_000_000, 'ms': 1_000_000, 'us': 1000, 'ns': 1}
_ANGLES = {'deg_to_rad': math.pi / 180, 'rad_to_deg': 180 / math.pi}
_TYPE_NAME = re.compile(r'\w+/msg/\w+', re.ASCII)
_SPEC = re.compile(r'[<>^]?0?\d{0,2}(?:\.\d{1,2})?[dfgsxX%]?', re.ASCII)


def parse_mapping(node: Node) -> MessageMapping:
    """
    Read one mapping.

    Parameters
    ----------
    node
        As it stands in a file.

    Returns
    -------
    MessageMapping
        Checked as far as it can be without a type.

    Raises
    ------
    MappingError
        Tells the line and what is wrong there.

    """
    given = _keys(node, _MAPPING_KEYS)
    if 'type' not in given and 'topic' not in given:
        msg = 'a mapping needs a type or a topic, to say what it is for'
        raise node.error(msg)
    found = MessageMapping(
        node.where,
        _type_name(given['type']) if 'type' in given else None,
        _pattern(given['topic']) if 'topic' in given else None,
        _source(given['frame']) if 'frame' in given else None,
        _stamp(given['stamp']) if 'stamp' in given else None,
        _names(given['names']) if 'names' in given else {},
        _outputs(given.get('outputs', node)),
    )
    used = {path.text for path in _paths_of(found)}
    for text in found.names.keys() - used:
        msg = f'names are given for {text!r}, which no output shows{hint(text, used)}'
        raise given['names'].error(msg)
    return found


def _outputs(node: Node) -> tuple[Output, ...]:
    if not isinstance(node.value, list) or not node.value:
        msg = 'outputs must be a list of archetypes to make; write "outputs:" and "- archetype:"'
        raise node.error(msg)
    outputs: dict[tuple[ArchetypeClass, Template], Output] = {}
    for each in node.value:
        output = _output(each)
        key = output.archetype, output.entity
        if key in outputs:
            msg = f'{output.archetype.__name__} is made twice on one entity; give one an entity:'
            raise each.error(msg)
        outputs[key] = output
    return tuple(outputs.values())


def _output(node: Node) -> Output:
    given = _keys(node, _OUTPUT_KEYS)
    name = _text(given.get('archetype', node), 'archetype')
    if name not in ARCHETYPES:
        msg = f'there is no archetype {name!r}{hint(name, ARCHETYPES)}'
        raise given['archetype'].error(msg)
    archetype = ARCHETYPES[name]
    is_static = given['static'].value if 'static' in given else False
    if not isinstance(is_static, bool):
        msg = f'static must be true or false, not {is_static!r}'
        raise given['static'].error(msg)
    fields, series = _fields(given, archetype, node)
    return Output(
        node.where,
        archetype,
        _template(given['entity']) if 'entity' in given else (),
        _path(given['each']) if 'each' in given else None,
        is_static,
        fields,
        series,
    )


def _fields(
    given: Mapping[str, Node], archetype: ArchetypeClass, node: Node
) -> tuple[dict[str, Source], tuple[str, ...]]:
    """Return the sources of the arguments, and the names of series."""
    name = archetype.__name__
    arguments = {
        key: value
        for key, value in signature(archetype).parameters.items()
        if key not in _NO_ARGUMENTS
    }
    nodes = (
        _keys(given['fields'], arguments, f'{name} has no argument') if 'fields' in given else {}
    )
    fields = {key: _argument(each, archetype, key) for key, each in nodes.items()}
    series: tuple[str, ...] = ()
    if 'series' in given:
        if name != 'Scalars' or fields:
            msg = 'series are for Scalars without fields; leave one of the two out'
            raise given['series'].error(msg)
        named = _dict(given['series'])
        series = tuple(map(str, named))
        sources = tuple(_source(each) for each in named.values())
        fields = {'scalars': Source(given['series'].where, 'list', sources)}
    missing = [
        key
        for key, value in arguments.items()
        if value.default is Parameter.empty and key not in fields
    ]
    if missing or not fields:
        wanted = ', '.join(missing) or f'one of {", ".join(arguments)}'
        msg = f'{name} needs {wanted}; give it below fields:'
        raise node.error(msg)
    return fields, series


def _argument(node: Node, archetype: ArchetypeClass, argument: str) -> Source:
    source = _source(node)
    if source.kind == 'value' and argument in archetype.FIELDS:
        try:
            archetype.FIELDS[argument].encoding.coerce(source.content)
        except UsageError as exc:
            msg = f'{argument} cannot be {source.content!r}: {exc}'
            raise node.error(msg) from exc
    return source


def _source(node: Node) -> Source:
    value = node.value
    if isinstance(value, str):
        if '{' in value or '}' in value:
            return Source(node.where, 'template', _template(node))
        return Source(node.where, 'field', _path(node))
    if isinstance(value, (bool, int, float)):
        return Source(node.where, 'value', value)
    if isinstance(value, list) and value:
        return Source(node.where, 'list', tuple(map(_source, value)))
    if not isinstance(value, dict):
        msg = 'there must be a field, a list of fields, a number, or {value: ...}'
        raise node.error(msg)
    return _adapted(node)


def _adapted(node: Node) -> Source:
    """Read a source with keys: where it comes from, and what to do with it."""
    given = _keys(node, _SOURCE_KEYS)
    origins = [key for key in ('field', 'rpy', 'value') if key in given]
    if len(origins) != 1:
        msg = 'give exactly one of field, rpy and value'
        raise node.error(msg)
    [origin] = origins
    if origin == 'value':
        if len(given) > 1:
            msg = 'a value is taken as it is; leave the other keys out'
            raise node.error(msg)
        return Source(node.where, 'value', given['value'].plain())
    source = _source(given[origin])
    if origin == 'rpy':
        if source.kind != 'list' or len(source.content) != len('rpy'):
            msg = 'rpy takes a list of three: roll, pitch and yaw, such as [0, 0, heading]'
            raise given['rpy'].error(msg)
        source = source._replace(kind='rpy')
    return source._replace(
        scale=_number(given['scale']) if 'scale' in given else source.scale,
        offset=_number(given['offset']) if 'offset' in given else source.offset,
        rotate_by=_path(given['rotate_by']) if 'rotate_by' in given else source.rotate_by,
    )


def _stamp(node: Node) -> Stamp:
    if isinstance(node.value, str):
        return Stamp(node.where, _path(node), 0)
    given = _keys(node, _STAMP_KEYS)
    unit = _text(given.get('unit', node), 'unit')
    if unit not in _UNITS:
        msg = f'there is no unit {unit!r}; there are {", ".join(_UNITS)}'
        raise node.error(msg)
    return Stamp(node.where, _path(given.get('field', node)), _UNITS[unit])


def _names(node: Node) -> dict[str, dict[object, str]]:
    names: dict[str, dict[object, str]] = {}
    for path, each in _dict(node).items():
        table = each.plain()
        if isinstance(table, list):
            table = dict(enumerate(table))
        if not isinstance(table, dict):
            msg = f'the names of {path} must be a list, or a name for each number'
            raise each.error(msg)
        names[str(path)] = {key: str(name) for key, name in table.items()}
    return names


def _template(node: Node) -> Template:
    pieces: list[str | Placeholder] = []
    try:
        for literal, name, spec, conversion in Formatter().parse(_text(node, 'this')):
            if literal:
                pieces.append(literal)
            if name is None:
                continue
            if conversion or not _SPEC.fullmatch(spec or ''):
                msg = f'{name} cannot be written as {spec or conversion!r}; write it as :.2f'
                raise MappingError(msg)
            pieces.append(Placeholder(FieldPath.parse(name), spec or ''))
    except ValueError as exc:  # of which MappingError is one
        msg = f'{exc}; {{field}} stands for a field' if type(exc) is ValueError else str(exc)
        raise node.error(msg) from exc
    return tuple(pieces)


def _path(node: Node) -> FieldPath:
    text = _text(node, 'this')
    try:
        return FieldPath.parse(text)
    except MappingError as exc:
        raise node.error(str(exc)) from exc


def _type_name(node: Node) -> str:
    name = _text(node, 'type')
    if not _TYPE_NAME.fullmatch(name):
        msg = f'{name!r} is no type of messages; write it as package/msg/Type'
        raise node.error(msg)
    return name


def _pattern(node: Node) -> re.Pattern[str]:
    try:
        return re.compile(_text(node, 'topic'))
    except re.error as exc:
        msg = f'{node.value!r} is no regular expression: {exc}'
        raise node.error(msg) from exc


def _number(node: Node) -> float:
    value = _ANGLES.get(node.value, node.value) if isinstance(node.value, str) else node.value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        msg = f'{value!r} is no number; there are also {" and ".join(_ANGLES)}'
        raise node.error(msg)
    return float(value)


def _text(node: Node, what: str) -> str:
    if not isinstance(node.value, str):
        msg = f'{what} must be a text' + (
            '' if isinstance(node.value, dict) else f', not {node.value!r}'
        )
        raise node.error(msg)
    return node.value


def _dict(node: Node) -> dict[object, Node]:
    if not isinstance(node.value, dict):
        msg = 'there must be keys with values here, as in "name: field"'
        raise node.error(msg)
    return node.value


def _keys(node: Node, known: Collection[str], what: str = 'there is no key') -> dict[str, Node]:
    """Return the values of known keys; no other may be there."""
    found = _dict(node)
    for key, each in found.items():
        if key not in known:
            msg = f'{what} {key!r}{hint(str(key), known)}'
            raise each.error(msg)
    return found  # type: ignore[return-value]


def _paths_of(mapping: MessageMapping) -> Iterator[FieldPath]:
    sources = [source for output in mapping.outputs for source in output.fields.values()]
    if mapping.frame is not None:
        sources.append(mapping.frame)
    templates = [output.entity for output in mapping.outputs]
    while sources:
        source = sources.pop()
        if source.kind == 'field':
            yield source.content
        elif source.kind == 'template':
            templates.append(source.content)
        elif source.kind != 'value':
            sources += source.content
    for template in templates:
        yield from (piece.path for piece in template if isinstance(piece, Placeholder))
