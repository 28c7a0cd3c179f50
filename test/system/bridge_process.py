# SPDX-License-Identifier: Apache-2.0
"""A bridge in a process of its own, and a ROS client to talk to it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from typing import Any, TYPE_CHECKING

from rcl_interfaces.srv import GetParameters, SetParameters, SetParametersAtomically
import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter, parameter_value_to_python
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import String
from std_srvs.srv import Trigger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

LIFETIME_SEC = 110
TIMEOUT = shutil.which('timeout') or 'timeout'
CALL_SEC = 30.0


def wait_until(condition: Callable[[], object], timeout_sec: float = 30.0) -> None:
    """Wait until a condition holds; fail if it never does."""
    deadline = time.monotonic() + timeout_sec
    while not condition():
        assert time.monotonic() < deadline, 'the condition never came true'
        time.sleep(0.02)


class BridgeProcess:
    """
    Runs the command `bridge` with parameters.

    Parameters
    ----------
    env
        Of the process.
    log_dir
        Gets what it writes to standard output and error.
    parameters
        Values by name.

    """

    def __init__(self, env: Mapping[str, str], log_dir: Path, **parameters: object) -> None:
        log_dir.mkdir(parents=True, exist_ok=True)
        self.out, self.err = log_dir / 'out.txt', log_dir / 'err.txt'
        parameters = {'status.print_on_exit': True, **parameters}
        arguments = []
        for name, value in parameters.items():
            arguments += ['-p', f'{name}:={json.dumps(value)}']
        command = [sys.executable, '-m', 'rerun_bridge', 'bridge', '--ros-args', *arguments]
        with self.out.open('w') as out, self.err.open('w') as err:
            self._process = subprocess.Popen(
                [TIMEOUT, '-s', 'KILL', str(LIFETIME_SEC), *command],
                env=dict(env),
                stdout=out,
                stderr=err,
                stdin=subprocess.DEVNULL,
            )

    @property
    def pid(self) -> int:
        """Of the Python process itself."""
        children = f'/proc/{self._process.pid}/task/{self._process.pid}/children'
        with open(children, encoding='ascii') as file:  # noqa: PTH123 - no ordinary file
            return int(file.read().split()[0])

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    @property
    def log(self) -> str:
        """What it has logged."""
        return self.err.read_text()

    def cpu_sec(self) -> float:
        """How much CPU time it has used."""
        with open(f'/proc/{self.pid}/stat', encoding='ascii') as file:  # noqa: PTH123 - no file
            fields = file.read().rpartition(')')[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def stop(self, number: int = signal.SIGINT) -> dict[str, Any]:
        """Send a signal, wait for the end and return the last status."""
        os.kill(self.pid, number)
        assert self._process.wait(30) == 0, self.log
        status: dict[str, Any] = json.loads(self.out.read_text().splitlines()[-1])
        return status

    def wait(self) -> int:
        """Wait for the end and return the exit code."""
        return self._process.wait(30)

    def kill(self) -> None:
        """End it if it still runs."""
        if self.is_running:
            os.kill(self.pid, signal.SIGKILL)
            self._process.wait(10)


class RosClient:
    """
    A node of the test, spun in a thread.

    Parameters
    ----------
    domain_id
        Of DDS.
    name
        Of the node.

    """

    def __init__(self, domain_id: int, name: str) -> None:
        self.context = Context()
        rclpy.init(
            args=[],
            context=self.context,
            domain_id=domain_id,
            signal_handler_options=rclpy.signals.SignalHandlerOptions.NO,
        )
        self.node = rclpy.create_node(name, context=self.context)
        self._executor = SingleThreadedExecutor(context=self.context)
        self._executor.add_node(self.node)
        self._is_stopping = False
        self._thread = threading.Thread(target=self._spin, daemon=True)
        self._thread.start()
        self._clients: dict[str, Any] = {}
        self.status: dict[str, Any] = {}
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.node.create_subscription(String, '/rerun_bridge/status', self._on_status, latched)

    def topic(self, name: str) -> dict[str, Any]:
        """Return the latest figures of a topic, empty as long as there are none."""
        figures: dict[str, Any] = self.status.get('topics', {}).get(name, {})
        return figures

    def wait_for(self, topic: str, **figures: object) -> None:
        """Wait until the bridge reports these figures of a topic."""
        deadline = time.monotonic() + CALL_SEC
        while not figures.items() <= self.topic(topic).items():
            assert time.monotonic() < deadline, self.topic(topic)
            time.sleep(0.02)

    def call(self, service: str, service_type: Any, request: Any) -> Any:  # noqa: ANN401 - no types
        """Call a service of the bridge and return its answer."""
        if service not in self._clients:
            client = self.node.create_client(service_type, f'/rerun_bridge/{service}')
            self._clients[service] = client
        client = self._clients[service]
        wait_until(client.service_is_ready)
        future = client.call_async(request)
        done = threading.Event()
        future.add_done_callback(lambda _: done.set())
        assert done.wait(CALL_SEC), f'{service} did not answer'
        return future.result()

    def trigger(self, service: str) -> tuple[bool, str]:
        """Call a service without arguments."""
        answer = self.call(service, Trigger, Trigger.Request())
        return answer.success, answer.message

    def open_sink(self, sink: str, **arguments: object) -> tuple[bool, str]:
        """Open a sink with arguments."""
        request = SetParametersAtomically.Request(parameters=_messages(sink=sink, **arguments))
        result = self.call('open_sink', SetParametersAtomically, request).result
        return result.successful, result.reason

    def set_parameters(self, **values: object) -> list[tuple[bool, str]]:
        """Set parameters; a double underscore stands for the dot in their names."""
        named = {name.replace('__', '.'): value for name, value in values.items()}
        request = SetParameters.Request(parameters=_messages(**named))
        results = self.call('set_parameters', SetParameters, request).results
        return [(result.successful, result.reason) for result in results]

    def get_parameter(self, name: str) -> Any:  # noqa: ANN401 - of any type
        """Return the value of a parameter of the bridge."""
        answer = self.call('get_parameters', GetParameters, GetParameters.Request(names=[name]))
        value = parameter_value_to_python(answer.values[0])
        return list(value) if isinstance(value, (list, tuple)) else value

    def publisher(self, message_class: type, topic: str, qos: Any = 10) -> Any:  # noqa: ANN401 - no types
        """Make a publisher and wait until the bridge hears it, and it the bridge."""
        heard_before = self.topic(topic).get('publishers', 0)
        publisher = self.node.create_publisher(message_class, topic, qos)
        wait_until(publisher.get_subscription_count)
        wait_until(lambda: self.topic(topic).get('publishers', 0) > heard_before)
        return publisher

    def close(self) -> None:
        """End the node."""
        self._is_stopping = True
        self._thread.join(10)
        self._executor.shutdown()
        self.node.destroy_node()
        self.context.try_shutdown()

    def _on_status(self, message: String) -> None:
        self.status = json.loads(message.data)

    def _spin(self) -> None:
        while not self._is_stopping:
            self._executor.spin_once(timeout_sec=0.05)


def _messages(**values: object) -> list[Any]:
    return [Parameter(name, value=value).to_parameter_msg() for name, value in values.items()]
