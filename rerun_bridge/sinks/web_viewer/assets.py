# SPDX-License-Identifier: Apache-2.0
"""The files of the official web viewer as a web server sends them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
import gzip
import hashlib
from typing import TYPE_CHECKING

from rerun_bridge.sinks.web_viewer.finder import find_web_viewer
from rerun_bridge.sinks.web_viewer.pinned import WASM

if TYPE_CHECKING:
    from collections.abc import Callable

_ETAG_CHARS = 24


@dataclass(frozen=True)
class Asset:
    """
    A file that a page needs.

    Attributes
    ----------
    content_type
        With the charset of text.
    num_bytes
        Length of what `read` returns.
    etag
        Changes with the content; without quotes.
    read
        Returns the file.
    read_gzip
        Returns it as gzip; None if it is not worth it.
    is_public
        Whether pages from anywhere may fetch it.

    """

    content_type: str
    num_bytes: int
    etag: str
    read: Callable[[], bytes]
    read_gzip: Callable[[], bytes] | None
    is_public: bool = False


def web_viewer_assets() -> dict[str, Asset]:
    """
    Find the official web viewer and describe its files.

    Returns
    -------
    dict of str to Asset
        By path: ``/viewer.js``, a module that exports ``WebViewer`` and ``LogChannel``, and
        ``/re_viewer_bg.wasm``, which it fetches from beside itself. What is big is read from
        disk for each request.

    Raises
    ------
    WebViewerNotFoundError
        If it is not on this machine. The readers raise it too, if it goes away.

    """
    files = find_web_viewer()
    script = files.module().encode()
    return {
        '/viewer.js': Asset(
            content_type='text/javascript; charset=utf-8',
            num_bytes=len(script),
            etag=hashlib.sha256(script).hexdigest()[:_ETAG_CHARS],
            read=lambda: script,
            read_gzip=cache(partial(gzip.compress, script)),
            is_public=True,
        ),
        f'/{WASM.name}': Asset(
            content_type='application/wasm',
            num_bytes=WASM.num_bytes,
            etag=WASM.sha256[:_ETAG_CHARS],
            read=files.wasm,
            read_gzip=files.wasm_gzip if files.is_compressed else None,
            is_public=True,
        ),
    }
