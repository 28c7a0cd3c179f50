# SPDX-License-Identifier: Apache-2.0
"""
What browsers speak instead of gRPC: one POST per call, one long answer; no I/O here.

Follows the gRPC-web protocol in its binary form, which is all that Rerun's web viewer speaks, and
the headers of Rerun's own server.
"""

from __future__ import annotations

import struct
from typing import NamedTuple, TYPE_CHECKING
from urllib.parse import quote

from rerun_bridge.log_encoding import grpc_pieces

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from rerun_bridge.encodings import Bytes
    from rerun_bridge.log_encoding import LogMsg

    Headers: TypeAlias = list[tuple[str, str]]

PROXY_SERVICE = '/rerun.sdk_comms.v1alpha1.MessageProxyService/'
"""What the paths of Rerun's own servers begin with."""
READ_MESSAGES_PATH = f'{PROXY_SERVICE}ReadMessages'
"""The one call that is answered."""
CONTENT_TYPE = 'application/grpc-web+proto'
"""The type of all answers."""

_INVALID_ARGUMENT, _UNIMPLEMENTED = 3, 12
_ACCEPTED_TYPES = ('application/grpc-web', CONTENT_TYPE)
_FRAME = struct.Struct('>BI')
_MESSAGE, _COMPRESSED, _TRAILER = 0, 1, 0x80
_ASKED = ('origin', 'access-control-request-method', 'access-control-request-headers')
_READABLE = " !#$&'()*+,/:;=?@[]"


class Problem(NamedTuple):
    """
    Why a call fails.

    Attributes
    ----------
    status
        A gRPC status code.
    text
        For people.

    """

    status: int
    text: str


def problem_of(path: str, headers: Mapping[str, str], body: bytes) -> Problem | None:
    """
    Judge a POST request.

    Parameters
    ----------
    path
        Without query.
    headers
        Of the request, by lower-case name.
    body
        All of it.

    Returns
    -------
    Problem or None
        None if it shall be answered with messages.

    """
    content_type = headers.get('content-type', '').partition(';')[0].strip().lower()
    if content_type not in _ACCEPTED_TYPES:
        text = f'{content_type or "no content-type"} is not understood; send {CONTENT_TYPE}'
        return Problem(_UNIMPLEMENTED, text)
    if path != READ_MESSAGES_PATH:
        text = f'{path} is no call of this server, which only shows data; call ReadMessages'
        return Problem(_UNIMPLEMENTED, text)
    return _problem_of_frame(body)


def response_headers(problem: Problem | None = None) -> Headers:
    """
    Make the headers of an answer, which `cors_headers` add to.

    Parameters
    ----------
    problem
        Why it has no body; None if frames follow.

    Returns
    -------
    list
        To be sent with HTTP status 200 in either case.

    """
    headers = [('content-type', CONTENT_TYPE), ('cache-control', 'no-store')]
    return headers + (_status(problem) if problem else [])


def frame(message: LogMsg) -> list[Bytes]:
    """
    Frame a message.

    Parameters
    ----------
    message
        Any message.

    Returns
    -------
    list
        What to send, in pieces; those of the message are not copied.

    """
    first, *others = grpc_pieces(message)
    size = len(first) + message.num_bytes
    return [_FRAME.pack(_MESSAGE, size) + first, *others]


def trailer(status: int, text: str = '') -> bytes:
    """
    Make the frame that ends an answer.

    Parameters
    ----------
    status
        A gRPC status code, 0 if all went well.
    text
        What went wrong.

    Returns
    -------
    bytes
        The last frame.

    """
    fields = _status(Problem(status, text))
    lines = ''.join(f'{name}:{value}\r\n' for name, value in fields).encode('ascii')
    return _FRAME.pack(_TRAILER, len(lines)) + lines


def cors_headers(request_headers: Mapping[str, str]) -> Headers:
    """
    Tell a browser that the page that asks may see the answer.

    Parameters
    ----------
    request_headers
        Of a request whose origin may, or that has none; by lower-case name.

    Returns
    -------
    list
        To be sent with the answer.

    """
    headers = [('vary', ', '.join(_ASKED)), ('access-control-allow-credentials', 'true')]
    if origin := request_headers.get('origin'):
        headers += [
            ('access-control-allow-origin', origin),
            ('access-control-expose-headers', 'grpc-status, grpc-message'),
        ]
    return headers


def preflight_headers(request_headers: Mapping[str, str]) -> Headers:
    """
    Answer what browsers ask before they send the POST of a page to another origin.

    Parameters
    ----------
    request_headers
        Of an OPTIONS request whose origin may ask; by lower-case name.

    Returns
    -------
    list
        To be sent with HTTP status 200 and no body.

    """
    _, method, headers = map(request_headers.get, _ASKED)
    allowed = {'access-control-allow-methods': method, 'access-control-allow-headers': headers}
    named = [(name, value) for name, value in allowed.items() if value is not None]
    return cors_headers(request_headers) + named


def _problem_of_frame(body: bytes) -> Problem | None:
    """Judge the body of a request: one whole message, whose content does not matter."""
    if len(body) < _FRAME.size:
        text = f'the request has {len(body)} bytes; send one whole frame'
        return Problem(_INVALID_ARGUMENT, text)
    flags, size = _FRAME.unpack_from(body)
    there = len(body) - _FRAME.size
    if flags == _COMPRESSED:
        return Problem(_UNIMPLEMENTED, 'the request is compressed; send it as it is')
    if flags != _MESSAGE:
        text = f'the request begins with {flags:#04x}; send one message, which begins with 0'
        return Problem(_INVALID_ARGUMENT, text)
    if size != there:
        text = f'the request claims {size} bytes and has {there}; send one whole frame'
        return Problem(_INVALID_ARGUMENT, text)
    return None


def _status(problem: Problem) -> Headers:
    message = [('grpc-message', quote(problem.text, safe=_READABLE))] if problem.text else []
    return [('grpc-status', str(problem.status)), *message]
