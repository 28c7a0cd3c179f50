# SPDX-License-Identifier: Apache-2.0
"""
Runs a module of `doctor` in a process of its own.

Libraries that do not fit crash, ROS ends the process when its middleware is missing, and DDS may
hang in C: none of that may happen to the doctor.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from typing import Any, NamedTuple

_MARK = 'doctor: '
_ORNAMENTS = re.compile(r'^(\[[^]]*\]\s*)+:?\s*|, at /\S+$')
"""What ROS puts around its messages: level, time, logger; place in its sources."""


class Outcome(NamedTuple):
    """
    What a module had to say.

    Attributes
    ----------
    items
        Arguments of its calls of `tell`.
    complaint
        Why it did not come to its end; empty if it did.

    """

    items: list[Any]
    complaint: str


def run_module(name: str, *arguments: str, limit_sec: float) -> Outcome:
    """
    Run a module until its end.

    Parameters
    ----------
    name
        Of the module, below this package.
    arguments
        Its command line.
    limit_sec
        When it is killed.

    Returns
    -------
    Outcome
        Also if it crashed or was killed.

    """
    search_path = os.pathsep.join(map(os.path.abspath, sys.path))
    try:
        done = subprocess.run(  # noqa: S603 - nothing in it comes from outside
            [sys.executable, '-m', f'{__package__}.{name}', *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=limit_sec,
            env={**os.environ, 'PYTHONPATH': search_path, 'PYTHONUTF8': '1'},
        )
    except subprocess.TimeoutExpired as exc:
        return Outcome(_items(exc.stdout or b''), f'it did not end within {limit_sec:.0f} s')
    return Outcome(_items(done.stdout), _complaint(done.returncode, done.stderr))


def tell(item: object) -> None:
    """Hand something to the doctor; for modules that it runs."""
    print(f'{_MARK}{json.dumps(item)}', flush=True)  # noqa: T201 - to another program


def _items(output: bytes) -> list[Any]:
    lines = output.decode(errors='replace').splitlines()
    return [json.loads(line[len(_MARK) :]) for line in lines if line.startswith(_MARK)]


def _complaint(status: int, errors: bytes) -> str:
    if not status:
        return ''
    if status < 0:
        return f'it was ended by {signal.Signals(-status).name}'
    lines = [line.strip() for line in errors.decode(errors='replace').splitlines() if line.strip()]
    return _ORNAMENTS.sub('', lines[-1]) if lines else f'it ended with status {status}'
