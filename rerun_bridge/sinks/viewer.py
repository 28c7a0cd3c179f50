# SPDX-License-Identifier: Apache-2.0
"""Opens viewers on this machine: the native one as a process of its own, or a browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import webbrowser

from rerun_bridge.errors import SinkOpenError, ViewerNotFoundError
from rerun_bridge.sinks.address import DEFAULT_ADDRESS, DEFAULT_PORT

_PROBE_TIMEOUT_SEC = 1.0
_READY_TIMEOUT_SEC = 15.0
_POLL_SEC = 0.1
_DISPLAY_VARIABLES = ('DISPLAY', 'WAYLAND_DISPLAY')


def spawn_viewer(
    *,
    port: int = DEFAULT_PORT,
    memory_limit: str = '75%',
    headless: bool = False,
    executable_path: str | os.PathLike[str] | None = None,
) -> bool:
    """
    Start a viewer unless one listens already, and wait until it accepts connections.

    The viewer outlives this process.

    Parameters
    ----------
    port
        Where it listens.
    memory_limit
        When it drops its oldest data, for instance ``75%`` or ``2GB``.
    headless
        Without a window, for tests and screenshots.
    executable_path
        The ``rerun`` program; None to look for it on PATH.

    Returns
    -------
    bool
        False if something listened on the port already; it is used as it is.

    Raises
    ------
    ViewerNotFoundError
        If there is no viewer, or no display for its window.
    SinkOpenError
        If it ended or did not listen in time.

    """
    if _is_listening(port):
        return False
    program = find_viewer(executable_path)
    if sys.platform == 'linux' and not headless and not any(map(os.getenv, _DISPLAY_VARIABLES)):
        msg = (
            'there is no display for the viewer window; connect to a viewer on another computer, '
            'save to a file, or spawn with headless=True'
        )
        raise ViewerNotFoundError(msg)
    command = [
        program,
        f'--port={port}',
        f'--memory-limit={memory_limit}',
        '--expect-data-soon',
        *(['--headless'] if headless else []),
    ]
    process = subprocess.Popen(  # noqa: S603 - the user's own viewer
        command,
        stdin=subprocess.DEVNULL,
        env={**clean_environment(), 'RERUN_APP_ONLY': 'true'},
        start_new_session=True,
    )
    _wait_until_ready(process, port, program)
    return True


def open_page(url: str) -> None:
    """
    Open a page in this machine's browser, if it has one; never waits for it.

    Parameters
    ----------
    url
        Of the page.

    """
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def find_viewer(executable_path: str | os.PathLike[str] | None = None) -> str:
    """
    Find the native viewer on this machine.

    Parameters
    ----------
    executable_path
        The ``rerun`` program; None to look for it on PATH.

    Returns
    -------
    str
        Its path.

    Raises
    ------
    ViewerNotFoundError
        If there is none.

    """
    name = os.fspath(executable_path or 'rerun')
    program = shutil.which(name)
    if program is None:
        msg = (
            'the Rerun viewer was not found on PATH; install it with `pip install '
            f'rerun-sdk==0.41.0` (in any environment) or give its path: {name}'
        )
        raise ViewerNotFoundError(msg)
    return program


def clean_environment() -> dict[str, str]:
    """Return the environment without what belongs to the Python of this process."""
    hidden = ('LD_LIBRARY_PATH', '_ROS_WHEELS_BOOTSTRAP_COMPLETE', 'PYTHONPATH', 'PYTHONHOME')
    return {name: value for name, value in os.environ.items() if name not in hidden}


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, program: str) -> None:
    deadline = time.monotonic() + _READY_TIMEOUT_SEC
    while not _is_listening(port):
        if process.poll() is not None:
            msg = (
                f'the viewer ended at once with code {process.returncode}; run it by hand to see '
                f'why: {program}'
            )
            raise SinkOpenError(msg)
        if time.monotonic() > deadline:
            msg = (
                f'the viewer did not listen on port {port} within {_READY_TIMEOUT_SEC:.0f} s; '
                f'is it the Rerun viewer? {program}'
            )
            raise SinkOpenError(msg)
        time.sleep(_POLL_SEC)


def _is_listening(port: int) -> bool:
    try:
        with socket.create_connection((DEFAULT_ADDRESS, port), _PROBE_TIMEOUT_SEC):
            return True
    except OSError:
        return False
