# SPDX-License-Identifier: Apache-2.0
"""A full queue drops fairly, counts, and keeps what is needed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rerun_bridge.log_encoding import set_store_info
from rerun_bridge.sinks.message_queue import MessageQueue
from test.unit.samples import blob_rows, message_of, new_id, scalar_rows, STORE


def test_in_order() -> None:
    queue = MessageQueue(1 << 20)
    messages = [message_of(scalar_rows(i)) for i in range(5)]
    for message in messages:
        queue.push(message)
    assert [queue.pop() for _ in range(len(queue))] == messages
    assert queue.num_bytes == 0


def test_big_frames_do_not_starve_small_states() -> None:
    queue = MessageQueue(100_000)
    small = [message_of(scalar_rows(i)) for i in range(10)]
    frames = [message_of(blob_rows(bytes(30_000), i)) for i in range(10)]
    for pair in zip(small, frames):  # noqa: B905
        for message in pair:
            queue.push(message)
            queue.drop_excess()
    left = [queue.pop() for _ in range(len(queue))]
    assert [message for message in left if message in small] == small
    assert [message for message in left if message in frames] == frames[-2:]
    assert queue.dropped_messages == queue.dropped_rows == 8


def test_needed_messages_stay() -> None:
    queue = MessageQueue(10)
    needed = [set_store_info(STORE, new_id()), message_of(scalar_rows(1), is_retained=True)]
    for message in (*needed, message_of(scalar_rows(2))):
        queue.push(message)
    queue.drop_excess()
    assert [queue.pop() for _ in range(len(queue))] == needed


def test_superseded_messages_go_last() -> None:
    queue = MessageQueue(10)
    old = message_of(scalar_rows(1), is_retained=True)
    new = message_of(scalar_rows(2), is_retained=True)
    queue.push(old)
    queue.push(new)
    old.is_superseded = True
    queue.drop_excess()
    assert [queue.pop() for _ in range(len(queue))] == [new]
    assert queue.dropped_rows == 1


def test_entities_take_turns_when_only_the_latest_are_kept() -> None:
    queue = MessageQueue(1 << 20)
    rare, often = scalar_rows(0, entity_path='/rare'), scalar_rows(0, entity_path='/often')
    messages = [message_of(rows) for rows in (often, rare, often, rare, often)]
    needed = message_of(scalar_rows(1), is_retained=True)
    for message in (*messages, needed):
        queue.push(message)
    queue.keep_latest()
    queue.keep_latest()
    assert queue.dropped_messages == queue.dropped_rows == 3
    assert queue.num_bytes == sum(
        message.memory_bytes for message in (messages[4], messages[3], needed)
    )
    queue.push(messages[1])
    queue.keep_latest()
    assert [queue.pop() for _ in range(len(queue))] == [messages[4], messages[1], needed]
    assert queue.num_bytes == 0


@given(st.lists(st.sampled_from(['push', 'pop', 'front', 'drop', 'latest']), max_size=60))
def test_accounts_for_every_message(steps: list[str]) -> None:
    queue = MessageQueue(4000)
    pushed = popped = 0
    for i, step in enumerate(steps):
        message = message_of(scalar_rows(i, entity_path=f'/{i % 3}'))
        if step == 'push':
            queue.push(message)
            pushed += 1
        elif step == 'front':
            queue.push_front([message])
            pushed += 1
        elif step == 'latest':
            queue.keep_latest()
        elif step == 'drop':
            queue.drop_excess()
            assert not queue.is_full
        elif queue:
            queue.pop()
            popped += 1
    assert pushed == popped + len(queue) + queue.dropped_messages
    left = queue.num_bytes
    assert left == sum(queue.pop().memory_bytes for _ in range(len(queue)))
