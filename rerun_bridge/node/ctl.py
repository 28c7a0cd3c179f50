# SPDX-License-Identifier: Apache-2.0
"""The command `ctl`: tells a running node what to do, and prints its answer."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from typing import Any, TYPE_CHECKING

from rcl_interfaces.srv import SetParametersAtomically
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.utilities import remove_ros_args
from std_msgs.msg import String
from std_srvs.srv import Trigger

from rerun_bridge.errors import ParameterError, RerunBridgeError
from rerun_bridge.node.parameters import check_parameter, PARAMETERS
from rerun_bridge.node.services import TRIGGERS
from rerun_bridge.node.sink_kinds import SINK_KINDS
from rerun_bridge.node.status import findings

if TYPE_CHECKING:
    from collections.abc import Callable

    from rclpy.node import Node
    from rclpy.task import Future

__all__ = ['main']

_DEFAULT_NODE = 'rerun_bridge'
_FIND_SEC = 5.0
_ANSWER_SEC = 60.0
_POLL_SEC = 0.05
_STATUS = 'status'
_HELP = {
    'connect': 'stream to a viewer',
    'save': 'stream to a new file',
    'serve': 'serve browsers and viewers',
    'spawn': 'start a viewer and stream to it',
    'split': 'go on in another file',
    'snapshot': 'save what was kept of the last seconds',
    'pause': 'drop what arrives; the sinks stay open',
    'resume': 'go on after pause',
    'disconnect': 'complete files, close connections, free the ports',
    'flush': 'wait until everything received is delivered',
    _STATUS: 'print what the node does',
}


class _NoAnswerError(RerunBridgeError):
    """A node is not there, or does not answer."""


class _RefusedError(RerunBridgeError):
    """A node has answered that something cannot be done."""


class _Remote:
    """
    A running bridge.

    Parameters
    ----------
    node
        Asks.
    name
        Of the bridge, fully qualified.

    """

    def __init__(self, node: Node, name: str) -> None:
        self._node = node
        self._name = name
        self._executor = SingleThreadedExecutor(context=node.context)
        self._executor.add_node(node)

    def trigger(self, action: str) -> str:
        """Call a service without arguments and return its sentence."""
        answer = self._call(Trigger, action, Trigger.Request())
        return self._checked(answer.success, answer.message)

    def open_sink(self, kind: str, arguments: dict[str, Any]) -> str:
        """Open a sink and return the sentence about it."""
        values = {'sink': kind, **arguments}
        parameters = [
            Parameter(key, value=value).to_parameter_msg() for key, value in values.items()
        ]
        request = SetParametersAtomically.Request(parameters=parameters)
        result = self._call(SetParametersAtomically, 'open_sink', request).result
        return self._checked(result.successful, result.reason)

    def status(self) -> dict[str, Any]:
        """Return the latest status."""
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        found: list[String] = []
        self._node.create_subscription(String, f'{self._name}/status', found.append, latched)
        self._wait_until(lambda: found, _FIND_SEC, self._absent())
        status: dict[str, Any] = json.loads(found[-1].data)
        return status

    def _call(self, service_type: Any, service: str, request: Any) -> Any:  # noqa: ANN401 - rclpy has no types
        client = self._node.create_client(service_type, f'{self._name}/{service}')
        self._wait_until(client.service_is_ready, _FIND_SEC, self._absent())
        future: Future[Any] = client.call_async(request)
        text = f'{self._name} has not answered within {_ANSWER_SEC:.0f} s; look at its log'
        self._wait_until(future.done, _ANSWER_SEC, text)
        return future.result()

    def _wait_until(
        self, condition: Callable[[], object], timeout_sec: float, otherwise: str
    ) -> None:
        deadline = time.monotonic() + timeout_sec
        while not condition():
            if time.monotonic() > deadline:
                raise _NoAnswerError(otherwise)
            self._executor.spin_once(timeout_sec=_POLL_SEC)

    def _absent(self) -> str:
        domain = os.environ.get('ROS_DOMAIN_ID') or 0
        return (
            f'there is no bridge {self._name} in ROS domain {domain}; start one '
            '(ros2 launch rerun_bridge bridge.launch.py), or name yours by --node'
        )

    @staticmethod
    def _checked(is_done: bool, sentence: str) -> str:  # noqa: FBT001 - as ROS answers
        if not is_done:
            raise _RefusedError(sentence)
        return sentence


def main(argv: list[str] | None = None) -> int:
    """
    Send one request to a running bridge.

    Parameters
    ----------
    argv
        The arguments; default `sys.argv[1:]`.

    Returns
    -------
    int
        0.

    Raises
    ------
    RerunBridgeError
        If there is no such node, it does not answer, or refuses.

    """
    given = sys.argv[1:] if argv is None else argv
    chosen = vars(_parser().parse_args(remove_ros_args(['ctl', *given])[1:]))
    name, action, as_json = chosen.pop('node'), chosen.pop('action'), chosen.pop('json', False)
    arguments = {key: value for key, value in chosen.items() if value is not None}
    rclpy.init(args=['ctl', *given])
    node = rclpy.create_node(f'rerun_bridge_ctl_{os.getpid()}')
    try:
        remote = _Remote(node, name if name.startswith('/') else f'/{name}')
        if action == _STATUS:
            text = _told(remote.status(), as_json=as_json)
        elif action in SINK_KINDS:
            text = remote.open_sink(action, arguments)
        else:
            text = remote.trigger(action)
    finally:
        node.destroy_node()
        rclpy.try_shutdown()
    print(text)  # noqa: T201 - what the user has asked for
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='ctl', description='Tell a running bridge what to do, and print its answer.'
    )
    parser.add_argument(
        '--node', default=_DEFAULT_NODE, help='name of the bridge, e.g. /robot/rerun_bridge'
    )
    actions = parser.add_subparsers(dest='action', required=True, metavar='ACTION')
    for action in (*SINK_KINDS, *(name for name in TRIGGERS if name not in SINK_KINDS), _STATUS):
        summary = _HELP[action]
        sub = actions.add_parser(action, help=summary, description=f'Ask to {summary}.')
        for argument, parameter in (
            SINK_KINDS[action].arguments.items() if action in SINK_KINDS else ()
        ):
            _add(sub, argument, parameter)
        if action == _STATUS:
            sub.add_argument('--json', action='store_true', help='all figures, as JSON')
    return parser


def _add(parser: argparse.ArgumentParser, argument: str, parameter: str) -> None:
    """Add an argument of a sink; without it the node takes the value of its parameter."""
    row = PARAMETERS[parameter]
    options: dict[str, Any] = {'type': _checker(parameter), 'metavar': 'VALUE'}
    if isinstance(row.default, bool):
        options = {'action': argparse.BooleanOptionalAction}
    elif isinstance(row.default, list):
        options = {'nargs': '*', 'metavar': 'VALUE'}
    text = f'{row.description}; if not given: {parameter} of the node'.replace('%', '%%')
    parser.add_argument(f'--{argument.replace("_", "-")}', dest=argument, help=text, **options)


def _checker(parameter: str) -> Callable[[str], Any]:
    kind = type(PARAMETERS[parameter].default)

    def check(text: str) -> Any:  # noqa: ANN401 - as the check returns it
        try:
            return check_parameter(parameter, kind(text))
        except (ParameterError, ValueError) as exc:
            raise argparse.ArgumentTypeError(str(exc)) from exc

    return check


def _told(status: dict[str, Any], *, as_json: bool) -> str:
    if as_json:
        return json.dumps(status, indent=2)
    return '\n'.join(f'{each.name}: {each.summary}' for each in findings(status))
