# SPDX-License-Identifier: Apache-2.0
"""Makes HTML that shows recordings, for notebooks and files."""

from __future__ import annotations

from base64 import b64encode
import gzip
import html
import json
from pathlib import Path
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rerun_bridge.errors import UsageError
from rerun_bridge.sinks.web_viewer.finder import find_web_viewer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FRAME = (
    '<div class="rerun-bridge"><iframe title="Rerun recording" width="{width}" height="{height}"'
    ' style="border: 0" srcdoc="{document}"></iframe></div>'
)
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:{origin}; "
    "style-src 'unsafe-inline'; img-src data: blob:; worker-src blob:; "
    "connect-src data: blob:{origin}; base-uri 'none'; form-action 'none'"
)
_HOST = re.compile(r'[\w.-]+(:\d+)?', re.ASCII)
_PLACE = re.compile('@([A-Z]+)@')


def recordings_html(
    recordings: Sequence[bytes],
    *,
    width: int,
    height: int,
    app_url: str | None,
    timeout_ms: int,
) -> str:
    """
    Make a piece of HTML with a frame in which the official viewer shows recordings.

    Any number of pieces may stand in one page. The frame calls no server but `app_url`.

    Parameters
    ----------
    recordings
        RRD streams.
    width, height
        Size of the frame, pixels.
    app_url
        Server that has the viewer as ``viewer.js``, or the address of such a script; None to
        put the viewer into the HTML, which makes it 23 MB longer.
    timeout_ms
        When the frame says that the viewer does not start.

    Returns
    -------
    str
        ASCII.

    Raises
    ------
    UsageError
        If `app_url` is no address.
    WebViewerNotFoundError
        If the viewer should be put in and is not on this machine.

    """
    viewer_url, origin = (None, '') if app_url is None else _script_at(app_url)
    options = {'viewer_url': viewer_url, 'timeout_ms': int(timeout_ms)}
    parts = [] if viewer_url else _viewer_parts()
    parts += [_part('class="recording"', gzip.compress(rrd)) for rrd in recordings]
    document = _fill(
        'recording.html',
        {
            'POLICY': _POLICY.format(origin=origin),
            'OPTIONS': json.dumps(options).replace('<', r'\u003c'),
            'PARTS': '\n'.join(parts),
            'SCRIPT': _template('recording.js'),
        },
    )
    return _FRAME.format(width=int(width), height=int(height), document=html.escape(document))


def _script_at(app_url: str) -> tuple[str, str]:
    """Return the address of the viewer's script, and its origin with a space before."""
    parts = urlsplit(app_url)
    if parts.scheme not in {'http', 'https'} or not _HOST.fullmatch(parts.netloc):
        msg = f"app_url has to be like 'http://robot:9090', not {app_url!r}"
        raise UsageError(msg)
    path = parts.path if parts.path.endswith('.js') else f'{parts.path.rstrip("/")}/viewer.js'
    return parts._replace(path=path).geturl(), f' {parts.scheme}://{parts.netloc}'


def _viewer_parts() -> list[str]:
    files = find_web_viewer()
    return [
        _part('id="module"', gzip.compress(files.inline_module().encode())),
        _part('id="wasm"', files.wasm_gzip()),
    ]


def _part(attribute: str, content: bytes) -> str:
    text = b64encode(content).decode('ascii')
    return f'<script {attribute} type="application/octet-stream">{text}</script>'


def _fill(name: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda match: values[match[1]], _template(name))


def _template(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding='ascii')
