# SPDX-License-Identifier: Apache-2.0
"""TCP ports that a server takes."""

from __future__ import annotations

import errno
import socket

from rerun_bridge.errors import SinkOpenError

_BACKLOG = 128
_ROSBRIDGE_PORT = 9090


class Port:
    """
    A TCP port of this machine.

    Parameters
    ----------
    bind
        Address of this machine: ``127.0.0.1`` for programs on it, ``0.0.0.0`` or ``::`` for all.
    number
        0 for any that is free.
    name
        What the user calls it, for errors.

    Attributes
    ----------
    name
        As given.
    socket
        Listens while the port is open.

    """

    def __init__(self, bind: str, number: int, *, name: str) -> None:
        self.name = name
        self.socket: socket.socket | None = None
        self._bind = bind
        self._number = number

    @property
    def number(self) -> int:
        """Get the number, the real one once the port is open."""
        return self._number

    def open(self) -> None:
        """
        Take the port.

        Raises
        ------
        SinkOpenError
            If it is in use, not allowed, or the address is not of this machine.

        """
        is_ipv6 = ':' in self._bind
        try:
            self.socket = socket.create_server(
                (self._bind, self._number),
                family=socket.AF_INET6 if is_ipv6 else socket.AF_INET,
                backlog=_BACKLOG,
                dualstack_ipv6=self._bind == '::' and socket.has_dualstack_ipv6(),
            )
        except (OSError, OverflowError) as exc:
            raise SinkOpenError(self._explain(exc)) from exc
        self._number = self.socket.getsockname()[1]

    def release(self) -> None:
        """Let go of the port."""
        if self.socket is not None:
            self.socket.close()

    def _explain(self, exc: OSError | OverflowError) -> str:
        where = f'{self.name} {self._number}'
        code = exc.errno if isinstance(exc, OSError) else None
        if code == errno.EADDRINUSE:
            rival = ' (rosbridge uses 9090, too)' if self._number == _ROSBRIDGE_PORT else ''
            return f'{where} is in use{rival}; stop that program or choose another port, or 0'
        if code == errno.EADDRNOTAVAIL or (code or 0) < 0:  # negative: the name is unknown
            return f'{self._bind} is no address of this machine; bind to 127.0.0.1 or 0.0.0.0'
        if code in (errno.EACCES, errno.EPERM):
            return f'{where} is reserved for the system; choose one above 1023'
        return f'{where} cannot be opened on {self._bind}: {exc}'
