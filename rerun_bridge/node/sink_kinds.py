# SPDX-License-Identifier: Apache-2.0
"""The kinds of sinks that the node can open, in one table."""

from __future__ import annotations

from itertools import count
from pathlib import Path
import time
from typing import Any, NamedTuple, TYPE_CHECKING

from rerun_bridge.errors import hint, ParameterError, SinkOpenError, WebViewerNotFoundError
from rerun_bridge.node.file_series import FileLimits, FileSeries
from rerun_bridge.node.parameters import PARAMETERS
from rerun_bridge.sinks import GrpcSink, open_page, server_options, spawn_viewer
from rerun_bridge.sinks.web_viewer import look_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rerun_bridge.node.server_keeper import ServerKeeper
    from rerun_bridge.sinks import LogSink

NONE = 'none'
_LOCALHOST = '127.0.0.1'
_PORTS = ('web_port', 'ws_port')


class SinkPlan(NamedTuple):
    """
    A sink to be opened.

    Attributes
    ----------
    name
        As the parameter `sinks` shall show it; empty: as it was given there.
    sink
        None if there is nothing to stream to.
    finish
        Called once the sink is open: does the rest, and returns what is done, for people.

    """

    name: str
    sink: LogSink | None
    finish: Callable[[], str]


class Means(NamedTuple):
    """
    What sinks are made with.

    Attributes
    ----------
    max_queue_bytes
        The most that one may queue.
    servers
        Has the server.

    """

    max_queue_bytes: int
    servers: ServerKeeper


class SinkKind(NamedTuple):
    """
    One row of the table.

    Attributes
    ----------
    main_argument
        What stands behind the colon in the parameter `sinks`.
    arguments
        Parameters that arguments are taken from where they are not given, by argument.
    plan
        Makes the sink from all arguments.

    """

    main_argument: str
    arguments: Mapping[str, str]
    plan: Callable[[Mapping[str, Any], Means], SinkPlan]


def plan_sink(
    kind: str,
    given: Mapping[str, object],
    settings: Mapping[str, Any],
    servers: ServerKeeper,
) -> SinkPlan:
    """
    Make a sink, not opened yet.

    Parameters
    ----------
    kind
        A key of `SINK_KINDS`.
    given
        Arguments of the caller.
    settings
        All parameters, checked.
    servers
        Has the server.

    Returns
    -------
    SinkPlan
        What to open.

    Raises
    ------
    ParameterError
        If the kind or an argument is unknown or bad.
    UsageError
        If an address is malformed.
    SinkError
        If a file is in the way or a viewer cannot be started.

    """
    row = _kind(kind)
    arguments = {name: settings[parameter] for name, parameter in row.arguments.items()}
    for name, value in given.items():
        if name not in row.arguments:
            msg = f'{kind} has no argument {name}{hint(name, row.arguments)}'
            raise ParameterError(msg)
        try:
            arguments[name] = PARAMETERS[row.arguments[name]].check(value)
        except ParameterError as exc:
            msg = f'{name} {exc}'
            raise ParameterError(msg) from exc
    plan = row.plan(arguments, Means(settings['queue.max_mb'] << 20, servers))
    shown = ', '.join(f'{name} {_shown(value)}' for name, value in arguments.items())
    main = row.main_argument
    as_given = f'{kind}:{arguments[main]}' if main in given else kind
    return SinkPlan(plan.name or as_given, plan.sink, finish=lambda: f'{plan.finish()} ({shown})')


def parse_sink(text: str) -> tuple[str, dict[str, object]]:
    """
    Read an item of the parameter `sinks`.

    Parameters
    ----------
    text
        ``kind`` or ``kind:argument``.

    Returns
    -------
    kind : str
        A key of `SINK_KINDS`.
    arguments : dict
        The main argument, if there is one.

    Raises
    ------
    ParameterError
        If the kind is unknown.

    """
    kind, _, argument = text.partition(':')
    name = _kind(kind).main_argument
    if not argument:
        return kind, {}
    is_number = isinstance(PARAMETERS[SINK_KINDS[kind].arguments[name]].default, int)
    return kind, {name: int(argument) if is_number and argument.isdecimal() else argument}


def recording_path(pattern: str) -> Path:
    """
    Tell which file to save to now.

    Parameters
    ----------
    pattern
        As in the parameter `save.path`.

    Returns
    -------
    Path
        An absolute one.

    """
    return Path(time.strftime(pattern)).expanduser().absolute()


def _kind(kind: str) -> SinkKind:
    if kind not in SINK_KINDS:
        msg = f'there is no sink {kind!r}; use one of {", ".join((*SINK_KINDS, NONE))}'
        raise ParameterError(msg)
    return SINK_KINDS[kind]


def _connect(arguments: Mapping[str, Any], means: Means) -> SinkPlan:
    sink = _grpc_sink(arguments['addr'], arguments['flush_timeout_sec'], means)
    return SinkPlan(
        f'connect:{arguments["addr"]}', sink, lambda: f'streaming to {sink.address.url}'
    )


def snapshot_path(pattern: str) -> Path:
    """
    Choose where a snapshot goes: beside the recordings, where no file is.

    Parameters
    ----------
    pattern
        The parameter `save.path`.

    Returns
    -------
    pathlib.Path
        In a folder that is there.

    Raises
    ------
    SinkOpenError
        If that cannot be.

    """
    path = _path(pattern)
    return _free(path.with_name(f'{path.stem}_snapshot{path.suffix}'))


def _path(pattern: str) -> Path:
    """Replace what stands for times, and make the folder."""
    try:
        path = recording_path(pattern)
        is_folder = path.is_dir() or not path.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.exists()
    except (OSError, RuntimeError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else exc
        msg = f'the folder cannot be made or used ({reason}); choose another: {pattern:.200}'
        raise SinkOpenError(msg) from exc
    if is_folder:
        msg = f'the path is a folder; add a file name: {path}'
        raise SinkOpenError(msg)
    return path


def _free(path: Path) -> Path:
    """Put a number behind the name of a file that is there."""
    found, numbers = path, count(1)
    while found.exists():
        found = path.with_name(f'{path.stem}_{next(numbers)}{path.suffix}')
    return found


def _save(arguments: Mapping[str, Any], means: Means) -> SinkPlan:
    path = _path(arguments['path'])
    if '%' in arguments['path'] and not arguments['overwrite']:
        path = _free(path)  # of a second request within a second
    if path.exists() and not arguments['overwrite']:
        msg = (
            'the file exists; choose another path, for instance with strftime patterns such as '
            f'%H%M%S, or set save.overwrite: {path}'
        )
        raise SinkOpenError(msg)
    limits = FileLimits(
        arguments['max_size_mb'] << 20, arguments['max_duration_sec'], arguments['max_files']
    )
    sink = FileSeries(path, limits, means.max_queue_bytes).next_file()
    return SinkPlan(f'save:{path}', sink, lambda: f'saving to {path}')


def _serve(arguments: Mapping[str, Any], means: Means) -> SinkPlan:
    options = server_options(
        arguments['bind'],
        arguments['memory_limit_mb'] << 20,
        arguments['allowed_hosts'],
        arguments['cors_allow_origin'],
        allow_map_tiles=arguments['allow_map_tiles'],
    )
    sink = means.servers.sink({name: arguments[name] for name in _PORTS}, options)
    server = sink.server
    opens_browser = arguments['open_browser'] and not server.is_open

    def finish() -> str:
        if opens_browser:
            open_page(server.page_url)
        return (
            f'serving {server.url} to browsers; native viewer: rerun {server.proxy_url}'
            f'{_lacking_viewer()}'
        )

    return SinkPlan('', sink, finish)


def _lacking_viewer() -> str:
    """Tell what browsers lack; nothing if all is there."""
    try:
        if look_up() is not None:
            return ''
    except WebViewerNotFoundError as exc:
        return f'; browsers lack the web viewer: {exc}'
    return '; browsers lack the web viewer, get it once: python -m rerun_bridge fetch_viewer'


def _spawn(arguments: Mapping[str, Any], means: Means) -> SinkPlan:
    port, limit_mb = arguments['port'], arguments['memory_limit_mb']
    is_new = spawn_viewer(
        port=port,
        memory_limit=f'{limit_mb}MB' if limit_mb else '75%',
        headless=arguments['headless'],
    )
    found = 'started a viewer' if is_new else 'found a viewer'
    if not arguments['connect']:
        return SinkPlan('', None, lambda: f'{found} on port {port}')
    sink = _grpc_sink(f'{_LOCALHOST}:{port}', arguments['flush_timeout_sec'], means)
    return SinkPlan(f'spawn:{port}', sink, lambda: f'{found}, streaming to {sink.address.url}')


def _grpc_sink(address: str, flush_timeout_sec: float, means: Means) -> GrpcSink:
    return GrpcSink(
        address,
        flush_timeout_sec=None if flush_timeout_sec < 0 else flush_timeout_sec,
        max_queue_bytes=means.max_queue_bytes,
    )


def _shown(value: object) -> str:
    if isinstance(value, list):
        return f'[{", ".join(value)}]'
    return str(value).lower() if isinstance(value, bool) else str(value)


SINK_KINDS: Mapping[str, SinkKind] = {
    'connect': SinkKind(
        'addr',
        {'addr': 'connect.addr', 'flush_timeout_sec': 'connect.flush_timeout_sec'},
        _connect,
    ),
    'save': SinkKind(
        'path',
        {
            name: f'save.{name}'
            for name in ('path', 'overwrite', 'max_size_mb', 'max_duration_sec', 'max_files')
        },
        _save,
    ),
    'serve': SinkKind(
        'web_port',
        {
            name: f'serve.{name}'
            for name in (
                'open_browser',
                *_PORTS,
                'bind',
                'allowed_hosts',
                'cors_allow_origin',
                'memory_limit_mb',
                'allow_map_tiles',
            )
        },
        _serve,
    ),
    'spawn': SinkKind(
        'port',
        {
            'port': 'spawn.port',
            'connect': 'spawn.connect',
            'memory_limit_mb': 'spawn.memory_limit_mb',
            'headless': 'spawn.headless',
            'flush_timeout_sec': 'connect.flush_timeout_sec',
        },
        _spawn,
    ),
}
"""All kinds by name."""
