# SPDX-License-Identifier: Apache-2.0
"""Addresses of viewers."""

from __future__ import annotations

import re
from typing import NamedTuple

from rerun_bridge.errors import UsageError

DEFAULT_ADDRESS = '127.0.0.1'
DEFAULT_PORT = 9876
_MAX_PORT = 65535
_ADDRESS = re.compile(
    r'(?:(?P<scheme>rerun\+https?|rerun|https?)://)?'
    r'(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)'
    r'(?::(?P<port>\d+))?(?P<path>/proxy/?|/)?'
)


class ViewerAddress(NamedTuple):
    """
    Where a viewer or another server listens.

    Attributes
    ----------
    host
        Name or address, IPv6 in brackets.
    port
        TCP port.
    is_encrypted
        Whether to use TLS.

    """

    host: str
    port: int
    is_encrypted: bool = False

    @property
    def target(self) -> str:
        """Get what gRPC connects to."""
        return f'{self.host}:{self.port}'

    @property
    def url(self) -> str:
        """Get what Rerun's tools call it."""
        scheme = 'rerun+https' if self.is_encrypted else 'rerun+http'
        return f'{scheme}://{self.target}/proxy'


def parse_address(address: str | None) -> ViewerAddress:
    """
    Read an address.

    Parameters
    ----------
    address
        ``host:port``, ``host``, ``[::1]:port`` or ``rerun+http://host:port/proxy``; None for a
        viewer on this machine.

    Returns
    -------
    ViewerAddress
        With the default port 9876 where none is given.

    Raises
    ------
    UsageError
        If it is none of these.

    """
    if address is None:
        return ViewerAddress(DEFAULT_ADDRESS, DEFAULT_PORT)
    match = _ADDRESS.fullmatch(address.strip())
    port = int(match['port'] or DEFAULT_PORT) if match else 0
    if not match or not 0 < port <= _MAX_PORT:
        msg = (
            'malformed viewer address; write host:port, for instance 127.0.0.1:9876, or '
            f'rerun+http://host:port/proxy: {address!r}'
        )
        raise UsageError(msg)
    scheme = match['scheme'] or ''
    return ViewerAddress(match['host'], port, scheme in ('rerun+https', 'https', 'rerun'))
