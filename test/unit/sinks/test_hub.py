# SPDX-License-Identifier: Apache-2.0
"""What receivers get: everything they need, in order, without gaps; and what slow ones lose."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
import pytest

from rerun_bridge.errors import FlushTimeoutError
from rerun_bridge.log_encoding import blueprint_activation, set_store_info
from rerun_bridge.log_types import StoreId, StoreKind
from rerun_bridge.sinks import WebSocketServerSink
from rerun_bridge.sinks.network import network_loop, submit
from rerun_bridge.sinks.server import hub as hub_module
from rerun_bridge.sinks.server.history import History, START
from rerun_bridge.sinks.server.hub import Hub
from test.unit.samples import blob_rows, message_of, new_id, scalar_rows, STORE

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from rerun_bridge.log_encoding import LogMsg
    from rerun_bridge.sinks.server.hub import Subscription

TIMEOUT_SEC = 20.0
STALL_SEC = 0.3


def on_loop(work: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run a coroutine on the network loop."""
    submit(work()).result(TIMEOUT_SEC)


async def receive(subscription: Subscription, count: int) -> list[LogMsg]:
    """Take messages until there are so many."""
    messages: list[LogMsg] = []
    while len(messages) < count:
        messages += await asyncio.wait_for(subscription.next(), TIMEOUT_SEC)
    return messages


def make(count: int, first: int = 0) -> list[LogMsg]:
    """Make messages."""
    return [message_of(scalar_rows(first + i)) for i in range(count)]


def test_late_receiver_gets_what_it_needs_then_the_past_then_the_present() -> None:
    hub = Hub(1 << 20)
    past = make(5)
    needed = [
        set_store_info(STORE, new_id()),
        message_of(scalar_rows(0, static=True), is_retained=True),
    ]
    hub.publish([*past[:3], *needed, *past[3:]])
    present = make(3, 5)

    async def check() -> None:
        with hub.subscribe() as subscription:
            assert await receive(subscription, 7) == [*needed, *past]
            hub.publish(present)
            assert await receive(subscription, 3) == present
            assert subscription.position == hub.history.last
            assert subscription.dropped_messages == 0

    on_loop(check)


def test_joining_in_full_flow_loses_and_repeats_nothing() -> None:
    hub = Hub(1 << 24)
    messages = make(3000)
    received: list[LogMsg] = []

    def log() -> None:
        for message in messages:
            hub.publish([message])

    async def check() -> None:
        with hub.subscribe() as subscription:
            received.extend(await receive(subscription, len(messages)))

    logging = threading.Thread(target=log)
    logging.start()
    while hub.history.last < 500:
        time.sleep(0.001)
    on_loop(check)
    logging.join(TIMEOUT_SEC)
    assert received == messages


def test_resumes_behind_what_is_known() -> None:
    hub = Hub(1 << 20)
    hub.publish([set_store_info(STORE, new_id()), *make(4)])

    async def check() -> None:
        with hub.subscribe() as first:
            await receive(first, 5)
            position = first.position
        later = [message_of(scalar_rows(9, static=True), is_retained=True), *make(2, 10)]
        hub.publish(later)
        with hub.subscribe(after=position) as second:
            assert await receive(second, 3) == later

    on_loop(check)


def test_slow_receiver_loses_its_oldest_data_and_disturbs_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub_module, 'RECEIVER_QUEUE_BYTES', 500_000)
    hub = Hub(10 << 20)
    frames = [message_of(blob_rows(bytes(100_000), i)) for i in range(50)]
    needed = message_of(scalar_rows(1, static=True), is_retained=True)
    state = message_of(scalar_rows(2))

    async def check() -> None:
        with hub.subscribe() as slow, hub.subscribe() as quick:
            hub.publish([needed, state])
            received = await receive(quick, 2)
            for frame in frames:
                hub.publish([frame])
                received += await receive(quick, 1)
            assert received == [needed, state, *frames]
            assert quick.dropped_messages == 0
            left = await slow.next()
            assert left[:2] == [needed, state]
            assert left[2:] == frames[-len(left[2:]) :]
            assert 0 < len(left[2:]) < 6
            assert slow.dropped_messages == slow.dropped_rows == len(frames) - len(left[2:])
        assert hub.subscriptions == []
        assert hub.totals()[1:] == (slow.dropped_messages, slow.dropped_rows)

    on_loop(check)


def test_a_message_bigger_than_the_queue_still_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, 'RECEIVER_QUEUE_BYTES', 1000)
    hub = Hub(10 << 20)
    big = message_of(blob_rows(bytes(1 << 20)))

    async def check() -> None:
        with hub.subscribe() as subscription:
            hub.publish([*make(1), big])
            assert big in await receive(subscription, 2)

    on_loop(check)


def test_who_is_there_gets_everything_however_little_is_remembered() -> None:
    hub = Hub(0)
    needed = message_of(scalar_rows(1, static=True), is_retained=True)
    messages = make(500)

    async def check() -> None:
        with hub.subscribe() as one, hub.subscribe() as other:
            hub.publish([needed])
            for message in messages:
                hub.publish([message])
            await asyncio.sleep(0)
            for subscription in (one, other):
                assert await receive(subscription, 501) == [needed, *messages]
                assert subscription.dropped_messages == 0
        hub.publish(messages)
        await asyncio.sleep(0)
        with hub.subscribe() as late:
            assert await late.next() == [needed]
            hub.publish(messages[:2])
            assert await receive(late, 2) == messages[:2]
            assert late.dropped_messages == 0

    on_loop(check)


def test_what_comes_while_the_past_is_sent_is_not_lost() -> None:
    hub = Hub(0)
    needed = message_of(scalar_rows(1, static=True), is_retained=True)
    messages = make(3)

    async def check() -> None:
        hub.publish([needed])
        with hub.subscribe() as slow, hub.subscribe() as quick:
            assert await receive(quick, 1) == [needed]
            for message in messages:
                hub.publish([message])
                assert await receive(quick, 1) == [message]
                await asyncio.sleep(0)
            assert await receive(slow, 4) == [needed, *messages]
        hub.publish(messages[:1])
        await asyncio.sleep(0)
        assert list(hub.history.temporal_after(START)) == []

    on_loop(check)


def test_condensing_makes_few_messages_of_what_waits() -> None:
    hub = Hub(1 << 24)
    needed = set_store_info(STORE, new_id())
    past = [message_of(scalar_rows(i, entity_path=f'/past{i % 3}')) for i in range(9)]
    sticky = [message_of(scalar_rows(i, entity_path='/sticky'), is_retained=True) for i in (1, 2)]
    sticky[0].is_superseded = True
    hub.publish([needed, *past[:5], *sticky, *past[5:]])

    async def check() -> None:
        with hub.subscribe() as subscription:
            assert await subscription.next(max_messages=3) == [needed, *past[:2]]
            present = [message_of(scalar_rows(i, entity_path=f'/{i % 3}')) for i in range(9)]
            later = message_of(scalar_rows(1, static=True), is_retained=True)
            hub.publish([*present[:5], later, *present[5:]])
            await subscription.condense()
            messages = await receive(subscription, 3 + 1 + 3 + 1)
            assert [message.chunk and message.chunk.num_rows for message in messages] == [
                *(3, 2, 2, 1),
                *(3, 3, 3, 1),
            ]
            assert messages[3] is sticky[1]
            assert messages[7] is later
            assert subscription.dropped_messages == 0
            assert subscription.position == hub.history.last
            hub.publish(past[:1])
            assert await receive(subscription, 1) == past[:1]

    on_loop(check)


def test_what_comes_while_condensing_is_not_lost() -> None:
    hub = Hub(1 << 24)
    hub.publish(make(50))

    async def check() -> None:
        with hub.subscribe() as subscription:
            condensing = asyncio.ensure_future(subscription.condense())
            num_rows = 50
            while not condensing.done():
                if num_rows < 3000:  # what the hub remembers
                    hub.publish(make(10))
                    num_rows += 10
                await asyncio.sleep(0)
            await condensing
            while num_rows:
                for message in await subscription.next():
                    num_rows -= message.chunk.num_rows if message.chunk else 0
            assert subscription.position == hub.history.last

    on_loop(check)


def test_batches_are_bounded() -> None:
    hub = Hub(64 << 20)
    frames = [message_of(blob_rows(bytes(400_000), i)) for i in range(9)]
    hub.publish(frames)

    async def check() -> None:
        with hub.subscribe() as subscription:
            sizes = [len(await subscription.next()) for _ in range(5)]
            assert sizes == [2, 2, 2, 2, 1]

    on_loop(check)


def test_small_messages_do_not_wait_for_a_big_one() -> None:
    """A batch arrives when its last byte does, so the big one is not in theirs; old and new."""
    hub = Hub(64 << 20)
    frame = message_of(blob_rows(bytes(5_000_000), 0))

    async def check() -> None:
        hub.publish([*make(2), frame, *make(1)])
        with hub.subscribe() as subscription:
            assert [len(await subscription.next()) for _ in range(3)] == [2, 1, 1]
            hub.publish([*make(2), frame, *make(1)])
            assert [len(await subscription.next()) for _ in range(3)] == [2, 1, 1]

    on_loop(check)


def test_streams_end() -> None:
    hub = Hub(1 << 20)
    hub.publish(make(2))

    async def check() -> None:
        with hub.subscribe() as reading, hub.subscribe() as waiting:
            await receive(waiting, 2)
            pending = asyncio.ensure_future(waiting.next())
            await asyncio.sleep(0)
            hub.close()
            assert await asyncio.wait_for(pending, TIMEOUT_SEC) == []
            assert len(await reading.next()) == 2
            assert await reading.next() == []
            waiting.close()
            assert await waiting.next() == []

    on_loop(check)


def test_drain_waits_for_those_that_move_and_not_for_those_that_stand_still() -> None:
    hub = Hub(1 << 20)
    is_ready, may_read, is_over = threading.Event(), asyncio.Event(), asyncio.Event()

    async def read_slowly() -> None:
        with hub.subscribe() as subscription, hub.subscribe():
            is_ready.set()
            await may_read.wait()
            for _ in range(3):
                await asyncio.sleep(STALL_SEC / 3)
                await subscription.next()
                hub.publish(make(1))
            pending = asyncio.ensure_future(subscription.next())
            await asyncio.sleep(STALL_SEC / 3)
            await pending
            pending = asyncio.ensure_future(subscription.next())
            await is_over.wait()
            subscription.close()
            assert await pending == []

    assert hub.drain(0, STALL_SEC)
    reading = submit(read_slowly())
    assert is_ready.wait(TIMEOUT_SEC)
    hub.publish(make(2))
    assert not hub.drain(STALL_SEC / 4, STALL_SEC)
    network_loop().call_soon_threadsafe(may_read.set)
    start = time.monotonic()
    assert hub.drain(None, STALL_SEC)
    assert time.monotonic() - start >= STALL_SEC
    network_loop().call_soon_threadsafe(is_over.set)
    reading.result(TIMEOUT_SEC)


def test_drain_does_not_wait_for_what_comes_later() -> None:
    hub = Hub(1 << 24)
    has_joined, is_over = threading.Event(), threading.Event()

    async def read_and_never_catch_up() -> None:
        with hub.subscribe() as subscription:
            has_joined.set()
            while not is_over.is_set():
                assert await subscription.next()
                hub.publish(make(1))
                await asyncio.sleep(0.01)

    hub.publish(make(2))
    reading = submit(read_and_never_catch_up())
    assert has_joined.wait(TIMEOUT_SEC)
    assert hub.drain(TIMEOUT_SEC, TIMEOUT_SEC)
    is_over.set()
    reading.result(TIMEOUT_SEC)


def test_flush_tells_that_not_everything_was_sent() -> None:
    sink = WebSocketServerSink(0)
    sink.open(list)
    may_read = asyncio.Event()
    has_joined = threading.Event()

    async def read_late() -> None:
        with sink.server.hub.subscribe() as subscription:
            has_joined.set()
            await may_read.wait()
            await receive(subscription, 2)
            await subscription.next()

    reading = submit(read_late())
    assert has_joined.wait(TIMEOUT_SEC)
    sink.send(make(2))
    with pytest.raises(FlushTimeoutError, match='not everything was sent in time'):
        sink.flush(0.05)
    network_loop().call_soon_threadsafe(may_read.set)
    sink.flush(TIMEOUT_SEC)
    sink.send(make(1))
    reading.result(TIMEOUT_SEC)
    sink.close()


def test_history_is_bounded_and_fair() -> None:
    history = History(1 << 20)
    states = make(20)
    for i in range(200):
        history.add([message_of(blob_rows(bytes(50_000), i))])
        history.add(states[i // 10 : i // 10 + 1] if i % 10 == 0 else [])
        history.forget_excess()
        assert history.num_bytes <= 1 << 20
    left = [message for _, message in history.temporal_after(START)]
    assert [message for message in left if message in states] == states
    assert len(left) - len(states) > 15


def test_history_adds_what_is_needed_once_and_forgets_what_is_superseded() -> None:
    history = History(100_000)
    old = message_of(scalar_rows(1, static=True), is_retained=True)
    new = message_of(scalar_rows(2, static=True), is_retained=True)
    sticky = message_of(scalar_rows(3), is_retained=True)
    history.add([old, sticky, old])
    history.add([new, old])
    assert history.last == 3
    old.is_superseded = sticky.is_superseded = True
    assert history.timeless_after(START) == [new]
    assert history.timeless_after(2) == [new]
    assert [message for _, message in history.temporal_after(START)] == [sticky]
    for i in range(6):
        history.add([message_of(blob_rows(bytes(99_000), i))])
        history.forget_excess()
    assert history.timeless_after(START) == [new]
    assert sticky not in [message for _, message in history.temporal_after(START)]


def test_history_gives_blueprints_before_what_they_arrange() -> None:
    blueprint = StoreId(StoreKind.BLUEPRINT, STORE.application_id, 'arrangement')
    recording = [
        set_store_info(STORE, new_id()),
        message_of(scalar_rows(1, static=True), is_retained=True),
    ]
    arrangement = [
        set_store_info(blueprint, new_id()),
        blueprint_activation(blueprint, make_active=False, make_default=True),
    ]
    history = History(1 << 20)
    history.add([*recording, *arrangement])
    assert history.timeless_after(START) == arrangement + recording


@given(
    st.lists(st.tuples(st.sampled_from(['static', 'sticky', '']), st.integers(0, 9)), max_size=80),
    st.integers(0, 80),
)
def test_history_gives_everything_behind_a_position(
    steps: list[tuple[str, int]], position: int
) -> None:
    history = History(1 << 24)
    added = [
        message_of(scalar_rows(n, static=kind == 'static'), is_retained=bool(kind))
        for kind, n in steps
    ]
    static = {message for message, (kind, _) in zip(added, steps, strict=True) if kind == 'static'}
    for message in added:
        history.add([message])
    behind = added[position:]
    assert [message for _, message in history.after(position)] == behind
    timeless = history.timeless_after(position)
    temporal = [message for _, message in history.temporal_after(position)]
    assert timeless == [message for message in behind if message in static]
    assert temporal == [message for message in behind if message not in static]


def test_history_stays_small_over_time() -> None:
    history = History(100_000)
    message = message_of(scalar_rows(1))
    for _ in range(20_000):
        history.add([message])
        history.forget_excess()
    assert len(history._keys) < 5000  # noqa: SLF001 - its memory
