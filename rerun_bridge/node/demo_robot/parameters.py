# SPDX-License-Identifier: Apache-2.0
"""Declares the options of the demonstration as parameters of its node."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from rcl_interfaces.msg import ParameterDescriptor

from rerun_bridge.node.demo_robot.options import Options

if TYPE_CHECKING:
    from rclpy.node import Node


def read_options(node: Node) -> Options:
    """
    Declare all parameters and read them; they cannot change later.

    Raises
    ------
    ParameterError
        If a value cannot be used.

    """
    values = {}
    for option in fields(Options):
        low, high = option.metadata['low'], option.metadata['high']
        # Typed parameters would refuse 2 where 2.0 is meant; Options checks better.
        descriptor = ParameterDescriptor(
            description=option.metadata['description'],
            additional_constraints=f'from {low} to {high}',
            dynamic_typing=True,
            read_only=True,
        )
        parameter = node.declare_parameter(option.name, option.default, descriptor)
        values[option.name] = parameter.value
    return Options.from_values(values)
