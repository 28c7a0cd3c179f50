# SPDX-License-Identifier: Apache-2.0
"""Looks at the live graph; a program of its own, since DDS may hang or end the process."""

from __future__ import annotations

import json
import sys
import time
from typing import Any, NamedTuple, TYPE_CHECKING

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.qos import DurabilityPolicy, qos_check_compatible, QoSCompatibility, QoSProfile
from rclpy.signals import SignalHandlerOptions
from std_msgs.msg import String

from rerun_bridge.converters.topic_filter import is_hidden
from rerun_bridge.errors import UnsupportedTypeError
from rerun_bridge.node.doctor.child import tell
from rerun_bridge.node.doctor.findings import Finding, ok, problem, warning
from rerun_bridge.node.message_classes import find_message_class
from rerun_bridge.node.status import findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rclpy.node import Node

_NAME = '_rerun_bridge_doctor'
_POLL_SEC = 0.1
_MARKER = '/open_sink', 'rcl_interfaces/srv/SetParametersAtomically'
"""The service by which a bridge is known, whatever its name."""
_MAX_LINES = 12


class Endpoint(NamedTuple):
    """A publisher or a subscription."""

    node: str
    type_name: str
    qos: Any


class Topic(NamedTuple):
    """A topic with all that others have on it."""

    name: str
    types: list[str]
    publishers: list[Endpoint]
    subscriptions: list[Endpoint]


def main() -> None:
    """Look for the seconds that the argument says, and tell the doctor."""
    rclpy.init(args=[], signal_handler_options=SignalHandlerOptions.NO)
    try:
        node = rclpy.create_node(_NAME, enable_rosout=False, start_parameter_services=False)
        for finding in look(node, float(sys.argv[1])):
            tell(finding)
    finally:
        rclpy.try_shutdown()


def look(node: Node, seconds: float) -> Iterator[Finding]:
    """
    Look at the graph.

    Parameters
    ----------
    node
        Whose graph it is; it is left out.
    seconds
        How long others may take to be found.

    Yields
    ------
    Finding
        What there is to say.

    """
    statuses = _collect(node, seconds)
    topics = _topics(node)
    names = [name for name in node.get_node_names() if not name.startswith('_')]
    if names:
        yield ok(f'nodes: {len(names)}, topics: {len(topics)}')
    else:
        yield warning(
            f'no node was found within {seconds:g} s',
            'start the robot, give it more --seconds, and compare ROS_DOMAIN_ID, the middleware '
            'and the network with those of its nodes',
        )
    yield from bridges(statuses)
    yield from _some([line for topic in topics for line in mismatches(topic)])
    yield from _some([line for topic in topics for line in several_types(topic)])
    yield from lacking_packages(topics)


def bridges(statuses: dict[str, dict[str, Any] | None]) -> Iterator[Finding]:
    """Tell which bridges run, by their names and what they say about themselves."""
    if not statuses:
        yield ok('no bridge runs')
    for name, status in statuses.items():
        if status is None:
            yield warning(
                f'{name} runs, but {name}/status is silent',
                'look with more --seconds; if it stays so, restart that bridge',
            )
            continue
        yield ok(f'{name} runs, and publishes {name}/status')
        for each in findings(status):
            line = f'{name}: {each.name}: {each.summary}'
            yield ok(line) if each.is_good else warning(line)


def mismatches(topic: Topic) -> Iterator[Finding]:
    """Tell which nodes do not hear a publisher because their subscriptions ask for more."""
    for publisher in topic.publishers:
        reasons: dict[str, list[str]] = {}
        for subscription in topic.subscriptions:
            if subscription.type_name == publisher.type_name:
                reason = _incompatibility(publisher.qos, subscription.qos)
                reasons.setdefault(subscription.node, []).append(reason)
        for node, found in reasons.items():
            if all(found):  # one that hears it is enough
                yield problem(
                    f'{topic.name}: {node} does not hear {publisher.node} ({found[0]})',
                    'change the quality of service of one of them (of a bridge: '
                    f'qos_overrides.{topic.name}.subscription)',
                )


def several_types(topic: Topic) -> Iterator[Finding]:
    """Tell of topics that are used with different types."""
    if len(topic.types) > 1:
        yield warning(
            f'{topic.name} has several types: {", ".join(topic.types)}',
            'give one of them a topic of its own; a bridge shows one',
        )


def lacking_packages(topics: list[Topic]) -> Iterator[Finding]:
    """Tell of topics whose messages cannot be received here, a line per package."""
    lacking: dict[str, list[tuple[str, str]]] = {}
    for topic in topics:
        for type_name in () if is_hidden(topic.name) else topic.types:
            if reason := _why_unusable(type_name):
                lacking.setdefault(type_name.partition('/')[0], []).append((topic.name, reason))
    for (name, reason), *others in lacking.values():
        more = f' and {len(others)} more topics of that package' if others else ''
        fact, _, fix = reason.partition(': ')
        yield warning(f'{name}{more} cannot be shown: {fact}', fix)


def _why_unusable(type_name: str) -> str:
    try:
        find_message_class(type_name)
    except UnsupportedTypeError as exc:
        return str(exc)
    return ''


def _some(lines: list[Finding]) -> Iterator[Finding]:
    """Leave out what is too much to read."""
    yield from lines[:_MAX_LINES]
    if len(lines) > _MAX_LINES:
        yield lines[0]._replace(fact=f'and {len(lines) - _MAX_LINES} more', fix='')


def _incompatibility(offered: Any, asked: Any) -> str:  # noqa: ANN401 - rclpy has no types
    verdict, reason = qos_check_compatible(offered, asked)
    if verdict != QoSCompatibility.ERROR:
        return ''
    return str(reason).removeprefix('ERROR: ').rstrip('; ')


def _collect(node: Node, seconds: float) -> dict[str, dict[str, Any] | None]:
    """Wait until others are found; meanwhile hear what bridges say."""
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    statuses: dict[str, dict[str, Any] | None] = {}
    latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for name in _bridge_names(node) - statuses.keys():
            statuses[name] = None

            def keep(message: String, name: str = name) -> None:
                statuses[name] = json.loads(message.data)

            node.create_subscription(String, f'{name}/status', keep, latched)
        executor.spin_once(timeout_sec=_POLL_SEC)
    executor.shutdown()
    return statuses


def _bridge_names(node: Node) -> set[str]:
    end, type_name = _MARKER
    return {
        name.removesuffix(end)
        for name, types in node.get_service_names_and_types()
        if name.endswith(end) and type_name in types
    }


def _topics(node: Node) -> list[Topic]:
    """List the topics on which others have something."""
    found = []
    for name, types in node.get_topic_names_and_types():
        publishers = _endpoints(node.get_publishers_info_by_topic(name))
        subscriptions = _endpoints(node.get_subscriptions_info_by_topic(name))
        if publishers or subscriptions:
            found.append(Topic(name, types, publishers, subscriptions))
    return found


def _endpoints(infos: list[Any]) -> list[Endpoint]:
    return [
        Endpoint(
            f'{info.node_namespace.rstrip("/")}/{info.node_name}',
            info.topic_type,
            info.qos_profile,
        )
        for info in infos
        if info.node_name != _NAME
    ]


if __name__ == '__main__':
    main()
