# SPDX-License-Identifier: Apache-2.0
"""The files of the web page, and what the browser is told about them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from rerun_bridge.errors import WebViewerNotFoundError
from rerun_bridge.sinks.web_viewer import Asset, web_viewer_assets

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLDER = Path(__file__).parent / 'page'
_INDEX, _MISSING = 'index.html', 'missing.html'
_CONTENT_TYPES = {
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
}
_TILE_SERVERS = ('https://tile.openstreetmap.org', 'https://api.mapbox.com')


class PageFiles:
    """The page with the web viewer; without the latter a page that says how to get it."""

    def __init__(self) -> None:
        files = {path.name: _asset(path) for path in _FOLDER.iterdir()}
        self._index, self._missing = files.pop(_INDEX), files.pop(_MISSING)
        self._files = {f'/{name}': asset for name, asset in files.items()}
        self._viewer: Mapping[str, Asset] = {}

    def find(self, path: str) -> Asset | None:
        """
        Find a file.

        Parameters
        ----------
        path
            Of the URL.

        Returns
        -------
        Asset
            None if there is no such file.

        """
        if path != '/':
            return self._files.get(path) or self._viewer_files().get(path)
        return self._index if self._viewer_files() else self._missing

    def _viewer_files(self) -> Mapping[str, Asset]:
        """Return the files of the viewer; it may be installed while the server runs."""
        if not self._viewer:
            try:
                self._viewer = web_viewer_assets()
            except WebViewerNotFoundError:
                return {}
        return self._viewer


def page_headers(*, allow_map_tiles: bool) -> list[tuple[str, str]]:
    """
    Make the headers that confine the page.

    Parameters
    ----------
    allow_map_tiles
        Whether the viewer may fetch the background of its map view from the internet; all other
        calls to the outside are blocked, such as its question for a newer version.

    Returns
    -------
    list of tuple
        Names and values.

    """
    connect = ' '.join(("'self'", *(_TILE_SERVERS if allow_map_tiles else ())))
    policy = {
        'default-src': "'none'",
        'script-src': "'self' 'wasm-unsafe-eval'",
        'style-src': "'self' 'unsafe-inline'",
        'img-src': "'self' data: blob:",
        'font-src': "'self' data:",
        'worker-src': "'self' blob:",
        'connect-src': connect,
        'base-uri': "'none'",
        'form-action': "'none'",
        'frame-ancestors': "'self'",
    }
    return [
        (
            'content-security-policy',
            '; '.join(f'{name} {value}' for name, value in policy.items()),
        ),
        ('x-content-type-options', 'nosniff'),
        ('referrer-policy', 'no-referrer'),
    ]


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(
        content_type=_CONTENT_TYPES[path.suffix],
        num_bytes=len(content),
        etag=hashlib.sha256(content).hexdigest()[:24],
        read=lambda: content,
        read_gzip=None,
    )
