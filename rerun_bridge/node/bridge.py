# SPDX-License-Identifier: Apache-2.0
"""The bridge node: wires intake, conversion, recording, services and parameters together."""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor, wait
import json
import logging
import os
import signal
import sys
import threading
import time
from typing import Any, TYPE_CHECKING

import rclpy
from rclpy.clock import Clock, ClockType
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions
from rclpy.utilities import remove_ros_args

from rerun_bridge.converters import load_plugins, supported_types
from rerun_bridge.converters.placing import WAIT_NANOS
from rerun_bridge.converters.topic_filter import TopicFilter
from rerun_bridge.memory import keep_big_buffers_on_heap, spare_lasting_objects
from rerun_bridge.node.arrangement import Arrangement
from rerun_bridge.node.discovery import Discovery
from rerun_bridge.node.intake import open_intake
from rerun_bridge.node.parameter_server import ParameterServer
from rerun_bridge.node.parameters import qos_overrides
from rerun_bridge.node.ros_logging import log_to_ros
from rerun_bridge.node.services import Services
from rerun_bridge.node.sink_control import SinkControl
from rerun_bridge.node.status import StatusReporter
from rerun_bridge.node.status_publisher import StatusPublisher
from rerun_bridge.node.topic_queue import QueueSet
from rerun_bridge.node.topic_registry import TopicRegistry
from rerun_bridge.node.worker import ConvertWorkers, DEFAULT_MAX_ROUND_SEC
from rerun_bridge.sdk import RecordingStream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rclpy.node import Node

    from rerun_bridge.node.topic import Topic

__all__ = ['Bridge', 'main']

_log = logging.getLogger('rerun_bridge.node')
_NAME = 'rerun_bridge'
_SIGNAL_POLL_SEC = 0.25
_STATUS_SEC = 1.0
_DUE_SEC = 0.1
_RELEASE_SEC = 0.02
"""How often to look whether the transforms have come that messages wait for."""
_CONVERT_REST_SEC = 5.0
_PATIENCE_SEC = 2.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Bridge:
    """
    Everything that runs while the node runs.

    Parameters
    ----------
    node
        Made with `allow_undeclared_parameters`.
    executor
        Spins the node.

    Attributes
    ----------
    stopping
        Set it to end the program.
    has_failed
        Whether it ends because of an error.

    Raises
    ------
    RerunBridgeError
        If a parameter is bad or a sink of the parameter `sinks` cannot be opened.

    """

    def __init__(self, node: Node, executor: SingleThreadedExecutor) -> None:
        self.stopping = threading.Event()
        self.has_failed = False
        self._executor = executor
        self._parameters = ParameterServer(node)
        settings = self._parameters.values
        self._recording = RecordingStream(
            settings['application_id'],
            settings['recording_id'] or None,
            on_full='drop',
            when_disconnected=settings['disconnect.policy'],
        )
        self._queues: QueueSet[Topic] = QueueSet(settings['queue.intake_max_mb'] << 20)
        self._arrangement = Arrangement(self._recording, node.get_name())
        # What waits for transforms must not have waited too long when those of its round come.
        max_round_sec = WAIT_NANOS * 0.5e-9 if settings['fixed_frame'] else DEFAULT_MAX_ROUND_SEC
        self._workers = ConvertWorkers(
            self._queues, self._arrangement, settings['convert_threads'], max_round_sec
        )
        load_plugins()
        self._registry = TopicRegistry(self._queues, self._settings, self._arrangement)
        self._intake = open_intake(
            node,
            self._fail,
            lambda: self._workers.round_sec,
            use_executor=settings['intake.use_executor'],
        )
        self._discovery = Discovery(
            node,
            self._intake,
            self._registry,
            topic_filter=TopicFilter.from_settings(settings),
            preferred_types=supported_types() | self._registry.mapped_types,
            qos_overrides=qos_overrides(settings),
        )
        self._control = SinkControl(self._recording, self._finish_received)
        self._reporter = StatusReporter()
        self._publisher = StatusPublisher(node)
        self._services = Services(node, self._control, self._settings, self._sinks_changed)
        # Not the clock of the node, which stands still in a simulation that has not begun.
        clock = Clock(clock_type=ClockType.STEADY_TIME)
        rescan_sec = settings['topics.rescan_sec']
        self._rescan = node.create_timer(rescan_sec, self._discovery.scan, clock=clock)
        self._tick = node.create_timer(_STATUS_SEC, self._publish_status, clock=clock)
        self._due_sec = _RELEASE_SEC if settings['fixed_frame'] else _DUE_SEC
        # No timer: waking an executor costs a hundred times more than looking.
        self._advancing = threading.Thread(target=self._advance, name='rerun-due', daemon=True)

    @property
    def prints_status(self) -> bool:
        """Whether the user wants the last status on standard output."""
        return bool(self._settings()['status.print_on_exit'])

    def start(self) -> None:
        """Open the sinks, then begin to receive."""
        settings = self._settings()
        if settings['recording_name']:
            self._recording.send_recording_name(settings['recording_name'])
        self._control.keep(settings['snapshot.seconds'], settings['snapshot.max_mb'])
        self._switch(settings)
        self._parameters.mirror('sinks', self._control.names)
        self._parameters.on_change(self._apply)
        self._workers.start()
        self._advancing.start()
        self._intake.start()
        self._discovery.scan()

    def stop(self) -> dict[str, Any]:
        """
        Log what has arrived, complete files and close connections.

        Returns
        -------
        dict
            The last status; its counts are final.

        """
        self._intake.stop()
        if not self._workers.stop(_CONVERT_REST_SEC):
            _log.warning('ending although received messages are still to be converted')
        for topic in self._registry.topics:
            topic.release(time.time_ns(), self._arrangement)
        sinks = self._recording.sinks
        self._recording.close()
        self._control.close()
        return self._status([sink.status() for sink in sinks])

    def _settings(self) -> Mapping[str, Any]:
        return self._parameters.values

    def _fail(self) -> None:
        self.has_failed = True
        self.stopping.set()

    def _apply(self, settings: Mapping[str, Any], changed: frozenset[str]) -> None:
        """Let changed parameters take effect; whatever may fail comes first."""
        adjustments = self._registry.adjust(settings)
        if 'sinks' in changed:
            self._switch(settings)
            self._executor.create_task(self._sinks_changed)
        if not changed.isdisjoint(('snapshot.seconds', 'snapshot.max_mb')):
            self._control.keep(settings['snapshot.seconds'], settings['snapshot.max_mb'])
        for adjustment in adjustments:
            adjustment.commit(self._arrangement)
        if 'recording_name' in changed:
            self._recording.send_recording_name(settings['recording_name'])
        self._queues.max_bytes = settings['queue.intake_max_mb'] << 20
        self._recording.when_disconnected = settings['disconnect.policy']
        self._discovery.topic_filter = TopicFilter.from_settings(settings)
        self._discovery.qos_overrides = qos_overrides(settings)
        self._rescan.timer_period_ns = int(settings['topics.rescan_sec'] * 1e9)

    def _switch(self, settings: Mapping[str, Any]) -> None:
        """Make the sinks those of the parameter, and tell the user where they are."""
        sentences = self._control.switch(settings['sinks'], settings)
        for sentence in sentences or [f'sinks: {", ".join(self._control.names)}']:
            _log.info('%s', sentence)

    def _sinks_changed(self) -> None:
        self._parameters.mirror('sinks', self._control.names)
        self._publish_status()

    def _advance(self) -> None:
        """Log what becomes due without a message."""
        while not self.stopping.wait(self._due_sec):
            # What was received before is converted, also the transforms that others wait for.
            now_nanos = time.time_ns() - int(self._workers.round_sec * 1e9)
            for topic in self._registry.topics:
                topic.advance(now_nanos, self._arrangement)
            if self._control.is_split_due:
                # Not here: completing a file may take seconds.
                self._executor.create_task(self._control.split_due)

    @property
    def _is_waiting(self) -> bool:
        return any(topic.num_waiting for topic in self._registry.topics)

    def _finish_received(self, timeout_sec: float) -> bool:
        """Wait until all is logged that has been received, also what waits for transforms."""
        is_finished = self._queues.wait_until_finished(timeout_sec)
        deadline = time.monotonic() + WAIT_NANOS * 1e-9 + self._workers.round_sec
        while time.monotonic() < deadline and self._is_waiting:
            time.sleep(_RELEASE_SEC)
        return is_finished

    def _publish_status(self) -> None:
        if self._settings()['blueprint.auto']:
            self._arrangement.refresh()
        self._registry.forget_gone(self._discovery.num_heard, time.monotonic())
        self._publisher.publish(self._status(self._recording.status()))

    def _status(self, sinks: list[Any]) -> dict[str, Any]:
        return self._reporter.report(
            sinks=sinks,
            topics=self._registry.topics,
            forgotten=self._registry.forgotten,
            num_heard=self._discovery.num_heard,
            unusable=self._discovery.unusable,
            recording_id=self._recording.recording_id,
            dropped_rows=self._recording.dropped_rows,
            is_paused=self._recording.is_paused,
        )


def main(argv: list[str] | None = None) -> int:
    """
    Run the bridge until SIGINT or SIGTERM.

    Parameters
    ----------
    argv
        Arguments behind the name of the program, ``--ros-args`` among them; default `sys.argv`.

    Returns
    -------
    int
        0, or 1 if an error ended it.

    Raises
    ------
    RerunBridgeError
        If a parameter is bad or a sink cannot be opened at the start.

    """
    arguments = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(
        prog='bridge',
        description='Stream ROS topics into Rerun.',
        epilog='Parameters: --ros-args -p NAME:=VALUE, or --params-file FILE.yaml; '
        '`ros2 param describe /rerun_bridge NAME` explains one.',
    )
    parser.parse_args(remove_ros_args(['bridge', *arguments])[1:])
    keep_big_buffers_on_heap()
    rclpy.init(args=['bridge', *arguments], signal_handler_options=SignalHandlerOptions.NO)
    try:
        return _run()
    finally:
        rclpy.try_shutdown()


def _run() -> int:
    node = rclpy.create_node(_NAME, allow_undeclared_parameters=True)
    handler = log_to_ros(node)
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    try:
        bridge = Bridge(node, executor)
        for number in _SIGNALS:
            signal.signal(number, lambda *_: bridge.stopping.set())
        bridge.start()
        spare_lasting_objects()
        spinning = threading.Thread(
            target=_spin, args=(executor, bridge), name='rerun-executor', daemon=True
        )
        spinning.start()
        # A signal that the system gives to another thread does not end a wait without limit.
        while not bridge.stopping.wait(_SIGNAL_POLL_SEC):
            pass
        executor.shutdown(0)
        spinning.join(1.0)
        status = _stop(bridge)
        if bridge.prints_status:
            print(json.dumps(status), flush=True)  # noqa: T201 - asked for by parameter
        return int(bridge.has_failed)
    finally:
        logging.getLogger('rerun_bridge').removeHandler(handler)
        node.destroy_node()


def _stop(bridge: Bridge) -> dict[str, Any]:
    """Stop the bridge; a user who asks twice does not want to wait for it."""
    began = time.monotonic()

    def end(*_: object) -> None:
        # `ros2 launch` and the terminal both send one at once.
        if time.monotonic() - began > _PATIENCE_SEC:
            _log.warning('ending at once; files lack an index')
            os._exit(1)

    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, end)
    with ThreadPoolExecutor(1) as pool:
        stopped = pool.submit(bridge.stop)
        while not wait([stopped], _SIGNAL_POLL_SEC).done:
            pass  # a wait without limit would not see the signal
    return stopped.result()


def _spin(executor: SingleThreadedExecutor, bridge: Bridge) -> None:
    """Serve until the end; what goes wrong in one callback does not stop the others."""
    while not bridge.stopping.is_set():
        try:
            executor.spin()
        except ExternalShutdownException:  # noqa: PERF203 - once per failure
            bridge.stopping.set()
        except Exception:  # noqa: BLE001 - the boundary of all callbacks
            _log.exception('a callback of the node failed, please report this')
