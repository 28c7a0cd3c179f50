# SPDX-License-Identifier: Apache-2.0
"""
The little of protobuf's wire format that Rerun's messages need.

Writers return bytes; `fields` reads any message into (number, value) pairs and raises
`DecodeError` on anything malformed. See the protobuf encoding specification.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_MAX_VARINT_BYTES = 10
_MASK64 = (1 << 64) - 1
_ONE_BYTE = [bytes([number]) for number in range(128)]
Value = int | memoryview


def varint(number: int) -> bytes:
    """
    Encode a number in base 128.

    Parameters
    ----------
    number
        Taken modulo 2**64.

    Returns
    -------
    bytes
        One to ten bytes.

    """
    if 0 <= number <= 0x7F:  # noqa: PLR2004
        return _ONE_BYTE[number]
    number &= _MASK64
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def varint_field(field_number: int, number: int) -> bytes:
    """Encode a field of an integer, enum or bool."""
    return varint(field_number << 3 | _VARINT) + varint(number)


def length_prefix(field_number: int, num_bytes: int) -> bytes:
    """Encode what stands before a string, bytes or message of the given length."""
    return varint(field_number << 3 | _LENGTH) + varint(num_bytes)


def bytes_field(field_number: int, content: bytes) -> bytes:
    """Encode a field of bytes or of an encoded message."""
    return length_prefix(field_number, len(content)) + content


def text_field(field_number: int, text: str) -> bytes:
    """Encode a field of type string."""
    return bytes_field(field_number, text.encode('utf-8', 'surrogatepass'))


def fields(message: bytes | memoryview) -> Iterator[tuple[int, Value]]:
    """
    Read a message.

    Parameters
    ----------
    message
        Its whole encoding.

    Yields
    ------
    tuple
        Field number; the number, or the content as a view.

    Raises
    ------
    DecodeError
        If the bytes are not a protobuf message.

    """
    view = memoryview(message)
    at = 0
    while at < len(view):
        tag, at = _read_varint(view, at)
        number, wire_type = tag >> 3, tag & 7
        if not number:
            msg = 'there is a protobuf field of number 0'
            raise DecodeError(msg)
        if wire_type == _VARINT:
            value, at = _read_varint(view, at)
            yield number, value
            continue
        if wire_type == _LENGTH:
            size, at = _read_varint(view, at)
        elif wire_type in (_FIXED64, _FIXED32):
            size = 8 if wire_type == _FIXED64 else 4
        else:
            msg = f'protobuf field {number} has the unknown wire type {wire_type}'
            raise DecodeError(msg)
        if at + size > len(view):
            msg = f'protobuf field {number} claims {size} bytes, {len(view) - at} are there'
            raise DecodeError(msg)
        content = view[at : at + size]
        at += size
        yield number, content if wire_type == _LENGTH else int.from_bytes(content, 'little')


def content_of(message: dict[int, Value], number: int) -> memoryview:
    """Return a field that has content, empty if it is not there; raises `DecodeError`."""
    value = message.get(number, memoryview(b''))
    if isinstance(value, memoryview):
        return value
    msg = f'protobuf field {number} is a number where content was expected'
    raise DecodeError(msg)


def number_of(message: dict[int, Value], number: int) -> int:
    """Return a field that is a number, 0 if it is not there; raises `DecodeError`."""
    value = message.get(number, 0)
    if isinstance(value, int):
        return value
    msg = f'protobuf field {number} is content where a number was expected'
    raise DecodeError(msg)


def _read_varint(view: memoryview, at: int) -> tuple[int, int]:
    number = 0
    for i, byte in enumerate(view[at : at + _MAX_VARINT_BYTES]):
        number |= (byte & 0x7F) << 7 * i
        if byte < 0x80:  # noqa: PLR2004
            return number & _MASK64, at + i + 1
    msg = 'protobuf number does not end'
    raise DecodeError(msg)
