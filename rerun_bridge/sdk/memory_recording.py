# SPDX-License-Identifier: Apache-2.0
"""The handle of a recording in memory."""

from __future__ import annotations

from importlib import import_module
import logging
from typing import Any, TYPE_CHECKING

from rerun_bridge.log_types import StoreKind
from rerun_bridge.sdk.blueprint_messages import blueprint_messages
from rerun_bridge.sinks import to_rrd
from rerun_bridge.sinks.web_viewer import recordings_html

if TYPE_CHECKING:
    from collections.abc import Callable

    from rerun_bridge.blueprint import Blueprint, Container, View
    from rerun_bridge.log_encoding import LogMsg
    from rerun_bridge.sinks import MemorySink

_log = logging.getLogger('rerun_bridge.sdk')
_WIDTH, _HEIGHT, _TIMEOUT_MS = 950, 712, 60_000


class MemoryRecording:
    """
    Owns what was logged while its sink was open, also after another sink took over.

    Parameters
    ----------
    sink
        Where the recording goes.
    flush
        Brings everything logged so far to the sink.

    """

    def __init__(self, sink: MemorySink, flush: Callable[[], None]) -> None:
        self._sink = sink
        self._flush = flush
        self._is_read = False

    def num_msgs(self) -> int:
        """
        Count the messages collected.

        Returns
        -------
        int
            Store info and chunks.

        """
        self._flush()
        return len(self._sink.messages())

    def as_bytes(self) -> bytes:
        """
        Return the recording; it stays in memory.

        Returns
        -------
        bytes
            A complete RRD stream.

        """
        self._flush()
        self._is_read = True
        return to_rrd(self._sink.messages())

    def drain_as_bytes(self) -> bytes:
        """
        Remove and return the recording.

        Returns
        -------
        bytes
            A complete RRD stream.

        """
        self._flush()
        self._is_read = True
        return to_rrd(self._sink.take())

    def as_html(
        self,
        width: int = _WIDTH,
        height: int = _HEIGHT,
        app_url: str | None = None,
        timeout_ms: int = _TIMEOUT_MS,
        other: MemoryRecording | None = None,
        *,
        blueprint: Blueprint | View | Container | None = None,
    ) -> str:
        """
        Make a piece of HTML that shows the recording, for a notebook or a file; it stays here.

        Without `app_url` the HTML holds everything, the viewer too, and shows the recording on
        any computer, also without a network.

        Parameters
        ----------
        width, height
            Size, pixels.
        app_url
            A server that has the viewer, for instance ``http://robot:9090``, which makes the
            HTML 23 MB shorter.
        timeout_ms
            When the page says that the viewer does not start.
        other
            One more recording to show.
        blueprint
            What to show, in place of the blueprint that was sent to the recording.

        Returns
        -------
        str
            HTML; any number of such pieces may stand in one page.

        Raises
        ------
        WebViewerNotFoundError
            If the viewer, needed without `app_url`, is not on this machine.
        UsageError
            If `app_url` is no address.

        """
        own = self.as_bytes() if blueprint is None else self._arranged_by(blueprint)
        # The viewer brings the last one to the front.
        recordings = [own] if other is None else [other.as_bytes(), own]
        return recordings_html(
            recordings, width=width, height=height, app_url=app_url, timeout_ms=timeout_ms
        )

    def show(
        self,
        other: MemoryRecording | None = None,
        width: int = _WIDTH,
        height: int = _HEIGHT,
        app_url: str | None = None,
        timeout_ms: int = _TIMEOUT_MS,
        *,
        blueprint: Blueprint | View | Container | None = None,
    ) -> Any:  # noqa: ANN401 - IPython may be missing
        """
        Show the recording in a notebook, as the result of a cell.

        Parameters
        ----------
        other, width, height, app_url, timeout_ms, blueprint
            As for `as_html`.

        Returns
        -------
        IPython.display.HTML or str
            The text alone, with a warning, where there is no IPython.

        """
        text = self.as_html(width, height, app_url, timeout_ms, other, blueprint=blueprint)
        try:
            display = import_module('IPython.display')
        except ImportError:
            _log.warning('IPython is not installed: show() returns the HTML as text')
            return text
        return display.HTML(text)

    def _repr_html_(self) -> str:
        """Show the recording where a notebook shows the value of a cell."""
        return self.as_html()

    def reset_data(self) -> None:
        """Forget the data collected so far."""
        self._flush()
        self._sink.discard(StoreKind.RECORDING)

    def reset_blueprint(self) -> None:
        """Forget the blueprint collected so far."""
        self._sink.discard(StoreKind.BLUEPRINT)

    def _arranged_by(self, blueprint: Blueprint | View | Container) -> bytes:
        """Return the recording with this blueprint and no other."""
        self._flush()
        self._is_read = True
        kept: list[LogMsg] = [
            message
            for message in self._sink.messages()
            if message.store_id.kind is not StoreKind.BLUEPRINT
        ]
        for application_id in {message.store_id.application_id for message in kept}:
            kept += blueprint_messages(blueprint, application_id)
        return to_rrd(kept)

    def __del__(self) -> None:
        """Warn if nobody read what is lost now."""
        if not self._is_read and any(message.chunk for message in self._sink.messages()):
            _log.warning('Dropping data in MemorySink: the recording was never read')
