# SPDX-License-Identifier: Apache-2.0
"""Sinks of a running bridge: opened by services and parameters, by one client or two."""

from __future__ import annotations

from itertools import chain
import random
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import Float64, String

from rerun_bridge.node.services import TRIGGERS
from test.recordings import num_rows, scalars
from test.system.bridge_process import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from test.system.bridge_process import RosClient
    from test.system.conftest import MakeClient, StartBridge

LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


def test_all_services_are_there(start_bridge: StartBridge, client: RosClient) -> None:
    start_bridge()
    wanted = {f'/rerun_bridge/{name}' for name in (*TRIGGERS, 'open_sink')}
    wait_until(lambda: wanted <= {name for name, _ in client.node.get_service_names_and_types()})


def test_a_row_lands_on_one_side_of_every_switch(
    start_bridge: StartBridge, client: RosClient, tmp_path: Path
) -> None:
    paths = [tmp_path / f'{i}.rrd' for i in range(5)]
    bridge = start_bridge(sinks=[f'save:{paths[0]}'])
    publisher = client.publisher(Float64, '/n', 1000)
    stopping = threading.Event()
    sent = [0]

    def publish() -> None:
        while not stopping.is_set():
            publisher.publish(Float64(data=float(sent[0])))
            sent[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=publish)
    thread.start()
    for path in paths[1:]:
        time.sleep(0.3)
        assert client.open_sink('save', path=str(path))[0]
    stopping.set()
    thread.join(10)
    counts = bridge.stop()['topics']['/n']
    rows = [scalars(path, '/n') for path in paths]
    assert list(chain.from_iterable(rows)) == [float(i) for i in range(sent[0])]
    assert all(rows)
    assert counts['received'] == counts['converted'] == sent[0]


def test_services_use_the_parameters_and_show_what_is_open(
    start_bridge: StartBridge, client: RosClient, tmp_path: Path
) -> None:
    bridge = start_bridge(save__path=f'{tmp_path}/a.rrd', connect__flush_timeout_sec=0)
    success, message = client.trigger('save')
    assert success
    assert message == (
        f'saving to {tmp_path}/a.rrd (path {tmp_path}/a.rrd, overwrite false, '
        'max_size_mb 0, max_duration_sec 0.0, max_files 0)'
    )
    assert client.get_parameter('sinks') == [f'save:{tmp_path}/a.rrd']
    success, message = client.trigger('save')
    assert not success
    assert 'the file exists' in message
    assert client.get_parameter('sinks') == [f'save:{tmp_path}/a.rrd']
    assert client.trigger('flush')[1].startswith(f'flushed save:{tmp_path}/a.rrd in ')
    assert client.set_parameters(connect__addr='127.0.0.1:1') == [(True, '')]
    success, message = client.trigger('connect')
    assert success
    assert 'streaming to rerun+http://127.0.0.1:1/proxy' in message
    assert client.get_parameter('sinks') == ['connect:127.0.0.1:1']
    success, message = client.trigger('disconnect')
    assert success
    assert message.startswith('closed connect:rerun+http://127.0.0.1:1/proxy')
    assert client.get_parameter('sinks') == ['none']
    assert (tmp_path / 'a.rrd').stat().st_size
    assert bridge.stop()['sinks'] == []


def test_the_parameter_switches_or_is_refused_with_the_reason(
    start_bridge: StartBridge, client: RosClient, tmp_path: Path
) -> None:
    bridge = start_bridge()
    first = f'save:{tmp_path}/%Y.rrd'
    assert client.set_parameters(sinks=[first]) == [(True, '')]
    opened = time.strftime(first)
    wait_until(lambda: client.get_parameter('sinks') == [opened])
    ((success, reason),) = client.set_parameters(sinks=['save:/proc/no/x.rrd'])
    assert not success
    assert 'the folder cannot be made' in reason
    ((success, reason),) = client.set_parameters(sinks=[opened, 'serv'])
    assert not success
    assert "there is no sink 'serv'" in reason
    assert client.get_parameter('sinks') == [opened]
    publisher = client.publisher(Float64, '/n')
    publisher.publish(Float64(data=1.0))
    client.wait_for('/n', converted=1)
    second = f'save:{tmp_path}/second.rrd'
    assert client.set_parameters(sinks=[opened, second]) == [(True, '')]
    wait_until(lambda: client.get_parameter('sinks') == [opened, second])
    publisher.publish(Float64(data=2.0))
    client.wait_for('/n', converted=2)
    assert client.set_parameters(sinks=['none']) == [(True, '')]
    publisher.publish(Float64(data=3.0))
    client.wait_for('/n', discarded=1)
    counts = bridge.stop()['topics']['/n']
    assert scalars(opened.partition(':')[2], '/n') == [1.0, 2.0]
    assert scalars(tmp_path / 'second.rrd', '/n') == [2.0]
    assert (counts['converted'], counts['discarded']) == (2, 1)


def test_latched_messages_are_in_every_file(
    start_bridge: StartBridge, client: RosClient, tmp_path: Path
) -> None:
    latched = client.node.create_publisher(String, '/notice', LATCHED)
    latched.publish(String(data='wet paint'))
    robot = client.node.create_publisher(String, '/robot_description', LATCHED)
    robot.publish(String(data='<robot name="walker"><link name="body"/></robot>'))
    first = tmp_path / 'first.rrd'
    bridge = start_bridge(sinks=[f'save:{first}'])
    client.wait_for('/notice', converted=1)
    client.wait_for('/robot_description', converted=1)
    names = ['second', 'third']
    for name in names:
        assert client.open_sink('save', path=str(tmp_path / f'{name}.rrd'))[0]
    bridge.stop()
    for path in (first, *(tmp_path / f'{name}.rrd' for name in names)):
        assert {'/notice', '/walker'} <= num_rows(path).keys()


def test_two_clients_never_get_what_the_other_asked_for(
    start_bridge: StartBridge, make_client: MakeClient, tmp_path: Path
) -> None:
    bridge = start_bridge()
    wrong: list[str] = []

    def run(number: int) -> None:
        client = make_client(f'client_{number}')
        choice = random.Random(number)  # noqa: S311 - no secret
        for i in range(150):
            path = tmp_path / f'{number}_{i}_{choice.randrange(1000)}.rrd'
            success, reason = client.open_sink('save', path=str(path))
            if not success or f'saving to {path} ' not in reason:
                wrong.append(reason)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
        assert not thread.is_alive()
    assert wrong == []
    assert len(list(tmp_path.glob('*.rrd'))) == 300
    bridge.stop()


@pytest.mark.parametrize(
    ('arguments', 'reason'),
    [
        ({'sink': 'sav'}, "there is no sink 'sav'"),
        ({'sink': 'save', 'pth': '/x'}, 'save has no argument pth; did you mean path?'),
        ({'sink': 'save', 'path': 7}, 'path must be a text'),
        ({'sink': 7}, 'name the kind of sink'),
    ],
)
def test_bad_requests_get_the_reason(
    start_bridge: StartBridge, client: RosClient, arguments: dict[str, object], reason: str
) -> None:
    start_bridge()
    sink = arguments.pop('sink')
    success, message = client.open_sink(sink, **arguments)  # type: ignore[arg-type]
    assert not success
    assert reason in message


def test_a_slow_service_loses_nothing(
    start_bridge: StartBridge, client: RosClient, tmp_path: Path
) -> None:
    """A flush towards a viewer that is not there blocks the service, not the data."""
    path = tmp_path / 'a.rrd'
    bridge = start_bridge(
        sinks=[f'save:{path}', 'connect:127.0.0.1:1'], connect__flush_timeout_sec=6.0
    )
    publisher = client.publisher(Float64, '/n', 1000)
    answers: list[tuple[bool, str]] = []
    thread = threading.Thread(target=lambda: answers.append(client.trigger('flush')))
    publisher.publish(Float64(data=0.0))
    thread.start()
    number = 1
    while thread.is_alive():
        publisher.publish(Float64(data=float(number)))
        number += 1
        time.sleep(0.002)
    success, message = answers[0]
    assert not success
    assert 'did not reach the viewer' in message
    assert client.set_parameters(sinks=[f'save:{path}']) == [(True, '')]
    counts = bridge.stop()['topics']['/n']
    assert counts['received'] == counts['converted'] == number > 100
    assert scalars(path, '/n') == [float(i) for i in range(number)]


def test_a_sink_that_cannot_be_opened_at_the_start_ends_the_program(
    start_bridge: StartBridge,
) -> None:
    bridge = start_bridge(sinks=['save:/proc/no/x.rrd'])
    assert bridge.wait() == 1
    assert 'the folder cannot be made' in bridge.log
    assert 'Traceback' not in bridge.log


def test_bad_parameters_end_the_program(start_bridge: StartBridge) -> None:
    bridge = start_bridge(save__pth='/x.rrd')
    assert bridge.wait() == 1
    assert 'there is no parameter save.pth; did you mean save.path?' in bridge.log
    assert 'Traceback' not in bridge.log


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_quickly_with_complete_files(
    start_bridge: StartBridge, client: RosClient, tmp_path: Path, number: int
) -> None:
    path = tmp_path / 'a.rrd'
    bridge = start_bridge(sinks=[f'save:{path}', 'connect:127.0.0.1:1'])
    publisher = client.publisher(Float64, '/n', 1000)
    for i in range(1000):
        publisher.publish(Float64(data=float(i)))
    wait_until(lambda: client.topic('/n')['received'])
    start = time.monotonic()
    status = bridge.stop(number)
    assert time.monotonic() - start < 6.0
    assert scalars(path, '/n') == [float(i) for i in range(1000)]
    assert status['topics']['/n']['converted'] == 1000
    assert {sink['state'] for sink in status['sinks']} == {'closed'}
