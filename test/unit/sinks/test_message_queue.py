# SPDX-License-Identifier: Apache-2.0
"""A full queue drops fairly, counts, and keeps what is needed."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from rerun_bridge.log_encoding import decode, LogMsg, merge_messages, set_store_info
from rerun_bridge.sinks.message_queue import MessageQueue
from test.unit.samples import blob_rows, message_of, new_id, scalar_rows, STORE


def merge(messages: list[LogMsg]) -> LogMsg:
    return merge_messages(messages, new_id())


def frames_of(message: LogMsg) -> list[int]:
    batch = decode(message.kind, b''.join(message.pieces)).batch()
    frames: list[int] = batch.column('frame').to_pylist()
    return frames


def num_rows(message: LogMsg) -> int:
    return message.chunk.num_rows if message.chunk else 0


def path_of(message: LogMsg) -> str:
    return message.chunk.entity_path if message.chunk else ''


def contents(queue: MessageQueue) -> list[LogMsg]:
    keys = range(-100, 10_000)
    return [message for message in map(queue.get, keys) if message]


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


@given(
    st.lists(
        st.tuples(
            st.sampled_from(['push', 'push', 'front', 'pop', 'drop', 'condense']),
            st.integers(0, 3),
        ),
        max_size=60,
    )
)
def test_the_heaviest_entity_loses_its_oldest(steps: list[tuple[str, int]]) -> None:
    queue = MessageQueue(4000)
    for step, n in steps:
        message = message_of(blob_rows(bytes(100 << n), 0, f'/{n}'))
        if step == 'push':
            queue.push(message)
        elif step == 'front':
            queue.push_front([message])
        elif step == 'condense':
            queue.condense(merge)
        elif step == 'pop' and queue:
            queue.pop()
        elif step == 'drop':
            expected = contents(queue)
            while sum(message.memory_bytes for message in expected) > queue.max_bytes:
                sizes: Counter[str] = Counter()
                for message in expected:
                    sizes[path_of(message)] += message.memory_bytes
                heaviest = max(sizes.values())
                victim = next(m for m in expected if sizes[path_of(m)] == heaviest)
                expected.remove(victim)
            queue.drop_excess()
            assert contents(queue) == expected


def test_many_entities_take_turns_and_leave_nothing_behind() -> None:
    """What comes first goes first if all weigh the same; no matter how they are called."""
    message = message_of(scalar_rows(0))
    queue = MessageQueue(10 * message.memory_bytes)
    for i in range(2000):
        queue.push(message_of(scalar_rows(i % 9, entity_path=f'/{-i:05}')))
        queue.drop_excess()
    assert len(queue._weights) < 50  # noqa: SLF001 - its memory
    left = contents(queue)
    assert [path_of(message) for message in left] == [
        f'/{-i:05}' for i in range(2000 - len(left), 2000)
    ]


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


def test_small_messages_are_merged_and_entities_take_turns() -> None:
    queue = MessageQueue(1 << 20)
    paths = ['/often', '/rare', '/often', '/often', '/rare']
    messages = [message_of(scalar_rows(i, entity_path=path)) for i, path in enumerate(paths)]
    needed = message_of(scalar_rows(1), is_retained=True)
    for message in (*messages, needed):
        queue.push(message)
    queue.condense(merge)
    assert len(queue) == 3
    queue.push(message_of(scalar_rows(9, entity_path='/often')))
    queue.condense(merge)
    left = [queue.pop() for _ in range(len(queue))]
    assert [message.chunk and message.chunk.entity_path for message in left] == [
        '/often',
        '/rare',
        '/scalar',
    ]
    assert [frames_of(message) for message in left] == [[0, 2, 3, 9], [1, 4], [1]]
    assert left[2] is needed
    assert queue.num_bytes == queue.dropped_messages == 0


def test_of_big_messages_the_latest_remains() -> None:
    queue = MessageQueue(1 << 24)
    frames = [message_of(blob_rows(bytes(100_000), i)) for i in range(3)]
    states = [message_of(scalar_rows(i, entity_path='/image')) for i in range(2)]
    for message in (frames[0], states[0], frames[1], states[1], frames[2]):
        queue.push(message)
    queue.condense(merge)
    assert queue.pop() is frames[2]
    assert frames_of(queue.pop()) == [0, 1]
    assert queue.dropped_messages == queue.dropped_rows == 2
    assert queue.num_bytes == len(queue) == 0


def test_merged_messages_stay_of_bearable_size() -> None:
    queue = MessageQueue(1 << 24)
    for i in range(20):
        queue.push(message_of(blob_rows(bytes(50_000), i)))
    queue.condense(merge)
    sizes = [queue.pop().num_bytes for _ in range(len(queue))]
    assert len(sizes) == 4
    assert all(size < 300_000 for size in sizes)
    assert queue.dropped_messages == 0


@given(st.lists(st.sampled_from(['push', 'pop', 'front', 'drop', 'condense']), max_size=60))
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
        elif step == 'condense':
            queue.condense(merge)
        elif step == 'drop':
            queue.drop_excess()
            assert not queue.is_full
        elif queue:
            popped += num_rows(queue.pop())
    left = queue.num_bytes
    messages = [queue.pop() for _ in range(len(queue))]
    assert left == sum(message.memory_bytes for message in messages)
    assert pushed == popped + sum(map(num_rows, messages)) + queue.dropped_rows
