# SPDX-License-Identifier: Apache-2.0
"""The environment variables that change how recordings work; read in this one place."""

from __future__ import annotations

import logging
import os
import threading
from typing import NamedTuple, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rerun_bridge.sinks import Cadence

_log = logging.getLogger('rerun_bridge.sdk')
_TRUE, _FALSE = ('1', 'true', 'yes', 'on'), ('0', 'false', 'no', 'off')
DEFAULT_FLUSH_NUM_BYTES = 2 << 20


class Settings(NamedTuple):
    """
    What the environment says.

    Attributes
    ----------
    enabled
        ``RERUN``: overrides what the program asks for; None if unset.
    strict
        ``RERUN_STRICT``: whether wrong use raises instead of warning; None if unset.
    log_time, log_tick
        ``RERUN_LOG_TIME``, ``RERUN_LOG_TICK``: which timelines every row gets.
    flush_tick_sec
        ``RERUN_FLUSH_TICK_SECS``: seconds between chunks; None for the sinks' own.
    flush_num_bytes, flush_num_rows
        ``RERUN_FLUSH_NUM_BYTES``, ``RERUN_FLUSH_NUM_ROWS``: encode earlier above these.

    """

    enabled: bool | None = None
    strict: bool | None = None
    log_time: bool = True
    log_tick: bool = False
    flush_tick_sec: float | None = None
    flush_num_bytes: int = DEFAULT_FLUSH_NUM_BYTES
    flush_num_rows: int | None = None

    def tick_sec(self, cadence: Cadence) -> float:
        """Return the seconds between chunks for sinks of a cadence."""
        return cadence.value if self.flush_tick_sec is None else self.flush_tick_sec


def read_settings(
    environ: Mapping[str, str] = os.environ, *, flush_num_bytes: int = DEFAULT_FLUSH_NUM_BYTES
) -> Settings:
    """
    Read the environment.

    Parameters
    ----------
    environ
        Variables by name.
    flush_num_bytes
        Where the environment does not say otherwise.

    Returns
    -------
    Settings
        Values that cannot be read are ignored with a warning.

    """
    log_time = _flag(environ, 'RERUN_LOG_TIME')
    tick_sec = _number(environ, 'RERUN_FLUSH_TICK_SECS')
    num_rows = _number(environ, 'RERUN_FLUSH_NUM_ROWS')
    num_bytes = _number(environ, 'RERUN_FLUSH_NUM_BYTES')
    return Settings(
        enabled=_flag(environ, 'RERUN'),
        strict=_flag(environ, 'RERUN_STRICT'),
        log_time=log_time is not False,
        log_tick=_flag(environ, 'RERUN_LOG_TICK') is True,
        flush_tick_sec=None if tick_sec is None else min(tick_sec, threading.TIMEOUT_MAX),
        flush_num_bytes=flush_num_bytes if num_bytes is None else int(num_bytes),
        flush_num_rows=None if num_rows is None else int(num_rows),
    )


def _flag(environ: Mapping[str, str], name: str) -> bool | None:
    text = environ.get(name, '').strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if text:
        _log.warning('%s=%r is neither on nor off; it is ignored', name, environ[name])
    return None


def _number(environ: Mapping[str, str], name: str) -> float | None:
    text = environ.get(name)
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float('inf'):
        _log.warning('%s=%r is not a number of 0 or more; it is ignored', name, text)
        return None
    return number
