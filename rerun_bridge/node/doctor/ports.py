# SPDX-License-Identifier: Apache-2.0
"""Checks the ports that sinks take by default, and who has them."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException
import struct
from typing import TYPE_CHECKING

from rerun_bridge.errors import SinkOpenError
from rerun_bridge.node.doctor.findings import Finding, from_error, ok
from rerun_bridge.node.parameters import PARAMETERS
from rerun_bridge.sinks.server.port import Port

if TYPE_CHECKING:
    from collections.abc import Iterator

BRIDGE = 'a rerun_bridge'
VIEWER = 'a viewer of Rerun'
ROSBRIDGE = 'a WebSocket server of Tornado, such as rosbridge'
_SERVED, _SPAWNED = ('serve.web_port', 'serve.ws_port'), 'spawn.port'
_LOCALHOST = '127.0.0.1'
_ANSWER_SEC = 1.0
_MAX_ANSWER = 4096
_VERSION_CALL = '/rerun.cloud.v1alpha1.RerunCloudService/Version'
_GRPC_WEB = {'Content-Type': 'application/grpc-web+proto', 'X-Grpc-Web': '1'}
_NO_ARGUMENTS = struct.pack('>BI', 0, 0)
_UPGRADE = {
    'Connection': 'Upgrade',
    'Upgrade': 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'cmVydW5fYnJpZGdlX2RvYw==',
}


def check_ports() -> Iterator[Finding]:
    """Tell which ports are free, and by whom the others are taken."""
    for name in (*_SERVED, _SPAWNED):
        number = PARAMETERS[name].default
        port = Port(_LOCALHOST, number, name=name)
        try:
            port.open()
        except SinkOpenError as exc:
            yield _taken(name, number, exc)
        else:
            yield ok(f'{name} {number} is free')
        finally:
            port.release()


def listener(number: int) -> str:
    """
    Find out what listens on a port of this machine.

    Parameters
    ----------
    number
        Of the port.

    Returns
    -------
    str
        One of `BRIDGE`, `VIEWER`, `ROSBRIDGE`; empty if it is something else.

    """
    try:
        server, first = _ask(number, 'GET', '/', _UPGRADE)
        if b'"epoch"' in first:
            return BRIDGE
        if 'Tornado' in server:
            return ROSBRIDGE
        _, answer = _ask(number, 'POST', _VERSION_CALL, _GRPC_WEB, _NO_ARGUMENTS)
    except (OSError, HTTPException):
        return ''
    return VIEWER if b'rerun' in answer else ''


def _taken(name: str, number: int, error: SinkOpenError) -> Finding:
    who = listener(number)
    if (name, who) == (_SPAWNED, VIEWER):
        return ok(f'{name} {number}: {who} listens, which spawn and connect will use')
    if name in _SERVED and who == BRIDGE:
        return ok(f'{name} {number}: {who} serves here')
    found = from_error(error, 'warning' if name == _SPAWNED else 'problem')
    by = f', by {who}' if who else ''
    fix = f'{found.fix} (`ss -ltnp sport = :{number}` tells the program; -p {name}:=PORT)'
    return found._replace(fact=f'{found.fact}{by}', fix=fix)


def _ask(
    number: int, method: str, path: str, headers: dict[str, str], body: bytes | None = None
) -> tuple[str, bytes]:
    """Return the name of the server, and the first bytes of its answer."""
    connection = HTTPConnection(_LOCALHOST, number, timeout=_ANSWER_SEC)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        try:
            # Of a WebSocket there is no length, so what lies below is asked.
            first = response.fp.read1(_MAX_ANSWER)
        except OSError:  # it says nothing by itself
            first = b''
        return response.headers.get('Server', ''), first
    finally:
        connection.close()
