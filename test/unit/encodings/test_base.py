# SPDX-License-Identifier: Apache-2.0
"""Memory that nobody can change, and bytes of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rerun_bridge.encodings import offsets_of, owned, raw
from rerun_bridge.encodings.base import is_immutable, SMALL_BYTES


def frozen(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a view that cannot be written."""
    view: np.ndarray[Any, Any] = array.view()
    view.flags.writeable = False
    return view


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (np.ones(3), False),
        (frozen(np.ones(3)), False),
        (np.frombuffer(b'abc', 'u1'), True),
        (np.frombuffer(b'abcd', 'u1').reshape(2, 2)[1:], True),
        (np.frombuffer(bytearray(b'abc'), 'u1'), False),
        (frozen(np.frombuffer(bytearray(b'abc'), 'u1')), False),
        (memoryview(b'abc'), True),
        (memoryview(bytearray(b'abc')).toreadonly(), False),
        (owned(np.ones(3)), True),
        (owned(np.ones(3))[1:], True),
        ([1, 2], False),
    ],
)
def test_is_immutable(*, value: object, expected: bool) -> None:
    assert is_immutable(value) is expected


def test_raw_copies_only_what_is_small() -> None:
    small = np.arange(4, dtype='<u2')
    assert raw(small) == small.tobytes()
    large = np.zeros((SMALL_BYTES, 2), '<f4')
    view = raw(large)
    assert isinstance(view, memoryview)
    assert np.shares_memory(np.frombuffer(view, 'u1'), large)
    assert raw(np.zeros((0, 3))) == b''


def test_offsets() -> None:
    assert np.frombuffer(offsets_of([2, 0, 3]), '<i4').tolist() == [0, 2, 2, 5]
    assert np.frombuffer(offsets_of([]), '<i4').tolist() == [0]
