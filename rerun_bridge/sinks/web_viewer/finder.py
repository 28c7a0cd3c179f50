# SPDX-License-Identifier: Apache-2.0
"""Finds the official web viewer on this machine; nothing is downloaded here."""

from __future__ import annotations

from importlib.util import find_spec
import os
from pathlib import Path
from typing import TYPE_CHECKING

from rerun_bridge.errors import WebViewerNotFoundError
from rerun_bridge.sinks.web_viewer.files import is_pinned, WebViewerFiles
from rerun_bridge.sinks.web_viewer.pinned import PACKAGE, REQUIREMENT, VERSION, WHEEL

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = 'RERUN_BRIDGE_WEB_VIEWER'
"""Environment variable that names the wheel or folder to use."""


def find_web_viewer() -> WebViewerFiles:
    """
    Find the official web viewer.

    It is taken from where the environment variable ``RERUN_BRIDGE_WEB_VIEWER`` says; else from
    the installed ``rerun-notebook``, else from the user's cache.

    Returns
    -------
    WebViewerFiles
        Its files.

    Raises
    ------
    WebViewerNotFoundError
        If it is not there, or the variable names something else.

    """
    found = look_up()
    if found is None:
        msg = (
            f'the web viewer ({REQUIREMENT}) is not on this machine; run `python -m rerun_bridge '
            'fetch_viewer` (or `ros2 run rerun_bridge fetch_viewer`), or, without internet, copy '
            f'{WHEEL.name} from another computer to {cache_dir()}'
        )
        raise WebViewerNotFoundError(msg)
    return found


def look_up() -> WebViewerFiles | None:
    """
    Find the official web viewer as `find_web_viewer` does.

    Returns
    -------
    WebViewerFiles or None
        None if it is not on this machine.

    Raises
    ------
    WebViewerNotFoundError
        If the environment variable names something else.

    """
    if named := os.environ.get(VARIABLE):
        return _named(Path(named))
    return next((WebViewerFiles(path) for path in _places() if is_pinned(path)), None)


def cache_dir() -> Path:
    """
    Tell where the viewer's wheel is kept.

    Returns
    -------
    Path
        A folder in the user's cache; it need not exist.

    Raises
    ------
    WebViewerNotFoundError
        If the user has no home.

    """
    named = Path(os.environ.get('XDG_CACHE_HOME', ''))
    try:
        root = named if named.is_absolute() else Path.home() / '.cache'
    except RuntimeError as exc:
        msg = (
            'this user has no home directory, where the web viewer would be kept; set '
            f'XDG_CACHE_HOME to a folder, or {VARIABLE} to the wheel {WHEEL.name}'
        )
        raise WebViewerNotFoundError(msg) from exc
    return root / 'rerun_bridge' / f'web-viewer-{VERSION}'


def _named(path: Path) -> WebViewerFiles:
    try:
        return WebViewerFiles(path)
    except WebViewerNotFoundError as exc:
        msg = f'the environment variable {VARIABLE} is wrong: {exc}; correct or unset it'
        raise WebViewerNotFoundError(msg) from None


def _places() -> Iterator[Path]:
    spec = find_spec(PACKAGE)
    for folder in (spec and spec.submodule_search_locations) or ():
        yield Path(folder) / 'static'
    yield from sorted(cache_dir().glob('*.whl'))
