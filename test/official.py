# SPDX-License-Identifier: Apache-2.0
"""The official Rerun tools as judges: the CLI, a receiver, the headless viewer."""

from __future__ import annotations

from contextlib import contextmanager
import json
import os
from pathlib import Path
import signal
import socket
import subprocess
import time
from typing import Any, NamedTuple, TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

_START_TIMEOUT_SEC = 30.0
_STOP_TIMEOUT_SEC = 10.0
_POLL_SEC = 0.1
_HERE = Path(__file__).parent


class Official(NamedTuple):
    """
    The official tools.

    Attributes
    ----------
    cli
        The `rerun` program.
    python
        A Python with rerun-sdk.
    env
        The environment to start them in.

    """

    cli: Path
    python: Path
    env: dict[str, str]

    def run(self, *arguments: object, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the CLI."""
        done = subprocess.run(
            [self.cli, *map(str, arguments)],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert not check or done.returncode == 0, done.stderr
        return done

    def script(self, source: str, *arguments: object) -> str:
        """Run a script with rerun-sdk."""
        return self.python_program('-c', source, *arguments)

    def python_program(self, *arguments: object) -> str:
        """Run Python with rerun-sdk."""
        done = subprocess.run(
            [self.python, *map(str, arguments)],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def verify(self, *paths: Path) -> None:
        """Let the CLI check recordings, footers included."""
        for path in paths:
            self.run('rrd', 'verify', path)

    @contextmanager
    def serving(self, port: int, *arguments: object) -> Iterator[subprocess.Popen[bytes]]:
        """Run a `rerun` that listens on a port, until the block ends."""
        process = self.start(port, *arguments)
        try:
            yield process
        finally:
            stop(process, signal.SIGINT)

    def start(self, port: int, *arguments: object) -> subprocess.Popen[bytes]:
        """Start a `rerun` that listens on a port, and wait until it does."""
        process = subprocess.Popen(
            [self.cli, '--port', str(port), *map(str, arguments)],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_for(lambda: _listens(port) or process.poll() is not None, _START_TIMEOUT_SEC)
        assert process.poll() is None, 'rerun ended at once'
        return process

    @contextmanager
    def viewer(self, port: int, *sources: object) -> Iterator[Viewer]:
        """Run the headless viewer until the block ends."""
        with self.serving(port, '--headless', '--window-size', '1280x800', *sources):
            yield Viewer(self, port)


class Viewer(NamedTuple):
    """
    A running headless viewer.

    Attributes
    ----------
    official
        Where it comes from.
    port
        Where it listens.

    """

    official: Official
    port: int

    def ask(self, screenshot: Path | None = None, **cursors: str) -> dict[str, Any]:
        """Return state, entities, transforms and logs; take a picture on request."""
        done = subprocess.run(
            [
                self.official.python,
                _HERE / 'viewer_client.py',
                str(self.port),
                str(screenshot or '-'),
                *(f'{name}={value}' for name, value in cursors.items()),
            ],
            env=self.official.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def wait_until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Ask until something holds."""
        answer: dict[str, Any] = {}

        def ask() -> bool:
            answer.update(self.ask())
            return holds(answer)

        wait_for(ask, _START_TIMEOUT_SEC)
        assert holds(answer), answer
        return answer


def entities(answer: dict[str, Any]) -> set[str]:
    """Return the entities of the active recording."""
    return {entity['entity_path'] for entity in answer.get('schema', {}).get('entities', ())}


def timelines(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the timelines of the active recording by name."""
    found = answer.get('schema', {}).get('timelines', ())
    return {timeline['name']: timeline for timeline in found}


def errors(answer: dict[str, Any]) -> list[str]:
    """Return what the viewer complained about."""
    return [entry['message'] for entry in answer['logs'] if entry['level'] == 'ERROR']


def stop(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """End a process and its children with a signal, by force if that takes too long."""
    if process.poll() is not None:
        return
    os.killpg(process.pid, number)
    try:
        process.wait(_STOP_TIMEOUT_SEC)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(_STOP_TIMEOUT_SEC)


def wait_for(holds: Callable[[], bool], timeout_sec: float) -> None:
    """Wait until something holds, or the time is over."""
    deadline = time.monotonic() + timeout_sec
    while not holds() and time.monotonic() < deadline:
        time.sleep(_POLL_SEC)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(('127.0.0.1', port)) == 0


def pixels(picture: Path) -> npt.NDArray[np.uint8]:
    """Read a picture: red, green and blue, shape (height, width, 3)."""
    from PIL import Image  # noqa: PLC0415 - only where pictures are taken

    with Image.open(picture) as image:
        return np.asarray(image.convert('RGB'))


def num_colors(picture: Path) -> int:
    """Count the colors of a picture: a viewer that draws nothing has some hundred."""
    from PIL import Image  # noqa: PLC0415 - only where pictures are taken

    with Image.open(picture) as image:
        colors = image.convert('RGB').getcolors(1 << 24)
    return len(colors or ())
