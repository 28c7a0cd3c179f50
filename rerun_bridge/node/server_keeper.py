# SPDX-License-Identifier: Apache-2.0
"""Keeps the server of the node open while its data goes elsewhere, so that viewers stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.errors import SinkOpenError
from rerun_bridge.sinks import Server, ServerSink

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rerun_bridge.sinks import LogSink, Replay, ServerOptions


class KeptSink(ServerSink):
    """
    Feeds a server that outlives it.

    Parameters
    ----------
    ports, options
        Of the server.
    make_room
        Called before the server is opened; returns what it had to close, empty if nothing.

    """

    def __init__(
        self,
        ports: Mapping[str, int],
        options: ServerOptions,
        make_room: Callable[[KeptSink], str],
    ) -> None:
        super().__init__(Server(ports, options), keeps_server=True)
        self._wanted_ports = dict(ports)
        self._make_room = make_room

    def open(self, replay: Replay) -> None:
        """
        Open the server, unless it is.

        Parameters
        ----------
        replay
            See `LogSink`.

        Raises
        ------
        SinkOpenError
            If a port cannot be had; tells which server had to be closed for the attempt.

        """
        closed = self._make_room(self)
        try:
            super().open(replay)
        except SinkOpenError as exc:
            if not closed:
                raise
            msg = f'{exc}; {closed}, which has a port in common, was closed for it'
            raise SinkOpenError(msg) from exc

    def fits(self, ports: Mapping[str, int], options: ServerOptions) -> bool:
        """Tell whether the server is open and has these ports and options."""
        open_ports = self.server.ports
        return (
            self.server.is_open
            and self.server.options == options
            and all(
                number in (self._wanted_ports.get(name), open_ports.get(name))
                for name, number in ports.items()
            )
        )


class ServerKeeper:
    """
    Owns the server of the node: one at most, but for the moment in which another replaces it.

    It is used by one thread at a time.
    """

    def __init__(self) -> None:
        self._kept: KeptSink | None = None
        self._planned: list[KeptSink] = []

    def sink(self, ports: Mapping[str, int], options: ServerOptions) -> ServerSink:
        """
        Return the sink of the open server if it is the wanted one, else of one to be opened.

        Parameters
        ----------
        ports
            By name; 0 for any free one.
        options
            How it behaves.

        Returns
        -------
        ServerSink
            To be opened by a recording; then `settle` is to be called.

        """
        if self._kept is not None and self._kept.fits(ports, options):
            return self._kept
        self._planned.append(KeptSink(ports, options, self._make_room))
        return self._planned[-1]

    def idle(self, sinks: Sequence[LogSink]) -> list[str]:
        """Return the target of a server that is open although none of these sinks feeds it."""
        kept = self._kept
        return [] if kept is None or kept in sinks else [kept.target]

    def settle(self, sinks: Sequence[LogSink]) -> None:
        """
        Close the servers that are not needed any more, after a switch or an attempt at one.

        Parameters
        ----------
        sinks
            Those that are open now. One of a new server replaces the old server; where there are
            others, the old one goes on without data; where there is none, it ends.

        """
        known = [*self._planned, *filter(None, [self._kept])]
        self._planned = []
        old = self._kept if sinks and self._kept and self._kept.server.is_open else None
        self._kept = next((sink for sink in known if sink in sinks), old)
        for sink in known:
            if sink is not self._kept:
                sink.server.close()

    def _make_room(self, newcomer: KeptSink) -> str:
        """Close the open server if the new one cannot be opened beside it."""
        kept = self._kept
        if kept is None or kept is newcomer or not kept.resources & newcomer.resources:
            return ''
        kept.server.close()
        return kept.target
