# SPDX-License-Identifier: Apache-2.0
"""
The services of the node, in one table.

Trigger services are for people: their arguments are the parameters of the group. `open_sink` is
for programs: it takes its arguments along, as one request, since with two clients that each set
a parameter and then call a service one would get what the other asked for.
"""

from __future__ import annotations

import logging
from typing import Any, TYPE_CHECKING

from rcl_interfaces.srv import SetParametersAtomically
from rclpy.parameter import parameter_value_to_python
from std_srvs.srv import Trigger

from rerun_bridge.errors import ParameterError, RerunBridgeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rclpy.node import Node

    from rerun_bridge.node.sink_control import SinkControl

__all__ = ['TRIGGERS', 'Services']

_log = logging.getLogger('rerun_bridge.node')

TRIGGERS: Mapping[str, Callable[[SinkControl, Mapping[str, Any]], str]] = {
    'connect': lambda control, settings: control.open('connect', {}, settings),
    'save': lambda control, settings: control.open('save', {}, settings),
    'serve': lambda control, settings: control.open('serve', {}, settings),
    'spawn': lambda control, settings: control.open('spawn', {}, settings),
    'disconnect': lambda control, settings: control.disconnect(settings),
    'split': lambda control, settings: control.split(),  # noqa: ARG005
    'snapshot': lambda control, settings: control.snapshot(settings),
    'pause': lambda control, settings: control.pause(),  # noqa: ARG005
    'resume': lambda control, settings: control.resume(),  # noqa: ARG005
    'flush': lambda control, settings: control.flush(),  # noqa: ARG005 - one signature for all
}
"""What each service of type std_srvs/srv/Trigger does."""


class Services:
    """
    Offers the services.

    Parameters
    ----------
    node
        Whose services they are.
    control
        Does the work.
    settings
        Returns all parameters, checked.
    after
        Called after each request.

    """

    def __init__(
        self,
        node: Node,
        control: SinkControl,
        settings: Callable[[], Mapping[str, Any]],
        after: Callable[[], None],
    ) -> None:
        self._control = control
        self._settings = settings
        self._after = after
        for name, action in TRIGGERS.items():
            node.create_service(Trigger, f'~/{name}', self._trigger(name, action))
        node.create_service(SetParametersAtomically, '~/open_sink', self._open_sink)

    def _trigger(
        self, name: str, action: Callable[[SinkControl, Mapping[str, Any]], str]
    ) -> Callable[[Any, Any], Any]:
        def serve(_request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
            response.success, response.message = self._answer(
                name, lambda: action(self._control, self._settings())
            )
            return response

        return serve

    def _open_sink(
        self,
        request: SetParametersAtomically.Request,
        response: SetParametersAtomically.Response,
    ) -> SetParametersAtomically.Response:
        def act() -> str:
            arguments = {p.name: parameter_value_to_python(p.value) for p in request.parameters}
            kind = arguments.pop('sink', None)
            if not isinstance(kind, str):
                msg = 'name the kind of sink in a parameter `sink`'
                raise ParameterError(msg)
            return self._control.open(kind, arguments, self._settings())

        response.result.successful, response.result.reason = self._answer('open_sink', act)
        return response

    def _answer(self, name: str, act: Callable[[], str]) -> tuple[bool, str]:
        try:
            answer = True, act()
        except RerunBridgeError as exc:
            answer = False, str(exc)
        except Exception as exc:  # noqa: BLE001 - a request must not end the node
            _log.exception('the service %s failed, please report this', name)
            answer = False, f'{type(exc).__name__}: {exc}'
        _log.log(logging.INFO if answer[0] else logging.WARNING, '%s: %s', name, answer[1])
        self._after()
        return answer
