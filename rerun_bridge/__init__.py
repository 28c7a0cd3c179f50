# SPDX-License-Identifier: Apache-2.0
"""
Rerun for ROS 2: the classic recording stream and sinks, without rerun-sdk.

::

    import rerun_bridge as rr

    rr.init('my_robot')
    rr.save('run.rrd')
    rr.set_time('frame', sequence=1)
    rr.log('/scan', rr.Points3D([[1, 2, 3]], colors=[255, 0, 0]))

The names are imported when the first of them is used: the command `doctor`, which tells which
library is missing, has to run where one is.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, TYPE_CHECKING

if TYPE_CHECKING:
    from rerun_bridge import archetypes, blueprint, encodings, errors, sdk
    from rerun_bridge.archetypes import *  # noqa: F403 - one list of archetypes, in their package
    from rerun_bridge.log_types import escape_entity_path_part, new_entity_path
    from rerun_bridge.sdk import *  # noqa: F403 - one list of functions, in their package

    __all__ = [  # noqa: F405, PLE0604 - joined lists; log_message comes from __getattr__
        'blueprint',
        'encodings',
        'errors',
        'escape_entity_path_part',
        'log_message',
        'new_entity_path',
        *archetypes.__all__,
        *sdk.__all__,
    ]

_PUBLIC_MODULES = ('blueprint', 'encodings', 'errors')
_INSTEAD = {
    'connect_grpc': 'connect',
    'get_application_id': 'get_data_recording().application_id',
    'get_recording_id': 'get_data_recording().recording_id',
    'notebook_show': 'memory_recording',
    'serve_grpc': 'serve',
    'serve_web_viewer': 'serve',
}
"""Names of rerun-sdk that are called otherwise here."""
_OF_LOG_TYPES = ('escape_entity_path_part', 'new_entity_path')


def __getattr__(name: str) -> Any:  # noqa: ANN401 - module attributes of any type
    """Import all public names with the first, but for what needs ROS."""
    if name == 'log_message':
        from rerun_bridge.node.log_message import log_message  # noqa: PLC0415 - needs ROS

        return log_message
    if name == '__all__' or not name.startswith('__'):
        names = _public_names()
        globals().update(names)
        if name in names:
            return names[name]
    hint = f'; use {_INSTEAD[name]}' if name in _INSTEAD else ''
    msg = f'module {__name__!r} has no attribute {name!r}{hint}'
    raise AttributeError(msg)


def __dir__() -> list[str]:
    """Name what is public."""
    return sorted(__getattr__('__all__'))


def _public_names() -> dict[str, Any]:
    modules = {name: import_module(f'{__name__}.{name}') for name in _PUBLIC_MODULES}
    exports = {import_module(f'{__name__}.log_types'): _OF_LOG_TYPES}
    for name in ('archetypes', 'sdk'):
        module = modules[name] = import_module(f'{__name__}.{name}')
        exports[module] = module.__all__
    names = {name: getattr(each, name) for each, public in exports.items() for name in public}
    public = [*_PUBLIC_MODULES, 'log_message', *names]
    return {**modules, **names, '__all__': public}
