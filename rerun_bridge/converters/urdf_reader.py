# SPDX-License-Identifier: Apache-2.0
"""
From the text of a URDF to a `Robot`.

Elements that are not known are left alone, since simulators and controllers add their own. What
the picture of the robot depends on is checked.
"""

from __future__ import annotations

from collections import Counter
import math
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from rerun_bridge.converters.geometry import quaternion_of_rpy
from rerun_bridge.converters.urdf import (
    Box,
    Capsule,
    Cylinder,
    Geometry,
    Joint,
    JOINT_KINDS,
    Link,
    Material,
    Mesh,
    Mimic,
    Robot,
    SLIDING,
    Sphere,
    TURNING,
    Unknown,
)
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import NoReturn

    from rerun_bridge.converters.geometry import Pose
    from rerun_bridge.converters.urdf import Shape

_DECLARATIONS = ('<!DOCTYPE', '<!ENTITY')
_XACRO = 'ros.org/wiki/xacro}'
_ZERO = (0.0, 0.0, 0.0)
_DEFAULT_AXIS = (1.0, 0.0, 0.0)
_MAX_QUOTED = 60


def read_urdf(text: str) -> Robot:
    """
    Read a robot.

    Parameters
    ----------
    text
        A URDF.

    Returns
    -------
    Robot
        A tree with one root.

    Raises
    ------
    ConversionError
        If the text is no URDF, has numbers that are none, or its links are no tree.

    """
    root = _parse(text)
    name = root.get('name', '').strip() or 'robot'
    materials = _materials(root)
    links = tuple([_link(element, materials) for element in root.findall('link')])
    joints = tuple([_joint(element) for element in root.findall('joint')])
    return Robot(name, _root_of(links, joints), links, joints)


def _parse(text: str) -> ET.Element:
    # Entities are what makes XML dangerous, and nothing else in here needs a declaration.
    if any(declaration in text for declaration in _DECLARATIONS):
        _fail('the robot description declares a document type or entities', 'leave that out')
    try:
        root = ET.fromstring(text.strip('\ufeff\0 \t\r\n'))
    except (ET.ParseError, ValueError) as exc:
        if 'xacro:' in text:
            _fail_xacro()
        _fail(f'the robot description is no XML ({exc})', 'publish a URDF')
    for element in root.iter():
        if _XACRO in element.tag:
            _fail_xacro()
        element.tag = element.tag.rpartition('}')[2]
    if root.tag != 'robot':
        _fail(f'the robot description is <{_cut(root.tag)}>, not <robot>', 'publish a URDF')
    return root


def _materials(root: ET.Element) -> dict[str, Material]:
    """Return what visuals may name: the robot's materials, and those that visuals define."""
    found: dict[str, Material] = {}
    for element in (*root.findall('material'), *root.iterfind('link/visual/material')):
        name = element.get('name', '')
        material = _material(element, f'material {_quoted(name)}')
        if material != Material(None, ''):
            found.setdefault(name, material)
    return found


def _material(element: ET.Element, where: str) -> Material:
    texture, color = element.find('texture'), element.find('color')
    return Material(
        None if color is None else _numbers(color, 'rgba', 4, where),  # type: ignore[arg-type]
        '' if texture is None else texture.get('filename', ''),
    )


def _link(element: ET.Element, materials: Mapping[str, Material]) -> Link:
    name = _attribute(element, 'name', 'a link')
    visuals, collisions = (
        tuple(
            [
                _geometry(each, materials, f'{role} {i} of link {_quoted(name)}')
                for i, each in enumerate(element.findall(role))
            ]
        )
        for role in ('visual', 'collision')
    )
    return Link(name, visuals, collisions)


def _geometry(element: ET.Element, materials: Mapping[str, Material], where: str) -> Geometry:
    material = None
    paint = element.find('material')
    if paint is not None:
        material = _material(paint, where)
        if material == Material(None, ''):
            material = materials.get(paint.get('name', ''))
    shape = _shape(element.find('geometry'), where)
    return Geometry(element.get('name', ''), _origin(element, where), shape, material)


def _shape(element: ET.Element | None, where: str) -> Shape:
    shapes = [] if element is None else list(element)
    for each in shapes:
        if each.tag in _SHAPES:
            return _SHAPES[each.tag](each, where)
    return Unknown(shapes[0].tag if shapes else '')


def _box(element: ET.Element, where: str) -> Box:
    return Box(_sizes(element, 'size', 3, where))  # type: ignore[arg-type]


def _cylinder(element: ET.Element, where: str) -> Cylinder:
    return Cylinder(_size(element, 'radius', where), _size(element, 'length', where))


def _capsule(element: ET.Element, where: str) -> Capsule:
    return Capsule(_size(element, 'radius', where), _size(element, 'length', where))


def _sphere(element: ET.Element, where: str) -> Sphere:
    return Sphere(_size(element, 'radius', where))


def _mesh(element: ET.Element, where: str) -> Mesh:
    scale = None if element.get('scale') is None else _numbers(element, 'scale', 3, where)
    return Mesh(_attribute(element, 'filename', f'the mesh of {where}'), scale)  # type: ignore[arg-type]


_SHAPES: Mapping[str, Callable[[ET.Element, str], Shape]] = {
    'box': _box,
    'cylinder': _cylinder,
    'capsule': _capsule,
    'sphere': _sphere,
    'mesh': _mesh,
}


def _joint(element: ET.Element) -> Joint:
    name = _attribute(element, 'name', 'a joint')
    where = f'joint {_quoted(name)}'
    kind = _attribute(element, 'type', where)
    if kind not in JOINT_KINDS:
        kinds = ', '.join(sorted(JOINT_KINDS))
        _fail(f'{where} is of type {_quoted(kind)}', f'there are {kinds}')
    parent, child = (
        _attribute(_child(element, role, where), 'link', f'the {role} of {where}')
        for role in ('parent', 'child')
    )
    is_moving = kind in TURNING | SLIDING
    return Joint(
        name,
        kind,
        parent,
        child,
        _origin(element, where),
        _axis(element, where) if is_moving else _DEFAULT_AXIS,
        _limits(element, where) if is_moving and kind != 'continuous' else None,
        _mimic(element, where),
    )


def _origin(element: ET.Element, where: str) -> Pose:
    origin = element.find('origin')
    if origin is None:
        return _ZERO, quaternion_of_rpy(*_ZERO)
    position = _numbers(origin, 'xyz', 3, where, _ZERO)
    return position, quaternion_of_rpy(*_numbers(origin, 'rpy', 3, where, _ZERO))  # type: ignore[return-value]


def _axis(element: ET.Element, where: str) -> tuple[float, float, float]:
    axis = element.find('axis')
    if axis is None:
        return _DEFAULT_AXIS
    x, y, z = _numbers(axis, 'xyz', 3, where, _DEFAULT_AXIS)
    length = math.hypot(x, y, z)
    if not 0 < length < math.inf:
        _fail(f'{where} has an axis without direction: {x:g} {y:g} {z:g}', 'repair the URDF')
    return x / length, y / length, z / length


def _limits(element: ET.Element, where: str) -> tuple[float, float] | None:
    """Return None also where there is no room between them, as programs that export URDFs do."""
    limit = element.find('limit')
    if limit is None:
        return None
    lower, upper = (_numbers(limit, end, 1, where, (0.0,))[0] for end in ('lower', 'upper'))
    return (lower, upper) if lower < upper else None


def _mimic(element: ET.Element, where: str) -> Mimic | None:
    mimic = element.find('mimic')
    if mimic is None:
        return None
    return Mimic(
        mimic.get('joint', ''),
        _numbers(mimic, 'multiplier', 1, where, (1.0,))[0],
        _numbers(mimic, 'offset', 1, where, (0.0,))[0],
    )


def _root_of(links: Sequence[Link], joints: Sequence[Joint]) -> str:
    """Find the root of the tree, or say why it is no tree."""
    names = [link.name for link in links]
    _check_unique(names, 'links have the name')
    _check_unique([joint.name for joint in joints], 'joints have the name')
    _check_unique([joint.child for joint in joints], 'joints have the child')
    known = set(names)
    children: dict[str, list[str]] = {}
    for joint in joints:
        children.setdefault(joint.parent, []).append(joint.child)
        for link in (joint.parent, joint.child):
            if link not in known:
                _fail(
                    f'joint {_quoted(joint.name)} names link {_quoted(link)}, which is not there',
                    'repair the URDF',
                )
    is_child = {joint.child for joint in joints}
    roots = [name for name in names if name not in is_child]
    if len(roots) > 1:
        some = ', '.join(map(_quoted, roots[:4]))
        _fail(f"{len(roots)} links are nobody's child: {some}", 'connect them by joints')
    if not links:
        _fail('the robot has no links', 'publish a URDF')
    reached = list(roots)
    for name in reached:
        reached += children.get(name, ())
    lost = known.difference(reached)
    if lost:
        _fail(f'link {_quoted(min(lost))} is its own ancestor', 'repair the joints of the URDF')
    return roots[0]


def _check_unique(names: Iterable[str], what: str) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            _fail(f'{count} {what} {_quoted(name)}', 'repair the URDF')


def _child(element: ET.Element, tag: str, where: str) -> ET.Element:
    found = element.find(tag)
    if found is None:
        _fail(f'{where} has no <{tag}>', 'repair the URDF')
    return found


def _attribute(element: ET.Element, name: str, where: str) -> str:
    value = element.get(name, '').strip()
    if not value:
        _fail(f'{where} has no {name}', 'repair the URDF')
    return value


def _size(element: ET.Element, name: str, where: str) -> float:
    return _sizes(element, name, 1, where)[0]


def _sizes(element: ET.Element, name: str, count: int, where: str) -> tuple[float, ...]:
    sizes = _numbers(element, name, count, where)
    if min(sizes) < 0:
        _fail(f'{where} has a negative {name}: {min(sizes):g}', 'repair the URDF')
    return sizes


def _numbers(
    element: ET.Element,
    name: str,
    count: int,
    where: str,
    default: tuple[float, ...] = (),
) -> tuple[float, ...]:
    """Read an attribute; without a default it must be there."""
    text = element.get(name)
    if text is None and default:
        return default
    text = text or ''
    try:
        numbers = tuple(map(float, text.split()))
    except ValueError:
        numbers = ()
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        what = 'a finite number' if count == 1 else f'{count} finite numbers'
        fix = 'expand the xacro first' if '$' in text else 'repair the URDF'
        _fail(f'{where} has {name}={_quoted(text)}, which is not {what}', fix)
    return numbers


def _fail_xacro() -> NoReturn:
    _fail('the robot description is xacro, not URDF', 'expand it with the program xacro first')


def _fail(fact: str, fix: str) -> NoReturn:
    msg = f'{fact}; {fix}'
    raise ConversionError(msg)


def _quoted(text: str) -> str:
    return repr(_cut(text))


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_QUOTED else f'{text[:_MAX_QUOTED]}...'
