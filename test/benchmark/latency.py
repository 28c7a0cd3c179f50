# SPDX-License-Identifier: Apache-2.0
"""
How late data reaches a local client: from its stamp to the bytes, at half of a robot's load.

Usage: ``python -m test.benchmark.latency [--seconds 15] [--rounds 1] [--scale 0.5] [NAME ...]``.
Prints a JSON object: per node p50 and p99 in milliseconds, for small topics and for big ones.
"""

from __future__ import annotations

import argparse
from contextlib import closing
import json
import socket
from statistics import median
import sys
import threading
from typing import Any, TYPE_CHECKING

import numpy as np
import pyarrow as pa

from rerun_bridge.log_encoding import decode, Decoder, MessageKind
from rerun_bridge.log_encoding.protobuf import fields
from test.benchmark.node_cpu import bridge, peer, put_load_on, Subject
from test.benchmark.receivers import grpc_receiver, Messages, watch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BIG = ('/camera', '/lidar')
STAMPS = 'ros2_timestamp'
SUBJECTS: Mapping[str, Subject] = {
    'ours, gRPC': bridge('connect:URL'),
    'ours, WebSocket': bridge('serve:PORT'),
    'rerun-sdk single, gRPC': peer('rerun_node', 'single', 'connect:URL'),
    'rerun-sdk events, gRPC': peer('rerun_node', 'events', 'connect:URL'),
}


def stamps_of(data: bytes, *, is_stream: bool) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """Read the stamps in a message: per chunk the entity and nanoseconds."""
    for message in Decoder().feed(data) if is_stream else grpc_messages(data):
        if message.kind is MessageKind.ARROW_MSG:
            batch = message.batch()
            if STAMPS in batch.schema.names:
                entity = batch.schema.metadata[b'rerun:entity_path'].decode()
                yield entity, np.asarray(batch.column(STAMPS).cast(pa.int64()))


def grpc_messages(data: bytes) -> Iterator[Any]:
    """Read the message of one request."""
    for _, log_msg in fields(data):
        for kind, payload in fields(log_msg):  # type: ignore[arg-type]
            yield decode(MessageKind(kind), bytes(payload))


def measure(subject: Subject, seconds: float, scale: float) -> dict[str, list[float]]:
    """Put the load on one node and look when its data arrives."""
    messages = Messages()
    is_stream = 'PORT' in ''.join(subject.command)
    with closing(socket.socket()) as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    if is_stream:
        threading.Thread(target=watch, args=(port, messages), daemon=True).start()
    with grpc_receiver(messages) as url:
        found = put_load_on(subject, {'URL': url, 'PORT': str(port)}, seconds, scale)
    late: dict[str, list[float]] = {'small': [], 'big': []}
    for arrived, data in messages.arrivals:
        for entity, stamps in stamps_of(data, is_stream=is_stream):
            kind = 'big' if entity.startswith(BIG) else 'small'
            # The first second is that of discovery.
            late[kind] += [arrived - at for at in stamps / 1e9 if at > found.begin_sec + 1]
    return late


def percentiles(late: dict[str, list[float]]) -> dict[str, float]:
    """Return p50 and p99 in milliseconds of small and big topics."""
    return {
        f'{kind} p{percent}': round(float(np.percentile(values, percent)) * 1e3, 2)
        for kind, values in late.items()
        for percent in (50, 99)
    }


def compare(names: list[str], seconds: float, rounds: int, scale: float) -> dict[str, Any]:
    """Measure nodes in turns; the median of the rounds counts."""
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name, results in runs.items():
            results.append(percentiles(measure(SUBJECTS[name], seconds, scale)))
            print(name, results[-1], file=sys.stderr, flush=True)
    return {
        name: {figure: median(each[figure] for each in results) for figure in results[0]}
        for name, results in runs.items()
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('names', nargs='*', default=list(SUBJECTS))
    parser.add_argument('--seconds', type=float, default=15)
    parser.add_argument('--rounds', type=int, default=1)
    parser.add_argument('--scale', type=float, default=0.5)
    chosen = parser.parse_args()
    print(json.dumps(compare(chosen.names, chosen.seconds, chosen.rounds, chosen.scale)))


if __name__ == '__main__':
    main()
