# SPDX-License-Identifier: Apache-2.0
"""
Who may talk to a server.

A browser shows any page the answers of a server on the same machine unless that server looks at
two headers. ``Host`` tells which name the browser believes to talk to: a foreign name that
resolves to this machine is an attack (DNS rebinding). ``Origin`` tells which page asks.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
import ipaddress
import socket
from typing import NamedTuple
from urllib.parse import urlsplit

_LOOPBACK = frozenset({'localhost', '127.0.0.1', '::1'})
_OFFICIAL_PAGES = frozenset({'rerun.io', 'app.rerun.io'})


class AccessPolicy(NamedTuple):
    """
    The rules of one server.

    Attributes
    ----------
    allowed_hosts
        Names of this machine beside those that it knows itself.
    cors_allow_origin
        Patterns of pages elsewhere that may read, such as ``https://*.example.com``.

    """

    allowed_hosts: frozenset[str] = frozenset()
    cors_allow_origin: tuple[str, ...] = ()

    def allows_host(self, host: str | None) -> bool:
        """
        Tell whether a request names this machine.

        Parameters
        ----------
        host
            The header ``Host``; None if there is none.

        Returns
        -------
        bool
            True for addresses, which cannot be rebound, and for names of this machine.

        """
        name = _host_of(f'//{host or ""}')
        return _is_address(name) or name in _LOOPBACK or name in self._own_names()

    def allows_origin(self, origin: str | None, host: str | None) -> bool:
        """
        Tell whether a page may read the data.

        Parameters
        ----------
        origin
            The header ``Origin``; None for programs that are no browsers.
        host
            The header ``Host``.

        Returns
        -------
        bool
            True for pages of this server and of this machine, Rerun's own and allowed ones.

        """
        if origin is None:
            return True
        name = _host_of(origin)
        return bool(name) and (
            name in _LOOPBACK
            or name == _host_of(f'//{host or ""}')
            or name in self._own_names()
            or name in _OFFICIAL_PAGES
            or any(fnmatchcase(origin, pattern) for pattern in self.cors_allow_origin)
        )

    def _own_names(self) -> frozenset[str]:
        own = socket.gethostname().lower()
        return self.allowed_hosts | {own, f'{own}.local'}


def _host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or '').rstrip('.')
    except ValueError:
        return ''


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
