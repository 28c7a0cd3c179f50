# SPDX-License-Identifier: Apache-2.0
"""From what a mapping says about an argument to the function that makes it of a message."""

from __future__ import annotations

from itertools import chain
from typing import Any, NamedTuple, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.converters.mappings.document import at
from rerun_bridge.converters.mappings.field_paths import find_field
from rerun_bridge.converters.mappings.fields import field_reader, Scope
from rerun_bridge.converters.mappings.rotations import from_rpy, rotated, without_zeros
from rerun_bridge.converters.mappings.texts import check_spec, plain_values, writer
from rerun_bridge.converters.mappings.wants import NUMBERS, QUATERNIONS, TEXTS, Want
from rerun_bridge.errors import MappingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rerun_bridge.cdr import Definitions, Message
    from rerun_bridge.converters.mappings.columns import Items, Read
    from rerun_bridge.converters.mappings.field_paths import FieldPath
    from rerun_bridge.converters.mappings.specification import Placeholder, Source, Template

Make: TypeAlias = 'Callable[[Items, Message], Any]'
_ANGLES = Want('vectors', size=len('rpy'))
_COLOR_SIZES = frozenset({3, 4})
_SPACE = 3


class Maker(NamedTuple):
    """
    How to make the value of an argument.

    Attributes
    ----------
    make
        From the items and the message that they are in to the value.
    is_per_item
        Whether the value has one instance for each item.

    """

    make: Make
    is_per_item: bool


class Compiler:
    """
    Makes the functions for one type of messages.

    Parameters
    ----------
    message_type
        ``pkg/msg/Type``.
    element_type
        Of the elements of `each`; None without one.
    definitions
        Of both and of the types they contain.
    names
        Texts for the numbers in fields, by the paths of the fields.

    """

    def __init__(
        self,
        message_type: str,
        element_type: str | None,
        definitions: Definitions,
        names: Mapping[str, Mapping[Any, str]],
    ) -> None:
        self._message = Scope(message_type, definitions, is_many=False, names=names)
        self._items = self._message
        if element_type is not None:
            self._items = self._message._replace(type_name=element_type, is_many=True)

    def maker(self, source: Source, want: Want) -> Maker:
        """
        Find out how to make a value.

        Parameters
        ----------
        source
            Where it comes from.
        want
            What the argument is made of.

        Returns
        -------
        Maker
            For messages of this type.

        Raises
        ------
        MappingError
            If a field does not exist or is something else; tells the line.

        """
        if source.kind == 'value':
            return Maker(_constant(source.content), is_per_item=False)
        with at(source.where):
            if source.kind == 'field':
                found = self._field(source.content, want)
            elif source.kind == 'template':
                found = self._text(source.content, want)
            elif source.kind == 'rpy':
                found = self._rpy(source, want)
            else:
                found = self._list(source.content, want)
            return self._adapted(found, source, want)

    def template(self, template: Template, where: str) -> Maker:
        """
        Find out how to make texts.

        Parameters
        ----------
        template
            Texts and fields.
        where
            File and line.

        Returns
        -------
        Maker
            Of a list of texts: one, or one for each item.

        Raises
        ------
        MappingError
            If a field does not exist or cannot be written; tells the line.

        """
        with at(where):
            return self._text(template, TEXTS)

    def _field(self, path: FieldPath, want: Want) -> Maker:
        scope = self._message if path.is_absolute else self._items
        return self._placed(path, field_reader(path, want, scope))

    def _placed(self, path: FieldPath, read: Read) -> Maker:
        """Let a function of items read what it is for: the message if the path begins there."""
        if path.is_absolute:
            return Maker(lambda _, message: read((message,)), is_per_item=False)
        return Maker(lambda items, _: read(items), is_per_item=self._items.is_many)

    def _text(self, template: Template, want: Want) -> Maker:
        if want.what not in {'texts', 'anything'}:
            msg = f'a text cannot be taken for {want.what}; name a field, without braces'
            raise MappingError(msg)
        pieces = [
            Maker(_constant([piece]), is_per_item=False)
            if isinstance(piece, str)
            else self._placeholder(piece)
            for piece in template
        ]
        is_per_item = any(piece.is_per_item for piece in pieces)

        def make(items: Items, message: Message) -> list[str]:
            count = len(items) if is_per_item else 1
            columns = (
                piece.make(items, message) * (1 if piece.is_per_item else count)
                for piece in pieces
            )
            return [''.join(row) for row in zip(*columns)]  # noqa: B905 - as many in each

        return Maker(make, is_per_item)

    def _placeholder(self, piece: Placeholder) -> Maker:
        path, spec = piece
        scope = self._message if path.is_absolute else self._items
        found = find_field(path, scope.type_name, scope.definitions)
        read = plain_values(found.steps, found.kind, scope.definitions)
        if read is None or found.arrays:
            msg = f'{path.text} is neither a number nor a text; name one in it'
            raise MappingError(msg)
        check_spec(spec, found.kind, path.text)
        values, write = read, writer(scope.names.get(path.text, {}), spec)
        return self._placed(path, lambda items: [write(value) for value in values(items)])

    def _list(self, sources: tuple[Source, ...], want: Want) -> Maker:
        joining = _JOININGS.get(want.what)
        sizes = _COLOR_SIZES if want.what == 'colors' else {want.size or len(sources)}
        if joining is None or len(sources) not in sizes:
            wanted = f'{" or ".join(map(str, sorted(sizes)))} numbers' if joining else 'no list'
            msg = f'this takes {wanted}; name as many, or one field that has all'
            raise MappingError(msg)
        makers = [self.maker(each, joining.want or want) for each in sources]
        are_per_item = {maker.is_per_item for maker in makers}
        is_per_item = True in are_per_item
        if is_per_item and not (joining.takes_many if are_per_item == {True} else joining.mixes):
            msg = 'a list makes instances itself; name one field where there is an each:'
            raise MappingError(msg)
        join = joining.join
        return Maker(
            lambda items, message: join([maker.make(items, message) for maker in makers]),
            is_per_item,
        )

    def _rpy(self, source: Source, want: Want) -> Maker:
        if not want.is_rotation:
            msg = 'rpy makes quaternions, which this is not; use a list'
            raise MappingError(msg)
        angles = self._list(source.content, _ANGLES)
        return angles._replace(
            make=_then(angles.make, lambda value: from_rpy(value * source.scale))
        )

    def _adapted(self, maker: Maker, source: Source, want: Want) -> Maker:
        """Apply a rotation to vectors, and scale and offset to numbers."""
        make, scale, offset = maker.make, source.scale, source.offset
        if want.is_rotation:
            make = _then(make, without_zeros)
        if source.rotate_by is not None:
            if want.what != 'vectors' or want.size != _SPACE:
                msg = 'rotate_by is for vectors in space; leave it out here'
                raise MappingError(msg)
            make = _turned(make, self._field(source.rotate_by, QUATERNIONS).make)
        if source.kind != 'rpy' and (scale, offset) != (1.0, 0.0):
            if want.what not in {'numbers', 'vectors'} or want.is_rotation:
                msg = 'scale and offset are for numbers and vectors; leave them out here'
                raise MappingError(msg)
            make = _then(make, lambda value: np.asarray(value) * scale + offset)
        return maker._replace(make=make)


class _Joining(NamedTuple):
    """
    How a list makes one value.

    Attributes
    ----------
    want
        Of what parts; None for those that make the value, too.
    join
        From the parts to the value.
    takes_many
        Whether the parts may have an instance per item.
    mixes
        Whether some may and others not.

    """

    want: Want | None
    join: Callable[[list[Any]], Any]
    takes_many: bool = False
    mixes: bool = False


def _side_by_side(parts: list[Any]) -> Any:  # noqa: ANN401 - an array
    return np.stack(np.broadcast_arrays(*parts), axis=-1)


def _rows(parts: list[Any]) -> list[Any]:
    return list(zip(*parts)) if isinstance(parts[0], list) else parts  # noqa: B905 - as many


_JOININGS: Mapping[str, _Joining] = {
    'anything': _Joining(None, _rows, takes_many=True),
    'colors': _Joining(NUMBERS, _side_by_side, takes_many=True, mixes=True),
    'numbers': _Joining(None, lambda parts: np.concatenate(list(map(np.ravel, parts)))),
    'strips': _Joining(NUMBERS, lambda parts: [_side_by_side(parts)]),
    'texts': _Joining(None, lambda parts: list(chain(*parts))),
    'vectors': _Joining(NUMBERS, _side_by_side, takes_many=True, mixes=True),
}


def _constant(value: Any) -> Make:  # noqa: ANN401 - whatever a file says
    return lambda _items, _message: value


def _then(make: Make, change: Callable[[Any], Any]) -> Make:
    return lambda items, message: change(make(items, message))


def _turned(make: Make, make_rotation: Make) -> Make:
    return lambda items, message: rotated(make_rotation(items, message), make(items, message))
