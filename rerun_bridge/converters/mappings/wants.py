# SPDX-License-Identifier: Apache-2.0
"""What the arguments of archetypes want to be given."""

from __future__ import annotations

from typing import Literal, NamedTuple, TYPE_CHECKING, TypeAlias

from rerun_bridge.archetypes.colors import Color
from rerun_bridge.archetypes.enums import Choice
from rerun_bridge.encodings import Blob, Boolean, Primitive, Text, Vector, VectorList

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rerun_bridge.converters.mappings.specification import ArchetypeClass
    from rerun_bridge.encodings import Component

Names: TypeAlias = tuple[str, ...]
What: TypeAlias = Literal['anything', 'blobs', 'colors', 'numbers', 'strips', 'texts', 'vectors']

PLACES: Names = ('position', 'translation', 'point', 'vector', 'center', 'pose', 'transform')
ROTATIONS: Names = ('orientation', 'rotation', 'quaternion', 'center', 'pose', 'transform')
_XYZW = ('x', 'y', 'z', 'w')
_DEGREES: tuple[Names, ...] = (('latitude', 'longitude'), ('lat', 'lon'))
_ALIASES: Mapping[str, Names] = {
    'bytes': ('buffer',),
    'contents': ('blob',),
    'lat_lon': ('positions', 'line_strings'),
    'mins': ('centers',),
    'radii': ('half_sizes',),
    'sizes': ('half_sizes',),
}
"""Arguments by the fields that they are made into."""


class Want(NamedTuple):
    """
    What an argument is made of.

    Attributes
    ----------
    what
        Its kind; a strip is a list of vectors.
    size
        Numbers in a vector.
    names
        The fields of structs that are such vectors; the first that a struct has are taken.
    within
        The fields in which such a struct may be.
    is_integer
        Whether the numbers are whole.

    """

    what: What
    size: int = 0
    names: tuple[Names, ...] = ()
    within: Names = ()
    is_integer: bool = False

    @property
    def is_rotation(self) -> bool:
        """Whether it is a quaternion."""
        return self.within is ROTATIONS


NUMBERS = Want('numbers')
TEXTS = Want('texts')
QUATERNIONS = Want('vectors', len(_XYZW), (_XYZW,), ROTATIONS)
_ANYTHING = Want('anything')
_WANTS = (
    (Color, Want('colors', names=(('r', 'g', 'b', 'a'), ('r', 'g', 'b')), within=('color',))),
    (Text, TEXTS),
    (Blob, Want('blobs')),
)
"""By the encoding; that of other numbers is a structure of several."""


def want_of(archetype: ArchetypeClass, argument: str) -> Want:
    """
    Look up what an argument wants.

    Parameters
    ----------
    archetype
        The class.
    argument
        Of its constructor.

    Returns
    -------
    Want
        For those that mean something else than fields of Rerun's schema, anything.

    """
    names = (argument, *_ALIASES.get(argument, ()))
    component = next((archetype.FIELDS[name] for name in names if name in archetype.FIELDS), None)
    if component is None:
        return _ANYTHING
    if argument == 'radii' and argument not in archetype.FIELDS:  # of balls
        return NUMBERS
    return _want_of(component)


def _want_of(component: Component) -> Want:
    encoding = component.encoding
    kind = (component.component_type or '').rpartition('.')[2]
    if kind == 'RotationQuat':
        return QUATERNIONS
    if isinstance(encoding, VectorList):
        return _vectors(encoding.vector, kind)._replace(what='strips')
    if isinstance(encoding, Vector):
        return _vectors(encoding, kind)
    if isinstance(encoding, Primitive) and type(encoding) in {Primitive, Boolean, Choice}:
        return Want('numbers', is_integer=encoding.dtype.kind != 'f')
    return next((want for each, want in _WANTS if isinstance(encoding, each)), _ANYTHING)


def _vectors(encoding: Vector, kind: str) -> Want:
    if kind in {'LatLon', 'GeoLineString'}:
        return Want('vectors', encoding.size, _DEGREES, ('position', 'pose'))
    axes = _XYZW[: encoding.size] if encoding.size in {2, 3} else ()
    names = (axes, ('x', 'y')) if axes else ()
    return Want('vectors', encoding.size, names, PLACES)
