# SPDX-License-Identifier: Apache-2.0
"""The data that every new receiver needs: the latest static and sticky messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rerun_bridge.log_encoding import LogMsg


class RetainedMessages:
    """
    Keeps the latest message per entity and component, static and temporal ones apart.

    A message goes when all of its components have been logged anew. Messages keep their bytes
    and chunk ids, so receivers that have one already drop it.
    """

    def __init__(self) -> None:
        self._latest: dict[tuple[str, str, bool], LogMsg] = {}
        self._uses: dict[LogMsg, int] = {}

    def add(self, message: LogMsg) -> None:
        """
        Keep a message instead of those it replaces.

        Parameters
        ----------
        message
            An Arrow message.

        """
        chunk = message.chunk
        if chunk is None or not chunk.layout.components:
            return
        self._uses[message] = len(chunk.layout.components)
        for component in chunk.layout.components:
            key = (chunk.entity_path, component.name, chunk.is_static)
            replaced = self._latest.get(key)
            self._latest[key] = message
            if replaced is not None:
                self._release(replaced)

    def messages(self) -> list[LogMsg]:
        """
        Return what is kept.

        Returns
        -------
        list of LogMsg
            Oldest first.

        """
        return list(self._uses)

    def _release(self, message: LogMsg) -> None:
        self._uses[message] -= 1
        if not self._uses[message]:
            del self._uses[message]
            message.is_superseded = True
