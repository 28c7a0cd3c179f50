# SPDX-License-Identifier: Apache-2.0
"""The parameters of the running node: declared, checked, kept."""

from __future__ import annotations

import logging
from typing import Any, TYPE_CHECKING

from rcl_interfaces.msg import ParameterDescriptor, SetParametersResult
from rclpy.parameter import Parameter as RosParameter

from rerun_bridge.errors import ParameterError, RerunBridgeError
from rerun_bridge.node.parameters import (
    check_parameter,
    OPTIONS_PREFIX,
    PARAMETERS,
    QOS_PREFIX,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rclpy.node import Node

__all__ = ['ParameterServer']

_log = logging.getLogger('rerun_bridge.node')
_UNDECLARED_PREFIXES = (OPTIONS_PREFIX, QOS_PREFIX)


class ParameterServer:
    """
    Declares the table of parameters on a node and guards every change.

    Parameters
    ----------
    node
        Made with `allow_undeclared_parameters`, for the options of topics.

    Attributes
    ----------
    values
        The checked values in use.

    Raises
    ------
    ParameterError
        If the parameter file or the command line has bad values or unknown names; tells all.

    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._apply: Callable[[Mapping[str, Any], frozenset[str]], None] | None = None
        self._is_mirroring = False
        self.values: dict[str, Any] = self._initial_values()
        for name, parameter in PARAMETERS.items():
            node.declare_parameter(
                name,
                self.values[name],
                ParameterDescriptor(
                    description=parameter.description,
                    read_only=parameter.is_read_only,
                    dynamic_typing=True,
                ),
                ignore_override=True,
            )
        for name in self.values.keys() - PARAMETERS.keys():
            descriptor = ParameterDescriptor(dynamic_typing=True)
            node.declare_parameter(name, self.values[name], descriptor, ignore_override=True)
        node.add_on_set_parameters_callback(self._on_set)

    def on_change(self, apply: Callable[[Mapping[str, Any], frozenset[str]], None]) -> None:
        """
        Register what follows changes.

        Parameters
        ----------
        apply
            Called with all values as they shall be and the names of those that were set; raises
            RerunBridgeError to reject them.

        """
        self._apply = apply

    def mirror(self, name: str, value: object) -> None:
        """
        Show what is, without anything following.

        Parameters
        ----------
        name
            Of a parameter.
        value
            What it is now.

        """
        if self.values[name] == value:
            return
        self.values[name] = value
        self._is_mirroring = True
        try:
            self._node.set_parameters([RosParameter(name, value=value)])
        finally:
            self._is_mirroring = False

    def _initial_values(self) -> dict[str, Any]:
        # Not public in rclpy, which cannot declare overrides that are empty lists by itself.
        overrides = getattr(self._node, '_parameter_overrides', {})
        values = {name: parameter.default for name, parameter in PARAMETERS.items()}
        problems = []
        for name, override in overrides.items():
            try:
                value = check_parameter(name, override.value)
            except ParameterError as exc:
                problems.append(str(exc))
                continue
            if name in PARAMETERS or name.startswith(_UNDECLARED_PREFIXES):
                values[name] = value
        if problems:
            raise ParameterError('; '.join(problems))
        return values

    def _on_set(self, parameters: list[RosParameter]) -> SetParametersResult:
        if self._is_mirroring:
            return SetParametersResult(successful=True)
        try:
            values = dict(self.values)
            for parameter in parameters:
                self._change(values, parameter)
            if self._apply:
                self._apply(values, frozenset(parameter.name for parameter in parameters))
        except RerunBridgeError as exc:
            return SetParametersResult(successful=False, reason=str(exc))
        except Exception as exc:  # noqa: BLE001 - a request must not end the node
            _log.exception('setting parameters failed, please report this')
            return SetParametersResult(successful=False, reason=f'{type(exc).__name__}: {exc}')
        self.values = values
        return SetParametersResult(successful=True)

    def _change(self, values: dict[str, Any], parameter: RosParameter) -> None:
        name = parameter.name
        default = PARAMETERS[name].default if name in PARAMETERS else None
        if parameter.type_ == RosParameter.Type.NOT_SET and not isinstance(default, list):
            if name in PARAMETERS:
                msg = f'{name} cannot be unset; set it to its default {default!r}'
                raise ParameterError(msg)
            values.pop(name, None)
            return
        value = check_parameter(name, parameter.value)
        if name in PARAMETERS or name.startswith(_UNDECLARED_PREFIXES):
            values[name] = value
        elif not self._node.has_parameter(name):
            msg = f'there is no parameter {name}; `ros2 param list` names all'
            raise ParameterError(msg)
