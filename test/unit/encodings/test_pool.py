# SPDX-License-Identifier: Apache-2.0
"""Memory of copies is used again, and never while somebody looks at it."""

from __future__ import annotations

import importlib.util
import sys
import threading
from typing import Any, TYPE_CHECKING

import numpy as np
import pytest

from rerun_bridge.encodings import pool, raw
from rerun_bridge.encodings.pool import copied, MIN_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(autouse=True)
def blocks() -> Iterator[list[Any]]:
    pool._blocks.clear()  # noqa: SLF001 - what is kept
    yield pool._blocks  # noqa: SLF001
    pool._blocks.clear()  # noqa: SLF001


def address(array: np.ndarray[Any, Any]) -> int:
    found: int = array.__array_interface__['data'][0]
    return found


@pytest.mark.parametrize('shape', [(10,), (0, 3), (500, 700), (3, 400_000), (2, 300, 500)])
@pytest.mark.parametrize('dtype', ['u1', '<f4', '<f8', '>i4', '?'])
def test_copies_are_like_those_of_numpy(shape: tuple[int, ...], dtype: str) -> None:
    array = np.arange(np.prod(shape)).reshape(shape).astype('<i4')
    for source in (array, array[..., ::-1], np.asfortranarray(array)):
        copy = copied(source, np.dtype(dtype))
        expected = np.array(source, dtype, order='C')
        assert copy.dtype == expected.dtype
        assert copy.flags.c_contiguous
        assert np.array_equal(copy, expected)
        assert not np.shares_memory(copy, source)


def test_memory_is_used_again(blocks: list[Any]) -> None:
    array = np.zeros(MIN_BYTES, np.uint8)
    places = {address(copied(array, array.dtype)) for _ in range(10)}
    assert len(places) == len(blocks) == 1


@pytest.mark.parametrize('hold', [np.ravel, memoryview, raw, lambda copy: copy[5:].view('u1')])
def test_memory_that_somebody_looks_at_is_not(hold: Callable[[Any], Any]) -> None:
    array = np.zeros(MIN_BYTES, np.uint8)
    held = []
    places = set()
    for i in range(5):
        copy = copied(array + i, array.dtype)
        places.add(address(copy))
        held.append(hold(copy))
        del copy
    assert len(places) == 5
    assert [bytes(view)[-1] for view in held] == [0, 1, 2, 3, 4]


def test_other_ways_to_count_references_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The question itself counts differently from one version of Python to the next."""
    count = sys.getrefcount
    monkeypatch.setattr(sys, 'getrefcount', lambda block: count(block) - 3)
    spec = importlib.util.find_spec(pool.__name__)
    assert spec is not None
    assert spec.loader is not None
    anew = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(anew)
    array = np.zeros(MIN_BYTES, np.uint8)
    held = [anew.copied(array + i, array.dtype) for i in range(3)]
    assert [copy[-1] for copy in held] == [0, 1, 2]
    assert len({address(copy) for copy in held}) == 3
    del held
    places = {address(anew.copied(array, array.dtype)) for _ in range(3)}
    assert len(places) == 1


def test_what_is_kept_is_bounded(blocks: list[Any]) -> None:
    held = [copied(np.zeros(10 << 20, np.uint8), np.dtype('u1')) for _ in range(9)]
    assert sum(block.nbytes for block in blocks) <= 64 << 20
    copied(np.zeros(65 << 20, np.uint8), np.dtype('u1'))
    assert sum(block.nbytes for block in blocks) <= 64 << 20
    assert len({address(copy) for copy in held}) == 9


def test_a_big_block_is_not_spent_on_little(blocks: list[Any]) -> None:
    copied(np.zeros(8 << 20, np.uint8), np.dtype('u1'))
    copied(np.zeros(1 << 20, np.uint8), np.dtype('u1'))
    assert len(blocks) == 2


def test_threads_never_share() -> None:
    wrong = []

    def copy_and_look(value: int) -> None:
        array = np.full(MIN_BYTES, value, np.uint8)
        for _ in range(200):
            copy = copied(array, array.dtype)
            if copy[0] != value or copy[-1] != value:
                wrong.append(value)

    threads = [threading.Thread(target=copy_and_look, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_nobody_waits_for_a_lock_that_a_fork_left() -> None:
    with pool._lock:  # noqa: SLF001 - as the parent may have had it
        copy = copied(np.ones(MIN_BYTES, np.uint8), np.dtype('u1'))
    assert copy.all()
