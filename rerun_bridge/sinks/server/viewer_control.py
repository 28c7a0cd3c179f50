# SPDX-License-Identifier: Apache-2.0
"""
Tells a viewer on this machine what to show.

``rerun localhost:9090`` makes the viewer ask for a catalog, which a live stream is not. Which
process asks can be found out on Linux alone, from the kernel's table of connections; whatever
cannot be read there means that nobody is found.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
import ipaddress
import os
from pathlib import Path
from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.log_encoding.protobuf import bytes_field, text_field, varint_field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_METHOD = '/rerun.viewer_control.v1alpha1.ViewerControlService/ViewerControl'
_OPEN_URL, _URL, _IS_SELECTED = 4, 1, 2
_TIMEOUT_SEC = 5.0
_ATTEMPTS = 10
_RETRY_SEC = 0.5
_CHANNEL_OPTIONS = (
    ('grpc.enable_http_proxy', 0),
    ('grpc.enable_retries', 0),
    ('grpc.use_local_subchannel_pool', 1),
)
_PROC = Path('/proc')
_TABLES = ('net/tcp', 'net/tcp6')
_LISTENING = '0A'
_FIRST_ROW = 1
_LOCAL, _REMOTE, _STATE, _INODE = 1, 2, 3, 9
_START_TIME = 19


class LocalProcess(NamedTuple):
    """
    A process of this machine.

    Attributes
    ----------
    pid
        Its number, which another process may get later.
    start_time
        When it started, in ticks of the kernel.

    """

    pid: int
    start_time: int


class ViewerControl:
    """
    Shows a recording in viewers of this machine; on the network loop only.

    Parameters
    ----------
    url
        Returns what they are to open.

    """

    def __init__(self, url: Callable[[], str]) -> None:
        self._url = url
        self._told: set[LocalProcess] = set()
        self._orders: set[asyncio.Task[None]] = set()

    async def show(self, client: asyncio.StreamWriter) -> None:
        """
        Tell the viewer at the other end of a connection, once in its life, if it is one.

        Returns as soon as it is found: it keeps the connection only until its question is
        answered, and may not listen before.

        Parameters
        ----------
        client
            This end of the connection.

        """
        peer, own = client.get_extra_info('peername'), client.get_extra_info('sockname')
        if not peer or not _is_loopback(peer[0]):  # without a peer, it has gone already
            return
        viewer = await asyncio.to_thread(find_client, peer[1], own[1])
        if viewer is not None and viewer not in self._told:
            self._told.add(viewer)
            order = asyncio.ensure_future(self._tell(viewer))
            self._orders.add(order)
            order.add_done_callback(self._orders.discard)

    def stop(self) -> None:
        """Tell nobody any more."""
        for order in self._orders:
            order.cancel()

    async def _tell(self, viewer: LocalProcess) -> None:
        ports: list[int] = []
        for _ in range(_ATTEMPTS):
            ports = await asyncio.to_thread(listening_ports, viewer)
            if ports:
                break
            await asyncio.sleep(_RETRY_SEC)
        for port in ports:
            if await open_in_viewer(port, self._url()):
                break


class _Socket(NamedTuple):
    local_port: int
    remote_port: int
    state: str
    inode: str


def find_client(client_port: int, server_port: int) -> LocalProcess | None:
    """
    Find the process at the other end of a connection within this machine.

    Reads the open files of all processes that may be read: not for the event loop.

    Parameters
    ----------
    client_port
        The TCP port of the client.
    server_port
        The TCP port that it connected to.

    Returns
    -------
    LocalProcess or None
        None if it cannot be told: another system than Linux, a process of another user or
        container, a connection that has gone.

    """
    ends = {
        socket.inode
        for socket in _sockets()
        if (socket.local_port, socket.remote_port) == (client_port, server_port)
    }
    with suppress(OSError):
        for folder in _PROC.glob('[0-9]*') if ends else ():
            if ends & _inodes(folder):
                return LocalProcess(int(folder.name), _start_time(folder))
    return None


def listening_ports(process: LocalProcess) -> list[int]:
    """
    Find out where a process listens.

    Parameters
    ----------
    process
        The process.

    Returns
    -------
    list of int
        Its TCP ports; none if that cannot be told, or if it has ended.

    """
    folder = _PROC / str(process.pid)
    with suppress(OSError):
        if _start_time(folder) == process.start_time:
            own = _inodes(folder)
            return sorted(
                {
                    socket.local_port
                    for socket in _sockets()
                    if socket.state == _LISTENING and socket.inode in own
                }
            )
    return []


async def open_in_viewer(port: int, url: str) -> bool:
    """
    Make a viewer on this machine show something.

    Parameters
    ----------
    port
        Where it listens.
    url
        What to open.

    Returns
    -------
    bool
        Whether it took the order; False too if what listens there is no viewer.

    """
    import grpc  # noqa: PLC0415 - costs 0.1 s

    order = bytes_field(_OPEN_URL, text_field(_URL, url) + varint_field(_IS_SELECTED, 1))
    target = f'127.0.0.1:{port}'
    async with grpc.aio.insecure_channel(target, _CHANNEL_OPTIONS) as channel:
        try:
            await channel.unary_unary(_METHOD)(order, timeout=_TIMEOUT_SEC)
        except grpc.aio.AioRpcError:
            return False
    return True


def _sockets() -> Iterator[_Socket]:
    for table in _TABLES:
        with suppress(OSError):
            for row in (_PROC / table).read_text('ascii').splitlines()[_FIRST_ROW:]:
                columns = row.split()
                yield _Socket(
                    _port(columns[_LOCAL]),
                    _port(columns[_REMOTE]),
                    columns[_STATE],
                    columns[_INODE],
                )


def _port(address: str) -> int:
    return int(address.rpartition(':')[2], 16)


def _inodes(folder: Path) -> set[str]:
    """Return the sockets that a process has open; none if they may not be read."""
    found = set()
    with suppress(OSError):
        for descriptor in os.scandir(folder / 'fd'):
            with suppress(OSError):
                target = os.readlink(descriptor.path)  # noqa: PTH115 - there are thousands
                kind, _, inode = target.partition(':')
                if kind == 'socket':
                    found.add(inode.strip('[]'))
    return found


def _start_time(folder: Path) -> int:
    # Before it stands the name in brackets, which may hold blanks and brackets itself.
    behind_name = (folder / 'stat').read_text('ascii', 'replace').rpartition(')')[2]
    return int(behind_name.split()[_START_TIME])


def _is_loopback(host: str) -> bool:
    address = ipaddress.ip_address(host.partition('%')[0])
    mapped = address.ipv4_mapped if address.version == 6 else None  # noqa: PLR2004
    return (mapped or address).is_loopback
