# SPDX-License-Identifier: Apache-2.0
"""Big buffers stay on the heap, and the garbage collector away from what lasts."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from rerun_bridge.memory import keep_big_buffers_on_heap

_CHILD = """
import resource
from rerun_bridge.memory import keep_big_buffers_on_heap
keep_big_buffers_on_heap()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
bytes(bytearray(6 << 20))
before = faults()
for _ in range(20):
    bytearray(6 << 20)
print(faults() - before)
"""


def test_it_tells_whether_it_worked() -> None:
    assert keep_big_buffers_on_heap() is (platform.libc_ver()[0] == 'glibc')


@pytest.mark.skipif(platform.libc_ver()[0] != 'glibc', reason='only glibc has the setting')
def test_big_buffers_are_not_mapped_anew() -> None:
    done = subprocess.run(
        [sys.executable, '-c', _CHILD], capture_output=True, text=True, timeout=60, check=True
    )
    pages_per_buffer = (6 << 20) // 4096
    assert int(done.stdout) < pages_per_buffer


def test_lasting_objects_are_not_collected() -> None:
    """In a process of its own, since it holds for all of it; what is new is still collected."""
    child = """
import gc, weakref
from rerun_bridge.memory import spare_lasting_objects
class Ring:
    def __init__(self):
        self.me = self
old, new = Ring(), None
spare_lasting_objects()
new = Ring()
seen = weakref.ref(old), weakref.ref(new)
del old, new
gc.collect()
print([each() is None for each in seen], gc.get_freeze_count() > 1000)
"""
    done = subprocess.run(
        [sys.executable, '-c', child], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == '[False, True] True\n'
