# SPDX-License-Identifier: Apache-2.0
"""
Generate the Python source of a decoder.

The source reads runs of fields of fixed size with one ``unpack_from`` each, as far as their
alignment is known while generating. Behind a string or sequence it is not, so the generated code
aligns the position there and a new run begins. Structs are written out in place; what repeats
becomes a loop function of its own.

The same source serves every byte order and buffer type. It refers to names that the caller must
provide, listed in :class:`Source`, and to these:

==========  =====================================================================
``KIND``    type of the buffer that this instance of the code decodes
``MARK``    second byte of the encapsulation header that it decodes
``OTHER``   function that decodes all other buffers
``FAULTS``  exceptions that reading beyond the end may raise
``EXPLAIN`` function from the buffer to the CdrError to raise
``VIEW``    ``numpy.frombuffer``
``TEXT``    from raw bytes, encoding and error policy to a string
``WIDE``    from the raw bytes of a wstring to a string
==========  =====================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rerun_bridge.cdr.definitions import (
    Array,
    attribute_name,
    CODES,
    LENGTH,
    Nested,
    Primitive,
    Sequence,
    Text,
)
from rerun_bridge.cdr.layout import HEADER_SIZE, minimum_size

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rerun_bridge.cdr.definitions import Definitions, FieldType

_ALIGN: Mapping[int, str] = {2: 'p & 1', 4: '-p & 3', 8: '4 - p & 7'}
"""What to add to a position, which counts the header, to align it."""
_MAX_ALIGNMENT = 8
_INDENT = '    '


@dataclass
class Source:
    """
    Generated source and the names it refers to.

    Attributes
    ----------
    text
        Defines ``decode(data)`` and one ``loop(data, position, count)`` for each of `loops`.
    structs
        Format without byte order, to the name of its ``unpack_from``.
    classes
        Type name to the name of the message class.
    views
        NumPy letter to the name of the dtype; with an ``E`` before it, of an empty array of this.
    loops
        What to read to the name of the loop function that reads it; for structs, with an ``R``
        before it, to the name of a function that returns a StructSequence instead of a list.

    """

    text: str = ''
    structs: dict[str, str] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    views: dict[str, str] = field(default_factory=dict)
    loops: dict[Text | Nested, str] = field(default_factory=dict)


def generate(type_name: str, definitions: Definitions) -> Source:
    """
    Generate the decoder of a message type.

    Parameters
    ----------
    type_name
        The type, ``pkg/msg/Type``.
    definitions
        Its checked definitions.

    """
    source = Source()
    parts = [_decode_source(type_name, definitions, source)]
    done = 0
    # Writing one loop may register others.
    while done < len(source.loops):
        element = list(source.loops)[done]
        parts.append(_loop_source(element, definitions=definitions, source=source))
        done += 1
    source.text = '\n\n'.join(parts)
    return source


def _decode_source(type_name: str, definitions: Definitions, source: Source) -> str:
    body = _Body(definitions, source, literal=HEADER_SIZE, depth=2)
    message = body.struct(type_name, top=True)
    body.flush()
    return '\n'.join(
        (
            'def decode(data):',
            '    try:',
            '        if data.__class__ is not KIND or data[1] != MARK or data[0]:',
            '            return OTHER(data)',
            '        size = len(data)',
            *body.lines,
            f'        return {message}',
            '    except FAULTS:',
            '        raise EXPLAIN(data) from None',
            '',
        )
    )


def _loop_source(element: Text | Nested, *, definitions: Definitions, source: Source) -> str:
    body = _Body(definitions, source, literal=None, depth=2)
    item = 'item'
    if isinstance(element, Nested):
        item = body.struct(element.type_name)
    else:
        body.read(element, item)
    body.flush()
    return '\n'.join(
        (
            f'def {source.loops[element]}(data, p, count):',
            '    size = len(data)',
            f'    if count * {minimum_size(element, definitions)} > size - p:',
            '        raise IndexError',
            '    items = []',
            '    append = items.append',
            '    for _ in range(count):',
            *body.lines,
            f'        append({item})',
            '    return items, p',
            '',
        )
    )


class _Body:
    """
    Statements that read values one after another.

    While generating, the position is known as a literal number, or else modulo `modulus`;
    in the code behind a variable part it is the variable ``p``. Fields that are not read yet form
    the current run, which begins at that position.
    """

    def __init__(
        self, definitions: Definitions, source: Source, *, literal: int | None, depth: int
    ) -> None:
        self.lines: list[str] = []
        self._definitions = definitions
        self._source = source
        self._indent = _INDENT * depth
        self._literal = literal
        self._modulus = 1 if literal is None else _MAX_ALIGNMENT
        self._residue = 0
        self._num_messages = 0
        self._run: list[str] = []
        self._run_size = 0
        self._targets: list[str] = []
        self._arrays: list[str] = []

    def struct(self, type_name: str, *, top: bool = False) -> str:
        """Read a struct into a new object and return the object's name."""
        message = f'm{self._num_messages}'
        self._num_messages += 1
        classes = self._source.classes
        name = classes.setdefault(type_name, f'C{len(classes)}')
        self._emit(f'{message} = {name}()')
        fields = self._definitions[type_name]
        for each in fields:
            self.read(each.type, f'{message}.{attribute_name(each.name)}')
        if not fields and top:
            # Some writers leave out the dummy byte of a message without fields.
            self._emit(f'if size < {HEADER_SIZE}:')
            self._emit('    raise IndexError')
        elif not fields:
            self._primitive(Primitive('uint8'), 'n')
        return message

    def read(self, kind: FieldType, target: str) -> None:
        """Read a value of any kind and assign it to `target`."""
        self._WRITERS[type(kind)](self, kind, target)

    def flush(self) -> None:
        """End the current run and move the position behind it."""
        self._unpack()
        if self._literal is not None:
            self._literal += self._run_size
        elif self._run_size:
            self._emit(f'p += {self._run_size}')
        self._begin(self._modulus, self._residue + self._run_size)

    def _emit(self, line: str) -> None:
        self.lines.append(self._indent + line)

    def _loop(self, element: Text | Nested) -> str:
        loops = self._source.loops
        name = loops.setdefault(element, f'L{len(loops)}')
        return f'R{name}' if isinstance(element, Nested) else name

    def _view(self, letter: str) -> str:
        return self._source.views.setdefault(letter, f'V{len(self._source.views)}')

    def _begin(self, modulus: int, residue: int) -> None:
        self._modulus = modulus
        self._residue = residue % modulus
        self._run = []
        self._run_size = 0
        self._targets = []
        self._arrays = []

    def _begin_at_variable(self, modulus: int) -> None:
        self._literal = None
        self._begin(modulus, 0)

    def _position(self) -> str:
        """Return an expression for the position behind the current run."""
        if self._literal is not None:
            return str(self._literal + self._run_size)
        return f'p + {self._run_size}' if self._run_size else 'p'

    def _extend(self, code: str, size: int) -> None:
        self._run.append(code)
        self._run_size += size

    def _align(self, size: int) -> None:
        if size > self._modulus:
            self.flush()
            self._emit(f'p += {_ALIGN[size]}')
            self._begin(size, 0)
        padding = -(self._residue + self._run_size) % size
        if padding:
            self._extend(f'{padding}x', padding)

    def _unpack(self) -> None:
        """Emit the statements that read the current run."""
        if self._targets:
            structs = self._source.structs
            name = structs.setdefault(''.join(self._run), f'U{len(structs)}')
            call = f'{name}(data, {self._literal or "p"})'
            self._emit(f'{", ".join(self._targets)}, = {call}')
        for line in self._arrays:
            self._emit(line)

    def _count(self) -> None:
        """Read a count into the variable ``n``, ending the run."""
        self._primitive(Primitive('uint32'), 'n')
        self._unpack()

    def _primitive(self, kind: Primitive, target: str) -> None:
        code = CODES[kind.name]
        self._align(code.size)
        self._extend(code.struct, code.size)
        self._targets.append(target)

    def _text(self, kind: Text, target: str) -> None:
        self._count()
        self._emit(f's = {self._position()}')
        self._emit('p = s + n' if kind.unit == 1 else f'p = s + n * {kind.unit}')
        self._emit('if p > size:')
        self._emit('    raise IndexError')
        if kind.wide:
            self._emit(f'{target} = WIDE(data[s:p])')
        else:
            raw = 'data[s:p if data[p - 1] else p - 1]'
            self._emit(f"{target} = TEXT({raw}, 'utf-8', 'replace')")
        self._begin_at_variable(kind.unit)

    def _nested(self, kind: Nested, target: str) -> None:
        self._emit(f'{target} = {self.struct(kind.type_name)}')

    def _array(self, kind: Array, target: str) -> None:
        if not isinstance(kind.element, Primitive):
            self._unpack()
            self._emit(
                f'{target}, p = {self._loop(kind.element)}'
                f'(data, {self._position()}, {kind.length})'
            )
            self._begin_at_variable(1)
            return
        code = CODES[kind.element.name]
        self._align(code.size)
        self._arrays.append(
            f'{target} = VIEW(data, {self._view(code.numpy)}, {kind.length}, {self._position()})'
        )
        self._extend(f'{kind.length * code.size}x', kind.length * code.size)

    def _sequence(self, kind: Sequence, target: str) -> None:
        self._count()
        if not isinstance(kind.element, Primitive):
            call = f'{self._loop(kind.element)}(data, {self._position()}, n)'
            self._emit(f'{target}, p = {call}')
            self._begin_at_variable(1)
            return
        code = CODES[kind.element.name]
        view = self._view(code.numpy)
        self._emit(f'p = {self._position()}')
        self._emit('if n:')
        # The position is aligned for the count; an empty sequence has no padding behind it.
        if code.size > LENGTH.size:
            self._emit(f'    p += {_ALIGN[code.size]}')
        self._emit(f'    {target} = VIEW(data, {view}, n, p)')
        self._emit('    p += n' if code.size == 1 else f'    p += n * {code.size}')
        self._emit('else:')
        self._emit(f'    {target} = E{view}')
        self._begin_at_variable(min(code.size, LENGTH.size))

    _WRITERS: Mapping[type[FieldType], Callable[..., None]] = {
        Primitive: _primitive,
        Text: _text,
        Nested: _nested,
        Array: _array,
        Sequence: _sequence,
    }
