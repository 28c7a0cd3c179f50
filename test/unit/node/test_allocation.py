# SPDX-License-Identifier: Apache-2.0
"""Big buffers stay on the heap, where the C library can be told so."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from rerun_bridge.node.allocation import keep_big_buffers_on_heap

_CHILD = """
import resource
from rerun_bridge.node.allocation import keep_big_buffers_on_heap
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
