# SPDX-License-Identifier: Apache-2.0
"""Queues keep order, are served in turn and shed big data first."""

from __future__ import annotations

import threading

from rerun_bridge.node.sample import Sample
from rerun_bridge.node.topic_queue import HEAVY_DEPTH, QueueSet, TopicQueue

MIB = 1 << 20


def sample(number: int, num_bytes: int = 10) -> Sample:
    return Sample(bytes(num_bytes), number, number)


def take_all(queues: QueueSet[str]) -> list[tuple[str, int]]:
    queues.close()
    taken = []
    while (batch := queues.take(is_heavy=False) or queues.take(is_heavy=True)) is not None:
        queue, samples = batch
        taken += [(queue.owner, item.published_nanos) for item in samples]
        queues.done(queue, len(samples))
    return taken


def test_order_is_kept_and_nothing_lost() -> None:
    queues = QueueSet[str](MIB)
    queue = queues.add('a', is_heavy=False)
    for i in range(1000):
        queues.put(queue, sample(i))
    assert take_all(queues) == [('a', i) for i in range(1000)]
    assert queue.dropped == 0
    assert queues.num_bytes == queue.num_bytes == 0


def test_queues_are_served_in_turn() -> None:
    queues = QueueSet[str](MIB)
    names = ('a', 'b', 'c')
    for name in names:
        queue = queues.add(name, is_heavy=False)
        for i in range(200):
            queues.put(queue, sample(i))
    order = list(dict.fromkeys(name for name, _ in take_all(queues)[:192]))
    assert order == list(names)


def test_heavy_queues_are_taken_apart() -> None:
    queues = QueueSet[str](MIB)
    image, state = queues.add('image', is_heavy=True), queues.add('state', is_heavy=False)
    queues.put(image, sample(1))
    queues.put(state, sample(2))
    taken = [queues.take(is_heavy=is_heavy) for is_heavy in (False, False, True, True)]
    assert [batch and batch[0].owner for batch in taken] == ['state', None, 'image', None]


def test_heavy_queues_keep_the_latest() -> None:
    queues = QueueSet[str](100 * MIB)
    queue = queues.add('image', is_heavy=True)
    for i in range(HEAVY_DEPTH + 5):
        queues.put(queue, sample(i))
    assert queue.dropped == 5
    assert take_all(queues) == [('image', i) for i in range(5, HEAVY_DEPTH + 5)]
    assert queue.num_finished == queue.num_accepted


def test_above_the_bound_heavy_queues_go_first() -> None:
    queues = QueueSet[str](1000)
    image = queues.add('image', is_heavy=True)
    state = queues.add('state', is_heavy=False)
    for i in range(5):
        queues.put(image, sample(i, 100))
    for i in range(70):
        queues.put(state, sample(i, 10))
    assert (image.dropped, state.dropped) == (2, 0)
    for i in range(70, 150):
        queues.put(state, sample(i, 10))
    assert image.dropped == 5
    assert state.dropped == 50
    assert queues.num_bytes <= 1000
    assert take_all(queues) == [('state', i) for i in range(50, 150)]


def test_one_message_above_the_bound_is_kept() -> None:
    queues = QueueSet[str](10)
    queue = queues.add('map', is_heavy=False)
    queues.put(queue, sample(1, 1000))
    assert take_all(queues) == [('map', 1)]


def test_a_queue_is_in_one_hand_at_a_time() -> None:
    queues = QueueSet[str](MIB)
    first, second = queues.add('a', is_heavy=False), queues.add('b', is_heavy=False)
    queues.put(first, sample(1))
    taken = queues.take(is_heavy=False)
    assert taken is not None
    queues.put(first, sample(2))
    queues.put(second, sample(3))
    other = queues.take(is_heavy=False)
    assert other is not None
    assert other[0] is second
    queues.done(first, 1)
    again = queues.take(is_heavy=False)
    assert again is not None
    assert [item.published_nanos for item in again[1]] == [2]


def test_waiting_for_all_that_was_put() -> None:
    queues = QueueSet[str](MIB)
    queue = queues.add('a', is_heavy=False)
    assert queues.wait_until_finished(0)
    queues.put(queue, sample(1))
    assert not queues.wait_until_finished(0.01)
    taken = queues.take(is_heavy=False)
    assert taken is not None
    assert not queues.wait_until_finished(0.01)
    queues.put(queue, sample(2))
    waiting = threading.Thread(target=queues.wait_until_finished, args=(30,))
    waiting.start()
    queues.done(taken[0], 1)
    assert waiting.is_alive()
    taken = queues.take(is_heavy=False)
    assert taken is not None
    queues.done(taken[0], 1)
    waiting.join(10)
    assert not waiting.is_alive()


def test_threads_get_everything_once_and_in_order() -> None:
    queues = QueueSet[str](100 * MIB)
    handled: dict[str, list[int]] = {'a': [], 'b': [], 'c': []}

    def work() -> None:
        while queues.wait():
            while (batch := queues.take(is_heavy=False)) is not None:
                queue, samples = batch
                handled[queue.owner] += [item.published_nanos for item in samples]
                queues.done(queue, len(samples))

    def feed(queue: TopicQueue[str]) -> None:
        for i in range(3000):
            queues.put(queue, sample(i))

    added = [queues.add(name, is_heavy=False) for name in handled]
    workers = [threading.Thread(target=work) for _ in range(3)]
    feeders = [threading.Thread(target=feed, args=(queue,)) for queue in added]
    for thread in (*workers, *feeders):
        thread.start()
    for thread in feeders:
        thread.join(30)
    assert queues.wait_until_finished(30)
    queues.close()
    for thread in workers:
        thread.join(30)
        assert not thread.is_alive()
    assert all(numbers == list(range(3000)) for numbers in handled.values())


def pause_aside(queues: QueueSet[str]) -> threading.Event:
    """Pause for a minute in a thread; the event tells the end."""
    has_ended = threading.Event()

    def pause() -> None:
        queues.pause(60)
        has_ended.set()

    threading.Thread(target=pause, daemon=True).start()
    return has_ended


def test_a_pause_ends_before_the_bound_is_reached() -> None:
    queues = QueueSet[str](MIB)
    state = queues.add('state', is_heavy=False)
    has_ended = pause_aside(queues)
    for i in range(8):
        queues.put(state, sample(i, MIB // 16))
    assert not has_ended.wait(0.1)
    queues.put(state, sample(8, MIB // 16))
    assert has_ended.wait(30)
    assert state.dropped == 0


def test_a_pause_ends_before_a_heavy_queue_is_full() -> None:
    queues = QueueSet[str](100 * MIB)
    image, state = queues.add('image', is_heavy=True), queues.add('state', is_heavy=False)
    has_ended = pause_aside(queues)
    for i in range(1000):
        queues.put(state, sample(i))
    for i in range(HEAVY_DEPTH // 2):
        queues.put(image, sample(i))
    assert not has_ended.wait(0.1)
    for i in range(HEAVY_DEPTH // 2):
        queues.put(image, sample(i))
    assert has_ended.wait(30)
    assert image.dropped == 0


def test_a_pause_ends_with_the_set() -> None:
    queues = QueueSet[str](MIB)
    pausing = threading.Thread(target=queues.pause, args=(60,), daemon=True)
    pausing.start()
    queues.close()
    pausing.join(30)
    assert not pausing.is_alive()
    queues.pause(60)
