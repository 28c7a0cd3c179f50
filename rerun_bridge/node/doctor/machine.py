# SPDX-License-Identifier: Apache-2.0
"""Checks what sinks need of this machine: viewers and the folder of recordings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from typing import TYPE_CHECKING

from rerun_bridge.errors import ViewerNotFoundError, WebViewerNotFoundError
from rerun_bridge.node.doctor.findings import Finding, from_error, ok, problem, warning
from rerun_bridge.node.parameters import PARAMETERS
from rerun_bridge.node.sink_kinds import recording_path
from rerun_bridge.sinks.viewer import clean_environment, find_viewer
from rerun_bridge.sinks.web_viewer import find_web_viewer
from rerun_bridge.sinks.web_viewer.finder import VARIABLE
from rerun_bridge.sinks.web_viewer.pinned import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERSION_SEC = 12.0
_LITTLE_SPACE = 2 << 30


def check_native_viewer() -> Iterator[Finding]:
    """Tell which viewer `spawn` would start."""
    try:
        program = find_viewer()
    except ViewerNotFoundError as exc:
        yield from_error(exc, 'warning')
        return
    done = subprocess.run(  # noqa: S603 - the user's own viewer
        [program, '--version'],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors='replace',
        check=False,
        timeout=_VERSION_SEC,
        env=clean_environment(),
    )
    found = re.search(r'\d+\.\d+\.\d+\S*', done.stdout)
    fix = f'install that version: pip install rerun-sdk=={VERSION} (in any environment)'
    if done.returncode or found is None:
        yield problem(f'{program} --version does not tell a version; is it the viewer?', fix)
    elif _minor(found[0]) != _minor(VERSION):
        yield warning(f'{program} is version {found[0]}, this package speaks {VERSION}', fix)
    else:
        yield ok(f'{program}, version {found[0]}')


def check_web_viewer() -> Iterator[Finding]:
    """Tell whether `serve` has the viewer for browsers."""
    try:
        yield ok(str(find_web_viewer().path))
    except WebViewerNotFoundError as exc:
        yield from_error(exc, 'problem' if VARIABLE in os.environ else 'warning')


def check_recordings() -> Iterator[Finding]:
    """Tell whether `save` can write where it writes by default."""
    folder = recording_path(PARAMETERS['save.path'].default).parent
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    fix = 'set the parameter save.path to another folder'
    try:
        with tempfile.TemporaryDirectory(dir=existing, prefix='.doctor-'):
            free = shutil.disk_usage(existing).free
    except OSError as exc:
        yield problem(f'{folder} cannot be written to ({exc.strerror}: {existing})', fix)
        return
    made = '' if folder == existing else ', to be made'
    fact = f'{folder}{made}: {free / 2**30:.1f} GB are free'
    yield warning(fact, f'make room, or {fix}') if free < _LITTLE_SPACE else ok(fact)


def _minor(version: str) -> list[str]:
    return version.split('.')[:2]
