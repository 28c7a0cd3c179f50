# SPDX-License-Identifier: Apache-2.0
"""Texts and blobs."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from rerun_bridge.encodings import Blob, owned, put_together, Text
from rerun_bridge.errors import UsageError

LARGE = 5000
"""More bytes than what is copied because it is small."""


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        ('one', ['one']),
        ('', ['']),
        (['a', 'äöü', '日本'], ['a', 'äöü', '日本']),
        (np.array(['x', 'yy']), ['x', 'yy']),
        ((text for text in 'ab'), ['a', 'b']),
        (1.5, ['1.5']),
        ([1, None], ['1', 'None']),
        ('broken \ud800', ['broken ?']),
        ([], []),
    ],
)
def test_texts(value: object, expected: list[str]) -> None:
    encoding = Text()
    data = encoding.coerce(value)
    assert encoding.count(data) == len(expected)
    assert encoding.num_bytes(data) == len(''.join(expected).encode())
    array = put_together(encoding.arrow_type, encoding.join([data]))
    assert array.equals(pa.array(expected, pa.utf8()))


def test_texts_are_joined_and_sliced() -> None:
    encoding = Text()
    rows = [encoding.coerce(['a', 'b']), encoding.coerce('c'), encoding.coerce([])]
    array = put_together(encoding.arrow_type, encoding.join(rows))
    assert array.to_pylist() == ['a', 'b', 'c']
    assert encoding.slice(rows[0], 1, 2) == [b'b']


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (b'abc', [b'abc']),
        (b'', [b'']),
        (bytearray(b'abc'), [b'abc']),
        (memoryview(b'abc')[1:], [b'bc']),
        (np.arange(3, dtype='u1'), [b'\x00\x01\x02']),
        (np.arange(2, dtype='<u2'), [b'\x00\x00\x01\x00']),
        (np.arange(6, dtype='u1').reshape(2, 3)[:, ::-1], [b'\x02\x01\x00\x05\x04\x03']),
        ([b'a', b'bc'], [b'a', b'bc']),
        ([], []),
    ],
)
def test_blobs(value: object, expected: list[bytes]) -> None:
    encoding = Blob()
    data = encoding.coerce(value)
    assert encoding.count(data) == len(expected)
    assert encoding.num_bytes(data) == sum(map(len, expected))
    array = put_together(encoding.arrow_type, encoding.join([data]))
    assert array.equals(pa.array([list(blob) for blob in expected], encoding.arrow_type))


@pytest.mark.parametrize('value', ['abc', 1, object(), [object()]])
def test_blobs_refuse(value: object) -> None:
    with pytest.raises(UsageError, match='expected bytes or an array'):
        Blob().coerce(value)


def test_blobs_are_pieces() -> None:
    encoding = Blob()
    content = bytes(LARGE)
    joined = encoding.join([encoding.coerce(content), encoding.coerce(content)])
    pieces = joined.buffers[3]
    assert isinstance(pieces, list)
    assert all(piece is content for piece in pieces)


def test_immutable_blobs_are_not_copied() -> None:
    content = bytes(LARGE)
    (whole,) = Blob().coerce(content)
    assert whole is content
    (part,) = Blob().coerce(np.frombuffer(content, 'u1')[100:])
    assert np.shares_memory(np.frombuffer(part, 'u1'), np.frombuffer(content, 'u1'))
    array = np.ones(LARGE, 'u1')
    (handed_over,) = Blob().coerce(owned(array))
    assert np.shares_memory(np.frombuffer(handed_over, 'u1'), array)


@pytest.mark.parametrize('size', [10, LARGE])
def test_later_changes_do_not_matter(size: int) -> None:
    array = np.ones(size, 'u1')
    view = array.view()
    view.flags.writeable = False
    sources = [array, view, array.data, array.data.toreadonly()]
    filled = bytearray(b'\x01' * size)
    blobs = [Blob().coerce(source)[0] for source in (*sources, filled)]
    array[:] = 0
    filled[:] = bytes(size)
    assert all(bytes(blob) == b'\x01' * size for blob in blobs)
