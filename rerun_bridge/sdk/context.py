# SPDX-License-Identifier: Apache-2.0
"""Which recording a call means, and the end of all recordings."""

from __future__ import annotations

import atexit
import functools
import logging
import os
import threading
from typing import Any, TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from rerun_bridge.sdk.pipeline import Pipeline
    from rerun_bridge.sdk.recording_stream import RecordingStream


_log = logging.getLogger('rerun_bridge.sdk')
_Function = TypeVar('_Function', bound='Callable[..., Any]')


class _ThreadLocal(threading.local):
    recording: RecordingStream | None = None


_thread = _ThreadLocal()
_global: RecordingStream | None = None
_pipelines: dict[Pipeline, None] = {}


def get_data_recording(recording: RecordingStream | None = None) -> RecordingStream | None:
    """
    Return the recording that a call means.

    Parameters
    ----------
    recording
        What the caller named.

    Returns
    -------
    RecordingStream or None
        The given one, else this thread's, else the global one.

    """
    if recording is not None:
        return recording
    recording = _thread.recording
    return _global if recording is None else recording


def get_global_data_recording() -> RecordingStream | None:
    """Return the global recording."""
    return _global


def set_global_data_recording(recording: RecordingStream | None) -> RecordingStream | None:
    """
    Set the recording of all threads that have none of their own.

    Parameters
    ----------
    recording
        None to clear.

    Returns
    -------
    RecordingStream or None
        The one before; it is not closed.

    """
    global _global
    previous, _global = _global, recording
    return previous


def get_thread_local_data_recording() -> RecordingStream | None:
    """Return the recording of this thread."""
    return _thread.recording


def set_thread_local_data_recording(recording: RecordingStream | None) -> RecordingStream | None:
    """
    Set the recording of this thread.

    Parameters
    ----------
    recording
        None to clear.

    Returns
    -------
    RecordingStream or None
        The one before; it is not closed.

    """
    previous, _thread.recording = _thread.recording, recording
    return previous


def register(pipeline: Pipeline) -> None:
    """
    Keep what delivers a recording until it is closed or the program ends.

    Parameters
    ----------
    pipeline
        Of a new recording, which itself may be forgotten.

    """
    _pipelines[pipeline] = None


def unregister(pipeline: Pipeline) -> None:
    """
    Forget what delivers a recording.

    Parameters
    ----------
    pipeline
        One that is closed.

    """
    _pipelines.pop(pipeline, None)


def rerun_shutdown() -> None:
    """Deliver everything and close all recordings; runs by itself at the end of the program."""
    while _pipelines:
        pipeline, _ = _pipelines.popitem()
        try:
            pipeline.close()
        except Exception:  # noqa: BLE001 - the others must be closed, too
            _log.exception('closing the recording %s has failed', pipeline.store_id.recording_id)


def unregister_shutdown() -> None:
    """Do not run `rerun_shutdown` at the end of the program."""
    atexit.unregister(rerun_shutdown)


def shutdown_at_exit(function: _Function) -> _Function:
    """
    Decorate the main function of a forked process, whose exit handlers do not run.

    Parameters
    ----------
    function
        Any function.

    Returns
    -------
    function
        The same, followed by `rerun_shutdown`.

    """

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the function
        try:
            return function(*args, **kwargs)
        finally:
            rerun_shutdown()

    return wrapper  # type: ignore[return-value]


atexit.register(rerun_shutdown)


def _after_fork_in_child() -> None:
    # The parent's recordings are dead here.
    set_global_data_recording(None)
    set_thread_local_data_recording(None)


if hasattr(os, 'register_at_fork'):
    os.register_at_fork(after_in_child=_after_fork_in_child)
