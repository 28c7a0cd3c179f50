# SPDX-License-Identifier: Apache-2.0
"""All pipelines of the process, and what a fork does to them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
import weakref

if TYPE_CHECKING:
    from rerun_bridge.sdk.pipeline import Pipeline

all_pipelines: weakref.WeakSet[Pipeline] = weakref.WeakSet()
_forking: list[Pipeline] = []


def _before_fork() -> None:
    _forking[:] = all_pipelines
    for pipeline in _forking:
        pipeline.before_fork()


def _after_fork_in_parent() -> None:
    while _forking:
        _forking.pop().after_fork(in_child=False)


def _after_fork_in_child() -> None:
    while _forking:
        _forking.pop().after_fork(in_child=True)


if hasattr(os, 'register_at_fork'):
    os.register_at_fork(
        before=_before_fork,
        after_in_parent=_after_fork_in_parent,
        after_in_child=_after_fork_in_child,
    )
