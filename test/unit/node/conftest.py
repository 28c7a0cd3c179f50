# SPDX-License-Identifier: Apache-2.0
"""A node of real ROS in a domain of its own, for the tests of what uses one."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
import time
from typing import Any, TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

OF_RCLPY = pytest.mark.filterwarnings(
    "ignore:module 'sre:DeprecationWarning", 'ignore:Deprecated in favor of:DeprecationWarning'
)
NEEDS_RCLPY = [
    f'test_{name}.py'
    for name in ('discovery', 'intake', 'log_message', 'parameter_server', 'take')
]
collect_ignore = [] if find_spec('rclpy') else NEEDS_RCLPY
MakeNode = Callable[..., Any]
Eventually = Callable[..., None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ignore warnings about what rclpy itself does."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(OF_RCLPY)


@pytest.fixture
def make_node(ros_env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeNode]:
    """Give a function that makes nodes: `make_node(name, *ros_args, **options)`."""
    import rclpy  # noqa: PLC0415 - only where there is ROS
    from rclpy.context import Context  # noqa: PLC0415 - only where there is ROS

    for name in ('ROS_DOMAIN_ID', 'ROS_AUTOMATIC_DISCOVERY_RANGE'):
        monkeypatch.setenv(name, ros_env[name])
    contexts = []

    def make(name: str, *ros_args: str, **options: object) -> Any:  # noqa: ANN401 - no types
        context = Context()
        rclpy.init(
            args=['test', '--ros-args', *ros_args],
            context=context,
            signal_handler_options=rclpy.signals.SignalHandlerOptions.NO,
        )
        node = rclpy.create_node(name, context=context, **options)
        contexts.append((node, context))
        return node

    yield make
    for node, context in contexts:
        node.destroy_node()
        context.try_shutdown()


@pytest.fixture
def eventually() -> Eventually:
    """Give a function that waits until a condition holds, and fails if it never does."""

    def wait(condition: Callable[[], object], timeout_sec: float = 20.0) -> None:
        deadline = time.monotonic() + timeout_sec
        while not condition():
            assert time.monotonic() < deadline, 'the condition never came true'
            time.sleep(0.01)

    return wait
