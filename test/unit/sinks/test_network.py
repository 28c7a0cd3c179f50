# SPDX-License-Identifier: Apache-2.0
"""The loop that all network sinks share."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
from typing import Any, TYPE_CHECKING

from rerun_bridge.sinks.network import network_loop, submit

if TYPE_CHECKING:
    import pytest

WAIT_SEC = 20.0
PATIENCE_SEC = 0.05


def test_a_name_that_takes_long_is_looked_up_once_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    may_answer = threading.Event()
    asked = []

    def getaddrinfo(host: str, *_: Any) -> list[str]:  # noqa: ANN401 - the system's
        asked.append(host)
        if host == 'slow':
            may_answer.wait(WAIT_SEC)
        return [f'address of {host}']

    async def look_up(host: str, timeout_sec: float = WAIT_SEC) -> list[Any]:
        found: list[Any] = await asyncio.wait_for(
            network_loop().getaddrinfo(host, 9876, type=socket.SOCK_STREAM), timeout_sec
        )
        return found

    async def main() -> None:
        attempts = [look_up('slow', PATIENCE_SEC) for _ in range(3)]
        failures = await asyncio.gather(*attempts, return_exceptions=True)
        failures += await asyncio.gather(look_up('slow', PATIENCE_SEC), return_exceptions=True)
        assert [type(failure) for failure in failures] == 4 * [asyncio.TimeoutError]
        assert await look_up('quick') == ['address of quick']
        waiting = asyncio.ensure_future(look_up('slow'))
        may_answer.set()
        assert await waiting == ['address of slow']
        assert asked == ['slow', 'quick']
        assert await look_up('slow') == ['address of slow']
        assert asked == ['slow', 'quick', 'slow']

    monkeypatch.setattr(socket, 'getaddrinfo', getaddrinfo)
    try:
        submit(main()).result(2 * WAIT_SEC)
    finally:
        may_answer.set()


def test_a_lookup_that_fails_after_all_have_given_up_is_no_news(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    may_answer = threading.Event()

    def getaddrinfo(*_: Any) -> list[str]:  # noqa: ANN401 - the system's
        may_answer.wait(WAIT_SEC)
        raise socket.gaierror

    async def main() -> None:
        looking_up = [network_loop().getaddrinfo('slow', 9876) for _ in range(2)]
        impatient, patient = map(asyncio.ensure_future, looking_up)
        await asyncio.sleep(0)
        impatient.cancel()
        may_answer.set()
        assert isinstance(
            (await asyncio.gather(patient, return_exceptions=True))[0], socket.gaierror
        )
        may_answer.clear()
        alone = asyncio.ensure_future(network_loop().getaddrinfo('slow', 9876))
        await asyncio.sleep(0)
        (lookup,) = network_loop()._lookups.values()  # type: ignore[attr-defined] # noqa: SLF001
        alone.cancel()
        may_answer.set()
        await asyncio.wait({lookup})

    monkeypatch.setattr(socket, 'getaddrinfo', getaddrinfo)
    submit(main()).result(WAIT_SEC)
    gc.collect(1)
    assert caplog.messages == []
