# SPDX-License-Identifier: Apache-2.0
"""
Logs what the calls of ``cases/calls.txt`` make; in rerun-sdk's environment as a program.

``python record_calls.py MODULE FILE``: every call that makes an archetype is logged to an entity
of its own, static ones and temporal ones in turn.
"""

from __future__ import annotations

import importlib
import io
from pathlib import Path
import sys
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent


def record(module: Any, path: str) -> int:  # noqa: ANN401 - either library
    """Log all calls; return how many."""
    names = {
        'rr': module,
        'rrb': importlib.import_module(f'{module.__name__}.blueprint'),
        'np': np,
        'io': io,
        'here': str(FOLDER / 'files'),
    }
    recording = module.RecordingStream('calls', recording_id='calls')
    recording.save(path)
    count = 0
    for line in (FOLDER / 'cases' / 'calls.txt').read_text().splitlines():
        if not line.strip() or line.startswith('#'):
            continue
        value = eval(line, names)  # noqa: S307 - our own texts
        if hasattr(value, 'as_component_batches') and value.as_component_batches():
            recording.set_time('call', sequence=count)
            recording.log(f'/calls/{count}', value, static=count % 2 == 0)
            count += 1
    recording.disconnect()
    return count


if __name__ == '__main__':
    print(record(importlib.import_module(sys.argv[1]), sys.argv[2]))  # noqa: T201 - the answer
