# SPDX-License-Identifier: Apache-2.0
"""Converters of other packages, which register themselves when they are imported."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
import logging

_log = logging.getLogger('rerun_bridge.converters')
GROUP = 'rerun_bridge.converters'
"""The group of entry points."""


@cache
def load_plugins() -> tuple[str, ...]:
    """
    Import all plug-ins, the first time that this is called.

    An entry point is a module, or a function, which is called without arguments. One that fails
    costs a warning and nothing else.

    Returns
    -------
    tuple of str
        The names of those that were imported.

    """
    loaded = []
    for point in entry_points(group=GROUP):
        try:
            plugin = point.load()
            if callable(plugin):
                plugin()
        except (Exception, SystemExit) as exc:  # noqa: BLE001, PERF203 - code of others
            _log.warning(
                'the plug-in %s (%s) is left out: %s: %s; repair or uninstall it',
                point.name,
                point.value,
                type(exc).__name__,
                exc,
            )
        else:
            loaded.append(point.name)
    return tuple(loaded)
