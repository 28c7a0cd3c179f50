# SPDX-License-Identifier: Apache-2.0
"""Brings the official web viewer onto this machine, on request alone."""

from __future__ import annotations

import os
from pathlib import Path
import shutil
import subprocess
import sys
from tempfile import TemporaryDirectory

from rerun_bridge.errors import WebViewerNotFoundError
from rerun_bridge.sinks.web_viewer.files import is_pinned, WebViewerFiles
from rerun_bridge.sinks.web_viewer.finder import cache_dir
from rerun_bridge.sinks.web_viewer.pinned import REQUIREMENT, WHEEL

_PIP_OPTIONS = (
    '--quiet',
    '--no-input',
    '--disable-pip-version-check',
    '--retries=2',
    '--no-deps',
    '--only-binary=:all:',
    '--require-hashes',
)
_BY_HAND = (
    f'on a computer with internet run `pip download --no-deps {REQUIREMENT}`, copy the wheel here '
    'and run `python -m rerun_bridge fetch_viewer --wheel FILE`'
)


def fetch_web_viewer(wheel: Path | None = None) -> Path:
    """
    Put the wheel of the official web viewer into the user's cache, unless it is there.

    Parameters
    ----------
    wheel
        A copy of it; None to download it with pip.

    Returns
    -------
    Path
        Where it is.

    Raises
    ------
    WebViewerNotFoundError
        If it cannot be had or written, or has other content.

    """
    target = cache_dir() / WHEEL.name
    if is_pinned(target):
        return target
    source = None if wheel is None else _checked(wheel)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=target.parent, prefix='.fetch-') as name:
            folder = Path(name)
            if source is None:
                _download(folder)
            else:
                shutil.copyfile(source, folder / WHEEL.name)
            _checked(folder / WHEEL.name).replace(target)
    except OSError as exc:
        msg = (
            f'the web viewer cannot be written to {target.parent} ({exc.strerror}); make room or '
            'set XDG_CACHE_HOME to another folder'
        )
        raise WebViewerNotFoundError(msg) from exc
    return target


def _checked(wheel: Path) -> Path:
    if wheel.is_dir():
        msg = f'{wheel} is a folder; name the wheel in it, {WHEEL.name}'
        raise WebViewerNotFoundError(msg)
    return WebViewerFiles(wheel).path


def _download(folder: Path) -> None:
    requirements = folder / 'requirements.txt'
    requirements.write_text(f'{REQUIREMENT} --hash=sha256:{WHEEL.sha256}\n', encoding='ascii')
    command = (sys.executable, '-m', 'pip', 'download', *_PIP_OPTIONS)
    result = subprocess.run(  # noqa: S603 - nothing in it comes from outside
        [*command, '-r', requirements, '-d', folder],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors='replace',
        check=False,
        env={**os.environ, 'PYTHONUTF8': '1'},
    )
    if 'No module named pip' in result.stderr:
        msg = (
            f'this Python ({sys.executable}) has no pip to download with; install it (on Debian '
            f'and Ubuntu `apt-get install python3-pip`), or {_BY_HAND}'
        )
        raise WebViewerNotFoundError(msg)
    if result.returncode or not (folder / WHEEL.name).is_file():
        msg = (
            f'pip could not download {REQUIREMENT} ({_reason(result.stderr)}); if there is no '
            f'internet here, {_BY_HAND}'
        )
        raise WebViewerNotFoundError(msg)


def _reason(output: str) -> str:
    """Pick the line of pip's output that tells what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line.removeprefix('ERROR: ') for line in lines if line.startswith('ERROR: ')]
    return next(iter(errors or lines[-1:]), 'it did not say why')
