# SPDX-License-Identifier: Apache-2.0
"""The one event loop of all network sinks, in a thread of its own."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import Any, TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from concurrent.futures import Future

T = TypeVar('T')
_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


class _Loop(asyncio.SelectorEventLoop):
    """
    Looks each name up once at a time.

    A lookup cannot be stopped. Whoever has given up and tries again waits for the one that is
    under way; else the lookups of a name that nobody answers for would take all threads.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lookups: dict[object, asyncio.Task[Any]] = {}

    async def getaddrinfo(self, host: Any, port: Any, **options: int) -> Any:  # noqa: ANN401 - asyncio's own
        key = (host, port, *options.items())

        def forget(lookup: asyncio.Task[Any]) -> None:
            del self._lookups[key]
            lookup.exception()  # of one that nobody waits for any more it is no news

        if key not in self._lookups:
            self._lookups[key] = self.create_task(super().getaddrinfo(host, port, **options))
            self._lookups[key].add_done_callback(forget)
        lookup = self._lookups[key]
        await asyncio.wait({lookup})
        return lookup.result()


def network_loop() -> asyncio.AbstractEventLoop:
    """
    Return the running loop, started on first use.

    Returns
    -------
    asyncio.AbstractEventLoop
        Runs until the process ends.

    """
    global _loop  # noqa: PLW0603 - one per process by design
    with _lock:
        if _loop is None:
            _loop = _Loop()
            threading.Thread(target=_loop.run_forever, name='rerun-network', daemon=True).start()
        return _loop


def submit(coroutine: Coroutine[Any, Any, T]) -> Future[T]:
    """
    Run a coroutine on the loop.

    Parameters
    ----------
    coroutine
        Started soon.

    Returns
    -------
    concurrent.futures.Future
        Its end.

    """
    return asyncio.run_coroutine_threadsafe(coroutine, network_loop())


def _after_fork_in_child() -> None:
    global _loop  # noqa: PLW0603 - the thread does not exist in a forked child
    _loop = None
    _lock.release()


if hasattr(os, 'register_at_fork'):
    os.register_at_fork(
        before=_lock.acquire,
        after_in_parent=_lock.release,
        after_in_child=_after_fork_in_child,
    )
