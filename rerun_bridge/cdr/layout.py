# SPDX-License-Identifier: Apache-2.0
"""
Where the fields of a struct lie when many of them follow one another.

CDR aligns every number to its own size, counted from the first byte after the encapsulation
header, and never pads a struct as a whole. The layout of an element therefore depends on its
phase, which is the position of its first field modulo 8, and on the lengths of its strings.

If all elements have strings of the same lengths, all but the first have the same layout and a
constant distance: behind the field of largest alignment, the phase (modulo this alignment) no
longer depends on where the element began. Only the first one may begin at another phase.
"""

from __future__ import annotations

from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.cdr.definitions import Array, CODES, LENGTH, Nested, Primitive, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rerun_bridge.cdr.definitions import Definitions, FieldType

HEADER_SIZE = 4
_PHASES = 8
_MAX_CACHED = 256


class Leaf(NamedTuple):
    """
    A field of an element, or of a struct in it, that is not a struct itself.

    Attributes
    ----------
    path
        Names joined by dots, relative to the element; empty for the dummy byte of an empty struct.
    type
        What it holds.
    align
        Alignment in bytes of its first byte.
    size
        Bytes, for text without the characters; None if it has no size of its own.

    """

    path: str
    type: FieldType
    align: int
    size: int | None


class Layout(NamedTuple):
    """
    Where the fields of all elements of a sequence lie, relative to the first element.

    Attributes
    ----------
    origin
        Where the first element would be if it lay like the others; -7 to 7.
    stride
        Bytes from one element to the next, but for the first.
    size
        Bytes of one element, but for the first, without padding behind it.
    offsets
        Offset of every leaf within every element but the first, by path.
    shifts
        How much further back than that every leaf of the first element lies, by path; 0 if the
        leaf is at the constant distance from the start.
    texts
        Offset of the length, and the length in characters, for every text.

    """

    origin: int
    stride: int
    size: int
    offsets: dict[str, int]
    shifts: dict[str, int]
    texts: tuple[tuple[int, int], ...]

    def end(self, start: int, count: int) -> int:
        """
        Return the position behind the last of at least two elements.

        Parameters
        ----------
        start
            Position of the first element.
        count
            Number of elements.

        """
        return start + self.origin + (count - 1) * self.stride + self.size


class ElementShape:
    """
    The layout of one struct type.

    Parameters
    ----------
    type_name
        The type of the elements.
    definitions
        Its checked definitions.

    Attributes
    ----------
    leaves
        All leaves by path.
    alignment
        Alignment of the first field in bytes.
    regular
        Whether nothing but texts can vary in size.
    has_texts
        Whether there are texts.

    """

    __slots__ = (
        '_gaps',
        '_layouts',
        '_ordered',
        'alignment',
        'has_texts',
        'leaves',
        'regular',
        'type_name',
    )

    def __init__(self, type_name: str, definitions: Definitions) -> None:
        self.type_name = type_name
        self._ordered = tuple(_leaves(type_name, definitions, prefix=''))
        self.leaves = {leaf.path: leaf for leaf in self._ordered if leaf.path}
        self.alignment = self._ordered[0].align
        self.regular = all(leaf.size is not None for leaf in self._ordered)
        self._gaps = tuple(_gaps(self._ordered)) if self.regular else ()
        self.has_texts = bool(self._gaps)
        self._layouts: dict[tuple[int, ...], Layout] = {}

    def layout_at(
        self, start: int, *, data: bytes | memoryview, read_length: Callable[..., tuple[int, ...]]
    ) -> Layout | None:
        """
        Return how all elements lie if their texts are as long as those of the first.

        Parameters
        ----------
        start
            Position of the first element in `data`, aligned for its first field.
        data
            The whole message including its header.
        read_length
            ``unpack_from`` of an unsigned 32-bit number.

        Returns
        -------
        Layout or None
            None if the first does not fit into `data`.

        """
        key = [(start - HEADER_SIZE) % _PHASES]
        position = start
        for distances, unit in self._gaps:
            position += distances[(position - HEADER_SIZE) % _PHASES]
            if position + LENGTH.size > len(data):
                return None
            (length,) = read_length(data, position)
            position += LENGTH.size + unit * length
            key.append(length)
        if position > len(data):
            return None
        return self._cached(tuple(key))

    def _cached(self, key: tuple[int, ...]) -> Layout:
        try:
            return self._layouts[key]
        except KeyError:
            phase, *lengths = key
            layout = self._layout(phase, lengths)
        if len(self._layouts) >= _MAX_CACHED:
            self._layouts.clear()
        self._layouts[key] = layout
        return layout

    def _layout(self, phase: int, lengths: list[int]) -> Layout:
        head, _ = self._offsets(phase, lengths)
        distance = self._distance_to_next(phase, lengths)
        regular = (phase + distance) % _PHASES
        offsets, size = self._offsets(regular, lengths)
        stride = self._distance_to_next(regular, lengths)
        origin = distance - stride
        shifts = {path: origin + offsets[path] - head[path] for path in head}
        texts = (leaf.path for leaf in self._ordered if isinstance(leaf.type, Text))
        return Layout(
            origin=origin,
            stride=stride,
            size=size,
            offsets=offsets,
            shifts=shifts,
            texts=tuple(
                (offsets[path], length) for path, length in zip(texts, lengths, strict=True)
            ),
        )

    def _distance_to_next(self, phase: int, lengths: list[int]) -> int:
        _, size = self._offsets(phase, lengths)
        return size + -(phase + size) % self.alignment

    def _offsets(self, phase: int, lengths: list[int]) -> tuple[dict[str, int], int]:
        """Return the offset of every leaf by path, and the size of an element."""
        remaining = iter(lengths)
        position = phase
        offsets: dict[str, int] = {}
        for leaf in self._ordered:
            position += -position % leaf.align
            offsets[leaf.path] = position - phase
            position += leaf.size or 0
            if isinstance(leaf.type, Text):
                position += leaf.type.unit * next(remaining)
        return offsets, position - phase


def minimum_size(kind: FieldType, definitions: Definitions) -> int:
    """
    Return how many bytes a value takes at least, without padding; never 0.

    Parameters
    ----------
    kind
        What the value is.
    definitions
        Checked definitions of the structs in it.

    """
    if isinstance(kind, Primitive):
        return CODES[kind.name].size
    if isinstance(kind, Array):
        return kind.length * minimum_size(kind.element, definitions)
    if isinstance(kind, Nested):
        fields = definitions[kind.type_name]
        return sum(minimum_size(field.type, definitions) for field in fields) or 1
    return LENGTH.size


def _leaves(type_name: str, definitions: Definitions, *, prefix: str) -> Iterator[Leaf]:
    fields = definitions[type_name]
    if not fields:
        # A struct without fields is written as one byte.
        yield Leaf('', Primitive('uint8'), 1, 1)
    for field in fields:
        path = prefix + field.name
        if isinstance(field.type, Nested):
            yield from _leaves(field.type.type_name, definitions, prefix=f'{path}.')
        else:
            yield _leaf(path, field.type)


def _leaf(path: str, kind: FieldType) -> Leaf:
    if isinstance(kind, Primitive):
        code = CODES[kind.name]
        return Leaf(path, kind, code.size, code.size)
    if isinstance(kind, Array) and isinstance(kind.element, Primitive):
        code = CODES[kind.element.name]
        return Leaf(path, kind, code.size, code.size * kind.length)
    return Leaf(path, kind, LENGTH.size, LENGTH.size if isinstance(kind, Text) else None)


def _gaps(leaves: tuple[Leaf, ...]) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield for each text how far it starts from the end of the one before, for each phase."""
    between: list[Leaf] = []
    for leaf in leaves:
        between.append(leaf)
        if isinstance(leaf.type, Text):
            yield tuple(_distance(between, phase) for phase in range(_PHASES)), leaf.type.unit
            between.clear()


def _distance(leaves: list[Leaf], phase: int) -> int:
    position = phase
    for leaf in leaves[:-1]:
        position += -position % leaf.align + (leaf.size or 0)
    return position + -position % leaves[-1].align - phase
